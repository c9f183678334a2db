/** The player page in a real browser, with a log of how its time went on. */

import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const SAMPLE_MS = 100;
/** Where pictures of the page go, if they are wanted. */
const PICTURES = process.env["RELAY_PROOF_PICTURES"];

interface Sample {
  readonly at: number;
  readonly time: number;
}

export class Player {
  private constructor(
    readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** Opens the page and plays as a listener would, by `way`. */
  static async open(url: URL, way: "mp3" | "hls"): Promise<Player> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--autoplay-policy=no-user-gesture-required", "--disable-gpu"],
    });
    const page = await browser.newPage({ viewport: { width: 480, height: 420 } });
    await page.goto(url.href);
    await page.check(`input[value=${way}]`);
    await page.evaluate(PLAY_AND_SAMPLE);
    return new Player(browser, page);
  }

  async time(): Promise<number> {
    return (await this.#samples()).at(-1)?.time ?? 0;
  }

  /** For how long, at most, its time stood still since `since` (milliseconds since the epoch), in milliseconds. */
  async longestStandstill(since: number): Promise<number> {
    let longest = 0;
    let moved: Sample | undefined;
    for (const sample of await this.#samples()) {
      if (sample.at < since) continue;
      if (moved === undefined || sample.time !== moved.time) moved = sample;
      longest = Math.max(longest, sample.at - moved.at);
    }
    return longest;
  }

  async picture(name: string): Promise<void> {
    if (PICTURES) await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  async #samples(): Promise<Sample[]> {
    return await this.page.evaluate("window.proofSamples");
  }
}

/** Runs in the page. */
const PLAY_AND_SAMPLE = `
  window.proofSamples = [];
  {
    const audio = document.querySelector("audio");
    setInterval(() => window.proofSamples.push({ at: Date.now(), time: audio.currentTime }), ${SAMPLE_MS});
    const play = () => audio.play().catch(() => setTimeout(play, 500));
    void play();
  }`;
