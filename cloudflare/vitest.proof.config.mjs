import { defineConfig } from "vitest/config";

/** What `proof` runs. It bundles the Worker itself, beforehand. */
export default defineConfig({
  cacheDir: process.env.RELAY_PROOF_STATE,
  test: { include: ["test/proof/*.proof.ts"], fileParallelism: false, hookTimeout: 180_000 },
});
