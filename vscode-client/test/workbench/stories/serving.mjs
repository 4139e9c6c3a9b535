// The server itself: killed, missing, installed, and what the doctor says of it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as steps from "./steps.mjs";

const { previewing } = steps;

function serverProcesses(home) {
  const told = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return told
    .split("\n")
    .filter(
      (line) =>
        line.includes("-m camus serve") &&
        environmentOf(line.trim().split(/\s+/)[0]).includes(home),
    )
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}

function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

async function killed({ w, home }) {
  await w.open("stock.py", 14, 10);
  await w.ready();
  const [first] = serverProcesses(home);
  assert.ok(first, "a server runs");
  process.kill(first, "SIGKILL");
  await w.until("another server", () => serverProcesses(home).some((pid) => pid !== first));
  await w.ready();
  const [second] = serverProcesses(home);
  await w.command("Camus: Restart Server");
  await w.until("a third server", () =>
    serverProcesses(home).some((pid) => pid !== second && pid !== first),
  );
  await w.ready();
  await w.command("Camus: Document");
  await previewing(w, "Document");
  await steps.rejected(w);
  await w.command("Camus: Show Log");
  const log = w.page.locator(".part.panel .output-view, .part.panel .view-lines").first();
  await w.until("the log", async () =>
    /The server runs/.test((await log.innerText()).replace(/\u00a0/g, " ")),
  );
  await w.picture("log");
  await w.command("View: Toggle Panel Visibility");
}

async function doctored({ w, settle, program }) {
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Doctor");
  await steps.tabNamed(w, /Doctor/, 40);
  await w.until("how it was found", async () => /found by: the PATH/.test(await w.code()));
  await w.picture("doctor");
  await w.closeAll();
  settle({ "camus.client.path": [program] });
  await steps.statusSays(w, /Ready/, 40);
  await w.command("Camus: Doctor");
  await w.until("the other way to find it", async () =>
    /found by: the setting camus\.client\.path/.test(await w.code()),
  );
  await w.closeAll();
  settle({});
}

/** From nothing to an answer: the offer, an environment of its own, and the server in it. */
async function installed({ w, home }) {
  await w.open("stock.py", 0);
  await w.tells("Camus needs its server", 40);
  await w.picture("missing");
  assert.match(await w.status(), /no server was found/);
  const language = w.page.locator('[id="status.languageStatus"] [aria-label]').first();
  assert.match(await language.getAttribute("aria-label"), /No Camus server was found/);
  await w.press("Install It for Me");
  await w.tells("making an environment", 30);
  await w.tells("installing what the server needs", 60);
  await w.picture("installing");
  await w.tells("The Camus server is installed and runs.", 180);
  await w.ready();
  const own = join(home, "code-data", "User", "globalStorage", "camus.camus", "server");
  assert.ok(existsSync(join(own, "bin", "camus")), "it is in the extension's own folder");
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Document");
  await previewing(w, "the built-in rules");
  await steps.rejected(w);
  await w.command("Camus: Doctor");
  await steps.tabNamed(w, /Doctor/, 60);
  await w.until("how it was found", async () =>
    /found by: the extension's own environment/.test(await w.code()),
  );
  await w.closeAll();
  rmSync(own, { recursive: true, force: true });
}

/** A server of another version is told, with what should be updated. */
async function otherVersion({ w, program }) {
  await w.open("stock.py", 14, 10);
  program({ version: "9.9.0" });
  await w.pick("Look again", "Camus: Set Up the Server");
  await w.tells("The Camus server is of version 9.9.0, this extension of", 40);
  await w.tells("the extension should be updated");
  program({ version: undefined });
}

async function missing({ w, program }) {
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Restart Server");
  await w.until("the ways out", async () => /Say where it is/.test(await w.told()));
  await w.key("Escape");
  await w.until("that in words", async () => /no server was found/.test(await w.status()));
  await w.command("Camus: Document");
  await w.until("the ways out", async () => /Say where it is/.test(await w.told()));
  await w.picture("set-up");
  await w.key("Escape");
  program({});
  await w.pick("Look again", "Camus: Set Up the Server");
  await w.ready();
}

/** Neither the log nor the trace of all that was done holds code or an instruction. */
async function silent({ home }) {
  const logs = join(home, "code-data", "logs");
  const ours = readdirSync(logs, { recursive: true }).filter((name) =>
    /Camus[^/]*\.log$/.test(name),
  );
  assert.ok(ours.length >= 2, `a log and a trace in ${ours.join()}`);
  const text = ours.map((name) => steps.read(join(logs, name))).join("\n");
  assert.match(text, /The server runs/);
  assert.match(text, /workspace\/executeCommand answered after \d+ ms/);
  for (const code of ["find_item", "self.items", "return early", "list comprehension"]) {
    assert.ok(!text.includes(code), `${code} in the log`);
  }
}

export const SERVING = { killed, doctored };
export const LAST = { silent };
/** A machine without a server. */
export const MISSING = { installed, missing, otherVersion };
