// Tests that run inside the extension host of a real workbench; test/workbench/host.mjs starts it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as vscode from "vscode";
import type { Api } from "../../src/extension";

const SAMPLE = `import os


def area(width: int, height: int = 2) -> int:
    return width * height


def risky(text):
    return eval(text)
`;

type Test = (api: Api) => Promise<void>;

async function sample(line = 4): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: SAMPLE });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  editor.selection = new vscode.Selection(line, 6, line, 6);
  return document;
}

async function until(what: string, look: () => unknown): Promise<void> {
  const end = Date.now() + 20_000;
  while (!look()) {
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}

async function setting(name: string, value: unknown): Promise<void> {
  const own = vscode.workspace.getConfiguration("camus.client");
  await own.update(name, value, vscode.ConfigurationTarget.Global);
}

const TESTS: Record<string, Test> = {
  async "activation holds the editor for less than 200 ms"(api) {
    await Promise.resolve();
    assert.ok(api.activation < 200, `${api.activation.toFixed(0)} ms`);
  },

  async "every command of the manifest is there"() {
    const known = new Set(await vscode.commands.getCommands(true));
    const { contributes } = vscode.extensions.getExtension("camus.camus")?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((id) => !known.has(id)),
      [],
    );
  },

  async "an answer is shown, applied in one step, and undone in one"({ preview }) {
    const document = await sample();
    await vscode.commands.executeCommand("camus.documentHere");
    assert.equal(preview.current?.document, document);
    assert.equal(document.getText(), SAMPLE);
    await vscode.commands.executeCommand("camus.preview.apply");
    assert.match(document.getText(), /"""Return the area/);
    assert.equal(preview.current, undefined);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), SAMPLE);
  },

  async "nothing is applied when every change is left out"({ preview }) {
    const document = await sample();
    await vscode.commands.executeCommand("camus.documentHere");
    const [hunk] = preview.getChildren().filter((node) => node.kind === "hunk");
    assert.ok(hunk);
    const checked = vscode.TreeItemCheckboxState.Checked;
    const state = () => (preview.getTreeItem(hunk).checkboxState as { state: number }).state;
    assert.equal(state(), checked);
    preview.toggle();
    assert.notEqual(state(), checked);
    await vscode.commands.executeCommand("camus.preview.apply");
    assert.equal(document.getText(), SAMPLE);
    assert.ok(preview.current, "it is still being looked at");
    await vscode.commands.executeCommand("camus.preview.reject");
    assert.equal(preview.current, undefined);
  },

  async "an answer to code that was changed meanwhile is refused"({ preview }) {
    const document = await sample();
    await vscode.commands.executeCommand("camus.documentHere");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "# new\n");
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand("camus.preview.apply");
    assert.equal(document.getText(), `# new\n${SAMPLE}`);
    await vscode.commands.executeCommand("camus.preview.reject");
    assert.equal(preview.current, undefined);
  },

  async "a good answer is applied at once where the user wants that"({ preview }) {
    await setting("preview", "unsure");
    try {
      const document = await sample();
      await vscode.commands.executeCommand("camus.documentHere");
      assert.match(document.getText(), /"""Return the area/);
      assert.equal(preview.current, undefined);
    } finally {
      await setting("preview", undefined);
    }
  },

  async "the light bulb's entries run as commands that can be stopped"() {
    const document = await sample();
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(4, 6, 4, 6),
    );
    const entry = found.find(({ title }) => title.startsWith("Document"));
    assert.equal(entry?.command?.command, "camus.chosen");
    assert.equal(entry.edit, undefined);
    const worded = found.filter(({ kind }) => kind?.value === "camus").map(({ title }) => title);
    const wanted = ["Ask…", "Explain `area`", "Modify with Instruction…", "Review `area`"];
    assert.deepEqual(worded.sort(), wanted, "the editor hides what is of the kind `source`");
  },

  async "a review fills the tree by aspect and file"({ review }) {
    const document = await sample(8);
    await vscode.commands.executeCommand("camus.reviewFile");
    await until("problems", () => review.getChildren().length > 0);
    const aspects = review.getChildren().map((node) => review.getTreeItem(node).label);
    assert.ok(aspects.includes("Security"));
    const problems = vscode.languages.getDiagnostics(document.uri);
    assert.ok(problems.some(({ source }) => source === "camus"));
  },

  async "the status names who answered, for a screen reader too"({ status }) {
    await sample();
    await vscode.commands.executeCommand("camus.documentHere");
    await until("the status", () => status.status?.place === "rules");
    await vscode.commands.executeCommand("camus.preview.reject");
  },

  async "a restarted server answers again"({ server, preview }) {
    await server.restart();
    assert.equal(server.state, "running");
    await sample();
    await vscode.commands.executeCommand("camus.documentHere");
    assert.ok(preview.current);
    await vscode.commands.executeCommand("camus.preview.reject");
  },
};

/** What the workbench calls; the outcome goes into the file that CAMUS_HOST_RESULT names. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<Api>("camus.camus");
  assert.ok(extension, "the extension is there");
  const began = performance.now();
  const woken = !extension.isActive;
  const api = await extension.activate();
  const loading = woken ? performance.now() - began : undefined;
  await api.server.start();
  const outcome: { name: string; error?: string; milliseconds: number }[] = [];
  for (const [name, test] of Object.entries(TESTS)) {
    const began = Date.now();
    const done = (error?: string) =>
      outcome.push({ name, milliseconds: Date.now() - began, ...(error ? { error } : {}) });
    try {
      await test(api);
      done();
    } catch (error) {
      done(error instanceof Error ? (error.stack ?? error.message) : String(error));
      await vscode.commands.executeCommand("camus.preview.reject");
    }
  }
  const result = { activation: api.activation, loading, outcome };
  writeFileSync(process.env["CAMUS_HOST_RESULT"] ?? "host-result.json", JSON.stringify(result));
}
