// Asks the daemon how the station is, and shows it. Whatever comes from there is text: nothing is ever read as HTML.

const ASK_EVERY = 2_000;
const ASK_EVERY_UNSEEN = 15_000;
const PATIENCE = 6_000;
const FEW_EVENTS = 12;
/** Spans a curve may have, in minutes. */
const SPANS = [15, 30, 60, 180, 360];
const QUESTIONS = { up: 'stream', audible: 'sound', listeners: 'listeners', recorded: 'recording', uploaded: 'upload' };

const byId = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

let station; // the newest answer of /page.json
let history; // of /history.json
let shownEvents; // which events are shown: the daemon's start and their number
let shownFigures;
let allEvents = false;
let events = [];
let heardAt; // when the daemon last answered, by this device's clock
let failing = false;

// ---- Asking

async function ask(path) {
  const reply = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  if (!reply.ok) {
    throw new Error(`${path}: ${reply.status}`);
  }
  return reply.json();
}

async function look() {
  try {
    const now = await ask('/page.json');
    const changed = `${now.started_at} ${now.events}`;
    if (changed !== shownEvents) {
      events = (await ask('/events.json')).newest;
    }
    const figures = `${now.started_at} ${now.figures_until} ${now.mounts.map((mount) => mount.path + mount.mark)}`;
    if (figures !== shownFigures) {
      history = await ask('/history.json');
    }
    station = now;
    heardAt = new Date();
    failing = false;
    showStation();
    if (changed !== shownEvents) {
      showEvents();
    }
    if (figures !== shownFigures) {
      showCurves();
    }
    [shownEvents, shownFigures] = [changed, figures];
  } catch (failure) {
    failing = true;
    console.info(`no answer: ${failure.message}`);
    showLost();
  }
}

let timer;
let looking = false;
async function keepLooking() {
  if (looking) {
    return;
  }
  looking = true;
  clearTimeout(timer);
  await look();
  looking = false;
  timer = setTimeout(keepLooking, document.hidden && !failing ? ASK_EVERY_UNSEEN : ASK_EVERY);
}

// ---- Showing: only what has changed, so that nothing is read out twice

function text(element, words) {
  // A number stays with its unit.
  const unbroken = words.replace(/(\d) (?=\p{L}{1,4}(?!\p{L}))/gu, '$1\u00a0');
  if (element.textContent !== unbroken) {
    element.textContent = unbroken;
  }
}

function mark(element, name) {
  if (element.dataset.mark !== name) {
    element.dataset.mark = name;
    element.querySelector('.mark use').setAttribute('href', `#${name}`);
  }
}

function make(tag, className = '', ...children) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.append(...children);
  return element;
}

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

const MARK_WORDS = { good: 'Good', attention: 'Worth a look', bad: 'Bad', neutral: 'Note', unknown: 'Not known' };
const aMark = (name) => drawn('svg', { class: 'mark', role: 'img', 'aria-label': MARK_WORDS[name] }, drawn('use', { href: `#${name}` }));

function showStation() {
  document.body.classList.remove('lost');
  byId('lost').hidden = true;
  text(byId('station'), station.station);
  text(byId('show'), showWords());
  station.answers.forEach((answer) => {
    const card = byId(answer.id);
    mark(card, answer.mark);
    text(card.querySelector('.answer'), answer.text);
    text(card.querySelector('.detail'), answer.detail);
  });
  showDrill();
  showVerdict();
  showPrograms();
  text(byId('about'), `relay-supervisor ${station.version}, up for ${station.up_for}`);
  text(byId('asked'), `as of ${clock.format(heardAt)}`);
}

function showWords() {
  const part = (show, when) => `${show.name}${when}`;
  if (station.show) {
    return `Show: ${part(station.show, station.show.end ? `, until ${minutes.format(new Date(station.show.end))}` : '')}`;
  }
  return station.next_show ? `Next show: ${part(station.next_show, `, ${when(new Date(station.next_show.start))}`)}` : 'No show is scheduled';
}

const sameDay = (one, other) => one.toDateString() === other.toDateString();
const when = (date) => (sameDay(date, new Date()) ? `at ${minutes.format(date)}` : `${day.format(date)}, ${minutes.format(date)}`);

