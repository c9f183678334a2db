// hls.js is served from our own address: the page loads nothing from anywhere else.
import { copyFileSync } from "node:fs";

copyFileSync(
  new URL("../node_modules/hls.js/dist/hls.light.min.js", import.meta.url),
  new URL("../public/hls.light.min.js", import.meta.url),
);
