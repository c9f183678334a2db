/** The public mount: one endless response for a listener, whatever becomes of the origins behind it. */

import { IcyWriter, ICY_INTERVAL } from "./icy";
import { OriginFailure, type OriginStream } from "./origin";
import type { Place } from "./place";
import { crossOrigin, finite } from "./respond";
import { offsetAfter, offsetOfLast, tailAfter } from "./splice";
import { LATE, within } from "./within";

/**
 * Subrequests of one response: connections to origins, and probes of one that is down. The paid plan allows 10,000, and
 * allowed 1,000 before; the cache takes some of them.
 */
const MOST_ATTEMPTS = 100;
const MOST_PROBES = 800;
/** A response without audio for this long ends: a player that connects again may fare better. */
const LONGEST_SILENCE_MS = 20_000;
/** How long the next origin may take to come to where the last one stopped, and less when the listener has waited already. */
const CATCH_UP_MS = 700;
const SHORTEST_CATCH_UP_MS = 200;
/** From the last audio of one origin to the first of the next, when the next one has audio at once. */
const GAP_MS = 1500;
/** A listener who takes nothing for so long is gone. */
const LONGEST_WRITE_MS = 60_000;
/** After a write as slow as this, the origin's end says nothing about the origin: it dropped a slow listener. */
const SLOW_WRITE_MS = 1000;
/** Listeners go back to a healed origin one by one, over this time. */
const RETURN_OVER_MS = 10_000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 2000;

export async function live(request: Request, place: Place, context: ExecutionContext): Promise<Response> {
  const wantsTitles = request.headers.get("Icy-MetaData") === "1";
  const headers = headersOf(place, wantsTitles);
  if (request.method === "HEAD") return new Response(null, { headers });
  await place.look();
  context.waitUntil(place.probeIfDue() ?? Promise.resolve());
  const session = new Session(place, request.headers.get("CF-Connecting-IP") ?? "unknown", wantsTitles);
  const stream = await session.begin();
  if (!stream) return finite(503, "No origin has audio at the moment.", { "Retry-After": "2" });
  const { readable, writable } = new IdentityTransformStream();
  void session.play(stream, writable.getWriter());
  return new Response(readable, { headers });
}

function headersOf(place: Place, wantsTitles: boolean): Headers {
  const headers = crossOrigin({
    "Content-Type": place.config.contentType,
    "Cache-Control": "no-store, no-transform",
    "Accept-Ranges": "none",
    "icy-name": encodeURI(place.config.station),
  });
  if (wantsTitles) headers.set("icy-metaint", String(ICY_INTERVAL));
  return headers;
}

/** Ends the response because the listener is gone, not an origin. */
class ListenerGone extends Error {}

class Session {
  readonly #ends: number;
  readonly #titles: IcyWriter | undefined;
  readonly #returnAfter = Math.random() * RETURN_OVER_MS;
  #attempts = 0;
  #probes = 0;
  #tail: Uint8Array = new Uint8Array(0);
  #lastWrite = Date.now();
  #lastWriteTook = 0;
  #returning: Promise<void> | undefined;
  #better: OriginStream | undefined;

  constructor(
    readonly place: Place,
    readonly listener: string,
    wantsTitles: boolean,
  ) {
    this.#ends = Date.now() + place.config.sessionMs;
    this.#titles = wantsTitles ? new IcyWriter() : undefined;
  }

  /** The first origin that has audio, each tried once. */
  async begin(): Promise<OriginStream | undefined> {
    for (const origin of this.place.order()) {
      const stream = await this.#open(origin);
      if (stream) return stream;
    }
    return undefined;
  }

