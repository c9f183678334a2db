/**
 * The Worker in workerd before two real daemons: what an audience of it hears when one is killed, and when one stands still.
 * `proof` beside package.json runs it; see its --help.
 */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Front, until, type Listener } from "../front";
import { bytesOutOfFrame, decode, tonesOf, withoutTitles } from "./audio";
import { Player } from "./player";
import { workerdCpuMs } from "./processes";
import { Station } from "./station";
import { Takeover } from "./takeover";

const LISTENERS = Number(process.env["RELAY_PROOF_LISTENERS"] ?? 50);
const ROUNDS = Number(process.env["RELAY_PROOF_ROUNDS"] ?? 1);
const HLS_CLIENTS = 200;
const HEAL_SECONDS = 3;
const LONGEST_GAP_MS = 2000;
const AFTER_MS = 10_000;
const COST_OVER_MS = 20_000;
const BYTES_PER_SECOND = 16_000;
const ROUND_MS = 300_000;
const RETURNS_WITHIN_MS = 60_000;
/** The origin is well a little before this learns of it. */
const ROUGHLY_MS = 500;
/** Shorter ones are the windows in which one tone goes over into the other. */
const SHORTEST_TONE_SECONDS = 0.15;
/** Lines of ffmpeg: where a stream begins, and for each change of origins, frames refer to bits that went before. */
const COMPLAINTS_AT_BEGINNING = 2;
const COMPLAINTS_AT_SPLICE = 2;
/** Chromium may find its buffer empty for a moment: what it has in hand is its own affair. */
const LONGEST_STANDSTILL_MS = 1000;

const directory = process.env["RELAY_PROOF_STATE"] ?? mkdtempSync(join(tmpdir(), "relay-proof."));
const figures: string[] = [];
const players: Player[] = [];
let primary: Station;
let edge: Station;
let front: Front;
let takeover: Takeover;

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

beforeAll(async () => {
  const stations = ["primary", "edge1"].map((name, i) => {
    const own = join(directory, name);
    mkdirSync(own, { recursive: true });
    return Station.prepare(name, i === 0 ? 440 : 880, own);
  });
  const [first, second] = await Promise.all(stations);
  if (!first || !second) throw new Error("two were prepared");
  [primary, edge] = [first, second];
  await primary.start();
  await edge.start();
  front = await Front.start([primary, edge], { HEAL_SECONDS });
  takeover = new Takeover(front, [primary, edge]);
}, ROUND_MS);

afterAll(async () => {
  await Promise.all(players.map((player) => player.close()));
  takeover.stop();
  await front.stop();
  primary.kill();
  edge.kill();
  const table = ["| what | measured |", "|---|--:|", ...figures].join("\n");
  writeFileSync(join(directory, "figures.md"), `${table}\n`);
}, ROUND_MS);

interface Member {
  readonly listener: Listener;
  readonly titled: boolean;
}

type Figure = (name: string, value: number) => void;

/** Every other one of the audience asks for titles. */
async function audience(): Promise<Member[]> {
  const all = await Promise.all(
    Array.from({ length: LISTENERS }, async (_, i) => {
      const titled = i % 2 === 1;
      return { listener: await front.listen(titled ? { "Icy-MetaData": "1" } : {}), titled };
    }),
  );
  await until("all have audio", () => all.every(({ listener }) => listener.length > 5 * BYTES_PER_SECOND));
  for (const { listener } of all) listener.mark();
  return all;
}

function stopAll(all: readonly Member[]): void {
  for (const { listener } of all) {
    expect(listener.closed).toBe(false);
    listener.stop();
  }
}

/** That the newest second of a listener's audio is this station's. */
async function isHearing(listener: Listener, station: Station): Promise<boolean> {
  const { samples } = await decode(Buffer.concat(listener.parts.slice(-20)).subarray(-BYTES_PER_SECOND));
  return tonesOf(samples.subarray(samples.length >> 1)).some(
    ({ hertz, seconds }) => hertz === station.hertz && seconds > 0.2,
  );
}

/** The audience has heard these stations, one after the other and whole, and was told so. */
async function expectHeard(all: readonly Member[], stations: readonly Station[], figure: Figure): Promise<void> {
  const names = stations.map((station) => `Tone of ${station.name}`);
  const pieces = all.map(({ listener, titled }) => {
    expect(listener.closed).toBe(false);
    if (!titled) return Buffer.concat(listener.parts);
    const { audio, titles } = withoutTitles(listener.parts);
    expect(titles).toEqual(names);
    return audio;
  });
  for (const audio of pieces) expect(bytesOutOfFrame(audio)).toBe(0);
  // With each change there is more to decode.
  const decoded = pieces.filter((_, i) => i % (stations.length === 2 ? 1 : 5) === 0);
  let most = 0;
  for (const audio of decoded) most = Math.max(most, await expectSounds(audio, stations));
  figure(
    `lines of ffmpeg about a listener's audio of ${stations.length} pieces, at most (${decoded.length} decoded)`,
    most,
  );
}

/** @returns how many lines ffmpeg had to say about it */
async function expectSounds(audio: Uint8Array, stations: readonly Station[]): Promise<number> {
  const { complaints, samples } = await decode(audio);
  const allowed = COMPLAINTS_AT_BEGINNING + COMPLAINTS_AT_SPLICE * (stations.length - 1);
  expect(complaints.length, complaints.join("\n")).toBeLessThanOrEqual(allowed);
  const tones = tonesOf(samples).filter(({ seconds }) => seconds > SHORTEST_TONE_SECONDS);
  expect(tones.map(({ hertz }) => hertz)).toEqual(stations.map((station) => station.hertz));
  return complaints.length;
}

