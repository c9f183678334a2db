import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Front, until } from "./front";
import { FakeOrigin } from "./origin";

let primary: FakeOrigin;
let edge: FakeOrigin;
let front: Front;

beforeAll(async () => {
  primary = await new FakeOrigin().start();
  edge = await new FakeOrigin().start();
  front = await Front.start([primary, edge]);
});

afterAll(async () => {
  await front.stop();
  primary.kill();
  edge.kill();
});

describe("health", () => {
  test("is finite, and names what is well and what is not", async () => {
    await front.put("live.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:6\n");
    const answer = await front.fetch("/health");
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toMatchObject({
      live: { ok: true },
      origins: [
        { name: "primary", ok: true },
        { name: "edge1", ok: true },
      ],
      hls: { ok: true },
    });
    for (const part of ["live", "hls", "origin/primary", "origin/edge1"]) {
      expect((await front.fetch(`/health/${part}`)).status).toBe(200);
    }
    expect((await front.fetch("/health/origin/nobody")).status).toBe(404);
  });

  test("asked often, asks the origins seldom", async () => {
    await new Promise((resolve) => setTimeout(resolve, 3100));
    const before = primary.requests.length;
    await Promise.all(Array.from({ length: 100 }, () => front.fetch("/health")));
    expect(primary.requests.length - before).toBe(1);
  });

  test("an origin that is down fails its own check, not the public one", async () => {
    primary.kill();
    await until("it is seen", async () => (await front.fetch("/health/origin/primary")).status === 503);
    expect((await front.fetch("/health/origin/primary")).json()).toMatchObject({ ok: false });
    expect((await front.fetch("/health/origin/edge1")).status).toBe(200);
    expect((await front.fetch("/health/live")).status).toBe(200);
    await primary.start();
  });
});

test("now.json has the title as it was sent, whatever is in it", async () => {
  primary.title = edge.title = `A "quoted" <b>title</b> \\ é`;
  const now = async (): Promise<unknown> => (await front.fetch("/now.json")).json();
  await until("it is there", async () => ((await now()) as { title: unknown }).title !== null);
  expect(await now()).toEqual({ station: "Test Radio", title: `A "quoted" <b>title</b> \\ é` });
});

describe("the player page", () => {
  test("may load what is ours and nothing else, and needs nothing else", async () => {
    const page = await front.fetch("/");
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.headers["strict-transport-security"]).toMatch(/^max-age=\d{7,}/);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link ?? "");
    expect(links).toEqual(expect.arrayContaining(["/player.js", "/player.css", "/live"]));
    for (const link of links) expect(link).toMatch(/^(\/(?!\/)|data:,$)/);
  });

  test("has hls.js from us", async () => {
    const library = await front.fetch("/hls.light.min.js");
    expect(library.status).toBe(200);
    expect(library.headers["content-type"]).toMatch(/javascript/);
    expect(library.body.length).toBeGreaterThan(100_000);
    expect((await front.fetch("/player.js")).text).toContain('"/hls.light.min.js"');
  });
});

test.each(["/live", "/health", "/now.json", "/hls/live.m3u8", "/hls/none.ts", "/nothing"])(
  "%s has security headers",
  async (path) => {
    const { headers } = await front.fetch(path, { method: "HEAD" });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["strict-transport-security"]).toMatch(/^max-age=\d{7,}/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  },
);

describe("odd requests", () => {
  test.each(["POST", "PUT", "DELETE"])("%s is not allowed", async (method) => {
    const answer = await front.fetch("/live", { method });
    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]).toBe("GET, HEAD, OPTIONS");
  });

  test("a preflight is answered", async () => {
    const answer = await front.fetch("/live", { method: "OPTIONS" });
    expect(answer.status).toBe(204);
    expect(answer.headers["access-control-allow-headers"]).toContain("Icy-MetaData");
  });

  test("what is not here is 404, and 429 for whoever keeps looking", async () => {
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await front.fetch(`/wp-login-${i}.php`)).status);
    expect(statuses[0]).toBe(404);
    expect(statuses.slice(5)).toEqual([429, 429, 429]);
    expect((await front.fetch("/health")).status).toBe(200);
  });
});

test("without a secret nothing is served, and nothing is told", async () => {
  const bare = await Front.start([primary], { ORIGIN_SECRET: "short" });
  try {
    const answer = await bare.fetch("/live");
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("SECRET");
  } finally {
    await bare.stop();
  }
});
