/** What a listener got, taken apart and decoded. */

import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { frameAt } from "../../src/frames";
import { ICY_INTERVAL, IcyReader } from "../../src/icy";

const HERTZ = 44100;
const WINDOW = HERTZ / 20;
const QUIET = 300; // of 32767; the tones have some 4000

/** Taken apart by its metadata interval: the audio, and the titles in the order they came. */
export function withoutTitles(parts: readonly Uint8Array[]): { audio: Buffer; titles: string[] } {
  const reader = new IcyReader(ICY_INTERVAL);
  const titles: string[] = [];
  const audio = parts.map((part) => {
    const out = Buffer.from(reader.push(part));
    const text = reader.block && new TextDecoder().decode(reader.block);
    const title = text && /StreamTitle='(.*?)';/.exec(text)?.[1];
    if (title !== undefined && title !== titles.at(-1)) titles.push(title);
    return out;
  });
  return { audio: Buffer.concat(audio), titles };
}

/** Bytes from the first one that is of no whole frame, save for a part of one at the end; 0 if there is none. */
export function bytesOutOfFrame(audio: Uint8Array): number {
  let at = 0;
  for (let frame = frameAt(audio, 0); frame; frame = frameAt(audio, at)) at += frame.length;
  const rest = audio.length - at;
  return rest < 7 || (frameAt(audio, at)?.length ?? 0) > rest ? 0 : rest;
}

export interface Decoded {
  /** What ffmpeg complained of, a line each. */
  readonly complaints: readonly string[];
  /** Mono, 16 bits, 44.1 kHz. */
  readonly samples: Int16Array;
}

/** Beside whatever else this process does: listeners go on reading meanwhile. */
export async function decode(audio: Uint8Array): Promise<Decoded> {
  const form = ["-f", "s16le", "-ac", "1", "-ar", String(HERTZ), "pipe:1"];
  const ffmpeg = spawn("ffmpeg", ["-v", "warning", "-f", "mp3", "-i", "pipe:0", ...form]);
  const [sound, told] = await Promise.all([all(ffmpeg.stdout), all(ffmpeg.stderr), written(ffmpeg.stdin, audio)]);
  const complaints = told.toString().split("\n");
  // Of a pipe it always says that it cannot tell how long it is.
  const meant = complaints.filter((line) => line !== "" && !line.includes("Estimating duration"));
  const bytes = new Uint8Array(sound);
  return { complaints: meant, samples: new Int16Array(bytes.buffer, 0, bytes.length >> 1) };
}

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function written(stream: Writable, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.on("error", reject);
    stream.end(bytes, resolve);
  });
}

/** What is heard, as it changes: the tones in Hz, rounded to 20, each with its seconds; 0 is silence. */
export function tonesOf(samples: Int16Array): { hertz: number; seconds: number }[] {
  const heard: { hertz: number; seconds: number }[] = [];
  for (let at = 0; at + WINDOW <= samples.length; at += WINDOW) {
    const hertz = toneOf(samples.subarray(at, at + WINDOW));
    const last = heard.at(-1);
    if (last?.hertz === hertz) last.seconds += WINDOW / HERTZ;
    else heard.push({ hertz, seconds: WINDOW / HERTZ });
  }
  return heard;
}

function toneOf(window: Int16Array): number {
  let crossings = 0;
  let loudest = 0;
  for (let i = 1; i < window.length; i++) {
    loudest = Math.max(loudest, Math.abs(window[i] ?? 0));
    if ((window[i - 1] ?? 0) < 0 !== (window[i] ?? 0) < 0) crossings++;
  }
  return loudest < QUIET ? 0 : Math.round((crossings * HERTZ) / WINDOW / 2 / 20) * 20;
}
