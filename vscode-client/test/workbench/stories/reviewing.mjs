// Reviews of a file and of the workspace: problems by aspect and file, fixes, and a way to stop.

import assert from "node:assert/strict";
import { join } from "node:path";
import * as steps from "./steps.mjs";

const { previewing, read } = steps;

async function reviewed({ w, folder }) {
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Review File");
  await w.until(
    "the tree by aspect",
    async () => (await w.tree()).some((row) => /Security/.test(row)),
    40,
  );
  await w.tells("Review of stock.py: 9 problems · the built-in rules, on this machine");
  await w.command("Problems: Focus on Problems View");
  const problems = w.page.locator(".markers-panel .monaco-list-row");
  await w.until("the problems", async () => (await problems.count()) > 5);
  await w.picture("review");
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.key("ArrowDown");
  const bulb = w.page.locator(".markers-panel .monaco-list-row.focused .codicon-light-bulb");
  await w.until("that there is a fix", async () => (await bulb.count()) > 0);
  await steps.menuWith(w, /Fix/, "Control+.");
  await w.picture("problems-fix");
  await w.key("Escape");
  await w.gone(".action-widget");
  await steps.compareFrom(w, "Fix", "Control+.");
  await steps.rejected(w);
  await w.command("View: Toggle Panel Visibility");
  await w.open("stock.py", 1, 8);
  await w.key("Control+k", "Shift+F");
  await previewing(w, "Fix");
  await w.key("Control+Enter");
  await w.tells("Fix: applied");
  await steps.savedAs(w, file, "the fix", (text) => !text.startsWith("import os\n"));
  await steps.undone(w, file, before);
}

async function reviewedAll({ w }) {
  await w.command("Camus: Review Workspace");
  await w.tells("of 5 files · the built-in rules, on this machine", 60);
  await w.until("the tree", async () => (await w.tree()).join().match(/stock\.py/g)?.length >= 4);
  await w.picture("review-workspace");
}

async function treeFixed({ w }) {
  await w.open("stock.py", 1, 1);
  await w.key("Control+k", "Shift+V");
  await w.until("the tree", async () => (await w.tree()).some((row) => /Security/.test(row)));
  await w.command("Camus: Focus on Review View");
  const row = w.page.locator(".part.sidebar .monaco-list-row.focused", { hasText: "subprocess" });
  await w.key("Home");
  await w.until("the first problem of the tree", async () => {
    if (await row.count()) return true;
    await w.key("ArrowDown");
    await w.drawn();
    return false;
  });
  await w.key("Enter");
  const place = w.page.locator(".statusbar-item", { hasText: "Ln 36," });
  await w.until("the problem in the editor", async () => (await place.count()) > 0);
  await w.until("the focus in the editor", () =>
    w.page.evaluate(() => !!document.activeElement?.closest(".monaco-editor")),
  );
  await w.key("Control+k", "Shift+F");
  await w.until(
    "an answer or its refusal",
    async () => (await w.tabs()).some((tab) => /quality/.test(tab)) || /Fix:/.test(await w.told()),
  );
  await w.command("Camus: Clear the List of Problems");
  await w.until("an empty tree", async () => !(await w.tree()).some((row) => /Security/.test(row)));
  if ((await w.tabs()).some((tab) => /quality/.test(tab))) await steps.rejected(w);
}

/** A review of many files is stopped, and what was found until then is kept. */
async function stopped({ w }) {
  await w.open("stock.py", 1, 1);
  await w.ready();
  await w.command("Camus: Review Workspace");
  await w.until("progress", async () => /Review Workspace: \d+\/4\d\d/.test(await w.told()), 40);
  await w.picture("review-progress");
  await w.key("Control+k", "Shift+S");
  await w.until("that it was stopped", async () => /was stopped/.test(await w.statusBar()), 10);
  await w.until("no work", async () => !/Working/.test(await w.status()));
  assert.doesNotMatch(await w.told(), /of 4\d\d files/, "it did not come to its end");
  await w.command("Camus: Focus on Review View");
  await w.until("what was found", async () => (await w.tree()).some((row) => /part_\d/.test(row)));
  await w.picture("review-stopped");
}

export const REVIEWING = { reviewed, reviewedAll };
export const TREE = { treeFixed };
export const STOPPED = { stopped };
