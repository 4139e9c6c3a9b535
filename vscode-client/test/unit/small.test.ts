import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Model,
  type Report,
  answeredBy,
  checkedShare,
  declined,
  handedOver,
  quality,
} from "../../src/logic/answers";
import { promptText } from "../../src/logic/prompts";
import { DELAYS, WINDOW, nextStart } from "../../src/logic/restarts";
import { aspectOf, byAspect, problems } from "../../src/logic/reviews";
import { serverKeys, settingsTree } from "../../src/logic/settings";
import { STRATEGIES, strategyName, strategyWords } from "../../src/logic/strategies";
import { fit } from "../../src/logic/versions";

test("each restart waits longer, and too many deaths end it", () => {
  const now = 1_000_000_000;
  const waits = DELAYS.map((_delay, count) => nextStart(Array<number>(count).fill(now - 1), now));
  assert.deepEqual(
    waits,
    DELAYS.map((delay) => delay * 1000),
  );
  assert.equal(nextStart(Array<number>(DELAYS.length).fill(now - 1), now), null);
});

test("deaths of long ago are forgotten", () => {
  const now = 1_000_000_000;
  assert.equal(nextStart(Array<number>(9).fill(now - WINDOW), now), 500);
});

test("versions fit by their first number, and by the second before 1.0", () => {
  assert.equal(fit("0.1.9", "0.1.0"), "fits");
  assert.equal(fit("0.1.0", "0.2.0"), "server-older");
  assert.equal(fit("1.9.0", "1.2.3"), "fits");
  assert.equal(fit("2.0.0", "1.2.3"), "server-newer");
  assert.equal(fit("0.9.0", "1.0.0"), "server-older");
  assert.equal(fit(undefined, "1.0.0"), "unknown");
});

test("only what somebody set becomes the server's settings, the nearer winning", () => {
  const set: Record<string, object> = {
    "server.discover": { globalValue: false },
    "defaults.fast": { globalValue: "a", workspaceValue: "b" },
    models: { globalValue: { a: 1, b: 1 }, workspaceValue: { b: 2 } },
    "quality.ignore": { defaultValue: [] },
  };
  const tree = settingsTree(Object.keys(set), (key) => set[key]);
  assert.deepEqual(tree, {
    server: { discover: false },
    defaults: { fast: "b" },
    models: { a: 1, b: 2 },
  });
});

test("the extension's own settings are not the server's", () => {
  assert.deepEqual(serverKeys(["camus.client.path", "camus.models", "other.x"]), ["models"]);
});

test("problems are ordered by aspect, file and line", () => {
  const found = (aspect: "security" | "style" | "other", uri: string, line: number) => ({
    ...{ aspect, uri, line },
    message: "",
    severity: 1,
  });
  const tree = byAspect([
    found("style", "b", 2),
    found("security", "b", 9),
    found("security", "a", 7),
    found("security", "b", 3),
  ]);
  assert.deepEqual(
    tree.map(({ aspect, count }) => [aspect, count]),
    [
      ["security", 3],
      ["style", 1],
    ],
  );
  assert.deepEqual(
    tree[0]?.files.map((file) => [file.uri, file.found.map((each) => each.line)]),
    [
      ["a", [7]],
      ["b", [3, 9]],
    ],
  );
});

test("how many problems there are is said as people say it", () => {
  assert.deepEqual([0, 1, 2].map(problems), ["no problem was found", "one problem", "2 problems"]);
});

test("an aspect that is not known is another one", () => {
  assert.equal(aspectOf({ aspect: "security" }), "security");
  assert.equal(aspectOf({ aspect: "beauty" }), "other");
  assert.equal(aspectOf(undefined), "other");
});

const MODEL: Model = {
  name: "m:7b",
  friendly: "M 7B",
  specialist: null,
  place: "remote",
  destination: "api.example",
  ready: true,
  problem: "",
  selected: false,
};

test("who answered is told with the place", () => {
  assert.equal(answeredBy("m:7b", [MODEL]), "M 7B, at api.example");
  assert.equal(answeredBy("m:7b", [{ ...MODEL, place: "local" }]), "M 7B, on this machine");
  assert.equal(answeredBy("rules", []), "the built-in rules, on this machine, without a model");
  assert.equal(answeredBy("unheard", []), "unheard");
});

test("how sure an answer is has two decimals, and is not told where nothing was judged", () => {
  assert.equal(quality(0.923), "quality 0.92 of 1");
  assert.equal(quality(null), "");
});

test("models that were asked before are told with the reason", () => {
  const attempt = (model: string, state: string) => ({
    ...{ model, state, detail: "timed out", score: null, seconds: 1, repaired: false },
  });
  const decision = {
    ...{ strategy: "", pipeline: "", choices: [], rejected: [], reasons: [], cached: false },
    attempts: [attempt("rules", "nothing"), attempt("a", "model_error"), attempt("b", "accepted")],
  };
  decision.attempts.push(attempt("a", "model_error"));
  const named = [{ ...MODEL, name: "a", friendly: "A 7B" }];
  assert.deepEqual(handedOver({ model: "b", decision }, named), [
    "A 7B was asked before: model error, timed out",
  ]);
});

test("how much could be looked at is told where it is not all", () => {
  const report = { score: 1, confidence: 0.62 } as Report;
  assert.equal(checkedShare(report), "62 % of the checks could be made");
  assert.equal(checkedShare({ ...report, confidence: 1 }), "");
  assert.equal(checkedShare(null), "");
});

test("every strategy has words of its own", () => {
  const words = STRATEGIES.map(strategyWords);
  assert.equal(new Set(words).size, STRATEGIES.length);
  assert.ok(words.every(Boolean));
  assert.equal(strategyName("of tomorrow"), "of tomorrow");
});

test("a declined answer says its own words first", () => {
  const answer = { id: "", action: "", model: "", score: null, warnings: [], notes: [] };
  assert.equal(
    declined({ ...answer, state: "nothing", message: "" }),
    "there is nothing to change.",
  );
  assert.equal(declined({ ...answer, state: "refused", message: "no" }), "no");
});

test("what would be sent is shown word for word, with where it would go", () => {
  const text = promptText({
    ...{ action: "explain", model: "m:7b", destination: "api.example", local: false },
    ...{ blocked: "", placeholders: 2, notes: ["a note"] },
    messages: [{ role: "user", content: "<b>code</b>\n![x](y)" }],
  });
  assert.match(text, /It would be sent to api\.example\./);
  assert.match(text, /2 secrets are replaced/);
  assert.ok(text.includes("===== user =====\n<b>code</b>\n![x](y)\n"));
});
