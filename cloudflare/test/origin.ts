/** A small Icecast-like origin on a loopback port, that can die, stall, trickle and lie. */

import { createServer, type Server, type Socket } from "node:net";
import { concat, frame, FRAME_SECONDS } from "./audio";

const TICK_MS = 50;
const BURST_FRAMES = 150;
const METAINT = 1000;
const EPOCH = Date.now() - 3_600_000;

export type Lie = "html" | "wrong type" | "garbage" | "mute" | "404" | "redirect";

/** What all origins of one programme send next: as origins that relay one another, they agree. */
export function onAir(): number {
  return Math.floor((Date.now() - EPOCH) / 1000 / FRAME_SECONDS);
}

export class FakeOrigin {
  title = "A song";
  lie: Lie | undefined;
  stalled = false;
  trickles = false;
  /** Heads of all requests, newest last. */
  readonly requests: string[] = [];
  #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @param lag frames it is behind the others */
  constructor(
    readonly programme = 1,
    readonly lag = 0,
  ) {
    this.#server = this.#newServer();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/live`;
  }

  get listeners(): number {
    return this.#sockets.size;
  }

  async start(): Promise<this> {
    this.#server = this.#newServer();
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address && typeof address === "object") this.#port = address.port;
    return this;
  }

  /** As after kill -9: every connection is reset, and the port refuses. */
  kill(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** As after an orderly stop: every connection ends, in the middle of a frame. */
  end(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.end(frame(this.programme, 1).subarray(0, 100));
  }

  #newServer(): Server {
    return createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
      let head = "";
      socket.on("data", (data) => {
        head += data.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        this.requests.push(head);
        this.#serve(socket, head);
        head = "";
      });
    });
  }

  #serve(socket: Socket, head: string): void {
    const icy = /icy-metadata: 1/i.test(head);
    const type = this.lie === "html" ? "text/html" : this.lie === "wrong type" ? "audio/aac" : "audio/mpeg";
    if (this.lie === "404") return void socket.end("HTTP/1.0 404 Not Found\r\n\r\n");
    if (this.lie === "redirect") return void socket.end("HTTP/1.0 302 Found\r\nLocation: /live\r\n\r\n");
    socket.write(`HTTP/1.0 200 OK\r\nContent-Type: ${type}\r\nConnection: close\r\nicy-name: x\r\n`);
    socket.write(icy ? `icy-metaint: ${METAINT}\r\n\r\n` : "\r\n");
    if (this.lie === "html") return void socket.end("<h1>It works!</h1>");
    if (this.lie === "garbage") return void socket.write(Buffer.alloc(200_000, 0x55));
    if (this.lie === "mute") return;
    this.#play(socket, icy);
  }

  #play(socket: Socket, icy: boolean): void {
    // A burst begins anywhere in a frame.
    let next = onAir() - this.lag - BURST_FRAMES;
    const titles = icy ? new Titles(() => this.title) : undefined;
    let cut = 123;
    const timer = setInterval(() => {
      if (this.stalled) return;
      if (this.trickles) return void socket.write(Buffer.alloc(5, 0xff));
      const upTo = onAir() - this.lag;
      const parts = [];
      while (next < upTo) parts.push(frame(this.programme, next++));
      const audio = concat(parts).subarray(cut);
      cut = 0;
      if (audio.length > 0) socket.write(titles ? titles.push(audio) : audio);
    }, TICK_MS);
    socket.on("close", () => {
      clearInterval(timer);
    });
  }
}

class Titles {
  #left = METAINT;
  #sent = "";

  constructor(readonly title: () => string) {}

  push(audio: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const byte of audio) {
      parts.push(Uint8Array.of(byte));
      if (--this.#left > 0) continue;
      this.#left = METAINT;
      parts.push(this.#block());
    }
    return concat(parts);
  }

  #block(): Uint8Array {
    if (this.#sent === this.title()) return Uint8Array.of(0);
    this.#sent = this.title();
    const text = new TextEncoder().encode(`StreamTitle='${this.#sent}';`);
    const block = new Uint8Array(1 + Math.ceil(text.length / 16) * 16);
    block[0] = (block.length - 1) / 16;
    block.set(text, 1);
    return block;
  }
}
