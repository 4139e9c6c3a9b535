// Where in which document a question is about, and the problems that the editor knows there.

import * as vscode from "vscode";
import { SELECTOR } from "./server";
import type { Range } from "./logic/answers";
import { t } from "./words";

export interface Place {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
}

let latest: vscode.TextEditor | undefined;

/** Remembers which code was looked at last, for what is asked from beside it. */
export function rememberEditors(): vscode.Disposable {
  return vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (editor && vscode.languages.match(SELECTOR, editor.document) > 0) latest = editor;
  });
}

/** The active editor; behind a page that is no editor, such as the walkthrough, the latest one. */
function editorHere(): vscode.TextEditor | undefined {
  const { activeTextEditor, tabGroups } = vscode.window;
  const page = tabGroups.activeTabGroup.activeTab;
  if (activeTextEditor || !page || page.input !== undefined) return activeTextEditor;
  return latest?.document.isClosed ? undefined : latest;
}

/** The selection of that editor; undefined, after saying why, where Camus cannot work. */
export function placeHere(): Place | undefined {
  const editor = editorHere();
  if (!editor || vscode.languages.match(SELECTOR, editor.document) === 0) {
    void vscode.window.showInformationMessage(
      editor
        ? t("Camus does not read files of this kind ({0}).", editor.document.languageId)
        : t("Open a file first, and put the cursor where Camus should work."),
    );
    return undefined;
  }
  return { document: editor.document, range: editor.selection };
}

/** As the protocol has it. */
export function plainRange(range: vscode.Range): Range {
  return {
    start: { line: range.start.line, character: range.start.character },
    end: { line: range.end.line, character: range.end.character },
  };
}

/** A problem as a command takes it. */
export function plainDiagnostic(problem: vscode.Diagnostic): object {
  const { code } = problem;
  const plain = typeof code === "object" ? code.value : code;
  return {
    range: plainRange(problem.range),
    message: problem.message,
    severity: problem.severity + 1,
    ...(problem.source === undefined ? {} : { source: problem.source }),
    ...(plain === undefined ? {} : { code: plain }),
  };
}

/** The problems of every source on the lines of a place. */
export function problemsAt({ document, range }: Place): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(
      (each) => each.range.start.line <= range.end.line && each.range.end.line >= range.start.line,
    );
}
