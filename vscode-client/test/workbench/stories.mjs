// What a user does, by keyboard, and what has to be seen then: one story a feature.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";

const read = (path) => readFileSync(path, "utf8");
const PREVIEW = "quality";

async function previewing(w, words) {
  const title = await w.until(`a comparison with ${words}`, async () =>
    (await w.tabs()).find((tab) => tab.includes(PREVIEW) && tab.includes(words)),
  );
  const inside = () =>
    document.activeElement?.closest(
      ".monaco-diff-editor .modified, .modified-in-monaco-diff-editor",
    );
  await w.until("the focus in the comparison", () => w.page.evaluate(`!!(${inside})()`));
  await w.pause(300); // what the keys mean there is told a moment later
  return title;
}

/** The text of the file on disk after saving what is open. */
async function saved(w, file) {
  await w.save();
  return read(file);
}

async function documented({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 14, 10);
  await w.ready();
  await w.command("Camus: Document");
  const title = await previewing(w, "Document");
  assert.match(title, /quality 1\.00 of 1 · the built-in rules, on this machine, without a model/);
  await w.pause(800);
  await w.picture("preview-rules");
  await w.key("Control+Enter");
  await w.tells("Document: applied, quality 1.00 of 1 · the built-in rules");
  assert.match(await saved(w, file), /"""Find item\./);
  await w.key("Control+z");
  assert.equal(await saved(w, file), before, "one undo takes the whole answer back");
  await w.command("Camus: Why This Answer");
  await w.until("the page of the decision", async () =>
    (await w.tabs()).some((tab) => tab.includes("Why This Answer")),
  );
  await w.pause(1200);
  await w.picture("why");
  await w.command("Camus: Feedback on the Last Answer");
  await w.pick("Good");
  await w.closeAll();
}

/** Goes down a menu to the entry that begins so, and chooses it. */
async function choose(w, menu, words) {
  for (let steps = 0; steps < 20; steps++) {
    const focused = menu.locator(".monaco-list-row.focused, .action-item.focused");
    const text = (await focused.count()) ? (await focused.first().innerText()).trim() : "";
    if (text.startsWith(words)) return w.key("Enter");
    await w.key("ArrowDown");
    await w.pause(60);
  }
  throw new Error(`no entry ${words} in ${await menu.innerText()}`);
}

async function lightBulb({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 24, 12);
  await w.ready();
  await w.key("Control+.");
  const menu = w.page.locator(".action-widget:visible");
  await menu.waitFor();
  await w.until("Refactor in the light bulb", async () => /Refactor/.test(await menu.innerText()));
  await w.picture("light-bulb");
  await choose(w, menu, "Refactor");
  await previewing(w, "Refactor");
  await w.command("Camus: Reject the Answer");
  await w.until(
    "the comparison is closed",
    async () => !(await w.tabs()).some((tab) => tab.includes(PREVIEW)),
  );
  assert.equal(read(file), before);
}

async function partly({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 12, 10);
  await w.key("Control+k", "Shift+M");
  await w.answer("return early instead of nesting");
  const title = await previewing(w, "Modify");
  assert.match(title, /Qwen2\.5 Coder (7|32)B, on this machine/);
  const boxes = () =>
    w.page.locator(
      '.monaco-list-row .monaco-custom-toggle[aria-checked="true"], .monaco-list-row .monaco-custom-toggle.checked',
    );
  const count = await w.until("two changes to take or leave", async () => {
    const found = await boxes().count();
    return found >= 2 && found;
  });
  await w.key("Space");
  await w.until("one change is left", async () => (await boxes().count()) === count - 1);
  await w.picture("preview-partly");
  await w.key("Control+Enter");
  await w.tells("Modify: applied");
  const after = await saved(w, file);
  assert.notEqual(after, before);
  assert.ok(
    !after.includes("if code in self.items:\n            return self.items[code]") ||
      !after.includes("return None\n"),
  );
  await w.key("Control+z");
  assert.equal(await saved(w, file), before, "one undo takes the whole answer back");
}

async function explained({ w }) {
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Explain");
  await w.until(
    "the page",
    async () => (await w.tabs()).some((tab) => tab.includes("Explain")),
    30,
  );
  const page = () =>
    w.page.frames().map((frame) =>
      frame
        .locator("body")
        .innerText()
        .catch(() => ""),
    );
  await w.until(
    "the explanation with who wrote it",
    async () =>
      (await Promise.all(page())).some(
        (text) =>
          /looks an item up/.test(text) && /Qwen2\.5 Coder \d+B, on this machine/.test(text),
      ),
    30,
  );
  await w.picture("explain");
  await w.closeAll();
}

async function asked({ w }) {
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Ask");
  await w.answer("What does this do?");
  await w.until("the page", async () => (await w.tabs()).some((tab) => /\bAsk\b/.test(tab)), 30);
  await w.closeAll();
}

async function reviewed({ w, folder }) {
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Review File");
  const rows = () =>
    w.page
      .locator(
        '[aria-label="Review"] .monaco-list-row, .monaco-list[aria-label*="Review"] .monaco-list-row',
      )
      .allInnerTexts();
  await w.until(
    "the tree by aspect",
    async () => (await rows()).some((row) => /Security/.test(row)),
    40,
  );
  await w.command("Problems: Focus on Problems View");
  await w.pause(800);
  await w.picture("review");
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.key("ArrowDown");
  const menu = w.page.locator(".action-widget:visible, .monaco-menu:visible");
  await w.until("a menu in the problems panel", async () => {
    await w.pause(1000); // the panel asks for fixes of the row that has the focus
    await w.key("Control+.");
    return menu
      .first()
      .waitFor({ timeout: 1500 })
      .then(
        () => true,
        () => false,
      );
  });
  await w.until("a fix in the problems panel", async () =>
    /Fix/.test((await menu.allInnerTexts()).join()),
  );
  await w.picture("problems-fix");
  await w.key("Escape");
  await w.command("View: Toggle Panel Visibility");
  await w.open("stock.py", 1, 8);
  await w.key("Control+k", "Shift+F");
  await previewing(w, "Fix");
  await w.key("Control+Enter");
  await w.tells("Fix: applied");
  assert.ok(!(await saved(w, file)).startsWith("import os\n"));
  await w.key("Control+z");
  assert.equal(await saved(w, file), before);
}

async function reviewedAll({ w }) {
  await w.command("Camus: Review Workspace");
  await w.tells("of 3 files", 60);
  await w.until("the tree", async () => (await w.tree()).join().match(/stock\.py/g)?.length >= 4);
  await w.picture("review-workspace");
}

async function chosen({ w }) {
  await w.command("Camus: Select Model");
  await w.until("the list", async () => /Qwen2\.5 Coder 32B/.test(await w.told()));
  await w.picture("models");
  await w.pick("Qwen2.5 Coder 32B");
  await w.until("the locked model in the status bar", async () =>
    /Qwen2\.5 Coder 32B.*locked/.test(await w.status()),
  );
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("return early, please");
  await previewing(w, "Qwen2.5 Coder 32B");
  await w.command("Camus: Reject the Answer");
  await w.command("Camus: Clear Model Lock");
  await w.tells("Camus chooses the model again");
  await w.until("no lock", async () => !/locked/.test(await w.status()));
  await w.command("Camus: Select Pipeline");
  await w.pick("careful");
  await w.until("the pipeline in the status bar", async () => /careful/.test(await w.status()));
  await w.command("Camus: Select Pipeline");
  await w.pick("None");
  await w.until("no pipeline", async () => !/careful/.test(await w.status()));
}

async function cancelled({ w, models, folder }) {
  const before = read(join(folder, "stock.py"));
  const asked = await models.asked();
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("SLOWLY, rewrite it");
  await w.until("the model is asked", async () => (await models.asked()).local > asked.local, 30);
  const first = await models.asked();
  await w.until("work in the status bar", async () => /Working/.test(await w.status()));
  await w.picture("working");
  await w.key("Control+k", "Shift+S");
  await w.until(
    "the model's connection is closed",
    async () => (await models.asked()).closed > first.closed,
    5,
  );
  await w.until("no work", async () => !/Working/.test(await w.status()));
  assert.equal(read(join(folder, "stock.py")), before);
}

async function handedOver({ w }) {
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("HAND OVER if it is too hard");
  await w.tells("Handed over from Qwen2.5 Coder 7B to Qwen2.5 Coder 32B", 40);
  await w.picture("hand-off");
  await previewing(w, "Qwen2.5 Coder 32B");
  await w.command("Camus: Reject the Answer");
}

async function consented({ w, models }) {
  await w.open("stock.py", 25, 10);
  await w.command("Camus: Select Model");
  await w.pick("GPT OSS 120B");
  await w.tells("Your code will be sent to models.example.org");
  await w.picture("consent");
  await w.press("Show the Exact Text");
  await w.until("the text", async () =>
    (await w.tabs()).some((tab) => tab.includes("What would be sent")),
  );
  await w.pause(600);
  await w.picture("exact-text");
  await w.tells("Your code will be sent to models.example.org");
  await w.press("Not Now");
  await w.pause(500);
  assert.equal((await models.asked()).away, 0, "nothing was sent");
  assert.doesNotMatch(await w.status(), /GPT/);
  await w.closeAll();
  await w.command("Camus: Consent: Where Code May Be Sent");
  await w.pick("models.example.org");
  await w.tells("Your code will be sent to models.example.org");
  await w.press("Allow");
  await w.pause(1500);
  await w.command("Camus: Select Model");
  await w.pick("GPT OSS 120B");
  await w.until("a cloud in words", async () => /from another machine/.test(await w.status()));
  await w.open("stock.py", 25, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("make it a list comprehension");
  await previewing(w, "at models.example.org");
  await w.pause(1500);
  await w.picture("remote-answer");
  assert.equal((await models.asked()).away, 1);
  await w.command("Camus: Reject the Answer");
  await w.command("Camus: Consent: Where Code May Be Sent");
  await w.pick("models.example.org");
  await w.tells("Nothing is sent to models.example.org any more");
  await w.ready();
}

async function unsure({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 18, 12);
  await w.command("Camus: Modify with Instruction");
  await w.answer("evaluate it as text");
  const title = await previewing(w, "below the threshold, look closely");
  assert.match(title, /Qwen2\.5/);
  await w.pause(1500);
  await w.picture("needs-confirmation");
  assert.equal(read(file), before);
  await w.command("Camus: Reject the Answer");
}

async function stale({ w, folder }) {
  const file = join(folder, "stock.py");
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Document");
  await previewing(w, "Document");
  appendFileSync(file, "\n# changed by somebody else\n");
  const changed = read(file);
  await w.pause(2500);
  await w.command("Camus: Apply What Is Taken");
  await w.tells("the code was changed meanwhile");
  await w.picture("stale");
  assert.equal(read(file), changed);
  await w.command("Camus: Reject the Answer");
}

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
  await w.until(
    "another server",
    async () => serverProcesses(home).some((pid) => pid !== first),
    20,
  );
  await w.ready();
  const [second] = serverProcesses(home);
  await w.command("Camus: Restart Server");
  await w.until(
    "a third server",
    async () => serverProcesses(home).some((pid) => pid !== second && pid !== first),
    20,
  );
  await w.ready();
  await w.command("Camus: Document");
  await previewing(w, "Document");
  await w.command("Camus: Reject the Answer");
  await w.command("Camus: Show Log");
  await w.pause(700);
  await w.picture("log");
  await w.command("View: Toggle Panel Visibility");
}

async function doctored({ w }) {
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Doctor");
  await w.until("the page", async () => (await w.tabs()).some((tab) => tab.includes("Doctor")), 40);
  await w.pause(500);
  await w.picture("doctor");
  await w.closeAll();
}

async function walked({ w }) {
  await w.command("Camus: Get Started");
  await w.until(
    "the walkthrough",
    async () =>
      (
        await w.page
          .locator(".gettingStartedContainer:visible")
          .innerText()
          .catch(() => "")
      ).includes("A server on this machine"),
    15,
  );
  await w.pause(800);
  await w.picture("walkthrough");
  await w.closeAll();
  await w.command("Camus: Show Menu");
  await w.until("the menu", async () => /Select Model/.test(await w.told()));
  await w.picture("menu");
  await w.key("Escape");
}

async function implemented({ w, folder }) {
  await w.open("stub.py", 2, 8);
  await w.command("Camus: Implement");
  const title = await previewing(w, "Implement");
  assert.match(title, /Qwen2\.5/);
  await w.key("Control+Enter");
  await w.tells("Implement: applied");
  assert.match(await saved(w, join(folder, "stub.py")), /return 2 \* number/);
}

async function prompted({ w, models }) {
  const before = await models.asked();
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Show What Would Be Sent");
  await w.until("the text", async () =>
    (await w.tabs()).some((tab) => tab.includes("What would be sent")),
  );
  assert.equal((await models.asked()).local, before.local);
  await w.closeAll();
}

async function treeFixed({ w }) {
  await w.open("stock.py", 1, 1);
  await w.key("Control+k", "Shift+V");
  await w.until("the tree", async () => (await w.tree()).some((row) => /Security/.test(row)));
  await w.command("Camus: Focus on Review View");
  await w.pause(500);
  await w.key("Home", "ArrowDown", "ArrowDown", "Enter");
  const place = w.page.locator(".statusbar-item", { hasText: "Ln 36," });
  await w.until("the problem in the editor", async () => (await place.count()) > 0);
  await w.pause(500);
  await w.key("Control+k", "Shift+F");
  await w.until(
    "an answer or its refusal",
    async () =>
      (await w.tabs()).some((tab) => tab.includes(PREVIEW)) || /Fix:/.test(await w.told()),
  );
  await w.command("Camus: Clear the List of Problems");
  await w.until("an empty tree", async () => !(await w.tree()).some((row) => /Security/.test(row)));
  if ((await w.tabs()).some((tab) => tab.includes(PREVIEW))) {
    await w.command("Camus: Reject the Answer");
  }
}

/** The stories of one ordinary window, in this order. */
export const ORDINARY = {
  ...{ documented, lightBulb, partly, explained, asked, reviewed, reviewedAll, chosen, cancelled },
  ...{ handedOver, consented, unsure, stale, killed, doctored, walked },
  ...{ implemented, prompted, treeFixed },
};

async function trustAsked({ w }) {
  await w.open("stock.py", 0);
  await w.tells("Trust the Camus configuration of", 40);
  await w.picture("trust");
  await w.press("Trust");
  await w.pause(2500);
  await w.command("Camus: Select Model");
  await w.until("the workspace's model", async () => /theirs/i.test(await w.told()));
  await w.key("Escape");
  await w.command("Camus: Trust This Workspace's Configuration");
  await w.tells("Trust the Camus configuration of");
  await w.press("Cancel");
  await w.pause(2000);
  await w.command("Camus: Select Model");
  await w.until("the list", async () => /Qwen2/.test(await w.told()));
  assert.doesNotMatch(await w.told(), /theirs/i, "trust is taken back");
  await w.key("Escape");
}

/** A project whose own configuration names a server. */
export const CONFIGURED = { trustAsked };

async function restricted({ w, models }) {
  const before = await models.asked();
  await w.open("stock.py", 12, 10);
  await w.ready();
  await w.until("a shield in words", async () => /not trusted/.test(await w.status()));
  await w.command("Camus: Document");
  await previewing(w, "the built-in rules");
  await w.picture("restricted");
  await w.command("Camus: Reject the Answer");
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("return early instead of nesting");
  await w.tells("Modify:");
  assert.deepEqual((await models.asked()).local, before.local, "no model was asked");
  await w.command("Workspaces: Manage Workspace Trust");
  await w.pause(1000);
  await w.key("Control+Enter");
  await w.until(
    "trust",
    async () => !/not trusted/.test(await w.status()) && /Ready/.test(await w.status()),
    40,
  );
  await w.closeAll();
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Modify with Instruction");
  await w.answer("return early instead of nesting");
  await previewing(w, "Qwen2.5");
  await w.command("Camus: Reject the Answer");
}

/** A window in which trust is asked for. */
export const UNTRUSTED = { restricted };

async function missing({ w, program }) {
  await w.open("stock.py", 0);
  await w.tells("Camus needs its server", 40);
  await w.picture("missing");
  assert.match(await w.status(), /no server was found/);
  await w.command("Camus: Document");
  await w.until("the ways out", async () => /Say where it is/.test(await w.told()));
  await w.picture("set-up");
  await w.key("Escape");
  program();
  await w.command("Camus: Set Up the Server");
  await w.pick("Look again");
  await w.ready();
}

/** A machine without a server. */
export const MISSING = { missing };