/** Broken on purpose: whoever looks should know before anything else. */
function showDrill() {
  byId('drill').hidden = !station.drill;
  if (station.drill) {
    text(byId('drill').querySelector('strong'), `${station.drill.text}.`);
    text(byId('drill').querySelector('p + p'), `${station.drill.detail}.`);
  }
}

function showVerdict() {
  const having = (name) => station.answers.filter((answer) => answer.mark === name).map((answer) => QUESTIONS[answer.id]);
  const [bad, attention] = [having('bad'), having('attention')];
  const worst = bad.length ? 'bad' : attention.length ? 'attention' : 'good';
  const act = station.drill ? 'A drill' : 'Act now';
  const words = bad.length ? `${act}: ${bad.join(', ')}` : attention.length ? `Worth a look: ${attention.join(', ')}` : 'All is well';
  verdict(worst, words);
}

function verdict(name, words) {
  mark(byId('verdict'), name);
  text(byId('verdict').querySelector('span'), words);
  const sign = { good: '✓', attention: '▲', bad: '✕', unknown: '?' }[name];
  const title = `${sign} ${words} – ${station?.station ?? 'Relay'}`;
  if (document.title !== title) {
    document.title = title;
  }
}

function showLost() {
  document.body.classList.add('lost');
  text(byId('lost-since'), heardAt ? ` since ${clock.format(heardAt)}` : '');
  byId('lost').hidden = false;
  verdict('unknown', 'No answer');
  station?.answers.forEach((answer) => {
    const card = byId(answer.id);
    mark(card, 'unknown');
    text(card.querySelector('.answer'), 'Not known');
    text(card.querySelector('.detail'), `At ${clock.format(heardAt)}: ${answer.text}`);
  });
}

// ---- Programs

const mebibytes = (bytes) => Math.round(bytes / 2 ** 20);
const memoryWords = (bytes) => `${mebibytes(bytes)} MiB`;

function showPrograms() {
  const list = byId('programs');
  const wanted = station.programs.map((program) => program.id);
  [...list.children].filter((row) => !wanted.includes(row.dataset.id)).forEach((row) => row.remove());
  station.programs.forEach((program) => {
    const row = [...list.children].find((each) => each.dataset.id === program.id) ?? list.appendChild(aProgram(program.id));
    mark(row, program.mark);
    text(row.querySelector('h3'), program.name);
    const state = [program.state, program.up_for ? `for ${program.up_for}` : ''].filter(Boolean).join(' ');
    const restarts = program.restarts ? `, ${program.restarts} ${program.restarts === 1 ? 'restart' : 'restarts'}` : '';
    text(row.querySelector('.state'), state + restarts);
    text(row.querySelector('.purpose'), program.purpose);
    text(row.querySelector('.note'), program.note);
    const limit = program.memory_limit_bytes;
    const used = program.memory_bytes;
    row.now = used === null ? 'no process' : limit ? `${mebibytes(used)} of ${memoryWords(limit)}` : memoryWords(used);
    caption(row.querySelector('figure'), row.now);
  });
}

function aProgram(id) {
  const row = make(
    'li',
    '',
    aMark('unknown'),
    make('div', '', make('h3'), make('p', 'state'), make('p', 'purpose')),
    aFigure(),
    make('p', 'note'),
  );
  row.dataset.id = id;
  row.dataset.mark = 'unknown';
  row.querySelector('.mark').setAttribute('aria-hidden', 'true');
  return row;
}

// ---- Events

function showEvents() {
  const now = new Date();
  let last = now;
  const rows = [];
  events.slice(0, allEvents ? events.length : FEW_EVENTS).forEach((event) => {
    const at = new Date(event.at);
    if (!sameDay(at, last)) {
      rows.push(make('li', '', make('span', 'day', day.format(at))));
      last = at;
    }
    const time = make('time', '', clock.format(at));
    time.dateTime = event.at;
    const row = make('li', '', time, aMark(event.mark), make('span', '', event.text));
    row.dataset.mark = event.mark;
    rows.push(row);
  });
  byId('events').replaceChildren(...rows);
  byId('older').hidden = allEvents || events.length <= FEW_EVENTS;
}

byId('older').addEventListener('click', () => {
  allEvents = true;
  showEvents();
});

// ---- Curves

