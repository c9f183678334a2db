// Computes every table of CAPACITY.md, and the costs in README.md, from what was measured and from published prices. See --help.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const HELP = `usage: node scripts/capacity.mjs [--check | --write]

Prints the tables of CAPACITY.md and the table of costs in README.md. With --write it puts them there, between the lines
"<!-- computed: NAME -->" and "<!-- end -->"; with --check it fails when what is there is not what it computes.
`;

// What the arithmetic starts from. Whoever has other figures changes them here.

/** Of one stream. */
const KBITS = 128;
/** On the wire, for each bit of audio: TCP/IP and Ethernet headers, 66 bytes for each 1,448, and a short last packet a write. */
const ON_THE_WIRE = 1.06;
/** Of MPEG-TS packets and their HTTP requests. */
const HLS_OVERHEAD = 1.1;
/** How full a core, a line or a process is planned to be: the rest is for bursts, and for the listeners of a relay that died. */
const FILL = 0.7;
/** Share of a core that the rest of the station takes: Liquidsoap .027, decoder .005, recorder and statistics .008. */
const STATION = 0.04;
/** One event loop: more cores do not help the proxy. */
const CORES = 1;
/** JVM: 64 MB of heap and 64 MB outside it at most, of which it takes about 60 without listeners. */
const LISTENER_MEMORY_MB = 68;
const UPLINKS_MBIT = [100, 250, 1000];
const TRAFFIC_TB = [10, 20, 32];

/**
 * Of workerd, all its threads, as cloudflare/proof tells it: upper bounds of what is billed. With HLS the local runtime's
 * own cache is in it, which is a Worker itself here, and not at Cloudflare.
 */
const WORKER = { liveMsPerSecond: 0.4, hlsMsPerRequest: 2.3 };
const SEGMENT_SECONDS = 6;

/** Dollars. Sources: "What it costs" in README.md. */
const WORKERS = { plan: 5, requests: 10e6, perMillion: 0.3, cpuMs: 30e6, perMillionMs: 0.02 };
const R2 = { reads: 10e6, perMillionReads: 0.36, writes: 1e6, perMillionWrites: 4.5 };
/** Cloudflare's locations that have listeners at every moment: each reads what it does not have. All there are: 330. */
const LOCATIONS = 20;
const ALL_LOCATIONS = 330;

const MONTH_SECONDS = 30 * 86_400;
const AUDIENCES = [300, 3_000, 100_000];

const here = new URL("..", import.meta.url);
const file = (path) => fileURLToPath(new URL(path, here));

/** The rows that scripts/listener-cost printed into the project's README. */
function measured(server) {
  const rows = [];
  for (const line of readFileSync(file("../README.md"), "utf8").split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    if (cells[2] !== server || !/^\d+$/.test(cells[1]) || Number(cells[1]) === 0) continue;
    rows.push({ listeners: Number(cells[1]), cores: Number(cells[6]), kilobytes: parseFloat(cells[8]) });
  }
  if (rows.length < 2) throw new Error(`README.md has no measurements of ${server}: run scripts/listener-cost`);
  return rows;
}

/** The straight line through the rows by least squares. */
function line(rows) {
  const mean = (of) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const x = mean((row) => row.listeners);
  const y = mean((row) => row.cores);
  const slope =
    rows.reduce((sum, row) => sum + (row.listeners - x) * (row.cores - y), 0) /
    rows.reduce((sum, row) => sum + (row.listeners - x) ** 2, 0);
  return { slope, base: Math.max(0, y - slope * x) };
}

const whole = (number) => Math.floor(number).toLocaleString("en-US");
const down = (number) => Math.floor(number / 10) * 10;
const dollars = (number) => (number < 1000 ? number.toFixed(2) : Math.round(number).toLocaleString("en-US"));
const bandwidth = (mbits) => (mbits < 1000 ? `${mbits.toFixed(0)} Mbit/s` : `${(mbits / 1000).toFixed(1)} Gbit/s`);
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const rows = measured("relay-supervisor");
const most = rows.at(-1).listeners;
const fit = line(rows);
const mbit = (KBITS / 1000) * ON_THE_WIRE;
const terabytes = (mbit * MONTH_SECONDS) / 8e6;

const kilobytes = Math.max(...rows.map((row) => row.kilobytes));
const limits = {
  core: down((FILL * CORES - STATION - fit.base) / fit.slope),
  memory: down((LISTENER_MEMORY_MB * 1000 * FILL) / kilobytes),
  uplink: (mbits) => down((mbits * FILL) / mbit),
  traffic: (tb) => down(tb / terabytes),
};
/** What one relay may be planned for: never more than was measured. */
const relay = (mbits) => Math.min(limits.core, limits.memory, limits.uplink(mbits), most);

function oneServer() {
  const beyond = (count) => (count > most ? `${whole(count)} (${whole(most)} were measured)` : whole(count));
  return table(
    ["what ends", "arithmetic", "listeners"],
    [
      [
        "processor",
        `(${FILL} of a core − ${STATION} for the rest of the station − ${fit.base.toFixed(3)}) / ${(fit.slope * 1e6).toFixed(1)} µs`,
        beyond(limits.core),
      ],
      ["memory of the JVM", `${LISTENER_MEMORY_MB} MB × ${FILL} / ${kilobytes} KB`, beyond(limits.memory)],
      ...UPLINKS_MBIT.map((mbits) => [
        `uplink of ${mbits} Mbit/s`,
        `${mbits} × ${FILL} / ${mbit.toFixed(3)} Mbit/s`,
        beyond(limits.uplink(mbits)),
      ]),
      ...TRAFFIC_TB.map((tb) => [
        `traffic of ${tb} TB a month`,
        `${tb} / ${(terabytes * 1000).toFixed(1)} GB`,
        `${whole(limits.traffic(tb))} on average over the month`,
      ]),
    ],
  );
}

function fits() {
  const told = rows.map((row) => [
    whole(row.listeners),
    row.cores.toFixed(3),
    (fit.base + fit.slope * row.listeners).toFixed(3),
    ((row.cores / row.listeners) * 1e6).toFixed(0),
    row.kilobytes.toFixed(1),
  ]);
  return table(["listeners", "cores, measured", "by the line", "µs per listener-second", "KB per listener"], told);
}

/** Relays that carry so many when one of them is gone. */
const relays = (listeners, mbits) => Math.max(2, Math.ceil(listeners / relay(mbits)) + 1);

function live(listeners) {
  const cpuMs = listeners * WORKER.liveMsPerSecond * MONTH_SECONDS;
  return WORKERS.plan + overage(cpuMs, WORKERS.cpuMs, WORKERS.perMillionMs);
}

const overage = (used, included, perMillion) => (Math.max(0, used - included) / 1e6) * perMillion;

const requests = (listeners) => (listeners * 2 * MONTH_SECONDS) / SEGMENT_SECONDS;
const forRequests = (listeners) => overage(requests(listeners), WORKERS.requests, WORKERS.perMillion);
const forCpu = (listeners) =>
  overage(requests(listeners) * WORKER.hlsMsPerRequest, WORKERS.cpuMs, WORKERS.perMillionMs);
const hls = (listeners) => WORKERS.plan + forRequests(listeners) + forCpu(listeners) + bucket(LOCATIONS);

/** A location reads each segment once, and the playlist every two seconds. */
function bucket(locations) {
  const segments = MONTH_SECONDS / SEGMENT_SECONDS;
  const reads = locations * (segments + MONTH_SECONDS / 2);
  return overage(reads, R2.reads, R2.perMillionReads) + overage(2 * segments, R2.writes, R2.perMillionWrites);
}

function choice() {
  const audiences = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
  return table(
    ["listeners at once", "to them all", "a month", "relays of 100 Mbit/s", "relays of 1 Gbit/s", "use"],
    audiences.map((listeners) => [
      whole(listeners),
      bandwidth(listeners * mbit),
      `${whole(listeners * terabytes)} TB`,
      whole(relays(listeners, 100)),
      whole(relays(listeners, 1000)),
      use(listeners),
    ]),
  );
}

function use(listeners) {
  if (listeners <= relay(100)) return "primary and one edge";
  if (listeners <= relay(1000)) return "primary and one edge, of 1 Gbit/s";
  if (relays(listeners, 1000) <= 4) return "a few edges, or HLS";
  return "HLS";
}

function thresholds() {
  return [
    `- up to **${whole(relay(100))}** listeners: a primary and one edge of 100 Mbit/s; either carries them all while the other is away`,
    `- up to **${whole(relay(1000))}**: the same with 1 Gbit/s. It is ${limits.uplink(1000) <= most ? "the line" : "what was measured"} that ends there, not the processor`,
    `- up to **${whole(3 * relay(1000))}**: one edge more for each ${whole(relay(1000))}`,
    `- from there on HLS: the origins' line carries one copy, however many listen`,
  ].join("\n");
}

