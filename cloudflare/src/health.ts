/** Which origin listeners should get. Pure: the time is an argument, in milliseconds since the epoch. */

interface State {
  readonly up: boolean;
  /** Good probes in a row since it went down. */
  readonly good: number;
  /** When it went down, or came up again. */
  readonly since: number;
  /** When it may be probed again; 0 while it is up. */
  readonly probeAt: number;
}

/** Good probes in a row, spread over the time to heal, before a failed origin is used again. */
const GOOD_PROBES = 3;

/**
 * One failure takes an origin out; only GOOD_PROBES good probes in a row over `healMs` bring it back, so that an origin
 * that comes and goes does not take its listeners along.
 */
export class Health {
  readonly #states: Map<string, State>;
  readonly #healMs: number;

  /** @param names the origins, the preferred one first */
  constructor(names: readonly string[], healMs: number) {
    this.#states = new Map(names.map((name) => [name, { up: true, good: 0, since: 0, probeAt: 0 }]));
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
    const { up, since } = this.#state(name);
    this.#states.set(name, { up: false, good: 0, since: up ? now : since, probeAt: now + this.#healMs / GOOD_PROBES });
    return up;
  }

  /** An origin that is due for a probe, which is thereby taken: the next one is due only later. */
  takeProbe(now: number): string | undefined {
    for (const [name, state] of this.#states) {
      if (state.up || now < state.probeAt) continue;
      this.#states.set(name, { ...state, probeAt: now + this.#healMs / GOOD_PROBES });
      return name;
    }
    return undefined;
  }

  /** @returns whether that brought it back */
  probedGood(name: string, now: number): boolean {
    const state = this.#state(name);
    if (state.up) return false;
    const good = state.good + 1;
    const healed = good >= GOOD_PROBES && now - state.since >= this.#healMs;
    this.#states.set(name, healed ? { up: true, good: 0, since: now, probeAt: 0 } : { ...state, good });
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

  #state(name: string): State {
    const state = this.#states.get(name);
    if (!state) throw new Error(`no origin is called ${name}`);
    return state;
  }
}
