import { expect, test } from "vitest";
import { Health } from "../src/health";
import { randomOf } from "./audio";

const HEAL = 15_000;
const seed = Date.now() % 1_000_000;

test("an origin that fails is the last choice from then on", () => {
  const health = new Health(["a", "b"], HEAL);
  expect(health.order()).toEqual(["a", "b"]);
  expect(health.failed("a", 1000)).toBe(true);
  expect(health.failed("a", 1001)).toBe(false);
  expect(health.order()).toEqual(["b", "a"]);
});

test("of several that failed the longest down comes first", () => {
  const health = new Health(["a", "b"], HEAL);
  health.failed("b", 1000);
  health.failed("a", 2000);
  expect(health.order()).toEqual(["b", "a"]);
});

test("it is back once it has been good for the time to heal, and a failure between starts anew", () => {
  const health = new Health(["a", "b"], HEAL);
  health.failed("a", 0);
  expect(health.takeProbe(4999)).toBeUndefined();
  expect(health.takeProbe(5000)).toBe("a");
  expect(health.takeProbe(5001)).toBeUndefined();
  expect(health.probedGood("a", 5100)).toBe(false);
  expect(health.probedGood("a", 10_100)).toBe(false);
  health.failed("a", 12_000);
  for (const now of [17_000, 22_000, 27_000]) expect(health.probedGood("a", now)).toBe(false);
  expect(health.probedGood("a", 32_000)).toBe(true);
  expect(health.order()).toEqual(["a", "b"]);
});

test("many probes at once do not heal it sooner, nor does a long time away", () => {
  const health = new Health(["a"], HEAL);
  health.failed("a", 0);
  for (let i = 0; i < 100; i++) expect(health.probedGood("a", 3_600_000)).toBe(false);
  expect(health.probedGood("a", 3_600_000 + HEAL - 1)).toBe(false);
  expect(health.probedGood("a", 3_600_000 + HEAL)).toBe(true);
});

test("one that stays away is probed ever more seldom, each minute at last, and often again once it is good", () => {
  const health = new Health(["a"], HEAL);
  health.failed("a", 0);
  let probes = 0;
  for (let now = 0; now <= 12 * 3_600_000; now += 1000) {
    if (health.takeProbe(now) === undefined) continue;
    probes++;
    health.failed("a", now);
  }
  expect(probes).toBeGreaterThan(700);
  expect(probes).toBeLessThan(800);
  const good = 12 * 3_600_000 + 60_000;
  expect(health.takeProbe(good)).toBe("a");
  health.probedGood("a", good + 100);
  expect(health.takeProbe(good + 5099)).toBeUndefined();
  expect(health.takeProbe(good + 5100)).toBe("a");
});

test("what another isolate saw later counts", () => {
  const here = new Health(["a", "b"], HEAL);
  const there = new Health(["a", "b", "unknown"], HEAL);
  there.failed("a", 2000);
  here.failed("b", 3000);
  here.merge(there.snapshot());
  expect(here.isUp("a")).toBe(false);
  there.failed("unknown", 1);
  here.merge({ ...there.snapshot(), b: { up: true, good: 0, goodSince: 0, since: 1, probeAt: 0 } });
  expect(here.isUp("b")).toBe(false);
  expect(here.order()).toEqual(["a", "b"]);
});

test(`seed ${seed}: whatever happens, each origin is in the order once, and none flaps faster than it may heal`, () => {
  const random = randomOf(seed);
  const names = ["a", "b", "c"];
  const health = new Health(names, HEAL);
  const downAt = new Map<string, number>();
  for (let now = 1; now < 2_000_000; now += 1 + random(3000)) {
    const name = names[random(3)] ?? "a";
    if (random(4) === 0 && health.failed(name, now)) downAt.set(name, now);
    else if (health.probedGood(name, now)) expect(now - (downAt.get(name) ?? 0)).toBeGreaterThanOrEqual(HEAL);
    expect([...health.order()].sort()).toEqual(names);
    expect(health.order()).toEqual([...health.order()].sort((x, y) => +health.isUp(y) - +health.isUp(x)));
  }
});
