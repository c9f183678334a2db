/** What wrangler.jsonc and its secret say, checked once. */

export interface Env {
  /** The bucket with the HLS files. */
  readonly HLS: R2Bucket;
  readonly ODD_PATHS: RateLimit;
  readonly STATION: string;
  readonly CONTENT_TYPE: string;
  readonly ORIGINS: unknown;
  readonly HEAL_SECONDS: number;
  readonly SESSION_HOURS: number;
  readonly HLS_PREFIX: string;
  readonly ORIGIN_SECRET: string;
}

export interface Origin {
  readonly name: string;
  readonly url: string;
}

export interface Config {
  readonly station: string;
  readonly contentType: string;
  /** The preferred one first; never empty. */
  readonly origins: readonly Origin[];
  readonly originSecret: string;
  readonly healMs: number;
  readonly sessionMs: number;
  readonly hlsPrefix: string;
}

/** Every problem at once, each with its place and what to do. */
export class ConfigError extends Error {}

const SECRET_LENGTH = 16;

/** @throws ConfigError */
export function configOf(env: Env): Config {
  const problems: string[] = [];
  const check = (good: boolean, problem: string): void => {
    if (!good) problems.push(problem);
  };
  const origins = originsOf(env.ORIGINS);
  check(typeof env.STATION === "string" && env.STATION !== "", "STATION is empty: give the station's name");
  check(/^audio\/(mpeg|aac|aacp)$/.test(env.CONTENT_TYPE), "CONTENT_TYPE must be audio/mpeg, audio/aac or audio/aacp");
  check(
    origins.length > 0,
    'ORIGINS must be a list such as [{"name": "a", "url": "https://a.example.org/live"}], names and URLs each once',
  );
  check(env.HEAL_SECONDS >= 1 && env.HEAL_SECONDS <= 3600, "HEAL_SECONDS must be from 1 to 3600");
  check(env.SESSION_HOURS > 0 && env.SESSION_HOURS <= 24, "SESSION_HOURS must be above 0, and 24 at most");
  check(/^([\w-]+\/)*$/.test(env.HLS_PREFIX), "HLS_PREFIX must be empty or end in /, such as hls/");
  check(
    typeof env.ORIGIN_SECRET === "string" && env.ORIGIN_SECRET.length >= SECRET_LENGTH,
    `ORIGIN_SECRET is missing or shorter than ${SECRET_LENGTH} characters: npx wrangler secret put ORIGIN_SECRET`,
  );
  if (problems.length > 0) throw new ConfigError(`wrangler.jsonc: ${problems.join("; ")}`);
  return {
    station: env.STATION,
    contentType: env.CONTENT_TYPE,
    origins,
    originSecret: env.ORIGIN_SECRET,
    healMs: env.HEAL_SECONDS * 1000,
    sessionMs: env.SESSION_HOURS * 3_600_000,
    hlsPrefix: env.HLS_PREFIX,
  };
}

function originsOf(value: unknown): Origin[] {
  if (!Array.isArray(value)) return [];
  const origins = value.filter(isOrigin);
  const distinct = new Set([...origins.map((o) => o.name), ...origins.map((o) => o.url)]).size === 2 * origins.length;
  return distinct && origins.length === value.length ? origins : [];
}

function isOrigin(value: unknown): value is Origin {
  if (typeof value !== "object" || value === null || !("name" in value) || !("url" in value)) return false;
  const { name, url } = value;
  return typeof name === "string" && /^[\w-]+$/.test(name) && typeof url === "string" && /^https?:\/\/\S+$/.test(url);
}
