import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { cli: "src/cli/main.ts", "decode-worker": "src/pipeline/decode-worker.ts" },
  format: "esm",
  platform: "node",
  target: "node24",
  outDir: "dist",
  dts: false,
  clean: true,
});
