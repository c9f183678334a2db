/** Where the frames of an MP3 (MPEG layer III) or AAC (ADTS) stream begin and end. No I/O. */

export interface Frame {
  /** Bytes, header included. */
  readonly length: number;
  /** Seconds of audio. */
  readonly seconds: number;
  /** What all frames of one stream share: codec, version and sample rate. */
  readonly kind: number;
}

/** The most bytes `frameAt` looks at. */
export const HEADER_BYTES = 7;

const KBITS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const HERTZ_MPEG1 = [44100, 48000, 32000];
const HERTZ_ADTS = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/** The frame whose header is at `at`, or undefined if none is there or fewer than HEADER_BYTES are. */
export function frameAt(bytes: Uint8Array, at: number): Frame | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0xff) return undefined;
  const second = bytes[at + 1] ?? 0;
  if ((second & 0xf6) === 0xf0) return adts(bytes, at, second);
  return (second & 0xe6) === 0xe2 ? layer3(bytes, at, second) : undefined;
}

function layer3(bytes: Uint8Array, at: number, second: number): Frame | undefined {
  const version = (second >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const third = bytes[at + 2] ?? 0;
  const kbits = (version === 3 ? KBITS_MPEG1 : KBITS_MPEG2)[third >> 4];
  const hertzIndex = (third >> 2) & 3;
  const base = HERTZ_MPEG1[hertzIndex];
  if (version === 1 || !kbits || base === undefined) return undefined;
  const hertz = version === 3 ? base : version === 2 ? base / 2 : base / 4;
  const samples = version === 3 ? 1152 : 576;
  const length = Math.floor((samples * 125 * kbits) / hertz) + ((third >> 1) & 1);
  return { length, seconds: samples / hertz, kind: (version << 4) | hertzIndex };
}

function adts(bytes: Uint8Array, at: number, second: number): Frame | undefined {
  const hertzIndex = ((bytes[at + 2] ?? 0) >> 2) & 15;
  const hertz = HERTZ_ADTS[hertzIndex];
  const length = (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5);
  if (hertz === undefined || length <= HEADER_BYTES) return undefined;
  const blocks = ((bytes[at + 6] ?? 0) & 3) + 1;
  return { length, seconds: (blocks * 1024) / hertz, kind: 0x1000 | ((second & 8) << 4) | hertzIndex };
}

/**
 * Cuts a byte stream into whole frames, and drops what is none (tags, noise, the half frame a stream begins with).
 * A first frame is believed only when a second of its kind follows it.
 */
export class FrameCutter {
  /** Bytes dropped since the last whole frame. */
  garbage = 0;
  /** Bytes a second, measured on the newest frame; 0 before the first. */
  bytesPerSecond = 0;
  #rest = new Uint8Array(0);
  #kind: number | undefined;

  /** The whole frames that these bytes complete, in order and without anything between them. */
  push(bytes: Uint8Array): Uint8Array {
    const all = this.#rest.length === 0 ? bytes : joined([this.#rest, bytes]);
    const runs: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    for (;;) {
      const frame = frameAt(all, at);
      if (frame && this.#kind === frame.kind) {
        if (at + frame.length > all.length) break;
        at += frame.length;
        this.garbage = 0;
        this.bytesPerSecond = frame.length / frame.seconds;
        continue;
      }
      if (at + HEADER_BYTES > all.length) break;
      if (at > from) runs.push(all.subarray(from, at));
      const next = this.#firstOfTwo(all, at);
      this.garbage += next - at;
      from = at = next;
      if (this.#kind === undefined) break;
    }
    if (at > from) runs.push(all.subarray(from, at));
    this.#rest = all.slice(at);
    return runs.length === 1 && runs[0] ? runs[0] : joined(runs);
  }

  /** Where a frame begins that is followed by another of its kind; else where the search must go on, kind unknown. */
  #firstOfTwo(all: Uint8Array, from: number): number {
    this.#kind = undefined;
    for (let at = from; at + HEADER_BYTES <= all.length; at++) {
      const frame = frameAt(all, at);
      if (!frame) continue;
      if (at + frame.length + HEADER_BYTES > all.length) return at;
      if (frameAt(all, at + frame.length)?.kind !== frame.kind) continue;
      this.#kind = frame.kind;
      return at;
    }
    return Math.max(from, all.length - HEADER_BYTES + 1);
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
