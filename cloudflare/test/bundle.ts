import { execFileSync } from "node:child_process";

/** What `wrangler deploy` would upload is what the tests run. */
export default function bundle(): void {
  execFileSync("npx", ["wrangler", "deploy", "--dry-run", "--outdir", "dist"], {
    cwd: new URL("..", import.meta.url),
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "inherit", "inherit"],
  });
}
