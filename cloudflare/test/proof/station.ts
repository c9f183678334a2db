/** A real daemon with its own Icecast, Liquidsoap and recorder, on free ports of 127.0.0.1, that plays one tone for ever. */

import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../front";
import { processTree } from "./processes";

const CHECKOUT = fileURLToPath(new URL("../../..", import.meta.url));
const STANDBY_SECONDS = 300;
const STARTS_WITHIN_MS = 120_000;
const FIRST_AUDIO_BYTES = 30_000;

export class Station {
  readonly url: string;
  /** Where its recorder writes HLS. */
  readonly hls: string;
  #pid = 0;

  private constructor(
    readonly name: string,
    readonly hertz: number,
    readonly directory: string,
    port: number,
  ) {
    this.url = `http://127.0.0.1:${port}/live`;
    this.hls = join(directory, "state", "spool", "sessions", "live", "hls");
  }

  /** @param directory of its own, below which all it writes is */
  static async prepare(name: string, hertz: number, directory: string): Promise<Station> {
    mkdirSync(join(directory, "state"), { recursive: true });
    const tone = join(directory, "tone.mp3");
    const source = `sine=frequency=${hertz}:sample_rate=44100:duration=${STANDBY_SECONDS}`;
    const coded = ["-ac", "2", "-b:a", "128k", "-metadata", `title=Tone of ${name}`, "-y", tone];
    execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, ...coded]);
    const [listeners = 0, harbor, icecast, source_route, metrics] = await freePorts(5);
    const sections = Object.entries({ listeners, harbor, icecast, source_route, metrics });
    const config = [
      `station:\n  name: ${name}`,
      "inputs: []",
      `standby:\n  file: ${tone}`,
      ...sections.map(([section, port]) => `${section}:\n  port: ${port}`),
      "recording:\n  hls:\n    enabled: true\n    segment: 4s",
      "metering:\n  enabled: false",
    ];
    writeFileSync(join(directory, "relay.yaml"), `${config.join("\n")}\n`);
    return new Station(name, hertz, directory, listeners);
  }

  async start(): Promise<void> {
    const log = createWriteStream(join(this.directory, "daemon.log"), { flags: "a" });
    await new Promise((resolve) => log.on("open", resolve));
    const files = ["--config", join(this.directory, "relay.yaml"), "--state", join(this.directory, "state")];
    const daemon = spawn(join(CHECKOUT, "bin", "relay-supervisor"), files, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
    });
    this.#pid = daemon.pid ?? 0;
    writeFileSync(join(this.directory, "pid"), String(this.#pid));
    await until(`${this.name} is on the air`, () => this.hasAudio(), STARTS_WITHIN_MS);
  }

  /** kill -9 of the daemon and all it started. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  /** Stops and continues all of them: connections stay open, and nothing moves. */
  freeze(): void {
    this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#signal("SIGCONT");
  }

  async hasAudio(): Promise<boolean> {
    return new Promise((resolve) => {
      let bytes = 0;
      const request = get(this.url, { agent: false, timeout: 2000 }, (response) => {
        response.on("data", (data: Buffer) => {
          bytes += data.length;
          if (bytes >= FIRST_AUDIO_BYTES) request.destroy();
        });
        response.on("error", () => undefined);
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => undefined);
      request.on("close", () => {
        resolve(bytes >= FIRST_AUDIO_BYTES);
      });
    });
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#pid === 0) return;
    for (const pid of processTree(this.#pid)) {
      try {
        process.kill(pid, signal);
      } catch (failure) {
        if ((failure as NodeJS.ErrnoException).code !== "ESRCH") throw failure;
      }
    }
    if (signal === "SIGKILL") this.#pid = 0;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address && typeof address === "object") ports.push(address.port);
    servers.push(server);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
