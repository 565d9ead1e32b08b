import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { cli: "src/cli/main.ts", "decode-worker": "src/pipeline/decode-worker.ts" },
  format: "esm",
  // The decoding thread is started by its name
  fixedExtension: false,
  platform: "node",
  target: "node24",
  outDir: "dist",
  dts: false,
  clean: true,
  logLevel: "warn",
});
