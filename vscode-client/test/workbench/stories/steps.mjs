// What the stories have in common: states to wait for, never moments.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const read = (path) => readFileSync(path, "utf8");

/** What every title of a comparison holds, in English and in German. */
const PREVIEW = /quality|Güte/;

/** An answer that is being looked at, and whose keys mean what they say there; its title. */
export async function previewing(w, words) {
  const title = await w.until(`a comparison with ${words}`, async () =>
    (await w.tabs()).find((tab) => PREVIEW.test(tab) && tab.includes(words)),
  );
  const inside = () =>
    document.activeElement?.closest(
      ".monaco-diff-editor .modified, .modified-in-monaco-diff-editor",
    );
  await w.until("the focus in the comparison", () => w.page.evaluate(`!!(${inside})()`));
  // Its buttons are there once the editor knows what is open; its keys ask for the same.
  const buttons = w.page.locator(".editor-group-container.active .editor-actions .codicon-check");
  await w.until("the buttons of the comparison", async () => (await buttons.count()) > 0);
  return title;
}

export async function comparisonClosed(w) {
  await w.until(
    "the comparison is closed",
    async () => !(await w.tabs()).some((tab) => PREVIEW.test(tab)),
  );
}

export async function rejected(w) {
  await w.command("Camus: Reject the Answer");
  await comparisonClosed(w);
}

/** Opens the instruction's input and sends the words. */
export async function modify(w, words) {
  await w.command("Camus: Modify with Instruction");
  await w.answer(words);
}

/** The file on disk has this text, after saving what is open. */
export async function savedAs(w, file, what, holds) {
  await w.save();
  return w.until(what, () => holds(read(file)));
}

/** One undo takes the whole answer back. */
export async function undone(w, file, before) {
  await w.key("Control+z");
  await savedAs(w, file, "one undo takes the whole answer back", (text) => text === before);
}

/** Goes down a menu to the entry that begins so, and chooses it. */
export async function choose(w, menu, words) {
  for (let steps = 0; steps < 20; steps++) {
    const focused = menu.locator(".monaco-list-row.focused, .action-item.focused");
    const text = (await focused.count()) ? (await focused.first().innerText()).trim() : "";
    if (text.startsWith(words)) return w.key("Enter");
    await w.key("ArrowDown");
    await w.drawn();
  }
  throw new Error(`no entry ${words} in ${await menu.innerText()}`);
}

/** Presses keys until a menu has come up with these words; the menu. */
export async function menuWith(w, words, ...keys) {
  const menu = w.page.locator(".action-widget:visible, .monaco-menu:visible").first();
  const holds = async () => words.test(await menu.innerText({ timeout: 300 }).catch(() => ""));
  await w.until(`a menu with ${words}`, async () => {
    await w.key(...keys);
    const end = Date.now() + 1500; // the editor's own request may have taken its place
    while (Date.now() < end) {
      if (await holds()) return true;
      await w.drawn();
    }
    if (await menu.count()) await w.key("Escape");
    return false;
  });
  return menu;
}

/**
 * Chooses an entry of the menu that the keys bring up, until an answer is compared. The editor
 * closes such a menu when something else takes the focus; then it is brought up again.
 */
export async function compareFrom(w, entry, ...keys) {
  const compared = async () => (await w.tabs()).some((tab) => PREVIEW.test(tab));
  await w.until(`a comparison from the entry ${entry}`, async () => {
    const menu = await menuWith(w, new RegExp(entry), ...keys);
    if (
      !(await choose(w, menu, entry).then(
        () => true,
        () => false,
      ))
    )
      return false;
    const end = Date.now() + 3000;
    while (Date.now() < end || /Working/.test(await w.status())) {
      if (await compared()) return true;
      await w.drawn();
    }
    return false;
  });
  return previewing(w, entry);
}

/** Whether the list of models has one like this now. */
export async function offersModel(w, words) {
  await w.command("Camus: Select Model");
  const told = await w.until("the list of models", async () => {
    const text = await w.told();
    return /Let Camus choose/.test(text) && text;
  });
  await w.key("Escape");
  await w.gone(".quick-input-widget");
  return words.test(told);
}

/** The status item says so, for eyes or for a screen reader. */
export function statusSays(w, words, seconds) {
  return w.until(`${words} in the status bar`, async () => words.test(await w.status()), seconds);
}

/** A tab with this name. */
export function tabNamed(w, words, seconds) {
  const there = async () => (await w.tabs()).some((tab) => words.test(tab));
  return w.until(`the page ${words}`, there, seconds);
}

/** A rendered page holds these words; its text. */
export async function pageSays(w, words, seconds) {
  return w.until(
    `${words} on the page`,
    async () => {
      const pages = w.page.frames().filter((frame) => frame !== w.page.mainFrame());
      const frames = pages.map((frame) =>
        frame
          .locator("body")
          .innerText({ timeout: 1000 })
          .catch(() => ""),
      );
      return (await Promise.all(frames)).find((text) => words.test(text));
    },
    seconds,
  );
}

/** Nobody was asked since. */
export async function nobodyAsked(models, before) {
  assert.deepEqual((await models.asked()).local, before.local, "no model was asked");
}