/** The audience goes over to the other station and, later, back. */
async function expectFailover(all: readonly Member[], figure: Figure): Promise<void> {
  await sleep(AFTER_MS);
  expectGap(all, "longest time without a byte", figure);
  await expectHeard(all, [primary, edge], figure);
}

async function expectReturn(all: readonly Member[], figure: Figure): Promise<void> {
  const since = Date.now();
  for (const { listener } of all) {
    await until("a listener is back on the primary", () => isHearing(listener, primary), RETURNS_WITHIN_MS);
  }
  const took = Date.now() - since;
  figure("well again, until all are back, ms", took);
  expect(took).toBeGreaterThan(HEAL_SECONDS * 1000 - ROUGHLY_MS);
  await expectHeard(all, [primary, edge, primary], figure);
  stopAll(all);
}

function expectGap(all: readonly Member[], name: string, figure: Figure): void {
  const gap = Math.max(...all.map(({ listener }) => listener.longestGap));
  figure(`${name}, of ${all.length} listeners, ms`, gap);
  expect(gap).toBeLessThan(LONGEST_GAP_MS);
}

test(
  `what ${LISTENERS} listeners cost`,
  async () => {
    const all = await audience();
    const before = workerdCpuMs();
    await sleep(COST_OVER_MS);
    const each = (workerdCpuMs() - before) / LISTENERS / (COST_OVER_MS / 1000);
    figures.push(`| CPU of workerd per listener and second, ms | ${each.toFixed(2)} |`);
    stopAll(all);
  },
  ROUND_MS,
);

describe.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))("round %i", (round) => {
  const figureOf =
    (event: string): Figure =>
    (name, value) => {
      figures.push(`| round ${round}, ${event}: ${name} | ${value} |`);
    };

  test(
    `kill -9 of the origin under ${LISTENERS} listeners and two players: nobody is closed, and all hear on`,
    async () => {
      const figure = figureOf("kill -9");
      takeover.startOver();
      const begun = takeover.segments;
      await until("HLS is there", () => takeover.segments >= begun + 4, 60_000);
      const mp3 = await Player.open(front.url, "mp3");
      const hls = await Player.open(front.url, "hls");
      players.push(mp3, hls);
      const all = await audience();
      for (const player of [mp3, hls]) await until("the player plays", async () => (await player.time()) > 3);
      await mp3.picture(`player-mp3-${round}`);
      await hls.picture(`player-hls-${round}`);
      const killed = Date.now();
      primary.kill();
      await expectFailover(all, figure);
      const segments = takeover.segments;
      await until("the other one's HLS is there", () => takeover.segments > segments + 4, 60_000);
      for (const [name, player] of [["MP3", mp3] as const, ["HLS", hls] as const]) {
        const standstill = await player.longestStandstill(killed - 1000);
        figure(`longest standstill of ${name} in Chromium, ms`, standstill);
        expect(standstill, name).toBeLessThan(LONGEST_STANDSTILL_MS);
      }
      await hls.picture(`player-hls-after-${round}`);
      await Promise.all([mp3.close(), hls.close()]);
      await primary.start();
      await expectReturn(all, figure);
    },
    ROUND_MS,
  );

  test(
    "SIGSTOP of the origin: nobody is closed, all hear on, and are back after SIGCONT",
    async () => {
      const figure = figureOf("SIGSTOP");
      const all = await audience();
      primary.freeze();
      await expectFailover(all, figure);
      primary.thaw();
      await expectReturn(all, figure);
    },
    ROUND_MS,
  );
});

test(
  `${HLS_CLIENTS} HLS clients at once cause one read of the bucket for each segment`,
  async () => {
    const ends = Date.now() + 15_000;
    let requests = 0;
    const client = async (): Promise<number> => {
      const had = new Set<string>();
      while (Date.now() < ends) {
        const list = (await front.fetch("/hls/live.m3u8")).text;
        requests++;
        const fresh = list.split("\n").filter((line) => line.endsWith(".ts") && !had.has(line));
        for (const name of fresh) {
          const answer = await front.fetch(`/hls/${name}`);
          expect(answer.status).toBe(200);
          requests++;
          had.add(name);
        }
        await sleep(1000 + Math.random() * 1000);
      }
      return had.size;
    };
    const before = await front.reads();
    const cpu = workerdCpuMs();
    const counts = await Promise.all(Array.from({ length: HLS_CLIENTS }, client));
    const perRequest = (workerdCpuMs() - cpu) / requests;
    const reads = Object.entries(await front.reads()).filter(([key]) => key.endsWith(".ts"));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(6);
    for (const [key, count] of reads) expect(count, key).toBe(1);
    const lists = (await front.reads())["hls/live.m3u8"] ?? 0;
    figures.push(`| ${HLS_CLIENTS} HLS clients, 15 s: reads for each of ${reads.length} segments | 1 |`);
    figures.push(`| the same: CPU of workerd for each of ${requests} requests, ms | ${perRequest.toFixed(2)} |`);
    figures.push(`| the same: reads of the playlist | ${lists - (before["hls/live.m3u8"] ?? 0)} |`);
  },
  ROUND_MS,
);
