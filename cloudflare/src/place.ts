/** What this place (a Cloudflare data centre) knows about the origins, and how listeners use it. */

import type { Config, Origin } from "./config";
import { Health } from "./health";
import { OriginFailure, OriginStream } from "./origin";

/** A synthetic address: the cache of a place is shared by all its isolates, their memory is not. */
const SHARED_AT = "https://relay-front.internal/health";
const SHARED_SECONDS = 120;
/** How old an isolate's knowledge may be before a new listener makes it look at the shared one. */
const LOOK_AGAIN_MS = 2000;

export class Place {
  readonly #health: Health;
  #looked = 0;

  constructor(readonly config: Config) {
    this.#health = new Health(
      config.origins.map((origin) => origin.name),
      config.healMs,
    );
  }

  get preferred(): Origin {
    const first = this.config.origins[0];
    if (!first) throw new Error("a checked config has an origin");
    return first;
  }

  isUp(origin: Origin): boolean {
    return this.#health.isUp(origin.name);
  }

  /** When that origin came up or went down, in milliseconds since the epoch; 0 if it never changed. */
  since(origin: Origin): number {
    return this.#health.since(origin.name);
  }

  /** The origins to try, best first. */
  order(): Origin[] {
    return this.#health.order().flatMap((name) => this.config.origins.filter((origin) => origin.name === name));
  }

  /** Learns what other isolates here saw. Never fails: their word is only a hint. */
  async look(): Promise<void> {
    if (Date.now() - this.#looked < LOOK_AGAIN_MS) return;
    this.#looked = Date.now();
    try {
      const shared = await caches.default.match(SHARED_AT);
      if (shared) this.#health.merge(await shared.json());
    } catch {
      return;
    }
  }

  /** Opens the origin; a failure counts against it. @throws OriginFailure */
  async open(origin: Origin, listener: string, titles: boolean): Promise<OriginStream> {
    try {
      return await OriginStream.open(this.config, origin, listener, titles);
    } catch (failure) {
      if (failure instanceof OriginFailure) await this.failed(failure);
      throw failure;
    }
  }

  async failed(failure: OriginFailure): Promise<void> {
    if (!this.#health.failed(failure.origin.name, Date.now())) return;
    console.warn(JSON.stringify({ event: "origin down", origin: failure.origin.name, reason: failure.reason }));
    await this.#share();
  }

  /** Takes the probe of an origin that failed, if one is due: one prober at a time is enough for an isolate. */
  probeIfDue(): Promise<void> | undefined {
    const name = this.#health.takeProbe(Date.now());
    const origin = this.config.origins.find((one) => one.name === name);
    return origin && this.probe(origin).catch(() => undefined);
  }

  /** Listens for a moment, which also tells the place how the origin is. @throws OriginFailure */
  async probe(origin: Origin): Promise<void> {
    (await this.open(origin, "probe", false)).close();
    if (this.#health.probedGood(origin.name, Date.now())) {
      console.log(JSON.stringify({ event: "origin up", origin: origin.name }));
      await this.#share();
    }
  }

  async #share(): Promise<void> {
    const headers = { "Cache-Control": `max-age=${SHARED_SECONDS}` };
    try {
      await caches.default.put(SHARED_AT, new Response(JSON.stringify(this.#health.snapshot()), { headers }));
    } catch {
      return;
    }
  }
}