  async play(first: OriginStream, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    let stream: OriginStream | undefined = first;
    try {
      while (stream && Date.now() < this.#ends) stream = await this.#step(stream, writer);
      await within(LONGEST_WRITE_MS, writer.close());
    } catch (failure) {
      if (!(failure instanceof ListenerGone)) console.error(failure);
      await writer.abort(failure).catch(() => undefined);
    } finally {
      stream?.close();
      await this.#returning;
      this.#better?.close();
    }
  }

  /** Half a second of audio. @returns the stream to go on with, or undefined if there is none any more */
  async #step(
    stream: OriginStream,
    writer: WritableStreamDefaultWriter<Uint8Array>,
  ): Promise<OriginStream | undefined> {
    try {
      await this.#write(await stream.read(), stream, writer);
      return (await this.#return(stream)) ?? stream;
    } catch (failure) {
      stream.close();
      if (!(failure instanceof OriginFailure)) throw failure;
      if (this.#lastWriteTook < SLOW_WRITE_MS) await this.place.failed(failure);
      return this.#next();
    }
  }

  async #write(
    frames: Uint8Array,
    stream: OriginStream,
    writer: WritableStreamDefaultWriter<Uint8Array>,
  ): Promise<void> {
    this.#tail = tailAfter(this.#tail, frames);
    const began = Date.now();
    try {
      const out = this.#titles ? this.#titles.push(frames, stream.block) : frames;
      if ((await within(LONGEST_WRITE_MS, writer.write(out))) === LATE) throw new ListenerGone();
    } catch {
      throw new ListenerGone();
    }
    this.#lastWrite = Date.now();
    this.#lastWriteTook = this.#lastWrite - began;
  }

  /** After a failure: the first origin that has audio, tried in turn and ever more slowly. */
  async #next(): Promise<OriginStream | undefined> {
    let backoff = FIRST_BACKOFF_MS;
    while (Date.now() - this.#lastWrite < LONGEST_SILENCE_MS) {
      for (const origin of this.place.order()) {
        if (this.#attempts >= MOST_ATTEMPTS) return undefined;
        const stream = await this.#open(origin);
        if (stream && (await this.#join(stream))) return stream;
      }
      await new Promise((resolve) => setTimeout(resolve, backoff));
      backoff = Math.min(LONGEST_BACKOFF_MS, 2 * backoff);
    }
    return undefined;
  }

  async #open(origin: OriginStream["origin"]): Promise<OriginStream | undefined> {
    this.#attempts++;
    return this.place.open(origin, this.listener, this.#titles !== undefined).catch(() => undefined);
  }

  /** Drops from the stream's backlog what the listener has had. @returns whether the stream lived that long */
  async #join(stream: OriginStream): Promise<boolean> {
    const silence = Date.now() - this.#lastWrite;
    const deadline = Date.now() + Math.max(SHORTEST_CATCH_UP_MS, Math.min(CATCH_UP_MS, GAP_MS - silence));
    try {
      for (;;) {
        const offset = offsetAfter(this.#tail, stream.backlog);
        const left = deadline - Date.now();
        if (offset === undefined && left > 0) {
          await stream.grow(left);
          continue;
        }
        stream.backlog = stream.backlog.slice(offset ?? offsetOfLast(silence / 1000, stream.backlog));
        return true;
      }
    } catch (failure) {
      stream.close();
      if (failure instanceof OriginFailure) await this.place.failed(failure);
      return false;
    }
  }

  /** Back to the preferred origin once it has healed, prepared beside the stream that plays. */
  async #return(stream: OriginStream): Promise<OriginStream | undefined> {
    const preferred = this.place.preferred;
    if (this.#better) {
      const better = this.#better;
      this.#better = undefined;
      if (stream.origin !== preferred && (await this.#join(better))) {
        stream.close();
        return better;
      }
      better.close();
      return undefined;
    }
    if (stream.origin === preferred || this.#returning) return undefined;
    if (!this.place.isUp(preferred)) this.#probe();
    else if (Date.now() > this.place.since(preferred) + this.#returnAfter && this.#attempts < MOST_ATTEMPTS) {
      this.#beside(this.#open(preferred).then((better) => void (this.#better = better)));
    }
    return undefined;
  }

  /** A listener who is not where it should be looks after the origin that is down. */
  #probe(): void {
    const probing = this.#probes < MOST_PROBES ? this.place.probeIfDue() : undefined;
    if (!probing) return;
    this.#probes++;
    this.#beside(probing);
  }

  #beside(work: Promise<void>): void {
    this.#returning = work.finally(() => (this.#returning = undefined));
  }
}
