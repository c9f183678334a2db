/** ICY metadata: after every `interval` bytes of audio one length byte (in units of 16), then that much text. No I/O. */

import { joined } from "./frames";

/** Audio bytes between two blocks in what listeners get, whatever the origins' own interval is. */
export const ICY_INTERVAL = 16000;

const UNIT = 16;

/** Takes the metadata out of one origin's stream. */
export class IcyReader {
  /** The newest block's text, unpadded; undefined until the first. */
  block: Uint8Array | undefined;
  readonly #interval: number;
  #audioLeft: number;
  #text: Uint8Array | undefined;
  #filled = 0;

  /** @param interval audio bytes between blocks; 0 if the origin sends none */
  constructor(interval: number) {
    this.#interval = interval;
    this.#audioLeft = interval;
  }

  /** The audio among these bytes. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#interval === 0) return bytes;
    const audio: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#audioLeft > 0) {
        const end = Math.min(bytes.length, at + this.#audioLeft);
        audio.push(bytes.subarray(at, end));
        this.#audioLeft -= end - at;
        at = end;
      } else if (this.#text === undefined) {
        this.#text = new Uint8Array((bytes[at++] ?? 0) * UNIT);
        this.#filled = 0;
        this.#endBlock();
      } else {
        const part = bytes.subarray(at, at + this.#text.length - this.#filled);
        this.#text.set(part, this.#filled);
        this.#filled += part.length;
        at += part.length;
        this.#endBlock();
      }
    }
    return audio.length === 1 && audio[0] ? audio[0] : joined(audio);
  }

  #endBlock(): void {
    if (this.#text === undefined || this.#filled < this.#text.length) return;
    if (this.#text.length > 0) this.block = unpadded(this.#text);
    this.#text = undefined;
    this.#audioLeft = this.#interval;
  }
}

/** Puts metadata into one listener's stream. Its phase outlives every origin. */
export class IcyWriter {
  #audioLeft = ICY_INTERVAL;
  #sent: Uint8Array | undefined;

  /** These audio bytes, with `block` where it is due: once when it is new, else as an empty block. */
  push(audio: Uint8Array, block: Uint8Array | undefined): Uint8Array {
    const parts: Uint8Array[] = [];
    let at = 0;
    while (audio.length - at >= this.#audioLeft) {
      parts.push(audio.subarray(at, at + this.#audioLeft), this.#due(block));
      at += this.#audioLeft;
      this.#audioLeft = ICY_INTERVAL;
    }
    parts.push(audio.subarray(at));
    this.#audioLeft -= audio.length - at;
    return parts.length === 1 ? audio : joined(parts);
  }

  #due(block: Uint8Array | undefined): Uint8Array {
    if (block === undefined || (this.#sent && equal(block, this.#sent))) return new Uint8Array(1);
    this.#sent = block;
    const units = Math.ceil(block.length / UNIT);
    const due = new Uint8Array(1 + units * UNIT);
    due[0] = units;
    due.set(block, 1);
    return due;
  }
}

/** The title in a block (`StreamTitle='...';`), as UTF-8 or else as Latin-1; undefined if it names none. */
export function titleOf(block: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(block);
  } catch {
    text = new TextDecoder("latin1").decode(block);
  }
  const title = /StreamTitle='(.*?)';(?:\s*\w+='|\s*$)/s.exec(text)?.[1];
  return title === undefined || title === "" ? undefined : title;
}

function unpadded(text: Uint8Array): Uint8Array {
  let end = text.length;
  while (end > 0 && text[end - 1] === 0) end--;
  return text.subarray(0, end);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