/** What there is to draw, and how it is said. */
const CURVES = {
  rate: { name: 'Sent', said: (value) => `${Math.round((value * 8) / 1000)} kbit/s`, floor: 0, least: 16_000 },
  loudness: { name: 'Loudness', said: (value) => (value <= -70 ? 'silence' : `${value.toFixed(0).replace('-', '−')} LUFS`), floor: -45, ceiling: -4 },
  listeners: { name: 'Listeners', said: (value) => `${value}`, floor: 0, least: 4 },
  memory: { name: 'Memory', said: memoryWords, floor: 0, least: 1e6 },
};

function aFigure() {
  const plot = make('div', 'plot');
  const figcaption = make('figcaption', '', make('span', 'from'), make('span', 'what'), make('span', 'to'));
  return make('figure', '', plot, figcaption);
}

function showCurves() {
  const [first] = station.mounts;
  const ofMount = (path) => history.mounts.find((mount) => mount.path === path);
  if (first && ofMount(first.path)) {
    draw(inCard('up'), CURVES.rate, ofMount(first.path).bytes_per_second, {});
    draw(inCard('audible'), CURVES.loudness, ofMount(first.path).loudness_lufs, { aim: first.target_lufs });
  }
  draw(inCard('listeners'), CURVES.listeners, history.listeners, {});
  byId('mounts').hidden = station.mounts.length < 2;
  byId('mounts')
    .querySelector('.rows')
    .replaceChildren(...(station.mounts.length < 2 ? [] : station.mounts.map((mount) => aMount(mount, ofMount(mount.path)))));
  station.programs.forEach((program) => {
    const row = [...byId('programs').children].find((each) => each.dataset.id === program.id);
    const points = history.memory_bytes[program.id];
    if (row && points) {
      draw(row.querySelector('figure'), CURVES.memory, points, { limit: program.memory_limit_bytes, now: () => row.now });
    }
  });
}

function inCard(id) {
  const card = byId(id);
  return card.querySelector('figure') ?? card.appendChild(aFigure());
}

function aMount(mount, figures) {
  const row = make('li', '', aMark(mount.mark), make('div', '', make('h3', '', mount.path), make('p', '', `${mount.format}, ${mount.bitrate} kbit/s`)));
  row.dataset.mark = mount.mark;
  const add = (kind, points, more) => {
    const figure = row.appendChild(aFigure());
    draw(figure, kind, points, more);
  };
  if (figures) {
    add(CURVES.rate, figures.bytes_per_second, {});
    add(CURVES.loudness, figures.loudness_lufs, { aim: mount.target_lufs });
    add(CURVES.listeners, figures.listeners, {});
  }
  return row;
}

function span(count) {
  const covered = (count * history.step_seconds) / 60;
  return SPANS.find((each) => each >= covered) ?? SPANS.at(-1);
}

