/** Which origin listeners should get. Pure: the time is an argument, in milliseconds since the epoch. */

interface State {
  readonly up: boolean;
  /** Good probes in a row since it last failed, and when the first of them was. */
  readonly good: number;
  readonly goodSince: number;
  /** When it went down, or came up again. */
  readonly since: number;
  /** When it may be probed again; 0 while it is up. */
  readonly probeAt: number;
}

/** Good probes in a row, at least, before a failed origin is used again. */
const GOOD_PROBES = 3;
/** An origin that stays away is probed ever more seldom, down to this: a listener's subrequests are limited. */
const SELDOM_MS = 60_000;
const SELDOM_SHARE = 0.1;

const UNTRIED: State = { up: true, good: 0, goodSince: 0, since: 0, probeAt: 0 };

/**
 * One failure takes an origin out; only good probes in a row, GOOD_PROBES at least and over `healMs`, bring it back, so that
 * an origin that comes and goes does not take its listeners along.
 */
export class Health {
  readonly #states: Map<string, State>;
  readonly #healMs: number;

  /** @param names the origins, the preferred one first */
  constructor(names: readonly string[], healMs: number) {
    this.#states = new Map(names.map((name) => [name, UNTRIED]));
    this.#healMs = healMs;
  }

  /** The origins to try, best first: those that are up as preferred, then the others, the longest down first. */
  order(): string[] {
    const names = [...this.#states.keys()];
    const down = names.filter((name) => !this.isUp(name));
    return [
      ...names.filter((name) => this.isUp(name)),
      ...down.sort((a, b) => (this.#states.get(a)?.since ?? 0) - (this.#states.get(b)?.since ?? 0)),
    ];
  }

  isUp(name: string): boolean {
    return this.#states.get(name)?.up ?? false;
  }

  /** Since when `name` has been up or down; 0 if it never changed. */
  since(name: string): number {
    return this.#states.get(name)?.since ?? 0;
  }

  /** @returns whether that took it out */
  failed(name: string, now: number): boolean {
    const state = this.#state(name);
    const since = state.up ? now : state.since;
    this.#states.set(name, { ...UNTRIED, up: false, since, probeAt: now + this.#probeEvery(now - since) });
    return state.up;
  }

  /** An origin that is due for a probe, which is thereby taken: the next one is due only later. */
  takeProbe(now: number): string | undefined {
    for (const [name, state] of this.#states) {
      if (state.up || now < state.probeAt) continue;
      const every = state.good > 0 ? this.#healMs / GOOD_PROBES : this.#probeEvery(now - state.since);
      this.#states.set(name, { ...state, probeAt: now + every });
      return name;
    }
    return undefined;
  }

  /** @returns whether that brought it back */
  probedGood(name: string, now: number): boolean {
    const state = this.#state(name);
    if (state.up) return false;
    const good = state.good + 1;
    const goodSince = good === 1 ? now : state.goodSince;
    const healed = good >= GOOD_PROBES && now - goodSince >= this.#healMs;
    const probeAt = Math.min(state.probeAt, now + this.#healMs / GOOD_PROBES);
    this.#states.set(name, healed ? { ...UNTRIED, since: now } : { ...state, good, goodSince, probeAt });
    return healed;
  }

  /** What another isolate of this place should know. */
  snapshot(): Record<string, State> {
    return Object.fromEntries(this.#states);
  }

  /** Takes over what another isolate saw more recently. */
  merge(snapshot: Record<string, State>): void {
    for (const [name, state] of Object.entries(snapshot)) {
      if (this.#states.has(name) && state.since > this.since(name)) this.#states.set(name, state);
    }
  }

  #probeEvery(downMs: number): number {
    return Math.max(this.#healMs / GOOD_PROBES, Math.min(SELDOM_MS, downMs * SELDOM_SHARE));
  }

  #state(name: string): State {
    const state = this.#states.get(name);
    if (!state) throw new Error(`no origin is called ${name}`);
    return state;
  }
}
