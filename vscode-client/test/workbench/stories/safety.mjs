// Consent, trust, answers that are not good enough, and code that moved: nothing happens unasked.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as steps from "./steps.mjs";

const { previewing, read, statusSays } = steps;

async function consented({ w, models }) {
  await w.open("stock.py", 25, 10);
  await w.pick("GPT OSS 120B", "Camus: Select Model");
  await w.tells("Your code will be sent to models.example.org");
  await w.picture("consent");
  await w.press("Show the Exact Text");
  await steps.tabNamed(w, /What would be sent/);
  await w.tells("Your code will be sent to models.example.org");
  await w.picture("exact-text");
  await w.press("Not Now");
  await w.until("no question", async () => !/Your code will be sent/.test(await w.told()));
  assert.doesNotMatch(await w.status(), /GPT/);
  assert.equal((await models.asked()).away, 0, "nothing was sent");
  await w.closeAll();
  await w.pick("models.example.org", "Camus: Consent: Where Code May Be Sent");
  await w.tells("Your code will be sent to models.example.org");
  await w.press("Allow");
  await w.tells("Code may be sent to models.example.org now");
  await w.pick("GPT OSS 120B", "Camus: Select Model");
  await statusSays(w, /from another machine/);
  await w.open("stock.py", 25, 10);
  await steps.modify(w, "make it a list comprehension");
  await previewing(w, "at models.example.org");
  await w.clearNotifications();
  await w.picture("remote-answer");
  assert.equal((await models.asked()).away, 1, "the one question is all that was sent");
  await steps.rejected(w);
  await w.pick("models.example.org", "Camus: Consent: Where Code May Be Sent");
  await w.tells("Nothing is sent to models.example.org any more");
  await w.ready();
}

async function unsure({ w, folder }) {
  const file = join(folder, "stock.py");
  const before = read(file);
  await w.open("stock.py", 18, 12);
  await steps.modify(w, "evaluate it as text");
  const title = await previewing(w, "below the threshold, look closely");
  assert.match(title, /Qwen2\.5/);
  await w.until("the part that is bad", async () =>
    (await w.tree()).some((row) => /security 0\.\d\d/.test(row)),
  );
  await w.clearNotifications();
  await w.picture("needs-confirmation");
  assert.equal(read(file), before);
  await steps.rejected(w);
}

async function stale({ w, folder }) {
  const file = join(folder, "stock.py");
  await w.open("stock.py", 14, 10);
  await w.command("Camus: Document");
  await previewing(w, "Document");
  const changed = `# changed by somebody else\n${read(file)}`;
  writeFileSync(file, changed);
  const old = w.page.locator(".monaco-diff-editor .original .view-lines");
  await w.until("the change in the editor", async () =>
    /changed by somebody else/.test((await old.innerText()).replace(/\u00a0/g, " ")),
  );
  await w.command("Camus: Apply What Is Taken");
  await w.tells("the code was changed meanwhile");
  await w.picture("stale");
  assert.equal(read(file), changed);
  await steps.rejected(w);
  writeFileSync(file, changed.slice(changed.indexOf("\n") + 1));
}

async function trustAsked({ w }) {
  // The configuration alone wakes the extension; its question keeps every other key away.
  await w.tells("Trust the Camus configuration of", 40);
  await w.picture("trust");
  await w.press("Trust");
  await w.until("the workspace's model", () => steps.offersModel(w, /theirs/i));
  await w.command("Camus: Trust This Workspace's Configuration");
  await w.tells("Trust the Camus configuration of");
  await w.press("Cancel");
  await w.until("trust is taken back", async () => !(await steps.offersModel(w, /theirs/i)));
}

async function restricted({ w, models }) {
  const before = await models.asked();
  await w.open("stock.py", 12, 10);
  await w.ready();
  await statusSays(w, /not trusted/);
  await w.command("Camus: Document");
  await previewing(w, "the built-in rules");
  await w.picture("restricted");
  await steps.rejected(w);
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "return early instead of nesting");
  await w.tells("Modify:");
  await steps.nobodyAsked(models, before);
  await w.command("Workspaces: Manage Workspace Trust");
  await w.page.locator(".workspace-trust-editor").first().waitFor();
  await w.until(
    "trust",
    async () => {
      await w.key("Control+Enter"); // means nothing once it is given
      await w.drawn();
      const status = await w.status();
      return !/not trusted/.test(status) && /Ready/.test(status);
    },
    40,
  );
  await w.closeAll();
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "return early instead of nesting");
  await previewing(w, "Qwen2.5");
  await steps.rejected(w);
}

export const SAFETY = { consented, unsure, stale };
/** A project whose own configuration names a server. */
export const CONFIGURED = { trustAsked };
/** A window in which trust is asked for. */
export const UNTRUSTED = { restricted };
