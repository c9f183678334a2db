/** One connection to one origin, read as whole frames. */

import type { Config, Origin } from "./config";
import { FrameCutter, joined } from "./frames";
import { IcyReader } from "./icy";
import { LATE, within } from "./within";

/** An origin that does not answer with audio, stops, or stalls. */
export class OriginFailure extends Error {
  constructor(
    readonly origin: Origin,
    readonly reason: string,
  ) {
    super(`origin ${origin.name}: ${reason}`);
  }
}

/** From the request to the first whole frame. Icecast's first byte takes 0.2 s. */
const FIRST_AUDIO_MS = 2500;
/**
 * Longest time for half a second of audio: an origin that trickles has stalled too. A relay writes every 0.3 s; with the
 * time to open another origin and to join it, the listener gets audio again within 2 s.
 */
const STALL_MS = 1200;
/** What came while this isolate had no time to look is read before the origin is blamed. */
const LOOK_AGAIN_MS = 100;
/** Two blocks of the largest read without one frame are no audio. */
const GARBAGE_BYTES = 32768;

const LARGEST_READ = 16384;
const SMALLEST_READ = 1024;

export class OriginStream {
  /** Frames read, but not yet handed out. */
  backlog = new Uint8Array(0);
  readonly #reader: ReadableStreamBYOBReader;
  readonly #cutter = new FrameCutter();
  readonly #icy: IcyReader;
  readonly #abort: AbortController;
  #pending: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;

  private constructor(
    readonly origin: Origin,
    body: ReadableStream<Uint8Array>,
    icyInterval: number,
    abort: AbortController,
  ) {
    this.#reader = body.getReader({ mode: "byob" });
    this.#icy = new IcyReader(icyInterval);
    this.#abort = abort;
  }

  /**
   * Connects, and reads until there is audio. `listener` is the address the origin should count and limit by.
   * @throws OriginFailure
   */
  static async open(config: Config, origin: Origin, listener: string, titles: boolean): Promise<OriginStream> {
    const deadline = Date.now() + FIRST_AUDIO_MS;
    const abort = new AbortController();
    try {
      const response = await within(
        FIRST_AUDIO_MS,
        fetch(origin.url, {
          headers: {
            "User-Agent": "relay-front",
            "X-Relay-Front": config.originSecret,
            "X-Forwarded-For": listener,
            ...(titles ? { "Icy-MetaData": "1" } : {}),
          },
          redirect: "manual",
          cf: { cacheTtl: 0 },
          signal: abort.signal,
        }),
      );
      if (response === LATE) throw new OriginFailure(origin, "no answer");
      const stream = OriginStream.#of(config, origin, response, abort);
      while (stream.backlog.length === 0) {
        if (!(await stream.#more(deadline - Date.now()))) throw new OriginFailure(origin, "no audio");
      }
      return stream;
    } catch (failure) {
      abort.abort();
      throw failure instanceof OriginFailure ? failure : new OriginFailure(origin, "cannot connect");
    }
  }

  static #of(config: Config, origin: Origin, response: Response, abort: AbortController): OriginStream {
    if (response.status !== 200 || !response.body) throw new OriginFailure(origin, `answered ${response.status}`);
    const type = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
    if (type !== config.contentType) throw new OriginFailure(origin, `sends ${type || "no type"}`);
    const interval = Number(response.headers.get("icy-metaint") ?? 0);
    if (!Number.isInteger(interval) || interval < 0) throw new OriginFailure(origin, "sends a bad icy-metaint");
    const body = response.body as ReadableStream<Uint8Array>;
    return new OriginStream(origin, body, interval, abort);
  }

  /** The newest metadata block; undefined if there was none. */
  get block(): Uint8Array | undefined {
    return this.#icy.block;
  }

  /**
   * The next whole frames: what is in the backlog, or else half a second of audio or more.
   * @throws OriginFailure when it ends, breaks or stalls
   */
  async read(): Promise<Uint8Array> {
    const deadline = Date.now() + STALL_MS;
    while (this.backlog.length === 0) {
      if (await this.#more(deadline - Date.now())) continue;
      if (!(await this.#more(LOOK_AGAIN_MS))) throw new OriginFailure(this.origin, "stalled");
    }
    const frames = this.backlog;
    this.backlog = new Uint8Array(0);
    return frames;
  }

  /** Lets the backlog grow for up to so many milliseconds. @throws OriginFailure */
  async grow(milliseconds: number): Promise<void> {
    await this.#more(milliseconds);
  }

  close(): void {
    this.#abort.abort();
  }

  /** @returns false if time ran out; the read goes on, and the next call awaits it */
  async #more(milliseconds: number): Promise<boolean> {
    this.#pending ??= this.#reader.readAtLeast(this.#least(), new Uint8Array(LARGEST_READ));
    let result;
    try {
      result = await within(milliseconds, this.#pending);
    } catch {
      throw new OriginFailure(this.origin, "connection broke");
    }
    if (result === LATE) return false;
    this.#pending = undefined;
    if (result.done) throw new OriginFailure(this.origin, "ended");
    const frames = this.#cutter.push(this.#icy.push(result.value));
    if (this.#cutter.garbage > GARBAGE_BYTES) throw new OriginFailure(this.origin, "sends no audio frames");
    this.backlog = this.backlog.length === 0 ? new Uint8Array(frames) : joined([this.backlog, frames]);
    return true;
  }

  /** Bytes worth waking up for: half a second of audio, once its rate is known. */
  #least(): number {
    const rate = this.#cutter.bytesPerSecond;
    return rate === 0 ? 1 : Math.min(LARGEST_READ / 2, Math.max(SMALLEST_READ, Math.floor(rate / 2)));
  }
}
