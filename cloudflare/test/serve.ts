/**
 * The front of these tests for a test that is written elsewhere: `serve` beside package.json runs it. Prints its address, puts what the
 * directory gets into the bucket, and ends with its standard input.
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Front } from "./front";

const LOOK_EVERY_MS = 200;
const HEAL_SECONDS = 3;

const [directory, ...named] = process.argv.slice(2);
if (directory === undefined || named.length === 0) throw new Error("usage: serve DIRECTORY NAME=URL...");
const origins = named.map((one) => ({ name: one.slice(0, one.indexOf("=")), url: one.slice(one.indexOf("=") + 1) }));
const front = await Front.start(origins, { HEAL_SECONDS });

/** When what is in the bucket was written, by its name. */
const put = new Map<string, number>();

/** Segments first: a playlist that names one which isn't there would be believed for a second. */
async function copyNew(from: string): Promise<void> {
  const names = readdirSync(from).filter((name) => /^\w.*\.(ts|m3u8)$/.test(name));
  for (const name of names.sort((a, b) => Number(a.endsWith(".m3u8")) - Number(b.endsWith(".m3u8")))) {
    const written = statSync(join(from, name)).mtimeMs;
    if (put.get(name) === written) continue;
    await front.put(name, new Uint8Array(readFileSync(join(from, name))));
    put.set(name, written);
  }
}

let ended = false;
process.stdin.on("end", () => (ended = true));
process.stdin.resume();
console.log(front.url.href);
while (!ended) {
  await copyNew(directory);
  await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
await front.stop();
