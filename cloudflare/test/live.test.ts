import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ICY_INTERVAL, IcyReader } from "../src/icy";
import { numbersOf } from "./audio";
import { Front, SECRET, until, type Listener, type Settings } from "./front";
import { FakeOrigin, onAir, type Lie } from "./origin";

let primary: FakeOrigin;
let edge: FakeOrigin;
let front: Front;
const listeners: Listener[] = [];

async function begin(settings?: Settings): Promise<void> {
  front = await Front.start([primary, edge], settings);
}

async function listen(headers?: Record<string, string>): Promise<Listener> {
  const listener = await front.listen(headers);
  listeners.push(listener);
  return listener;
}

async function listening(count = 1): Promise<Listener[]> {
  const all = await Promise.all(Array.from({ length: count }, () => listen()));
  await until("all have audio", () => all.every((one) => one.length > 50_000));
  return all;
}

/** Seconds of audio, 16,000 bytes each. */
async function hears(listener: Listener, seconds: number): Promise<void> {
  const goal = listener.length + seconds * 16_000;
  await until(`${seconds} s of audio more`, () => listener.length >= goal || listener.closed);
  expect(listener.closed).toBe(false);
}

/** That every byte is of a whole frame, and that from one to the next no frame is lost or heard twice. */
function expectSeamless(listener: Listener): void {
  const numbers = numbersOf(listener.bytes).map((one) => one.number);
  expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
}

beforeEach(async () => {
  primary = await new FakeOrigin().start();
  edge = await new FakeOrigin().start();
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.stop();
  await front.stop();
  primary.kill();
  edge.kill();
});

