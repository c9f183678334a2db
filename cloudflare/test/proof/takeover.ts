/**
 * Stands in for the daemons' uploader: puts one station's HLS into the bucket, and goes on with another's when that one
 * writes no more, in one playlist that never goes backwards.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Front } from "../front";
import type { Station } from "./station";

const LOOK_EVERY_MS = 250;
const LISTED = 6;
/** Target durations without a new segment, after which the next station takes over. */
const SILENT_TARGETS = 1.5;

interface Entry {
  readonly name: string;
  readonly seconds: string;
  readonly begins: string;
  readonly discontinuity: boolean;
}

export class Takeover {
  readonly #timer: NodeJS.Timeout;
  readonly #entries: Entry[] = [];
  #station = 0;
  #last = "";
  #lastAt = Date.now();
  #discontinuity = false;
  #discontinuities = 0;
  #sequence = 0;
  #target = 4;
  #busy = false;

  constructor(
    readonly front: Front,
    readonly stations: readonly Station[],
  ) {
    this.#timer = setInterval(() => {
      if (this.#busy) return;
      this.#busy = true;
      void this.#look().finally(() => (this.#busy = false));
    }, LOOK_EVERY_MS);
  }

  /** Segments put so far. */
  get segments(): number {
    return this.#sequence + this.#entries.length;
  }

  /** Goes on with the first station's, from its newest segment. */
  startOver(): void {
    if (this.#station === 0) return;
    this.#station = 0;
    this.#changed();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const station = this.stations[this.#station];
    const listed = station ? listedIn(join(station.hls, "live.m3u8")) : [];
    const known = listed.findIndex((one) => one.file === this.#last);
    // Of a station that is new here only the newest is taken: what went before was heard already.
    const fresh = known < 0 ? listed.slice(-1) : listed.slice(known + 1);
    for (const one of fresh) if (station) await this.#put(station, one);
    if (fresh.length > 0) return;
    if (this.#last === "" || Date.now() - this.#lastAt < SILENT_TARGETS * this.#target * 1000) return;
    this.#station = (this.#station + 1) % this.stations.length;
    this.#changed();
  }

  #changed(): void {
    this.#last = "";
    this.#discontinuity = this.segments > 0;
  }

  async #put(station: Station, { file, seconds }: Listed): Promise<void> {
    const name = `${station.name}-${file}`;
    const begins = new Date(Date.now() - Number(seconds) * 1000).toISOString();
    this.#entries.push({ name, seconds, begins, discontinuity: this.#discontinuity });
    this.#target = Math.max(this.#target, Math.round(Number(seconds)));
    this.#discontinuity = false;
    this.#last = file;
    this.#lastAt = Date.now();
    while (this.#entries.length > LISTED) {
      if (this.#entries.shift()?.discontinuity) this.#discontinuities++;
      this.#sequence++;
    }
    await this.front.put(name, new Uint8Array(readFileSync(join(station.hls, file))));
    await this.front.put("live.m3u8", this.#playlist());
  }

  #playlist(): string {
    const head = [
      "#EXTM3U",
      "#EXT-X-VERSION:6",
      `#EXT-X-TARGETDURATION:${this.#target}`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#sequence}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.#discontinuities}`,
    ];
    const entries = this.#entries.flatMap((entry) => [
      ...(entry.discontinuity ? ["#EXT-X-DISCONTINUITY"] : []),
      `#EXT-X-PROGRAM-DATE-TIME:${entry.begins}`,
      `#EXTINF:${entry.seconds},`,
      entry.name,
    ]);
    return `${[...head, ...entries].join("\n")}\n`;
  }
}

interface Listed {
  readonly file: string;
  readonly seconds: string;
}

function listedIn(playlist: string): Listed[] {
  let text;
  try {
    text = readFileSync(playlist, "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/#EXTINF:([\d.]+),.*\n(?:#.*\n)*([^#\n]+)/g)].flatMap(([, seconds, file]) =>
    seconds && file ? [{ file, seconds }] : [],
  );
}
