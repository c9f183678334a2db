/** HLS from the bucket through the cache of this place. */

import { Flights } from "./flights";
import { crossOrigin, finite } from "./respond";
import { LATE, within } from "./within";

const TYPES: Record<string, string> = {
  m3u8: "application/vnd.apple.mpegurl",
  ts: "video/mp2t",
  m4s: "video/iso.segment",
  mp4: "video/mp4",
  aac: "audio/aac",
  mp3: "audio/mpeg",
};
const FILE = /^(?:[\w-]+\/)*[\w-][\w.-]*\.(m3u8|ts|m4s|mp4|aac|mp3)$/;

const CACHED_AT = "https://relay-front.internal/hls/";
const BUCKET_MS = 5000;
const WAIT_MS = 8000;
/** Whole files are held in memory while they are answered, and an isolate has 128 MB. */
const LARGEST_BYTES = 8 * 1024 * 1024;
const SEGMENT_SECONDS = 31_536_000;
const MISSING_SECONDS = 1;
/** A playlist is answered from a copy as old as this when the bucket fails. */
const LAST_PLAYLIST_SECONDS = 60;
const DEFAULT_TARGET_SECONDS = 6;

interface File {
  /** Undefined if there is no such file. */
  readonly bytes: ArrayBuffer | undefined;
  readonly etag: string;
  /** When it was put into the bucket, in milliseconds since the epoch. */
  readonly uploaded: number;
}

export class Hls {
  readonly #flights = new Flights<File>();

  constructor(
    readonly bucket: R2Bucket,
    readonly prefix: string,
  ) {}

  /** @param name the path below /hls/ */
  async answer(request: Request, name: string, context: ExecutionContext): Promise<Response> {
    const extension = FILE.exec(name)?.[1];
    if (!extension) return finite(404, "No such file.", { "Cache-Control": "public, max-age=60" });
    const playlist = extension === "m3u8";
    let file;
    try {
      file = await this.#file(name, playlist, context);
    } catch (failure) {
      console.error(JSON.stringify({ event: "hls read failed", name, reason: String(failure) }));
      return finite(503, "Try again.", { "Retry-After": "1" });
    }
    if (!file.bytes) {
      return playlist
        ? finite(503, "Nothing is on the air yet.", { "Retry-After": "2" })
        : finite(404, "No such segment.", { "Cache-Control": `public, max-age=${MISSING_SECONDS}` });
    }
    const headers = crossOrigin({
      "Content-Type": TYPES[extension] ?? "",
      "Cache-Control": playlist ? "public, max-age=1" : `public, max-age=${SEGMENT_SECONDS}, immutable`,
      ETag: file.etag,
      // Whoever probes the playlist sees by it how old it is.
      "Last-Modified": new Date(file.uploaded).toUTCString(),
      "Accept-Ranges": "bytes",
    });
    return answerBytes(request, file.bytes, headers);
  }

  /** How old the playlist in the bucket is and may be, in seconds; undefined if there is none. */
  async playlistAge(context: ExecutionContext): Promise<{ age: number; target: number } | undefined> {
    const file = await this.#file("live.m3u8", true, context);
    if (!file.bytes) return undefined;
    return { age: Math.max(0, (Date.now() - file.uploaded) / 1000), target: targetSeconds(file.bytes) };
  }

  async #file(name: string, playlist: boolean, context: ExecutionContext): Promise<File> {
    const cached = await fromCache(name);
    if (cached) return cached;
    const file = await within(
      WAIT_MS,
      this.#flights.share(name, context, () => this.#read(name, playlist)),
    );
    if (file === LATE) throw new Error("waited too long");
    return file;
  }

  async #read(name: string, playlist: boolean): Promise<File> {
    let file: File;
    try {
      // Whoever missed the cache just before another's read ended finds the file there now.
      file = (await fromCache(name)) ?? (await this.#fromBucket(name));
    } catch (failure) {
      const last = playlist ? await fromCache(`last/${name}`) : undefined;
      if (!last) throw failure;
      return last;
    }
    await toCache(name, file, secondsToKeep(file, playlist));
    if (playlist && file.bytes) await toCache(`last/${name}`, file, LAST_PLAYLIST_SECONDS);
    return file;
  }

  async #fromBucket(name: string): Promise<File> {
    const object = await within(BUCKET_MS, this.bucket.get(this.prefix + name));
    if (object === LATE) throw new Error("the bucket did not answer");
    if (object === null) return { bytes: undefined, etag: "", uploaded: 0 };
    if (object.size > LARGEST_BYTES) throw new Error(`${object.size} bytes are no segment`);
    const bytes = await within(BUCKET_MS, object.arrayBuffer());
    if (bytes === LATE) throw new Error("the bucket stalled");
    return { bytes, etag: object.httpEtag, uploaded: object.uploaded.getTime() };
  }
}

/** A third of the target duration: with the second that players may keep it, well below the whole of it. */
function secondsToKeep(file: File, playlist: boolean): number {
  if (!file.bytes) return MISSING_SECONDS;
  return playlist ? Math.max(1, Math.floor(targetSeconds(file.bytes) / 3)) : SEGMENT_SECONDS;
}

function targetSeconds(playlist: ArrayBuffer): number {
  const target = /^#EXT-X-TARGETDURATION:(\d+)/m.exec(new TextDecoder().decode(playlist))?.[1];
  return target === undefined ? DEFAULT_TARGET_SECONDS : Math.max(1, Number(target));
}

async function fromCache(name: string): Promise<File | undefined> {
  const cached = await caches.default.match(CACHED_AT + name);
  if (!cached) return undefined;
  const etag = cached.headers.get("X-Etag") ?? "";
  const bytes = await cached.arrayBuffer();
  return { bytes: etag === "" ? undefined : bytes, etag, uploaded: Number(cached.headers.get("X-Uploaded")) };
}

/** A cache that takes nothing (as on *.workers.dev) costs reads of the bucket, not the audio. */
async function toCache(name: string, file: File, seconds: number): Promise<void> {
  const headers = {
    "Cache-Control": `public, max-age=${seconds}`,
    "X-Etag": file.etag,
    "X-Uploaded": String(file.uploaded),
  };
  await caches.default.put(CACHED_AT + name, new Response(file.bytes ?? "", { headers })).catch(() => undefined);
}

function answerBytes(request: Request, bytes: ArrayBuffer, headers: Headers): Response {
  if (request.headers.get("If-None-Match") === headers.get("ETag")) return new Response(null, { status: 304, headers });
  const body = (part: ArrayBuffer): ArrayBuffer | null => (request.method === "HEAD" ? null : part);
  const range = rangeOf(request.headers.get("Range"), bytes.byteLength);
  if (range === "none") {
    headers.set("Content-Length", String(bytes.byteLength));
    return new Response(body(bytes), { headers });
  }
  if (range === "unsatisfiable") {
    headers.set("Content-Range", `bytes */${bytes.byteLength}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${range.first}-${range.last}/${bytes.byteLength}`);
  headers.set("Content-Length", String(range.last - range.first + 1));
  return new Response(body(bytes.slice(range.first, range.last + 1)), { status: 206, headers });
}

type Range = { first: number; last: number } | "none" | "unsatisfiable";

/** One range, as RFC 9110 has it; several at once, and anything malformed, count as none. */
export function rangeOf(header: string | null, size: number): Range {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return "none";
  if (first === "") {
    const length = Math.min(size, Number(last));
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return "none";
  if (Number(first) >= size) return "unsatisfiable";
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(size - 1, Number(last)) };
}
