/** Where one origin's audio goes on after another's. Works on whole frames only; no I/O. */

import { frameAt } from "./frames";

/** Frames remembered of what was sent. Fewer would match by chance, more would be missed at an origin's first bytes. */
const TAIL_FRAMES = 4;

/** The last frames of what was sent, after `sent` was sent too. The result shares no memory with its arguments. */
export function tailAfter(tail: Uint8Array, sent: Uint8Array): Uint8Array {
  const starts = frameStarts(sent);
  const first = starts[starts.length - TAIL_FRAMES];
  if (first !== undefined) return sent.slice(first);
  const both = new Uint8Array(tail.length + sent.length);
  both.set(tail);
  both.set(sent, tail.length);
  const all = frameStarts(both);
  return both.subarray(all[all.length - TAIL_FRAMES] ?? 0);
}

/**
 * The offset in `backlog` right after the frames of `tail`, or undefined if they are not in it. Origins that relay one
 * another send the same frames, so a listener can go on without losing or hearing twice a single one.
 * The newest match wins: only frames of silence match more than once.
 */
export function offsetAfter(tail: Uint8Array, backlog: Uint8Array): number | undefined {
  if (tail.length === 0) return undefined;
  for (const start of frameStarts(backlog).reverse()) {
    if (start + tail.length <= backlog.length && sameAt(backlog, start, tail)) return start + tail.length;
  }
  return undefined;
}

/**
 * The frame of `backlog` to begin with so that about `seconds` of it are sent: a listener who got nothing for that long
 * gets its buffer back, and no more. At least the last frame is sent.
 */
export function offsetOfLast(seconds: number, backlog: Uint8Array): number {
  let start = 0;
  let kept = 0;
  for (const at of frameStarts(backlog).reverse()) {
    start = at;
    kept += frameAt(backlog, at)?.seconds ?? 0;
    if (kept >= seconds) break;
  }
  return start;
}

function frameStarts(frames: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0, frame = frameAt(frames, 0); frame; at += frame.length, frame = frameAt(frames, at)) starts.push(at);
  return starts;
}

function sameAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}
