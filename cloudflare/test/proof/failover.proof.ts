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
import { Station } from "./station";
import { Takeover } from "./takeover";

const LISTENERS = Number(process.env["RELAY_PROOF_LISTENERS"] ?? 50);
const ROUNDS = Number(process.env["RELAY_PROOF_ROUNDS"] ?? 1);
const HLS_CLIENTS = 200;
const HEAL_SECONDS = 3;
const LONGEST_GAP_MS = 2000;
const AFTER_MS = 10_000;
const BYTES_PER_SECOND = 16_000;
const ROUND_MS = 180_000;
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

/** Every other one of the audience asks for titles. */
async function audience(): Promise<{ listener: Listener; titled: boolean }[]> {
  const all = await Promise.all(
    Array.from({ length: LISTENERS }, async (_, i) => {
      const titled = i % 2 === 1;
      return { listener: await front.listen(titled ? { "Icy-MetaData": "1" } : {}), titled };
    }),
  );
  await until("all have audio", () => all.every(({ listener }) => listener.length > 5 * BYTES_PER_SECOND));
  return all;
}

const heard = (parts: Buffer): number[] => tonesOf(decode(parts).samples).flatMap(({ hertz }) => [hertz]);

/** That the newest audio of a listener is this station's. */
function isHearing(listener: Listener, station: Station): boolean {
  return heard(Buffer.concat(listener.parts).subarray(-BYTES_PER_SECOND)).at(-2) === station.hertz;
}

/** The audience hears one station and then the other, whole, and is told so. */
function expectOneSplice(
  all: { listener: Listener; titled: boolean }[],
  longest: (name: string, worst: number) => void,
) {
  let complaints = 0;
  for (const { listener, titled } of all) {
    expect(listener.closed).toBe(false);
    const { audio, titles } = titled
      ? withoutTitles(listener.parts)
      : { audio: Buffer.concat(listener.parts), titles: [] };
    expect(bytesOutOfFrame(audio)).toBe(0);
    if (titled) expect(titles).toEqual(["Tone of primary", "Tone of edge1"]);
    const decoded = decode(audio);
    complaints = Math.max(complaints, decoded.complaints.length);
    expect(decoded.complaints.length, decoded.complaints.join("\n")).toBeLessThanOrEqual(
      COMPLAINTS_AT_BEGINNING + COMPLAINTS_AT_SPLICE,
    );
    const tones = tonesOf(decoded.samples).filter(({ seconds }) => seconds > 0.15);
    expect(tones.map(({ hertz }) => hertz)).toEqual([primary.hertz, edge.hertz]);
  }
  longest("lines of ffmpeg about a listener's audio, at most", complaints);
}

async function backOnPrimary(all: { listener: Listener }[]): Promise<number> {
  const since = Date.now();
  await until("all are back on the primary", () => all.every(({ listener }) => isHearing(listener, primary)), 60_000);
  return Date.now() - since;
}

describe.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))("round %i", (round) => {
  const figure = (name: string, value: string | number): void => {
    figures.push(`| round ${round}: ${name} | ${value} |`);
  };

  test(
    `kill -9 of the origin under ${LISTENERS} listeners and two players: nobody is closed, and all hear on`,
    async () => {
      await until("HLS is there", () => takeover.segments >= 4, 60_000);
      const mp3 = await Player.open(front.url, "mp3");
      const hls = await Player.open(front.url, "hls");
      players.push(mp3, hls);
      const all = await audience();
      for (const player of [mp3, hls]) await until("the player plays", async () => (await player.time()) > 3);
      await mp3.picture(`player-mp3-${round}`);
      await hls.picture(`player-hls-${round}`);
      for (const { listener } of all) listener.mark();
      const killed = Date.now();
      primary.kill();
      await sleep(AFTER_MS);
      const gap = Math.max(...all.map(({ listener }) => listener.longestGap));
      figure(`kill -9: longest time without a byte, of ${LISTENERS} listeners, ms`, gap);
      expectOneSplice(all, (name, worst) => {
        figure(`kill -9: ${name}`, worst);
      });
      expect(gap).toBeLessThan(LONGEST_GAP_MS);
      const segments = takeover.segments;
      await until("the other one's HLS is there", () => takeover.segments > segments + 4, 60_000);
      for (const [name, player] of [["MP3", mp3] as const, ["HLS", hls] as const]) {
        const standstill = await player.longestStandstill(killed - 1000);
        figure(`kill -9: longest standstill of ${name} in Chromium, ms`, standstill);
        expect(standstill, name).toBeLessThan(LONGEST_STANDSTILL_MS);
      }
      await hls.picture(`player-hls-after-${round}`);
      await Promise.all([mp3.close(), hls.close()]);
      await primary.start();
      figure("kill -9: on the air again until all are back on it, ms", await backOnPrimary(all));
      for (const { listener } of all) {
        expect(listener.closed).toBe(false);
        listener.stop();
      }
    },
    ROUND_MS,
  );

  test(
    "SIGSTOP of the origin: nobody is closed, all hear on, and are back after SIGCONT",
    async () => {
      const all = await audience();
      for (const { listener } of all) listener.mark();
      primary.freeze();
      await sleep(AFTER_MS);
      const gap = Math.max(...all.map(({ listener }) => listener.longestGap));
      figure(`SIGSTOP: longest time without a byte, of ${LISTENERS} listeners, ms`, gap);
      expectOneSplice(all, (name, worst) => {
        figure(`SIGSTOP: ${name}`, worst);
      });
      expect(gap).toBeLessThan(LONGEST_GAP_MS);
      primary.thaw();
      figure("SIGSTOP: SIGCONT until all are back, ms", await backOnPrimary(all));
      for (const { listener } of all) {
        expect(listener.closed).toBe(false);
        listener.stop();
      }
    },
    ROUND_MS,
  );
});

test(
  `${HLS_CLIENTS} HLS clients at once cause one read of the bucket for each segment`,
  async () => {
    const ends = Date.now() + 15_000;
    const client = async (): Promise<number> => {
      const had = new Set<string>();
      while (Date.now() < ends) {
        const list = (await front.fetch("/hls/live.m3u8")).text;
        const fresh = list.split("\n").filter((line) => line.endsWith(".ts") && !had.has(line));
        for (const name of fresh) {
          const answer = await front.fetch(`/hls/${name}`);
          expect(answer.status).toBe(200);
          had.add(name);
        }
        await sleep(1000 + Math.random() * 1000);
      }
      return had.size;
    };
    const before = await front.reads();
    const counts = await Promise.all(Array.from({ length: HLS_CLIENTS }, client));
    const reads = Object.entries(await front.reads()).filter(([key]) => key.endsWith(".ts"));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(6);
    for (const [key, count] of reads) expect(count, key).toBe(1);
    const lists = (await front.reads())["hls/live.m3u8"] ?? 0;
    figures.push(`| ${HLS_CLIENTS} HLS clients, 15 s: reads for each of ${reads.length} segments | 1 |`);
    figures.push(`| the same: reads of the playlist | ${lists - (before["hls/live.m3u8"] ?? 0)} |`);
  },
  ROUND_MS,
);
