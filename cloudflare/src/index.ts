/** The front of the public mount. Files in public/ are answered before this Worker is asked. */

import { configOf, ConfigError, type Env } from "./config";
import { Hls } from "./hls";
import { live } from "./live";
import { Place } from "./place";
import { Report } from "./report";
import { finite, preflight } from "./respond";

interface Front {
  readonly place: Place;
  readonly hls: Hls;
  readonly report: Report;
}

/** Lives as long as the isolate: what one request learns of the origins serves the next. */
let front: Front | undefined;

export default {
  async fetch(request, env, context): Promise<Response> {
    try {
      front ??= frontOf(env);
    } catch (failure) {
      if (!(failure instanceof ConfigError)) throw failure;
      console.error(failure.message);
      return finite(500, "This front is not configured; its log says what is missing.");
    }
    return route(request, front, env, context);
  },
} satisfies ExportedHandler<Env>;

function frontOf(env: Env): Front {
  const config = configOf(env);
  const place = new Place(config);
  const hls = new Hls(env.HLS, config.hlsPrefix);
  return { place, hls, report: new Report(place, hls) };
}

async function route(request: Request, { place, hls, report }: Front, env: Env, context: ExecutionContext) {
  const path = new URL(request.url).pathname;
  if (request.method === "OPTIONS") return preflight();
  if (request.method !== "GET" && request.method !== "HEAD") {
    return finite(405, "Only GET and HEAD.", { Allow: "GET, HEAD, OPTIONS" });
  }
  if (path === "/live") return live(request, place, context);
  if (path.startsWith("/hls/")) return hls.answer(request, path.slice("/hls/".length), context);
  if (path === "/now.json") return report.nowPlaying(context);
  const health = /^\/health(?:\/(live|hls|origin\/[\w-]+))?$/.exec(path);
  if (health) return report.health(health[1] ?? "", context);
  return odd(request, env);
}

/** Nothing is here; whoever keeps looking is told to stop. */
async function odd(request: Request, env: Env): Promise<Response> {
  const { success } = await env.ODD_PATHS.limit({ key: request.headers.get("CF-Connecting-IP") ?? "unknown" });
  if (!success) return finite(429, "Too many requests for what is not here.", { "Retry-After": "60" });
  return finite(404, "Nothing is here.", { "Cache-Control": "public, max-age=60" });
}
