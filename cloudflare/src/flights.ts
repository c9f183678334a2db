/**
 * One piece of work at a time for each key, shared by all who ask meanwhile. What is shared must be plain data: a stream
 * belongs to the request that opened it.
 */
export class Flights<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** The work outlives the request that began it (`context`), since others wait for it. */
  share(key: string, context: ExecutionContext, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running) return running;
    const begun = work().finally(() => this.#running.delete(key));
    this.#running.set(key, begun);
    context.waitUntil(begun.catch(() => undefined));
    return begun;
  }
}
