/** The bundle that would be deployed, in workerd, with a bucket whose reads are counted and can fail. */

import { readFileSync } from "node:fs";
import { get, request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";

const BUNDLE = readFileSync(new URL("../dist/index.js", import.meta.url), "utf8");

const AROUND = `
import front from "./index.js";
const reads = {};
let failing = false;
export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/test/reads") return Response.json(reads);
    if (pathname === "/test/fail") { failing = true; return new Response(); }
    if (pathname === "/test/mend") { failing = false; return new Response(); }
    const HLS = {
      async get(key) {
        reads[key] = (reads[key] ?? 0) + 1;
        await scheduler.wait(100);
        if (failing) throw new Error("the bucket is away");
        return env.HLS.get(key);
      },
    };
    return front.fetch(request, { ...env, HLS }, context);
  },
};
`;

export const SECRET = "a-secret-of-this-test";

export interface Settings {
  readonly HEAL_SECONDS?: number;
  readonly SESSION_HOURS?: number;
  readonly ORIGIN_SECRET?: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export class Answer {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly body: Buffer,
  ) {}

  get text(): string {
    return this.body.toString();
  }

  json(): unknown {
    return JSON.parse(this.text);
  }
}

export class Front {
  private constructor(
    readonly miniflare: Miniflare,
    readonly url: URL,
  ) {}

  /** @param cache where the cache of this place is kept, when another front is to have it, too */
  static async start(
    origins: readonly { readonly url: string; readonly name?: string }[],
    settings: Settings = {},
    cache?: string,
  ): Promise<Front> {
    const miniflare = new Miniflare({
      modules: [
        { type: "ESModule", path: "around.js", contents: AROUND },
        { type: "ESModule", path: "index.js", contents: BUNDLE },
      ],
      compatibilityDate: "2026-04-01",
      cf: false,
      bindings: {
        STATION: "Test Radio",
        ORIGINS: origins.map(({ name, url }, i) => ({ name: name ?? (i === 0 ? "primary" : `edge${i}`), url })),
        CONTENT_TYPE: "audio/mpeg",
        HEAL_SECONDS: 3,
        SESSION_HOURS: 1,
        HLS_PREFIX: "hls/",
        ORIGIN_SECRET: SECRET,
        ...settings,
      },
      ...(cache === undefined ? {} : { cachePersist: cache }),
      r2Buckets: ["HLS"],
      assets: {
        directory: fileURLToPath(new URL("../public", import.meta.url)),
        routerConfig: { has_user_worker: true },
      },
      ratelimits: { ODD_PATHS: { simple: { limit: 5, period: 60 } } },
    });
    return new Front(miniflare, await miniflare.ready);
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose();
  }

  /** A connection of its own for each: one that is kept can be closed by the server just as it is used again. */
  async fetch(path: string, options: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      request(new URL(path, this.url), { agent: false, ...options }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          resolve(new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(parts)));
        });
      })
        .on("error", reject)
        .end();
    });
  }

  async put(name: string, content: string | Uint8Array): Promise<void> {
    const bucket = await this.miniflare.getR2Bucket("HLS");
    await bucket.put(`hls/${name}`, content);
  }

  async reads(): Promise<Record<string, number>> {
    return (await this.fetch("/test/reads")).json() as Record<string, number>;
  }

  async listen(headers: Record<string, string> = {}): Promise<Listener> {
    return new Promise((resolve, reject) => {
      get(new URL("/live", this.url), { headers, agent: false }, (response) => {
        resolve(new Listener(response));
      }).on("error", reject);
    });
  }
}

export class Listener {
  readonly parts: Uint8Array[] = [];
  closed = false;
  /** The longest time between two arrivals since `mark`, in milliseconds. */
  longestGap = 0;
  #last = Date.now();

  constructor(readonly response: IncomingMessage) {
    response.on("data", (data: Buffer) => {
      this.parts.push(new Uint8Array(data));
      this.longestGap = Math.max(this.longestGap, Date.now() - this.#last);
      this.#last = Date.now();
    });
    response.on("close", () => (this.closed = true));
    response.on("error", () => (this.closed = true));
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts));
  }

  get length(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  mark(): void {
    this.longestGap = 0;
    this.#last = Date.now();
  }

  stop(): void {
    this.response.destroy();
  }
}

/** @throws if it is not so within so many milliseconds */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, milliseconds = 20_000) {
  const deadline = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
