/** Small, finite answers about the stream: health for a prober, titles for a page. */

import type { Origin } from "./config";
import { Flights } from "./flights";
import type { Hls } from "./hls";
import { titleOf } from "./icy";
import { OriginFailure } from "./origin";
import type { Place } from "./place";
import { finite, json } from "./respond";

/** Whoever asks more often gets the last answer: asking must cost the origins nothing. */
const FRESH_MS = 3000;
const TITLE_MS = 1500;
/** A playlist this many target durations old has lost its uploader. */
const STALE_TARGETS = 3;

interface OriginHealth {
  readonly name: string;
  readonly ok: boolean;
  /** From the request to the first audio. */
  readonly milliseconds: number;
  readonly reason?: string;
}

interface HlsHealth {
  readonly ok: boolean;
  readonly ageSeconds?: number;
  readonly reason?: string;
}

interface Findings {
  readonly origins: readonly OriginHealth[];
  readonly hls: HlsHealth;
}

export class Report {
  readonly #findings: Fresh<Findings>;
  readonly #title: Fresh<string | undefined>;

  constructor(
    readonly place: Place,
    readonly hls: Hls,
  ) {
    this.#findings = new Fresh((context) => this.#examine(context));
    this.#title = new Fresh(() => this.#listenForTitle());
  }

  /** @param what "", "live", "hls" or "origin/NAME": 200 if that is well, else 503, so that an alert names the hop */
  async health(what: string, context: ExecutionContext): Promise<Response> {
    const findings = await this.#findings.get(context);
    const live = { ok: findings.origins.some((origin) => origin.ok) };
    const origin = findings.origins.find((one) => what === `origin/${one.name}`);
    if (what === "") return json(live.ok ? 200 : 503, { live, ...findings });
    const found = what === "live" ? live : what === "hls" ? findings.hls : origin;
    return found ? json(found.ok ? 200 : 503, found) : finite(404, "No such part.");
  }

  async nowPlaying(context: ExecutionContext): Promise<Response> {
    const title = await this.#title.get(context);
    return json(200, { station: this.place.config.station, title: title ?? null });
  }

  async #examine(context: ExecutionContext): Promise<Findings> {
    const origins = await Promise.all(this.place.config.origins.map((origin) => this.#origin(origin)));
    return { origins, hls: await this.#hlsHealth(context) };
  }

  async #origin(origin: Origin): Promise<OriginHealth> {
    const began = Date.now();
    const { name } = origin;
    try {
      await this.place.probe(origin);
      return { name, ok: true, milliseconds: Date.now() - began };
    } catch (failure) {
      const reason = failure instanceof OriginFailure ? failure.reason : "cannot connect";
      return { name, ok: false, milliseconds: Date.now() - began, reason };
    }
  }

  async #hlsHealth(context: ExecutionContext): Promise<HlsHealth> {
    try {
      const playlist = await this.hls.playlistAge(context);
      if (!playlist) return { ok: false, reason: "no playlist" };
      const stale = playlist.age > STALE_TARGETS * playlist.target;
      const ageSeconds = Math.round(playlist.age);
      return stale ? { ok: false, ageSeconds, reason: "stale" } : { ok: true, ageSeconds };
    } catch {
      return { ok: false, reason: "the bucket cannot be read" };
    }
  }

  async #listenForTitle(): Promise<string | undefined> {
    const deadline = Date.now() + TITLE_MS;
    for (const origin of this.place.order()) {
      const stream = await this.place.open(origin, "probe", true).catch(() => undefined);
      if (!stream) continue;
      try {
        while (!stream.block && Date.now() < deadline) await stream.read();
        return stream.block && titleOf(stream.block);
      } catch {
        continue;
      } finally {
        stream.close();
      }
    }
    return undefined;
  }
}

/** A value made anew when it is asked for and older than FRESH_MS. */
class Fresh<T> {
  readonly #flights = new Flights<T>();
  #last: { value: T; at: number } | undefined;

  constructor(readonly make: (context: ExecutionContext) => Promise<T>) {}

  async get(context: ExecutionContext): Promise<T> {
    if (this.#last && Date.now() - this.#last.at < FRESH_MS) return this.#last.value;
    return this.#flights.share("", context, async () => {
      const value = await this.make(context);
      this.#last = { value, at: Date.now() };
      return value;
    });
  }
}
