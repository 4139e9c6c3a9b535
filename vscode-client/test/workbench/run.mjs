// Runs the stories in real workbenches and says how long each took.
//
//   CAMUS_WORKBENCH=FOLDER node test/workbench/run.mjs [--times N] [--pictures FOLDER] [STORY...]
//
// FOLDER is what tests/vscode/setup.sh made; CAMUS_PYTHON runs the server. The package is
// camus-VERSION.vsix beside package.json: npm run package.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Scene, bulk } from "./scene.mjs";
import { CONFIGURED, GERMAN, MISSING, ORDINARY, UNTRUSTED } from "./stories.mjs";

const CLIENT = resolve(import.meta.dirname, "..", "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "1" },
    pictures: { type: "string", default: join(CLIENT, "out", "pictures") },
  },
});
const say = (line) => process.stdout.write(`${line}\n`);

const folder = process.env.CAMUS_WORKBENCH;
if (!folder || !existsSync(folder)) {
  say("no workbench here: see tests/vscode/setup.sh, and name its folder in CAMUS_WORKBENCH");
  process.exit(2);
}
const { version } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));
const vsix = join(CLIENT, `camus-${version}.vsix`);
if (!existsSync(vsix)) {
  say(`${vsix} is not there: npm run package`);
  process.exit(2);
}

const wanted = (stories) =>
  Object.entries(stories).filter(([name]) => !positionals.length || positionals.includes(name));
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
const failures = [];

async function tell(scene, stories, project, { language, ...more } = {}) {
  if (wanted(stories).length === 0) return;
  const began = performance.now();
  const w = await scene.window(project, { pictures: values.pictures, language });
  say(`  a window in ${seconds(began)} s`);
  for (const [name, story] of wanted(stories)) {
    const since = performance.now();
    try {
      const { models, home, command: program } = scene;
      const { settle } = scene.server;
      await story({ w, folder: project, models, home, settle, program, ...more });
      say(`  ok   ${name} ${seconds(since)} s`);
    } catch (error) {
      failures.push(name);
      say(`  FAIL ${name} ${seconds(since)} s: ${error.message}`);
      await w.picture(`failed-${name}`);
      await w.key("Escape", "Escape");
      await w.command("File: Revert File").catch(() => undefined);
      if (stories === ORDINARY) await w.command("Camus: Restart Server").catch(() => undefined);
      await w.closeAll().catch(() => undefined);
    }
    await w.clearNotifications().catch(() => undefined);
  }
  await w.close();
}

async function workbench(scene, stories, how, act) {
  if (wanted(stories).length === 0) return;
  await scene.serve(how);
  await act();
  await scene.unserve();
}

async function once() {
  const scene = await Scene.make(resolve(folder), vsix);
  const stop = () => void scene.end().then(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  try {
    await workbench(scene, { ...ORDINARY, ...GERMAN, ...CONFIGURED }, {}, async () => {
      await tell(scene, ORDINARY, scene.project("stock"));
      await tell(scene, GERMAN, scene.project("lager"), { language: "de" });
      const theirs = {
        models: { theirs: { type: "ollama", url: scene.models.url, model: "qwen2.5-coder:7b" } },
      };
      const configured = scene.project("configured", {
        ".camus/config.yml": JSON.stringify({ version: 2, ...theirs }),
        ...bulk(),
      });
      await tell(scene, CONFIGURED, configured);
    });
    await workbench(scene, UNTRUSTED, { trusting: true }, () =>
      tell(scene, UNTRUSTED, scene.project("downloaded")),
    );
    const env = wanted(MISSING).length ? await scene.wheels() : {};
    await workbench(scene, MISSING, { env }, async () => {
      rmSync(scene.command);
      await tell(scene, MISSING, scene.project("bare"), {
        program: (how) => scene.program(how),
      });
    });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"]) process.removeListener(signal, stop);
    await scene.end();
  }
}

for (let round = 1; round <= Number(values.times); round++) {
  const began = performance.now();
  const failed = failures.length;
  await once();
  say(`run ${round}: ${failures.length === failed ? "green" : "red"} in ${seconds(began)} s`);
}
process.exit(failures.length ? 1 : 0);
