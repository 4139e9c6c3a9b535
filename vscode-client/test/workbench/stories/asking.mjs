// Asking for a change or for words, looking at the answer, taking all of it, some or nothing.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as steps from "./steps.mjs";

const { previewing, read } = steps;

async function documented({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 14, 10);
  await w.ready();
  await w.command("Camus: Document");
  const title = await previewing(w, "Document");
  assert.match(title, /quality 1\.00 of 1 · the built-in rules, on this machine, without a model/);
  await w.picture("preview-rules");
  await w.key("Control+Enter");
  await w.tells("Document: applied, quality 1.00 of 1 · the built-in rules");
  await steps.savedAs(w, file, "the documentation", (text) => /"""Find item\./.test(text));
  await steps.undone(w, file, before);
  await w.command("Camus: Why This Answer");
  await steps.pageSays(w, /the built-in rules/);
  await w.picture("why");
  await w.pick("Good", "Camus: Feedback on the Last Answer");
  await w.until("thanks", async () => (await w.statusBar()).includes("noted, thank you"));
  await w.closeAll();
}

async function lightBulb({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 24, 12);
  await w.ready();
  const menu = await steps.menuWith(w, /Refactor/, "Control+.");
  const entries = await menu.innerText();
  for (const each of ["Refactor", "Document", "Explain", "Review", "Modify with", "Ask"]) {
    assert.ok(entries.includes(each), `${each} in ${entries}`);
  }
  await w.picture("light-bulb");
  await w.key("Escape");
  await w.gone(".action-widget");
  await steps.compareFrom(w, "Refactor", "Control+.");
  await steps.rejected(w);
  assert.equal(read(file), before);
}

async function contextMenu({ w }) {
  await w.open("stock.py", 14, 10);
  await w.ready();
  const menu = await steps.menuWith(w, /Camus/, "Shift+F10");
  await w.until("Camus in the menu", async () => {
    const focused = menu.locator(".action-item.focused");
    if ((await focused.count()) && /Camus/.test(await focused.first().innerText())) return true;
    await w.key("ArrowDown");
    await w.drawn();
    return false;
  });
  await w.key("ArrowRight");
  const sub = w.page.locator(".monaco-submenu:visible");
  await w.until("its entries", async () =>
    /Modify with Instruction/.test((await sub.allInnerTexts()).join()),
  );
  await w.picture("context-menu");
  await w.key("Escape", "Escape");
  await w.gone(".monaco-menu");
}

async function partly({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 12, 10);
  await w.key("Control+k", "Shift+M");
  await w.answer("return early instead of nesting");
  const title = await previewing(w, "Modify");
  assert.match(title, /Qwen2\.5 Coder (7|32)B, on this machine/);
  const boxes = w.page.locator(
    '.monaco-list-row .monaco-custom-toggle[aria-checked="true"], .monaco-list-row .monaco-custom-toggle.checked',
  );
  const count = await w.until("two changes to take or leave", async () => {
    const found = await boxes.count();
    return found >= 2 && found;
  });
  await w.key("Space");
  await w.until("one change is left", async () => (await boxes.count()) === count - 1);
  await w.until("that in words", async () => /1 of 2 taken/.test(await w.statusBar()));
  await w.picture("preview-partly");
  await w.key("Control+Enter");
  await w.tells("Modify: applied");
  const after = await steps.savedAs(w, file, "a change", (text) => text !== before && text);
  const whole = ["if code in self.items:\n            return self.items[code]", "return None\n"];
  assert.ok(!whole.every((each) => after.includes(each)), "only a part is taken");
  await steps.undone(w, file, before);
}

async function explained({ w }) {
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Explain");
  await steps.tabNamed(w, /Explain/, 30);
  const page = await steps.pageSays(w, /Qwen2\.5 Coder \d+B, on this machine · quality/, 30);
  assert.match(page, /looks an item up/);
  await w.picture("explain");
  await w.closeAll();
}

async function asked({ w }) {
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Ask");
  await w.answer("What does this do?");
  await steps.tabNamed(w, /\bAsk\b/, 30);
  await steps.pageSays(w, /Qwen2\.5 Coder \d+B, on this machine/, 30);
  await w.closeAll();
}

async function implemented({ w, folder }) {
  const file = join(folder, "stub.py");
  await w.open("stub.py", 2, 8);
  await w.command("Camus: Implement");
  const title = await previewing(w, "Implement");
  assert.match(title, /Qwen2\.5/);
  await w.key("Control+Enter");
  await w.tells("Implement: applied");
  await steps.savedAs(w, file, "the body", (text) => /return 2 \* number/.test(text));
}

async function prompted({ w, models }) {
  const before = await models.asked();
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Show What Would Be Sent");
  await steps.tabNamed(w, /What would be sent/);
  await steps.nobodyAsked(models, before);
  await w.closeAll();
}

/** The rows of the Refactor Preview that carry a box, ticked or not. */
function boxesOf(w, ticked) {
  return w.page.locator(`.bulk-edit-panel .edit-checkbox${ticked ? '[aria-checked="true"]' : ""}`);
}

async function several({ w, folder }) {
  const [shape, use, made] = ["shape.py", "use_shape.py", "check_shape.py"].map((name) =>
    join(folder, name),
  );
  const before = read(shape);
  const instruct = () =>
    steps.modify(w, "add a DEPTH, pass it in use_shape.py, and write check_shape.py");
  await w.open("shape.py", 1, 6);
  await instruct();
  await w.tells("Modify: changes in 3 files, quality", 30);
  await w.until("three files to tick", async () => (await boxesOf(w).count()) >= 3);
  assert.equal(await boxesOf(w, true).count(), 0, "nothing is ticked before the user does");
  await w.picture("several-files");
  await w.command("View: Focus into Panel");
  await w.press("Discard");
  await w.until("no preview", async () => (await boxesOf(w).count()) === 0);
  assert.equal(read(shape), before);
  assert.ok(!existsSync(made));

  await w.open("shape.py", 1, 6);
  await instruct();
  await w.until("three files to tick", async () => (await boxesOf(w).count()) >= 3, 30);
  await w.command("View: Focus into Panel");
  await w.key("Home");
  const here = w.page.locator(".bulk-edit-panel .monaco-list-row.focused .edit-checkbox");
  for (let rows = 0; (await boxesOf(w, true).count()) < (await boxesOf(w).count()); rows++) {
    assert.ok(rows < 12, "every file can be ticked");
    if ((await here.getAttribute("aria-checked")) !== "true") {
      await w.key("Space");
      await w.until("a tick", async () => (await here.getAttribute("aria-checked")) === "true", 5);
    }
    await w.key("ArrowDown");
    await w.drawn();
  }
  await w.picture("several-files-ticked");
  await w.key("Control+Enter");
  await w.tells("Modify: applied");
  await w.command("File: Save All Files");
  await w.until("the new file", () => existsSync(made) && /def check/.test(read(made)));
  await w.until("the first file", () => /depth=1/.test(read(shape)));
  await w.until("the other file", () => /area\(width, 2, 1\)/.test(read(use)));
  await w.closeAll();
}

export const ASKING = { documented, lightBulb, contextMenu, partly, explained, asked };
export const MORE = { implemented, prompted, several };