function costs() {
  const of = (each) => AUDIENCES.map(each);
  return table(
    ["", ...of(whole)],
    [
      ["`/live`: million CPU ms", ...of((n) => whole((n * WORKER.liveMsPerSecond * MONTH_SECONDS) / 1e6))],
      ["`/live`: **dollars a month**", ...of((n) => `**${dollars(live(n))}**`)],
      ["`/live`: the origins send", ...of((n) => `${bandwidth(n * mbit)}, ${whole(n * terabytes)} TB`)],
      ["HLS through the Worker: million requests", ...of((n) => whole(requests(n) / 1e6))],
      ["HLS through the Worker: for requests", ...of((n) => dollars(forRequests(n)))],
      ["HLS through the Worker: for CPU", ...of((n) => dollars(forCpu(n)))],
      [`HLS: for the bucket, listeners in ${LOCATIONS} locations`, ...of(() => dollars(bucket(LOCATIONS)))],
      ["HLS through the Worker: **dollars a month**", ...of((n) => `**${dollars(hls(n))}**`)],
      [`HLS: for the bucket, listeners in all ${ALL_LOCATIONS} locations`, ...of(() => dollars(bucket(ALL_LOCATIONS)))],
      ["HLS: the origins send", ...of(() => `${((KBITS / 1000) * HLS_OVERHEAD).toFixed(2)} Mbit/s`)],
    ],
  );
}

