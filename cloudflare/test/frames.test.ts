import { describe, expect, test } from "vitest";
import { FrameCutter, frameAt } from "../src/frames";
import { concat, frame, FRAME_BYTES, frames, numbersOf, pieces, randomOf } from "./audio";

const SEEDS = [1, 2, 3, Date.now() % 1_000_000];

describe("a frame's header", () => {
  test.each([
    ["MPEG-1, 128 kbit/s, 44.1 kHz", [0xff, 0xfb, 0x90, 0x00], 417, 1152 / 44100],
    ["the same, padded", [0xff, 0xfb, 0x92, 0x00], 418, 1152 / 44100],
    ["MPEG-1, 320 kbit/s, 48 kHz", [0xff, 0xfb, 0xe4, 0x00], 960, 1152 / 48000],
    ["MPEG-2, 64 kbit/s, 22.05 kHz", [0xff, 0xf3, 0x80, 0x00], 208, 576 / 22050],
    ["MPEG-2.5, 16 kbit/s, 8 kHz", [0xff, 0xe3, 0x28, 0x00], 144, 576 / 8000],
    ["ADTS, 371 bytes, 44.1 kHz", [0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f, 0xfc], 371, 1024 / 44100],
  ])("%s", (_, header, length, seconds) => {
    const bytes = new Uint8Array(16);
    bytes.set(header);
    expect(frameAt(bytes, 0)).toMatchObject({ length, seconds });
  });

  test.each([
    ["no sync", [0xfe, 0xfb, 0x90, 0x00]],
    ["a reserved version", [0xff, 0xeb, 0x90, 0x00]],
    ["layer II", [0xff, 0xfd, 0x90, 0x00]],
    ["a free bitrate", [0xff, 0xfb, 0x00, 0x00]],
    ["a bad bitrate", [0xff, 0xfb, 0xf0, 0x00]],
    ["a reserved sample rate", [0xff, 0xfb, 0x9c, 0x00]],
    ["ADTS shorter than its header", [0xff, 0xf1, 0x50, 0x80, 0x00, 0x7f, 0xfc]],
  ])("%s is none", (_, header) => {
    const bytes = new Uint8Array(16);
    bytes.set(header);
    expect(frameAt(bytes, 0)).toBeUndefined();
  });

  test("cut off at the end is none yet", () => {
    expect(frameAt(frame(1, 1).subarray(0, 6), 0)).toBeUndefined();
  });
});

describe.each(SEEDS)("seed %i: bytes in random pieces", (seed) => {
  test("come out as the same whole frames", () => {
    const random = randomOf(seed);
    const cutter = new FrameCutter();
    const sent = frames(1, 0, 300);
    const cut = [...pieces(sent.subarray(random(FRAME_BYTES)), random, 2000)].map((piece) => {
      const out = cutter.push(piece);
      expect(out.length % FRAME_BYTES).toBe(0);
      return out;
    });
    const numbers = numbersOf(concat(cut)).map((one) => one.number);
    expect(numbers.at(-1)).toBe(299);
    expect(numbers[0]).toBeLessThanOrEqual(1);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
  });

  test("with noise between them lose at most the frames beside the noise, and no noise comes out", () => {
    const random = randomOf(seed);
    const cutter = new FrameCutter();
    const parts = [];
    let noises = 0;
    for (let i = 0; i < 300; i++) {
      parts.push(frame(1, i));
      if (random(10) !== 0) continue;
      parts.push(Uint8Array.from({ length: 1 + random(900) }, () => random(255)));
      noises++;
    }
    const out = concat([...pieces(concat(parts), random, 3000)].map((piece) => cutter.push(piece)));
    const numbers = numbersOf(out).map((one) => one.number);
    expect(numbers.length).toBeGreaterThanOrEqual(299 - 2 * noises);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

test("what holds no frames is counted as garbage", () => {
  const cutter = new FrameCutter();
  for (let i = 0; i < 10; i++) expect(cutter.push(new Uint8Array(10_000).fill(0x55))).toHaveLength(0);
  expect(cutter.garbage).toBeGreaterThan(99_000);
  cutter.push(frames(1, 0, 3));
  expect(cutter.garbage).toBe(0);
});

test("the rate is known from the first frame on", () => {
  const cutter = new FrameCutter();
  cutter.push(frames(1, 0, 2));
  expect(cutter.bytesPerSecond).toBeCloseTo(15963, 0);
});
