/** MP3 frames that say which they are: 128 kbit/s, 44.1 kHz, numbered, and from a named programme. */

export const FRAME_BYTES = 417;
export const FRAME_SECONDS = 1152 / 44100;

const HEADER = [0xff, 0xfb, 0x90, 0x00];

export function frame(programme: number, number: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES);
  bytes.set(HEADER);
  bytes[4] = programme;
  new DataView(bytes.buffer).setUint32(5, number);
  for (let i = 9; i < FRAME_BYTES; i++) bytes[i] = (number * 31 + i) & 0x7f;
  return bytes;
}

export function frames(programme: number, first: number, count: number): Uint8Array {
  return concat(Array.from({ length: count }, (_, i) => frame(programme, first + i)));
}

/** @throws if the bytes are anything but whole frames, save for a part of one at the end */
export function numbersOf(bytes: Uint8Array): { programme: number; number: number }[] {
  const found = [];
  for (let at = 0; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_BYTES);
    const programme = view.getUint8(4);
    const number = view.getUint32(5);
    const expected = frame(programme, number);
    for (let i = 0; i < FRAME_BYTES; i++) {
      if (view.getUint8(i) !== expected[i]) throw new Error(`byte ${at + i} is not of a whole frame`);
    }
    found.push({ programme, number });
  }
  return found;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Random numbers that a printed seed brings back (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** The bytes in random pieces. */
export function* pieces(bytes: Uint8Array, random: (below: number) => number, most: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random(most));
    yield bytes.slice(at, end);
    at = end;
  }
}
