import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rangeOf } from "../src/hls";
import { Front, until } from "./front";
import { FakeOrigin } from "./origin";

const SEGMENT = Uint8Array.from({ length: 96_000 }, (_, i) => i % 251);
let origin: FakeOrigin;
let front: Front;

function playlist(sequence: number): string {
  const segments = [0, 1, 2].map((i) => `#EXTINF:6.0,\n${sequence + i}.ts\n`).join("");
  return `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:${sequence}\n${segments}`;
}

beforeAll(async () => {
  origin = await new FakeOrigin().start();
  front = await Front.start([origin]);
});

afterAll(async () => {
  await front.stop();
  origin.kill();
});

describe("a herd", () => {
  test("of 200 clients costs one read of the bucket for each segment, and one for the playlist", async () => {
    await front.put("live.m3u8", playlist(100));
    for (const name of ["100.ts", "101.ts", "102.ts"]) await front.put(name, SEGMENT);
    const client = async (): Promise<number[]> => {
      const list = (await front.fetch("/hls/live.m3u8")).text;
      const names = list.split("\n").filter((line) => line.endsWith(".ts"));
      return Promise.all(names.map(async (name) => (await front.fetch(`/hls/${name}`)).body.length));
    };
    const all = await Promise.all(Array.from({ length: 200 }, client));
    expect(all.flat()).toEqual(Array.from({ length: 600 }, () => SEGMENT.length));
    const reads = await front.reads();
    console.log(`200 clients: reads of the bucket ${JSON.stringify(reads)}`);
    expect(reads).toMatchObject({ "hls/100.ts": 1, "hls/101.ts": 1, "hls/102.ts": 1 });
    expect(reads["hls/live.m3u8"]).toBeLessThanOrEqual(3);
  });

  test("whose first client leaves is served all the same", async () => {
    await front.put("left.ts", SEGMENT);
    const leaver = new AbortController();
    const first = front.fetch("/hls/left.ts", { signal: leaver.signal }).catch(() => undefined);
    await until("the read began", async () => (await front.reads())["hls/left.ts"] === 1);
    const others = Array.from({ length: 50 }, () => front.fetch("/hls/left.ts"));
    leaver.abort();
    await first;
    for (const answer of await Promise.all(others)) {
      expect(answer.status).toBe(200);
      expect(answer.body.length).toBe(SEGMENT.length);
    }
    expect((await front.reads())["hls/left.ts"]).toBe(1);
  });

  test("for a segment that is not there asks the bucket once a second", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => front.fetch("/hls/gone.ts")));
    expect(answers.every((answer) => answer.status === 404)).toBe(true);
    expect((await front.reads())["hls/gone.ts"]).toBe(1);
    await front.put("gone.ts", SEGMENT);
    await until("it is found", async () => (await front.fetch("/hls/gone.ts")).status === 200, 5000);
  });
});

describe("headers", () => {
  test.each([
    ["a.ts", "video/mp2t"],
    ["a.m4s", "video/iso.segment"],
    ["init.mp4", "video/mp4"],
    ["a.aac", "audio/aac"],
    ["a.mp3", "audio/mpeg"],
  ])("of %s", async (name, type) => {
    await front.put(name, SEGMENT);
    const { headers } = await front.fetch(`/hls/${name}`);
    expect(headers["content-type"]).toBe(type);
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("of the playlist: kept for less than a target duration", async () => {
    await front.put("short.m3u8", playlist(1));
    const { headers } = await front.fetch("/hls/short.m3u8");
    expect(headers["content-type"]).toBe("application/vnd.apple.mpegurl");
    expect(headers["cache-control"]).toBe("public, max-age=1");
  });

  test("HEAD has the length, and no body", async () => {
    const answer = await front.fetch("/hls/a.ts", { method: "HEAD" });
    expect(answer.headers["content-length"]).toBe(String(SEGMENT.length));
  });

  test("what the client has is not sent again", async () => {
    const etag = (await front.fetch("/hls/a.ts")).headers["etag"] ?? "";
    expect((await front.fetch("/hls/a.ts", { headers: { "If-None-Match": etag } })).status).toBe(304);
  });
});

describe("ranges", () => {
  test("are cut from the segment", async () => {
    for (const name of ["a.ts", "a.ts"]) {
      const answer = await front.fetch(`/hls/${name}`, { headers: { Range: "bytes=1000-1999" } });
      expect(answer.status).toBe(206);
      expect(answer.headers["content-range"]).toBe("bytes 1000-1999/96000");
      expect(new Uint8Array(answer.body)).toEqual(SEGMENT.slice(1000, 2000));
    }
    const beyond = await front.fetch("/hls/a.ts", { headers: { Range: "bytes=96000-" } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers["content-range"]).toBe("bytes */96000");
  });

  test.each([
    [null, "none"],
    ["bytes=-", "none"],
    ["bytes=0-1,5-6", "none"],
    ["items=0-1", "none"],
    ["bytes=5-2", "none"],
    ["bytes=0-", { first: 0, last: 99 }],
    ["bytes=10-999", { first: 10, last: 99 }],
    ["bytes=-10", { first: 90, last: 99 }],
    ["bytes=-1000", { first: 0, last: 99 }],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=100-", "unsatisfiable"],
  ])("%s of 100 bytes", (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });
});

describe("the playlist", () => {
  test("is seen anew well within a target duration", async () => {
    await front.put("live.m3u8", playlist(200));
    await until("it is seen", async () => (await front.fetch("/hls/live.m3u8")).text.includes("200.ts"), 4000);
  });

  test("says when it was put into the bucket, also from the cache", async () => {
    const put = Date.now();
    await front.put("age.m3u8", playlist(200));
    const read = async () => Date.parse((await front.fetch("/hls/age.m3u8")).headers["last-modified"] ?? "");
    const first = await read();
    // Its seconds are whole ones.
    expect(Math.abs(first - put)).toBeLessThan(2000);
    expect(await read()).toBe(first);
  });

  test("is answered from the last copy while the bucket fails, and players that poll recover", async () => {
    await front.fetch("/hls/live.m3u8");
    await front.fetch("/test/fail");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const stale = await front.fetch("/hls/live.m3u8");
    expect(stale.status).toBe(200);
    expect(stale.text).toContain("200.ts");
    const segment = await front.fetch("/hls/unread.ts");
    expect(segment.status).toBe(503);
    expect(segment.headers["retry-after"]).toBe("1");
    await front.fetch("/test/mend");
    await front.put("live.m3u8", playlist(300));
    await until("it is seen", async () => (await front.fetch("/hls/live.m3u8")).text.includes("300.ts"), 4000);
  });

  test("that is not there yet is to be asked for again", async () => {
    const answer = await front.fetch("/hls/later.m3u8");
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
  });
});

test.each(["/hls/", "/hls/.hidden.ts", "/hls/a.exe", "/hls/a/../../b.ts", "/hls/%2e%2e/a.ts", "/hls/a%00.ts"])(
  "%s is no file, and the bucket is not asked",
  async (path) => {
    const before = JSON.stringify(await front.reads());
    expect((await front.fetch(path)).status).toBe(404);
    expect(JSON.stringify(await front.reads())).toBe(before);
  },
);
