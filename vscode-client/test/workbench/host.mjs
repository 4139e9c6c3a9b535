// Runs the tests of test/host inside the extension host of a real workbench.
//
//   CAMUS_WORKBENCH=FOLDER node test/workbench/host.mjs

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { options } from "../../scripts/build.mjs";
import { Scene } from "./scene.mjs";

const CLIENT = resolve(import.meta.dirname, "..", "..");
const say = (line) => process.stdout.write(`${line}\n`);
const folder = process.env.CAMUS_WORKBENCH;
if (!folder || !existsSync(folder)) {
  say("no workbench here: see tests/vscode/setup.sh, and name its folder in CAMUS_WORKBENCH");
  process.exit(2);
}
process.chdir(CLIENT);
await build(options);
await build({
  ...options,
  entryPoints: ["test/host/suite.ts"],
  outfile: "out/host/suite.js",
  minify: false,
});

const scene = await Scene.make(resolve(folder), undefined);
const result = join(scene.home, "host.json");
scene.env.CAMUS_HOST_RESULT = result;
let failed = 1;
try {
  const server = await scene.serve({ more: ["--vscode-option", "enable-smoke-test-driver"] });
  const context = await scene.browser.newContext();
  const page = await context.newPage();
  await page.exposeFunction("codeAutomationExit", () => undefined);
  await page.exposeFunction("codeAutomationLog", () => undefined);
  const remote = (path) => `vscode-remote://${new URL(server.url).host}${path}`;
  const payload = JSON.stringify([
    ["extensionDevelopmentPath", remote(CLIENT)],
    ["extensionTestsPath", remote(join(CLIENT, "out", "host", "suite.js"))],
  ]);
  const project = scene.project("hosted");
  rmSync(join(project, ".camus"), { recursive: true, force: true }); // nothing wakes the extension up

  await page.goto(
    `${server.url}/?folder=${encodeURIComponent(project)}&payload=${encodeURIComponent(payload)}`,
  );
  const end = Date.now() + 180_000;
  while (!existsSync(result)) {
    if (Date.now() > end) throw new Error("the tests did not end within 180 s");
    await page.waitForTimeout(200);
  }
  await page.waitForTimeout(200);
  const told = JSON.parse(readFileSync(result, "utf8"));
  say(`activation held the editor for ${told.activation.toFixed(0)} ms`);
  if (told.loading) say(`with its code's loading it took ${told.loading.toFixed(0)} ms`);
  for (const { name, error, milliseconds } of told.outcome) {
    say(`${error ? "FAIL" : "ok  "} ${name} ${milliseconds} ms${error ? `\n${error}` : ""}`);
  }
  failed = told.outcome.filter(({ error }) => error).length;
  await context.close();
} finally {
  await scene.end();
}
process.exit(failed ? 1 : 0);
