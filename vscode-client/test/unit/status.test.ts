import assert from "node:assert/strict";
import { test } from "node:test";
import { type Status, handOff, shown } from "../../src/logic/status";

const STATUS: Status = {
  model: "qwen2.5-coder:7b",
  friendly: "Qwen2.5 Coder 7B",
  specialist: "code",
  place: "local",
  pipeline: null,
  strategy: null,
  lock: null,
  locks: [],
  quota: null,
  after: null,
  busy: 0,
};
const at = (status: Partial<Status> | undefined, more = {}) =>
  shown({
    server: "running",
    restricted: false,
    doing: "",
    status: status && { ...STATUS, ...status },
    ...more,
  });

test("a local model is told by its name, and its place and speciality in words", () => {
  const { text, label } = at({});
  assert.equal(text, "$(sparkle) Qwen2.5 Coder 7B");
  assert.match(label, /Qwen2\.5 Coder 7B, a specialist for code, answers on this machine\./);
});

test("a remote model carries a cloud, and the words for it", () => {
  const { text, label } = at({ place: "remote" });
  assert.match(text, /^\$\(cloud\)/);
  assert.match(label, /from another machine/);
});

test("the rules, a lock and a pipeline are named", () => {
  assert.equal(at({ place: "rules", model: "rules" }).text, "$(law) rules");
  const model = "qwen2.5-coder:7b";
  const { text, label } = at({
    ...{ lock: model, pipeline: "careful" },
    locks: [
      { model, scope: "conversation", uri: null },
      { model, scope: "workspace", uri: "file:///w" },
      { model: "m", scope: "document", uri: "file:///w/a%20b.py" },
    ],
  });
  assert.match(text, /\$\(lock\) careful$/);
  assert.match(label, /locked: you selected it for this session.*Pipeline: careful/);
  assert.match(label, /qwen2\.5-coder:7b is locked for this workspace\./);
  assert.match(label, /m is locked for the file a b\.py\./);
});

test("work is shown by a turning mark and in words", () => {
  const { text, label } = at({ busy: 1 }, { doing: "Refactor" });
  assert.match(text, /^\$\(loading~spin\)/);
  assert.match(label, /Working: Refactor/);
});

test("a workspace that is not trusted has a shield, and says that nothing is sent", () => {
  const { text, label } = at(undefined, { restricted: true });
  assert.match(text, /^\$\(shield\)/);
  assert.match(label, /nothing is sent/);
});

test("no server and a dead one are warnings", () => {
  for (const server of ["missing", "stopped"] as const) {
    assert.ok(at(undefined, { server }).warning);
  }
});

test("the quota that is left is told before it binds", () => {
  const { text, label } = at({ quota: "3 requests, 1200 tokens, 0.5 of money" });
  assert.match(text, /\$\(dashboard\) 3 requests$/);
  assert.match(label, /Left of its quota today: 3 requests, 1200 tokens, 0\.5 of money\./);
});

test("a selected strategy is named in words", () => {
  const { text, label } = at({ strategy: "DUAL_VALIDATION" });
  assert.match(text, /dual validation$/);
  assert.match(label, /Strategy: dual validation\./);
});

test("another model in the midst of a request is a hand-off, told once", () => {
  const now = { ...STATUS, busy: 1, after: "Qwen2.5 Coder 1.5B" };
  const words = "Qwen2.5 Coder 1.5B handed over to Qwen2.5 Coder 7B.";
  assert.equal(handOff({ ...STATUS, busy: 1, model: "a" }, now), words);
  assert.equal(handOff(undefined, now), words);
  assert.equal(handOff(now, now), null);
});

test("a new request with another model is none", () => {
  assert.equal(handOff({ ...STATUS, model: "b" }, { ...STATUS, busy: 1 }), null);
});
