// visit.mjs DIRECTORY: somebody who looks at the page. Does what the lines on its input say, and answers each with one line of JSON:
// {"ok": what was seen} or {"failed": why}. Pictures go to the directory.
import { chromium } from 'playwright-core';
import { createInterface } from 'node:readline';

const [directory] = process.argv.slice(2);
const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: quiet });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const complaints = [];
let url = '';
let expectingSilence = false;

page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
page.on('console', (message) => {
  const refused = /Failed to load resource/.test(message.text());
  if (['error', 'warning'].includes(message.type()) && !(expectingSilence && refused)) {
    complaints.push(`console: ${message.text()}`);
  }
});
page.on('request', (request) => {
  if (!request.url().startsWith(url)) {
    complaints.push(`a request to elsewhere: ${request.url()}`);
  }
});
await page.exposeFunction('tellOfViolation', (what) => complaints.push(`policy: ${what}`));
await page.addInitScript(() => {
  document.addEventListener('securitypolicyviolation', (event) => window.tellOfViolation(`${event.violatedDirective} ${event.blockedURI}`));
});

const does = {
  async open(address) {
    // What the page before has to complain of, now that its server may be gone, is of no interest.
    await page.goto('about:blank');
    complaints.length = 0;
    url = address;
    const reply = await page.goto(url);
    return reply.status();
  },

  /** What the page says now. */
  async read() {
    return page.evaluate(() => ({
      title: document.title,
      verdict: document.querySelector('#verdict span').textContent,
      lost: document.querySelector('#lost').checkVisibility() ? document.querySelector('#lost').innerText : '',
      drill: document.querySelector('#drill').checkVisibility() ? document.querySelector('#drill').innerText : '',
      ...Object.fromEntries(
        [...document.querySelectorAll('.card')].map((card) => [
          card.id,
          {
            mark: card.dataset.mark,
            shape: card.querySelector('use').getAttribute('href'),
            text: card.querySelector('.answer').textContent.replaceAll('\u00a0', ' '),
            detail: card.querySelector('.detail').textContent.replaceAll('\u00a0', ' '),
          },
        ]),
      ),
      programs: [...document.querySelectorAll('#programs > li')].map((row) => row.innerText.replaceAll('\u00a0', ' ')),
      events: [...document.querySelectorAll('#events > li')].map((row) => row.innerText.replaceAll('\n', ' ')),
      curves: document.querySelectorAll('.plot .band').length,
      elements: document.querySelectorAll('main img, main b, main script').length,
    }));
  },

  /** light or dark, wide or phone; a picture by that name. */
  async picture(name, scheme, device) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(device === 'phone' ? { width: 390, height: 844 } : { width: 1280, height: 900 });
    await page.waitForTimeout(400); // the transitions of colours
    await page.screenshot({ path: `${directory}/${name}-${scheme}-${device}.png`, fullPage: true });
    return page.evaluate(measure);
  },

  /** Which element the keyboard is on after so many steps, and what a curve there says when it is gone back on. */
  async keys(steps) {
    for (let step = 0; step < Number(steps); step++) {
      await page.keyboard.press('Tab');
    }
    const said = () => page.evaluate(() => [document.activeElement.getAttribute('role'), document.activeElement.getAttribute('aria-valuetext')]);
    const before = await said();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    return [before, await said()];
  },

  /** From now on, that nobody answers is no fault of the page's. */
  async expectSilence() {
    expectingSilence = true;
    return true;
  },

  async complaints() {
    return complaints;
  },
};

/** In the page: whether it fits, and whether its words stand out from what is behind them (WCAG, 4.5 to 1; 3 to 1 for marks). */
function measure() {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (colour, over = [255, 255, 255]) => {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    return [r, g, b].map((channel, index) => (channel * a) / 255 + over[index] * (1 - a / 255));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((channel) => channel / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const variable = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
  const faint = [];
  document.querySelectorAll('.card').forEach((card) => {
    const grounds = [variable(card, '--tint'), variable(card, '--card')].map((colour) => channels(colour));
    card.querySelectorAll('h3, .answer, .detail, figcaption span').forEach((words) => {
      const least = Math.min(...grounds.map((ground) => contrast(channels(getComputedStyle(words).color), ground)));
      if (least < 4.5) {
        faint.push(`${card.id} ${words.className || words.tagName}: ${least.toFixed(2)}`);
      }
    });
    const edge = Math.min(...grounds.map((ground) => contrast(channels(variable(card, '--edge')), ground)));
    const sign = contrast(channels(variable(card, '--tone-sign')), channels(variable(card, '--tone')));
    if (edge < 3 || sign < 3) {
      faint.push(`${card.id} mark: edge ${edge.toFixed(2)}, sign ${sign.toFixed(2)}`);
    }
  });
  const answers = document.querySelector('#answers').getBoundingClientRect();
  return {
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    answersEnd: Math.round(answers.bottom + window.scrollY),
    background: getComputedStyle(document.documentElement).backgroundColor,
    faint,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...how] = line.split(' ');
  try {
    console.log(JSON.stringify({ ok: await does[what](...how) }));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error.message) }));
  }
}
await browser.close();
