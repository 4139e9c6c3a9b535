import assert from "node:assert/strict";
import { test } from "node:test";
import { type Status, handOff, shown } from "../../src/logic/status";

const STATUS: Status = {
  model: "qwen2.5-coder:7b",
  friendly: "Qwen2.5 Coder 7B",
  specialist: "code",
  place: "local",
  pipeline: null,
  lock: null,
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
  const { text, label } = at({ lock: "qwen2.5-coder:7b", pipeline: "careful" });
  assert.match(text, /\$\(lock\) careful$/);
  assert.match(label, /locked.*Pipeline: careful/);
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

test("another model in the midst of a request is a hand-off", () => {
  const before = { ...STATUS, busy: 1 };
  const now = { ...STATUS, busy: 1, model: "qwen2.5-coder:32b", friendly: "Qwen2.5 Coder 32B" };
  assert.equal(handOff(before, now), "Handed over from Qwen2.5 Coder 7B to Qwen2.5 Coder 32B.");
});

test("a new request, the same model, and the rules are none", () => {
  const other = { ...STATUS, busy: 1, model: "b" };
  assert.equal(handOff(STATUS, other), null);
  assert.equal(handOff({ ...STATUS, busy: 1 }, { ...STATUS, busy: 1 }), null);
  assert.equal(handOff({ ...STATUS, busy: 1, place: "rules", model: "rules" }, other), null);
  assert.equal(handOff(undefined, other), null);
});
