// How long the packed extension takes to be activated, as the editor itself measures it.
//
//   CAMUS_WORKBENCH=FOLDER node test/workbench/activation.mjs [--times N]
//
// Each time is a window of its own in which a Python file is opened. The figure is that of
// "Developer: Show Running Extensions": loading the code and the call of activate() together, which
// is what holds the other extensions up. What happens later (finding and starting the server) holds
// up nobody.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Scene } from "./scene.mjs";

const GOAL = 200; // milliseconds
const CLIENT = resolve(import.meta.dirname, "..", "..");
const { values } = parseArgs({ options: { times: { type: "string", default: "10" } } });
const say = (line) => process.stdout.write(`${line}\n`);

const folder = process.env.CAMUS_WORKBENCH;
const { version } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));
const vsix = join(CLIENT, `camus-${version}.vsix`);
if (!folder || !existsSync(folder) || !existsSync(vsix)) {
  say("this needs tests/vscode/setup.sh, its folder in CAMUS_WORKBENCH, and npm run package");
  process.exit(2);
}

/** The milliseconds that the editor tells of the extension. */
async function told(w) {
  await w.open("stock.py", 0);
  await w.ready();
  await w.command("Developer: Show Running Extensions");
  const row = w.page.locator(".runtime-extensions-editor .extension", { hasText: "Camus" });
  const found = await w.until("its activation time", async () =>
    /Activation: (\d+)\s*ms/.exec((await row.allInnerTexts()).join(" ").replace(/\u00a0/g, " ")),
  );
  return Number(found[1]);
}

const scene = await Scene.make(resolve(folder), vsix);
const times = [];
try {
  await scene.serve();
  for (let time = 0; time < Number(values.times); time++) {
    const w = await scene.window(scene.project("stock"), {
      pictures: join(CLIENT, "out", "pictures"),
    });
    times.push(await told(w));
    await w.close();
    say(`${times.at(-1)} ms`);
  }
} finally {
  await scene.end();
}
times.sort((one, other) => one - other);
const middle = times[Math.floor(times.length / 2)];
say(`activation: median ${middle} ms, longest ${times.at(-1)} ms, of ${times.length} windows`);
say(`bundle: ${(readFileSync(join(CLIENT, "dist", "extension.js")).length / 1000).toFixed(0)} kB`);
process.exit(times.at(-1) < GOAL ? 0 : 1);
