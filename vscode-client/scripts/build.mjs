// Bundles the extension into dist/extension.js; with --watch again at each change.
import { build, context } from "esbuild";

/** How the extension is put together; the tests of the extension host add their own entry. */
export const options = {
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  mainFields: ["module", "main"],
  external: ["vscode"],
  minify: !process.argv.includes("--watch"),
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
};

if (process.argv[1]?.endsWith("build.mjs")) {
  if (process.argv.includes("--watch")) {
    await (await context(options)).watch();
  } else {
    await build(options);
  }
}