/** The band between the lowest and the highest of each step, and what is below it; a hole where nothing is known. */
function draw(figure, kind, points, { aim, limit, now }) {
  const count = points.high.length;
  const shown = (span(count) * 60) / history.step_seconds;
  const highest = Math.max(kind.least ?? -Infinity, ...points.high.filter((value) => value !== null), limit ?? -Infinity);
  const ceiling = kind.ceiling ?? highest * 1.12;
  const x = (index) => ((shown - count + index + 0.5) / shown) * 600;
  const y = (value) => 98 - (Math.min(1, Math.max(0, (value - kind.floor) / (ceiling - kind.floor))) * 96);
  const lines = [];
  if (typeof aim === 'number') {
    lines.push(drawn('line', { class: 'aim', x1: 0, x2: 600, y1: y(aim), y2: y(aim) }));
  }
  if (limit) {
    lines.push(drawn('line', { class: 'limit', x1: 0, x2: 600, y1: y(limit), y2: y(limit) }));
  }
  const cursor = drawn('line', { class: 'cursor', y1: 0, y2: 100 });
  const path = drawn('path', { class: 'band', d: pieces(points.high, points.low, x, y) });
  const area = drawn('path', { class: 'area', d: pieces(points.high, points.high.map(() => kind.floor), x, y) });
  const svg = drawn('svg', { viewBox: '0 0 600 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, area, ...lines, path, cursor);
  figure.querySelector('.plot').replaceChildren(svg);
  figure.drawn = { kind, points, shown, count, x, cursor, now: now ?? (() => range(kind, points, aim)) };
  text(figure.querySelector('.from'), `${spanWords(span(count))} ago`);
  text(figure.querySelector('.to'), 'now');
  explorable(figure);
  caption(figure, figure.drawn.now());
}

const spanWords = (mins) => (mins < 60 ? `${mins} min` : `${mins / 60} h`);

/** The outlines between two edges, one for each run of steps in which something is known. */
function pieces(upper, lower, x, y) {
  let path = '';
  let run = [];
  for (let index = 0; index <= upper.length; index++) {
    if (index < upper.length && upper[index] !== null) {
      run.push(index);
    } else if (run.length) {
      path += outline(run, upper, lower, x, y);
      run = [];
    }
  }
  return path;
}

/** Each step is as wide as it is long, so that one alone is seen too. */
function outline(run, upper, lower, x, y) {
  const half = (x(1) - x(0)) / 2;
  const at = (position, value) => `${position.toFixed(1)},${y(value).toFixed(1)}`;
  const edge = (values) => [
    at(x(run[0]) - half, values[run[0]]),
    ...run.map((index) => at(x(index), values[index])),
    at(x(run.at(-1)) + half, values[run.at(-1)]),
  ];
  return `M${[...edge(upper), ...edge(lower).reverse()].join('L')}Z`;
}

function range(kind, points, aim) {
  const known = (values) => values.filter((value) => value !== null);
  const [lows, highs] = [known(points.low), known(points.high)];
  if (!highs.length) {
    return `${kind.name}: nothing known`;
  }
  const all = `${kind.name} ${between(kind, Math.min(...lows), Math.max(...highs))}`;
  return typeof aim === 'number' ? `${all}, aim ${kind.said(aim)}`.replaceAll(' LUFS', '') : all;
}

function between(kind, low, high) {
  const [from, to] = [kind.said(low), kind.said(high)];
  const unit = to.slice(to.lastIndexOf(' '));
  return from === to ? to : `${unit.length > 1 && from.endsWith(unit) ? from.slice(0, -unit.length) : from} to ${to}`;
}

function caption(figure, words) {
  const plot = figure.querySelector('.plot');
  if (!plot.classList.contains('pointed')) {
    text(figure.querySelector('.what'), words);
    plot.setAttribute('aria-valuetext', words);
  }
}

/** By pointer, finger, or arrow keys: what it was at which time. */
function explorable(figure) {
  const plot = figure.querySelector('.plot');
  const { kind, count } = figure.drawn;
  plot.setAttribute('aria-label', kind.name);
  plot.setAttribute('aria-valuemin', '0');
  plot.setAttribute('aria-valuemax', `${Math.max(0, count - 1)}`);
  if (plot.tabIndex === 0) {
    return;
  }
  plot.tabIndex = 0;
  plot.setAttribute('role', 'slider');
  plot.setAttribute('aria-valuenow', `${Math.max(0, count - 1)}`);
  const leave = () => {
    plot.classList.remove('pointed');
    caption(figure, figure.drawn.now());
  };
  plot.addEventListener('pointermove', (event) => {
    const box = plot.getBoundingClientRect();
    const { shown, count: known } = figure.drawn;
    point(figure, Math.floor(((event.clientX - box.left) / box.width) * shown) - (shown - known));
  });
  plot.addEventListener('pointerleave', leave);
  plot.addEventListener('blur', leave);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') {
      leave();
    } else if (step) {
      event.preventDefault();
      point(figure, Number(plot.getAttribute('aria-valuenow')) + step);
    }
  });
}

function point(figure, wanted) {
  const { kind, points, x, count, cursor } = figure.drawn;
  if (!count) {
    return;
  }
  const index = Math.min(count - 1, Math.max(0, wanted));
  const at = new Date(Date.parse(history.end) - (count - index - 0.5) * history.step_seconds * 1000);
  const value = points.high[index] === null ? 'nothing known' : between(kind, points.low[index], points.high[index]);
  const plot = figure.querySelector('.plot');
  plot.classList.add('pointed');
  plot.setAttribute('aria-valuenow', `${index}`);
  plot.setAttribute('aria-valuetext', `${minutes.format(at)}: ${value}`);
  cursor.setAttribute('x1', x(index));
  cursor.setAttribute('x2', x(index));
  text(figure.querySelector('.what'), `${minutes.format(at)}: ${value}`);
}

document.addEventListener('visibilitychange', () => document.hidden || keepLooking());
keepLooking();
