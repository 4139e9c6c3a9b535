// One answer that is being looked at: a comparison, and beside it who answered, how sure that is,
// and each change to take or leave.

import { posix } from "node:path";
import * as vscode from "vscode";
import { type Model, type Previewed, answeredBy, quality } from "./logic/answers";
import { type Group, type Row, details } from "./logic/details";
import { type Hunk, hunkAt, hunksOf, placesOf, summary, textEdits, withTaken } from "./logic/hunks";
import { t } from "./words";

export const SCHEME = "camus-proposal";

/** An answer to be looked at, and what it was asked about. */
export interface Asked {
  readonly title: string;
  readonly document: vscode.TextDocument;
  readonly text: string;
  readonly answer: Previewed;
  readonly models: readonly Model[];
}

interface Shown extends Asked {
  readonly hunks: readonly Hunk[];
  readonly taken: Set<number>;
  readonly proposal: vscode.Uri;
}

/** What the tree consists of; a hunk by its number. */
type Node =
  { kind: "hunk"; index: number } | ({ kind: "group" } & Group) | { kind: "row"; row: Row };

export type Verdict = "accepted" | "rejected" | "good" | "bad";

export class Preview
  implements vscode.TextDocumentContentProvider, vscode.TreeDataProvider<Node>, vscode.Disposable
{
  readonly #judge: (id: string, verdict: Verdict) => void;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #redraw = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #disposables: vscode.Disposable[];
  #shown: Shown | undefined;
  #count = 0;
  #closing = false;

  readonly onDidChange = this.#changed.event;
  readonly onDidChangeTreeData = this.#redraw.event;

  constructor(judge: (id: string, verdict: Verdict) => void) {
    this.#judge = judge;
    this.#view = vscode.window.createTreeView<Node>("camus.answer", {
      treeDataProvider: this,
      manageCheckboxStateManually: true,
      showCollapseAll: true,
    });
    this.#disposables = [
      this.#view,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      this.#view.onDidChangeCheckboxState(({ items }) => {
        for (const [node, state] of items) {
          if (node.kind === "hunk")
            this.#take(node.index, state === vscode.TreeItemCheckboxState.Checked);
        }
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (!this.#closing && closed.some((tab) => this.#isOurs(tab))) void this.reject();
      }),
    ];
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  /** What is being looked at. */
  get current(): Asked | undefined {
    return this.#shown;
  }

  /** Shows an answer; false when there is nothing in it to take. */
  async open(asked: Asked): Promise<boolean> {
    const hunks = hunksOf(asked.text, textEdits(asked.answer.edit, asked.document.uri.toString()));
    if (hunks.length === 0) return false;
    await this.#close();
    const name = posix.basename(asked.document.uri.path);
    const proposal = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${name}`,
      query: String(++this.#count),
    });
    this.#shown = { ...asked, hunks, taken: new Set(hunks.keys()), proposal };
    await vscode.commands.executeCommand("setContext", "camus.previewing", true);
    this.#draw();
    await vscode.commands.executeCommand("camus.answer.focus", { preserveFocus: true });
    await this.showComparison();
    return true;
  }

  /** The comparison, with the cursor at the first change. */
  async showComparison(): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    await vscode.commands.executeCommand(
      "vscode.diff",
      shown.document.uri,
      shown.proposal,
      `${posix.basename(shown.document.uri.path)}: ${headline(shown)}`,
      { preview: false, selection: this.#rangeOf(0) },
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const shown = this.#shown;
    if (shown?.proposal.toString() !== uri.toString()) return "";
    return withTaken(shown.text, shown.hunks, shown.taken);
  }

  /** Takes the change at the cursor if it is left, and leaves it if it is taken. */
  toggle(): void {
    const index = this.#here();
    if (this.#shown && index >= 0) this.#take(index, !this.#shown.taken.has(index));
  }

  /** Goes to the next change. */
  next(): void {
    const editor = this.#editor();
    const count = this.#shown?.hunks.length ?? 0;
    if (!editor || count === 0) return;
    const range = this.#rangeOf((this.#here() + 1) % count);
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Applies what is taken as one step of undo; refuses a document that was changed meanwhile. */
  async apply(): Promise<Asked | undefined> {
    const shown = this.#shown;
    if (!shown) return undefined;
    if (shown.taken.size === 0) {
      void vscode.window.showInformationMessage(
        t("{0}: no change is taken. Take one with Space, or reject the answer.", shown.title),
      );
      return undefined;
    }
    const done = await applyHunks(
      shown,
      shown.hunks.filter((_hunk, index) => shown.taken.has(index)),
    );
    if (!done) return undefined;
    this.#judge(shown.answer.id, "accepted");
    await this.#end();
    const shows = vscode.window.visibleTextEditors.find(
      ({ document }) => document === shown.document,
    );
    await vscode.window.showTextDocument(shown.document, shows?.viewColumn);
    return shown;
  }

  /** Leaves everything as it was. */
  async reject(): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    this.#judge(shown.answer.id, "rejected");
    await this.#end();
    vscode.window.setStatusBarMessage(t("{0}: nothing was changed.", shown.title), 4000);
  }

  #take(index: number, taken: boolean): void {
    const shown = this.#shown;
    if (!shown) return;
    if (taken) shown.taken.add(index);
    else shown.taken.delete(index);
    const [now, all] = [shown.taken.size, shown.hunks.length];
    vscode.window.setStatusBarMessage(
      taken
        ? t("Change {0} is taken: {1} of {2} taken.", index + 1, now, all)
        : t("Change {0} is left out: {1} of {2} taken.", index + 1, now, all),
      4000,
    );
    this.#changed.fire(shown.proposal);
    this.#draw();
  }

  #editor(): vscode.TextEditor | undefined {
    const proposal = this.#shown?.proposal.toString();
    return vscode.window.visibleTextEditors.find(
      (each) => each.document.uri.toString() === proposal,
    );
  }

  #here(): number {
    const shown = this.#shown;
    const editor = this.#editor();
    if (!shown || !editor) return -1;
    const places = placesOf(shown.text, shown.hunks, shown.taken);
    return hunkAt(places, editor.selection.active.line);
  }

  #rangeOf(index: number): vscode.Range {
    const shown = this.#shown;
    const place = shown && placesOf(shown.text, shown.hunks, shown.taken)[index];
    return new vscode.Range(place?.first ?? 0, 0, place?.first ?? 0, 0);
  }

  #draw(): void {
    const shown = this.#shown;
    this.#view.message = shown ? headline(shown) : "";
    const left = shown ? shown.taken.size : 0;
    this.#view.badge = shown
      ? { value: left, tooltip: t("{0} changes are taken", left) }
      : undefined;
    this.#redraw.fire(undefined);
  }

  #isOurs(tab: vscode.Tab): boolean {
    const { input } = tab;
    return (
      input instanceof vscode.TabInputTextDiff &&
      input.modified.toString() === this.#shown?.proposal.toString()
    );
  }

  async #close(): Promise<void> {
    this.#closing = true;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabs.filter((tab) => this.#isOurs(tab)));
    this.#closing = false;
  }

  async #end(): Promise<void> {
    await this.#close();
    this.#shown = undefined;
    await vscode.commands.executeCommand("setContext", "camus.previewing", false);
    this.#draw();
  }

  getChildren(node?: Node): Node[] {
    if (!this.#shown) return [];
    if (!node) return roots(this.#shown);
    return node.kind === "group" ? node.rows.map((row) => ({ kind: "row", row })) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "hunk") return this.#hunkItem(node.index);
    if (node.kind === "row") return rowItem(node.row);
    const item = new vscode.TreeItem(node.title, vscode.TreeItemCollapsibleState.Expanded);
    item.iconPath = new vscode.ThemeIcon(node.icon);
    item.description = node.detail;
    item.tooltip = [node.title, node.detail].filter(Boolean).join(": ");
    return item;
  }

  #hunkItem(index: number): vscode.TreeItem {
    const shown = this.#shown;
    const hunk = shown?.hunks[index];
    if (!shown || !hunk) return new vscode.TreeItem("");
    const { added, removed, excerpt } = summary(shown.text, hunk);
    const taken = shown.taken.has(index);
    const line = hunk.line + 1;
    const item = new vscode.TreeItem(t("Line {0}: {1}", line, `+${added} −${removed}`));
    item.description = excerpt;
    item.tooltip = excerpt;
    const words = t("Line {0}: {1} lines added, {2} removed: {3}", line, added, removed, excerpt);
    item.accessibilityInformation = { label: words };
    item.checkboxState = {
      state: taken ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: taken ? t("taken") : t("left out"),
      accessibilityInformation: {
        label: taken ? t("Change {0}, taken", index + 1) : t("Change {0}, left out", index + 1),
        role: "checkbox",
      },
    };
    const range = this.#rangeOf(index);
    item.command = {
      command: "vscode.diff",
      title: t("Show the Comparison"),
      arguments: [
        shown.document.uri,
        shown.proposal,
        `${posix.basename(shown.document.uri.path)}: ${headline(shown)}`,
        { preview: false, preserveFocus: true, selection: range },
      ],
    };
    return item;
  }
}

/** Applies hunks of a text to its document, if that is still the text. */
export async function applyHunks(asked: Asked, hunks: readonly Hunk[]): Promise<boolean> {
  const { document, text, title } = asked;
  const refuse = () =>
    void vscode.window.showWarningMessage(
      t("{0}: the code was changed meanwhile, so that nothing was applied. Ask again.", title),
    );
  if (document.isClosed || document.getText() !== text) {
    refuse();
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    document.uri,
    hunks.map((hunk) => {
      const range = new vscode.Range(
        document.positionAt(hunk.start),
        document.positionAt(hunk.end),
      );
      return new vscode.TextEdit(range, hunk.newText);
    }),
  );
  const done = await vscode.workspace.applyEdit(edit);
  if (!done) refuse();
  return done;
}

function headline({ title, answer, models }: Asked): string {
  const parts = [title, quality(answer.score), answeredBy(answer.model, models)];
  if (answer.needsConfirmation) parts.push(t("below the threshold, look closely"));
  return parts.filter(Boolean).join(" · ");
}

function rowItem({ label, detail, icon }: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.tooltip = detail ? `${label}: ${detail}` : label; // the view is narrow
  if (detail) item.description = detail;
  if (icon) item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}

function roots(shown: Shown): Node[] {
  const { before, after } = details(shown);
  const groups = (all: readonly Group[]) => all.map((each): Node => ({ kind: "group", ...each }));
  const hunks = shown.hunks.map((_hunk, index): Node => ({ kind: "hunk", index }));
  return [...groups(before), ...hunks, ...groups(after)];
}
