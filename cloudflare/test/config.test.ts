import { expect, test } from "vitest";
import { configOf, type Env } from "../src/config";

const GOOD = {
  STATION: "Radio",
  CONTENT_TYPE: "audio/mpeg",
  ORIGINS: [{ name: "a", url: "https://a.example.org/live" }],
  HEAL_SECONDS: 15,
  SESSION_HOURS: 12,
  HLS_PREFIX: "hls/",
  ORIGIN_SECRET: "0123456789abcdef",
};

const of = (change: object): unknown => configOf({ ...GOOD, ...change } as unknown as Env);

test("a good one is taken", () => {
  expect(of({})).toMatchObject({ station: "Radio", healMs: 15_000, sessionMs: 43_200_000 });
});

test.each([
  ["STATION", ""],
  ["CONTENT_TYPE", "application/ogg"],
  ["ORIGINS", []],
  ["ORIGINS", "https://a.example.org/live"],
  ["ORIGINS", [{ name: "a", url: "ftp://a.example.org/" }]],
  ["ORIGINS", [GOOD.ORIGINS[0], { name: "a", url: "https://b.example.org/live" }]],
  ["ORIGINS", [GOOD.ORIGINS[0], { name: "b", url: "https://a.example.org/live" }]],
  ["HEAL_SECONDS", 0],
  ["SESSION_HOURS", 25],
  ["HLS_PREFIX", "/hls"],
  ["ORIGIN_SECRET", "short"],
  ["ORIGIN_SECRET", undefined],
])("%s = %j is refused by name", (name, value) => {
  expect(() => of({ [name]: value })).toThrow(name);
});

test("all problems are told at once, and the secret never", () => {
  const secret = "oh-a-secret";
  let message = "";
  try {
    of({ STATION: "", HEAL_SECONDS: -1, ORIGIN_SECRET: secret });
  } catch (failure) {
    message = String(failure);
  }
  expect(message).toMatch(/STATION.*HEAL_SECONDS.*ORIGIN_SECRET/s);
  expect(message).not.toContain(secret);
});
