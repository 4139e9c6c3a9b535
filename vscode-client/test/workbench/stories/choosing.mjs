// Who answers: models, pipelines, strategies, a lock, a quota, one that hands over, and stopping it.

import assert from "node:assert/strict";
import { join } from "node:path";
import * as steps from "./steps.mjs";

const { previewing, read, statusSays } = steps;

async function chosen({ w }) {
  await w.command("Camus: Select Model");
  await w.until("the list", async () => /Qwen2\.5 Coder 32B/.test(await w.told()));
  await w.picture("models");
  await w.pick("Qwen2.5 Coder 32B", "Camus: Select Model");
  await statusSays(w, /Qwen2\.5 Coder 32B.*locked/);
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "return early, please");
  await previewing(w, "Qwen2.5 Coder 32B");
  await steps.rejected(w);
  await w.command("Camus: Clear Model Lock");
  await w.tells("Camus chooses the model again");
  await w.until("no lock", async () => !/locked/.test(await w.status()));
  await w.pick("careful", "Camus: Select Pipeline");
  await statusSays(w, /Pipeline: careful/);
  await w.pick("None", "Camus: Select Pipeline");
  await w.until("no pipeline", async () => !/careful/.test(await w.status()));
}

async function strategic({ w }) {
  await w.open("stock.py", 12, 10);
  await w.command("Camus: Select Strategy");
  await w.until("the list", async () => /one of them wins|of which one wins/.test(await w.told()));
  await w.picture("strategies");
  await w.pick("ensemble", "Camus: Select Strategy");
  await statusSays(w, /Strategy: ensemble/);
  await steps.modify(w, "return early in several drafts");
  await previewing(w, "Qwen2.5 Coder");
  await w.command("Camus: Why This Answer");
  await steps.pageSays(w, /ensemble/);
  await w.pick("As configured", "Camus: Select Strategy");
  await w.until("no strategy", async () => !/Strategy/.test(await w.status()));
  await steps.rejected(w);
  await w.closeAll();
}

/** What is left of a model's quota is told before it binds. */
async function limited({ w }) {
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "return early, if it is not too much");
  await previewing(w, "Qwen2.5 Coder");
  await statusSays(w, /Qwen2\.5 Coder \d+B\s+\d+ requests/);
  await statusSays(w, /Left of its quota today: \d+ requests\./);
  await w.picture("quota");
  await steps.rejected(w);
}

async function cancelled({ w, models, folder }) {
  const before = read(join(folder, "stock.py"));
  const asked = await models.asked();
  await w.open("stock.py", 12, 10);
  await steps.modify(w, "SLOWLY, rewrite it");
  await w.until("the model is asked", async () => (await models.asked()).local > asked.local, 30);
  const first = await models.asked();
  await statusSays(w, /Working/);
  await w.until("a way to stop", async () => /Cancel/.test(await w.told()));
  await w.picture("working");
  await w.pick("Stop: Modify", "Camus: Show Menu");
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
  await steps.modify(w, "HAND OVER if it is too hard");
  await w.tells("Qwen2.5 Coder 7B handed over to Qwen2.5 Coder 32B.", 40);
  await w.picture("hand-off");
  await previewing(w, "Qwen2.5 Coder 32B");
  await w.until("who was asked before", async () =>
    (await w.tree()).some((row) => /Qwen2\.5 Coder 7B was asked before/.test(row)),
  );
  await steps.rejected(w);
}

/** The hand-off first: what is rejected later teaches Camus to begin with the larger model. */
export const CHOOSING = { handedOver, chosen, strategic, limited, cancelled };
