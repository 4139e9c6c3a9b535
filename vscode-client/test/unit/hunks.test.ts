import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createdBy,
  hunkAt,
  hunksOf,
  placesOf,
  reachesFurther,
  summary,
  textEdits,
  withTaken,
} from "../../src/logic/hunks";

const TEXT = "one\ntwo\nthree\nfour\nfive\n";
const edit = (from: [number, number], to: [number, number], newText: string) => ({
  range: {
    start: { line: from[0], character: from[1] },
    end: { line: to[0], character: to[1] },
  },
  newText,
});
const EDITS = [edit([3, 0], [4, 0], ""), edit([0, 0], [1, 0], "ONE\nand a half\n")];
const all = new Set([0, 1]);

test("hunks stand in the order of the text, whatever the order of the edits", () => {
  assert.deepEqual(
    hunksOf(TEXT, EDITS).map((hunk) => hunk.line),
    [0, 3],
  );
});

test("files that an answer makes are known, and others are not", () => {
  const made = { kind: "create", uri: "file:///a/new.py" };
  const changed = { textDocument: { uri: "file:///a/old.py", version: 1 }, edits: [] };
  const gone = { kind: "delete", uri: "file:///a/gone.py" };
  assert.deepEqual(createdBy({ documentChanges: [changed, made, gone] }), ["file:///a/new.py"]);
  assert.deepEqual(createdBy({ changes: { "file:///a/old.py": [] } }), []);
  assert.deepEqual(createdBy(null), []);
});

test("all hunks together make the answer, none the old text, and one only its part", () => {
  const hunks = hunksOf(TEXT, EDITS);
  assert.equal(withTaken(TEXT, hunks, all), "ONE\nand a half\ntwo\nthree\nfive\n");
  assert.equal(withTaken(TEXT, hunks, new Set()), TEXT);
  assert.equal(withTaken(TEXT, hunks, new Set([1])), "one\ntwo\nthree\nfive\n");
});

test("edits of one line are one hunk with what stands between them", () => {
  const hunks = hunksOf("a = b + c\nd\n", [edit([0, 0], [0, 1], "x"), edit([0, 8], [0, 9], "z")]);
  assert.equal(hunks.length, 1);
  assert.equal(withTaken("a = b + c\nd\n", hunks, new Set([0])), "x = b + z\nd\n");
});

test("characters are counted as the protocol does, also after a wide one, and CRLF is kept", () => {
  const text = "😀 = 1\r\nb\r\n";
  const hunks = hunksOf(text, [edit([0, 5], [0, 6], "2")]);
  assert.equal(withTaken(text, hunks, new Set([0])), "😀 = 2\r\nb\r\n");
});

test("a position beyond the end is the end", () => {
  const hunks = hunksOf("a", [edit([9, 0], [9, 0], "!")]);
  assert.equal(withTaken("a", hunks, new Set([0])), "a!");
});

test("the places of hunks move with what is taken before them", () => {
  const hunks = hunksOf(TEXT, EDITS);
  assert.deepEqual(placesOf(TEXT, hunks, all), [
    { first: 0, last: 1 },
    { first: 4, last: 4 },
  ]);
  assert.equal(placesOf(TEXT, hunks, new Set([1]))[1]?.first, 3);
});

test("the hunk at a line is the nearest one", () => {
  const places = placesOf(TEXT, hunksOf(TEXT, EDITS), all);
  assert.equal(hunkAt(places, 1), 0);
  assert.equal(hunkAt(places, 99), 1);
  assert.equal(hunkAt([], 1), -1);
});

test("a hunk is told by its lines and the first new one", () => {
  const [first] = hunksOf(TEXT, EDITS);
  assert.ok(first);
  assert.deepEqual(summary(TEXT, first), { added: 2, removed: 1, excerpt: "ONE" });
});

test("edits are found with and without versions, however the address is escaped", () => {
  const edits = [edit([0, 0], [0, 1], "x")];
  const textDocument = { uri: "file:///a%3Ab", version: 1 };
  const versioned = { documentChanges: [{ textDocument, edits }] };
  assert.deepEqual(textEdits(versioned, "file:///a:b"), edits);
  assert.deepEqual(textEdits({ changes: { "file:///a": edits } }, "file:///a"), edits);
  assert.deepEqual(textEdits(null, "file:///a"), []);
});

test("an answer for another document, or one that makes a file, reaches further", () => {
  const own = { textDocument: { uri: "file:///a", version: 1 }, edits: [] };
  const other = { textDocument: { uri: "file:///b", version: 1 }, edits: [] };
  assert.equal(reachesFurther({ documentChanges: [own] }, "file:///a"), false);
  assert.equal(reachesFurther({ documentChanges: [own, other] }, "file:///a"), true);
  assert.equal(reachesFurther({ documentChanges: [own, {}] }, "file:///a"), true);
  assert.equal(reachesFurther({ changes: { "file:///a": [] } }, "file:///a"), false);
});
