// Bundles the unit tests, which need no editor, and runs them with Node's own test runner.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const folder = "test/unit";
const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: files.map((name) => `${folder}/${name}`),
  outdir: "out/unit",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  external: ["vscode"],
  sourcemap: "inline",
  logLevel: "warning",
});
const built = files.map((name) => `out/unit/${name.replace(/\.ts$/, ".cjs")}`);
const done = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], {
  stdio: "inherit",
});
process.exit(done.status ?? 1);
