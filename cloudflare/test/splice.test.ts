import { describe, expect, test } from "vitest";
import { offsetAfter, offsetOfLast, tailAfter } from "../src/splice";
import { FRAME_BYTES, FRAME_SECONDS, frames, numbersOf, randomOf } from "./audio";

const SEEDS = [1, 2, 3, Date.now() % 1_000_000];

describe.each(SEEDS)("seed %i", (seed) => {
  test("an origin of the same programme goes on with the very next frame", () => {
    const random = randomOf(seed);
    for (let round = 0; round < 50; round++) {
      const last = 10 + random(200);
      let tail: Uint8Array = new Uint8Array(0);
      for (let sent = 0; sent <= last; ) {
        const count = Math.min(1 + random(9), last + 1 - sent);
        tail = tailAfter(tail, frames(1, sent, count));
        sent += count;
      }
      const first = Math.max(0, last - 4 - random(100));
      const backlog = frames(1, first, last - first + 1 + random(20));
      const rest = backlog.subarray(offsetAfter(tail, backlog));
      expect(numbersOf(rest)[0]?.number ?? last + 1).toBe(last + 1);
    }
  });
});

test("the tail is the last four frames, or all there are", () => {
  expect(numbersOf(tailAfter(new Uint8Array(0), frames(1, 0, 2))).map((one) => one.number)).toEqual([0, 1]);
  expect(numbersOf(tailAfter(frames(1, 0, 4), frames(1, 4, 1))).map((one) => one.number)).toEqual([1, 2, 3, 4]);
  expect(numbersOf(tailAfter(frames(1, 0, 4), frames(1, 4, 9))).map((one) => one.number)).toEqual([9, 10, 11, 12]);
});

test("another programme has no such place", () => {
  expect(offsetAfter(frames(1, 0, 4), frames(2, 0, 100))).toBeUndefined();
  expect(offsetAfter(new Uint8Array(0), frames(2, 0, 100))).toBeUndefined();
});

test("of equal frames the newest counts", () => {
  const silence = new Uint8Array(Buffer.concat(Array.from({ length: 10 }, () => frames(1, 7, 1))));
  expect(offsetAfter(silence.subarray(0, 4 * FRAME_BYTES), silence)).toBe(10 * FRAME_BYTES);
});

test("without it, as much is sent as was missed", () => {
  const backlog = frames(2, 0, 150);
  const kept = (seconds: number): number => (backlog.length - offsetOfLast(seconds, backlog)) / FRAME_BYTES;
  expect(kept(0)).toBe(1);
  expect(kept(2)).toBe(Math.ceil(2 / FRAME_SECONDS));
  expect(kept(60)).toBe(150);
});