const pages = {
  "CAPACITY.md": { fits, "one server": oneServer, thresholds, choice },
  "README.md": { costs },
};

function withTables(text, tables) {
  const done = new Set();
  const filled = text.replace(/(<!-- computed: ([\w ]+) -->\n)[^]*?(<!-- end -->)/g, (_, begin, name, end) => {
    if (!tables[name]) throw new Error(`nothing is called "${name}"`);
    done.add(name);
    return `${begin}\n${tables[name]()}\n\n${end}`;
  });
  for (const name of Object.keys(tables)) if (!done.has(name)) throw new Error(`there is no place for "${name}"`);
  return filled;
}

async function main([option]) {
  if (option === "--help" || option === "-h") return process.stdout.write(HELP);
  if (option === undefined) {
    for (const [name, tables] of Object.entries(pages)) {
      for (const [title, make] of Object.entries(tables)) process.stdout.write(`\n${name}, ${title}:\n\n${make()}\n`);
    }
    return;
  }
  if (option !== "--check" && option !== "--write") {
    process.stderr.write(`capacity: unknown argument: ${option}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const { format } = await import("prettier");
  for (const [name, tables] of Object.entries(pages)) {
    const text = readFileSync(file(name), "utf8");
    const computed = await format(withTables(text, tables), { parser: "markdown", printWidth: 120 });
    if (computed === text) continue;
    if (option === "--write") writeFileSync(file(name), computed);
    else {
      process.stderr.write(`capacity: ${name} is not what the figures say: node scripts/capacity.mjs --write\n`);
      process.exitCode = 1;
    }
  }
}

await main(process.argv.slice(2));
