// The manifest and the sources name the same commands, views and settings.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { STRATEGIES } from "../../src/logic/strategies";

interface Manifest {
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string }[];
    keybindings: { command: string }[];
    menus: Record<string, { command?: string }[]>;
    configuration: { properties: Record<string, unknown> }[];
  };
}

const MANIFEST = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const TABLE = readFileSync("src/commands.ts", "utf8");
const declared = MANIFEST.contributes.commands.map(({ command }) => command);
const settings = MANIFEST.contributes.configuration.flatMap(({ properties }) =>
  Object.keys(properties),
);

test("every command of the manifest is in the table, and the other way round", () => {
  const body = TABLE.split("return {")[1]?.split("\n  };\n")[0] ?? "";
  const ids = [...body.matchAll(/^ {4}"?([\w.]+)"?:/gm)].map(([, id]) => `camus.${id ?? ""}`);
  assert.deepEqual(ids.filter((id) => id !== "camus.chosen").sort(), [...declared].sort());
});

test("no command has the name of one of the server's, which the client registers itself", () => {
  const server = readFileSync("../server/camus/lsp/server.py", "utf8");
  const theirs = /COMMANDS = \(([^)]*)\)/.exec(server)?.[1]?.match(/camus\.\w+/g) ?? [""];
  assert.ok(theirs.length > 10);
  assert.deepEqual(
    declared.filter((id) => theirs.includes(id)),
    [],
  );
});

/** What a client runs for the server, and why no command here is for some. */
const NOT_OFFERED: Record<string, string> = {
  "camus.apply": "for clients that cannot resolve a code action",
  "camus.runPipeline": "applies unseen; a selected pipeline answers previews instead",
};

test("what the server can be asked is asked somewhere, or left out for a reason", () => {
  const server = readFileSync("../server/camus/lsp/server.py", "utf8");
  const theirs = /COMMANDS = \(([^)]*)\)/.exec(server)?.[1]?.match(/camus\.\w+/g) ?? [];
  const sources = readdirSync("src").filter((name) => name.endsWith(".ts"));
  const text = sources.map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");
  assert.deepEqual(
    theirs.filter((id) => !text.includes(`"${id}"`)),
    Object.keys(NOT_OFFERED),
  );
});

test("the strategies are the server's", () => {
  const words = readFileSync("../server/camus/config/words.py", "utf8");
  const names = /class StrategyName\(StrEnum\):[^]*?\n\nclass/.exec(words)?.[0] ?? "";
  const theirs = [...names.matchAll(/^ {4}\w+ = "(\w+)"/gm)].map(([, name]) => name);
  assert.deepEqual(theirs, STRATEGIES);
});

test("every command the issue names is in the palette", () => {
  const words = JSON.parse(readFileSync("package.nls.json", "utf8")) as Record<string, string>;
  const titles = MANIFEST.contributes.commands.map(({ title }) => words[title.slice(1, -1)] ?? "");
  const wanted = [
    ...["Fix", "Refactor", "Document", "Implement", "Explain", "Ask", "Modify with Instruction"],
    ...["Review File", "Review Workspace", "Select Pipeline", "Select Model", "Select Strategy"],
    ...["Clear Model Lock", "Why This Answer", "Feedback", "Trust", "Consent", "Restart"],
    ...["Show Log", "Doctor"],
  ];
  assert.deepEqual(
    wanted.filter((each) => !titles.some((title) => title.startsWith(each))),
    [],
  );
});

test("menus and keys name commands that there are", () => {
  const { menus, keybindings } = MANIFEST.contributes;
  const named = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
  assert.deepEqual(
    named.filter((id) => id !== undefined && !declared.includes(id)),
    [],
  );
});

test("what says which program runs or where code goes waits for trust", () => {
  const { supported, restrictedConfigurations } = MANIFEST.capabilities.untrustedWorkspaces;
  assert.equal(supported, "limited");
  for (const key of ["client.path", "client.environment", "models", "privacy.default_location"]) {
    assert.ok(restrictedConfigurations.includes(`camus.${key}`), key);
  }
  assert.deepEqual(
    restrictedConfigurations.filter((key) => !settings.includes(key)),
    [],
  );
});

test("the languages that wake the extension are those that it works on", () => {
  const server = readFileSync("src/server.ts", "utf8");
  const list = /const LANGUAGES = \[([^\]]*)\]/.exec(server)?.[1]?.match(/\w+/g);
  const waking = MANIFEST.activationEvents.filter((event) => event.startsWith("onLanguage:"));
  assert.deepEqual(
    waking.map((event) => event.slice("onLanguage:".length)),
    list,
  );
});