describe("a listener", () => {
  test("gets the preferred origin's frames, whole, under headers of an endless body", async () => {
    await begin();
    const [listener] = await listening();
    expect(listener?.response.statusCode).toBe(200);
    expect(listener?.response.headers).toMatchObject({
      "content-type": "audio/mpeg",
      "cache-control": "no-store, no-transform",
      "access-control-allow-origin": "*",
      "accept-ranges": "none",
      "icy-name": "Test%20Radio",
    });
    expect(listener?.response.headers["icy-metaint"]).toBeUndefined();
    if (listener) expectSeamless(listener);
    expect([primary.listeners, edge.listeners]).toEqual([1, 0]);
  });

  test("asks the origin with the secret, and shows it to nobody", async () => {
    await begin();
    const [listener] = await listening();
    expect(primary.requests[0]).toMatch(new RegExp(`^x-relay-front: ${SECRET}\r$`, "im"));
    expect(JSON.stringify(listener?.response.headers)).not.toContain(SECRET);
    expect((await front.fetch("/health")).text).not.toMatch(new RegExp(`${SECRET}|127\\.0\\.0\\.1`));
  });

  test("who leaves is not kept at the origin", async () => {
    await begin();
    const [listener] = await listening();
    listener?.stop();
    await until("the origin is left", () => primary.listeners === 0);
  });

  test("who leaves says nothing about the origin", async () => {
    await begin({ HEAL_SECONDS: 3600 });
    for (const listener of await listening(20)) listener.stop();
    await until("the origin is left", () => primary.listeners === 0);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await listening();
    expect([primary.listeners, edge.listeners]).toEqual([1, 0]);
  });

  test("gets a range from no endless body", async () => {
    await begin();
    const listener = await listen({ Range: "bytes=0-1" });
    expect(listener.response.statusCode).toBe(200);
    await hears(listener, 1);
  });

  test("is let go after the longest session, at a frame's end", async () => {
    await begin({ SESSION_HOURS: 3 / 3600 });
    const listener = await listen();
    await until("the end", () => listener.closed);
    expect(listener.response.complete).toBe(true);
    expect(listener.bytes.length % 417).toBe(0);
  });

  test("gets an answer at once when no origin has audio, and audio once one has", async () => {
    await begin();
    primary.kill();
    edge.kill();
    const answer = await front.fetch("/live");
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
    await edge.start();
    await listening();
  });

  test("HEAD is answered without asking an origin", async () => {
    await begin();
    const answer = await front.fetch("/live", { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("audio/mpeg");
    expect(primary.requests).toEqual([]);
  });
});

describe("on the same response", () => {
  test("20 listeners go on without losing or repeating a frame when the origin is killed", async () => {
    await begin();
    const all = await listening(20);
    for (const listener of all) listener.mark();
    primary.kill();
    await Promise.all(all.map((listener) => hears(listener, 4)));
    for (const listener of all) {
      expectSeamless(listener);
      expect(listener.longestGap).toBeLessThan(2000);
    }
    console.log(`killed: longest gap of 20 listeners ${Math.max(...all.map((one) => one.longestGap))} ms`);
    expect(edge.listeners).toBe(20);
  });

  test("when it ends in the middle of a frame", async () => {
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    primary.end();
    await hears(listener, 3);
    expectSeamless(listener);
  });

  test.each(["stalled", "trickles"] as const)("when it %s", async (fault) => {
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    listener.mark();
    primary[fault] = true;
    await hears(listener, 4);
    expect(listener.longestGap).toBeLessThan(2000);
    expectSeamless(listener);
  });

  test("with an origin that lags behind the one that died", async () => {
    edge = await new FakeOrigin(1, 10).start();
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    primary.kill();
    await hears(listener, 3);
    expectSeamless(listener);
  });

  test("with an origin that has another programme: whole frames, and no more of them than were missed", async () => {
    edge = await new FakeOrigin(2).start();
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    listener.mark();
    primary.kill();
    await hears(listener, 3);
    const programmes = numbersOf(listener.bytes).map((one) => one.programme);
    const change = programmes.indexOf(2);
    expect(programmes.slice(change).every((programme) => programme === 2)).toBe(true);
    const first = numbersOf(listener.bytes)[change]?.number ?? 0;
    const missed = (numbersOf(listener.bytes)[change - 1]?.number ?? 0) + 1;
    expect(first).toBeGreaterThan(missed - 30);
    expect(first).toBeLessThan(missed + 60);
  });

  test("through one failure after the other, and back to the preferred origin when it has healed", async () => {
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    primary.kill();
    await until("on the edge", () => edge.listeners === 1);
    await hears(listener, 1);
    await primary.start();
    const healing = Date.now();
    await until("back on the primary", () => primary.listeners === 1 && edge.listeners === 0, 40_000);
    expect(Date.now() - healing).toBeGreaterThan(1500);
    await hears(listener, 2);
    primary.kill();
    await hears(listener, 2);
    expectSeamless(listener);
  }, 90_000);

  test("with every origin gone for three seconds", async () => {
    await begin();
    const [listener] = await listening();
    if (!listener) return;
    primary.kill();
    edge.kill();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await edge.start();
    await hears(listener, 4);
    expectSeamless(listener);
  });

  test("titles keep their place, and the new origin's is shown", async () => {
    await begin();
    edge.title = "Another song";
    const listener = await listen({ "Icy-MetaData": "1" });
    expect(listener.response.headers["icy-metaint"]).toBe(String(ICY_INTERVAL));
    await hears(listener, 4);
    primary.kill();
    await hears(listener, 4);
    const reader = new IcyReader(ICY_INTERVAL);
    const seen: string[] = [];
    const audio = listener.parts.map((part) => {
      const out = reader.push(part);
      const title = reader.block && new TextDecoder().decode(reader.block);
      if (title !== undefined && seen.at(-1) !== title) seen.push(title);
      return out.slice();
    });
    expect(seen).toEqual(["StreamTitle='A song';", "StreamTitle='Another song';"]);
    const numbers = numbersOf(new Uint8Array(Buffer.concat(audio))).map((one) => one.number);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
  });
});

test("another isolate of the place knows of an origin that failed, and does not try it", async () => {
  const cache = mkdtempSync(join(tmpdir(), "relay-front."));
  const settings = { HEAL_SECONDS: 3600 };
  front = await Front.start([primary, edge], settings, cache);
  const [listener] = await listening();
  primary.kill();
  if (listener) await hears(listener, 2);
  await front.stop();
  await primary.start();
  const before = primary.requests.length;
  front = await Front.start([primary, edge], settings, cache);
  await listening();
  expect([primary.requests.length - before, primary.listeners, edge.listeners]).toEqual([0, 0, 1]);
  rmSync(cache, { recursive: true });
});

describe("an origin that lies", () => {
  test.each(["html", "wrong type", "garbage", "mute", "404", "redirect"] as Lie[])(
    "(%s) is passed over",
    async (lie) => {
      primary.lie = lie;
      await begin();
      const listener = await listen();
      await hears(listener, 1);
      expectSeamless(listener);
      expect(edge.listeners).toBe(1);
      const before = primary.requests.length;
      await listening();
      expect(primary.requests.length - before).toBeLessThanOrEqual(1);
    },
  );
});

test("a slow listener's end is not held against the origin", async () => {
  await begin();
  const slow = await listen();
  slow.response.pause();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  slow.response.resume();
  await hears(slow, 2);
  expectSeamless(slow);
  expect((await front.fetch("/health")).json() as object).toMatchObject({
    origins: [{ name: "primary", ok: true }, { ok: true }],
  });
  expect(onAir()).toBeGreaterThan(0);
});
