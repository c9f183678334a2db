/** What `within` answers when time ran out. */
export const LATE = Symbol("late");

/** The promise's value, or LATE after so many milliseconds; the promise itself goes on, and its failure stays unheard. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | typeof LATE> {
  let ring: (late: typeof LATE) => void;
  const late = new Promise<typeof LATE>((resolve) => (ring = resolve));
  const timer = setTimeout(
    () => {
      ring(LATE);
    },
    Math.max(0, milliseconds),
  );
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
