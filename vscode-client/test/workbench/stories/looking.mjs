// What a newcomer sees: the walkthrough, the menu, high contrast, a screen reader's words, German.

import assert from "node:assert/strict";
import * as steps from "./steps.mjs";

const { previewing, statusSays } = steps;

const guide = (w) => w.page.locator(".gettingStartedContainer:visible");

async function openGuide(w) {
  await w.command("Camus: Get Started");
  await w.until("the walkthrough", async () =>
    (
      await guide(w)
        .innerText()
        .catch(() => "")
    ).includes("A server on this machine"),
  );
}

/** Opens a step of the walkthrough and presses one of its buttons. */
async function step(w, title, button) {
  const shown = w.page.locator(".getting-started-step.expanded:visible", { hasText: title });
  await w.until(`the button ${button}`, async () => {
    try {
      if (!(await shown.count())) await w.press(title, 30);
      await shown.waitFor({ timeout: 1000 });
      await w.press(button, 10);
      return true;
    } catch {
      await openGuide(w); // it opens the next step by itself once it is drawn
      return false;
    }
  });
}

async function walked({ w }) {
  await openGuide(w);
  const ticked = guide(w).locator(".codicon-getting-started-step-checked:visible");
  await w.until("the first step is done: a server runs", async () => (await ticked.count()) > 0);
  await w.picture("walkthrough");
  await step(w, "The first change, without any model", "Open the sample");
  await w.until("the sample", async () => /def total/.test(await w.code()));
  await guide(w).waitFor(); // beside the sample
  await w.picture("walkthrough-sample");
  await openGuide(w);
  await step(w, "The first change, without any model", "Document the function");
  await previewing(w, "the built-in rules");
  await w.key("Control+Enter");
  await w.tells("Document: applied");
  await w.until("the first change", async () => /"""Return the total/.test(await w.code()));
  await openGuide(w);
  await step(w, "A model with Ollama", "Select a model");
  await w.until("the models", async () => /Let Camus choose/.test(await w.told()));
  await w.key("Escape");
  await openGuide(w);
  await step(w, "A model from a GGUF file", "Open the settings of models");
  await w.page.locator(".settings-editor").first().waitFor();
  await w.until("the setting", async () =>
    /Camus|models/i.test(await w.page.locator(".settings-editor").first().innerText()),
  );
  await openGuide(w);
  await step(w, "What leaves this machine", "Where code may be sent");
  await w.until("the places", async () => /models\.example\.org/.test(await w.told()));
  await w.key("Escape");
  await w.closeAll();
  await w.command("Camus: Show Menu");
  await w.until("the menu", async () => /Select Strategy/.test(await w.told()));
  await w.picture("menu");
  await w.key("Escape");
}

/** What a screen reader is given: each state in words, nothing by a mark or a colour alone. */
async function spoken({ w }) {
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "return early, said aloud");
  await previewing(w, "Qwen2.5 Coder");
  await statusSays(
    w,
    /\| Camus\. Qwen2\.5 Coder \d+B, a specialist for code, answers on this machine/,
  );
  const labels = () =>
    w.page
      .locator(
        ".part.sidebar [aria-label], .editor-group-container.active .editor-actions [aria-label]",
      )
      .evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""));
  const said = async (words) => (await labels()).some((each) => words.test(each));
  for (const words of [
    /Change 1, taken/,
    /Line 12: \d lines added, \d removed: if code in self\.items/,
    /Apply What Is Taken/,
    /Reject the Answer/,
    /Take or Leave the Change/,
    /Why This Answer/,
    /correctness \d\.\d\d/,
  ]) {
    await w.until(`${words} for a screen reader`, () => said(words), 10);
  }
  await w.key("Space");
  await w.until("a change left out, in words", () => said(/Change \d, left out/), 10);
  await steps.rejected(w);
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Review File");
  await w.until("the aspect with its count in words", () => said(/Security, 1 problem/), 40);
}

async function contrasted({ w, settle }) {
  await w.open("stock.py", 18, 12);
  for (const [theme, mark] of [
    ["Default High Contrast", "hc-black"],
    ["Default High Contrast Light", "hc-light"],
  ]) {
    settle({ "workbench.colorTheme": theme });
    await w.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await w.open("stock.py", 18, 12);
    await steps.modify(w, "evaluate it as text, in contrast");
    await previewing(w, "below the threshold");
    await w.clearNotifications();
    await w.picture(`contrast-${mark}`);
    await steps.rejected(w);
  }
  settle({});
  await w.page.locator(".monaco-workbench.vs-dark").waitFor();
}

async function german({ w, folder }) {
  await w.open("stock.py", 14, 10);
  await statusSays(w, /Bereit/, 40);
  await w.command("Camus: Dokumentieren");
  const title = await previewing(w, "Dokumentieren");
  assert.match(title, /Güte 1\.00 von 1 · die eingebauten Regeln, auf diesem Rechner, ohne Modell/);
  await w.until("the view in German", async () =>
    (await w.tree()).some((row) => /Dokumentation 1\.00/.test(row)),
  );
  await w.picture("german");
  await w.command("Camus: Antwort verwerfen");
  await steps.comparisonClosed(w);
  await w.command("Camus: Menü zeigen");
  await w.until("the menu", async () => /Strategie wählen/.test(await w.told()));
  await w.picture("german-menu");
  await w.key("Escape");
  await w.open("stock.py", 1, 1);
  await w.command("Camus: Datei durchsehen");
  await w.tells("Durchsicht von stock.py: 9 Probleme · die eingebauten Regeln");
  assert.ok(folder);
}

export const LOOKING = { walked, spoken, contrasted };
export const GERMAN = { german };
