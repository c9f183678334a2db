import { describe, expect, test } from "vitest";
import { ICY_INTERVAL, IcyReader, IcyWriter, titleOf } from "../src/icy";
import { concat, pieces, randomOf } from "./audio";

const SEEDS = [1, 2, 3, Date.now() % 1_000_000];
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(SEEDS)("seed %i", (seed) => {
  test("audio survives a change of origins, with the listener's phase kept and every title in its place", () => {
    const random = randomOf(seed);
    const writer = new IcyWriter();
    const sent: Uint8Array[] = [];
    const received: Uint8Array[] = [];
    const titles: string[] = [];
    for (let origin = 0; origin < 5; origin++) {
      const interval = random(4) === 0 ? 0 : 500 + random(20_000);
      const title = `StreamTitle='Title ${origin} ${"x".repeat(random(200))}';`;
      const audio = Uint8Array.from({ length: 40_000 + random(60_000) }, () => random(256));
      const reader = new IcyReader(interval);
      for (const piece of pieces(withTitles(audio, interval, title), random, 9000)) {
        const out = reader.push(piece);
        received.push(writer.push(out, reader.block));
      }
      sent.push(audio);
      if (interval > 0) titles.push(title);
    }
    const whole = concat(received);
    const reader = new IcyReader(ICY_INTERVAL);
    const seen: string[] = [];
    const audio = [];
    for (const piece of pieces(whole, random, 3000)) {
      audio.push(reader.push(piece));
      const text = reader.block && new TextDecoder().decode(reader.block);
      if (text !== undefined && seen.at(-1) !== text) seen.push(text);
    }
    expect(Buffer.compare(concat(audio), concat(sent))).toBe(0);
    expect(seen).toEqual(titles);
  });
});

test("a title is sent once, and empty blocks after it", () => {
  const writer = new IcyWriter();
  const block = encode("StreamTitle='x';");
  const length = (title: Uint8Array | undefined): number => writer.push(new Uint8Array(ICY_INTERVAL), title).length;
  expect(length(undefined)).toBe(ICY_INTERVAL + 1);
  expect(length(block)).toBe(ICY_INTERVAL + 17);
  expect(length(block)).toBe(ICY_INTERVAL + 1);
});

test.each([
  ["StreamTitle='A - B';", "A - B"],
  ["StreamTitle='It's';StreamUrl='';", "It's"],
  ["StreamTitle='';", undefined],
  ["nonsense", undefined],
])("%s", (block, title) => {
  expect(titleOf(encode(block))).toBe(title);
});

test("a title that is no UTF-8 is Latin-1", () => {
  expect(titleOf(Uint8Array.from([...encode("StreamTitle='Caf"), 0xe9, ...encode("';")]))).toBe("Café");
});

function withTitles(audio: Uint8Array, interval: number, title: string): Uint8Array {
  if (interval === 0) return audio;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < audio.length; at += interval) {
    const part = audio.subarray(at, at + interval);
    parts.push(part);
    if (part.length < interval) break;
    const text = encode(at === 0 ? title : "");
    const block = new Uint8Array(1 + Math.ceil(text.length / 16) * 16);
    block[0] = (block.length - 1) / 16;
    block.set(text, 1);
    parts.push(block);
  }
  return concat(parts);
}
