// The problems that reviews found, as a tree by aspect and file; the problems panel has them too.

import * as vscode from "vscode";
import type { Actions } from "./actions";
import {
  type Aspect,
  type Found,
  type InAspect,
  type InFile,
  aspectOf,
  byAspect,
} from "./logic/reviews";
import { placeHere } from "./places";
import { t } from "./words";

interface Problem extends Found {
  readonly diagnostic: vscode.Diagnostic;
}

type Node =
  | { kind: "aspect"; of: InAspect<Problem> }
  | { kind: "file"; aspect: Aspect; of: InFile<Problem> }
  | { kind: "finding"; of: Problem };

const SOURCE = "camus";
const ICONS: Record<Aspect, string> = {
  correctness: "bug",
  security: "shield",
  performance: "dashboard",
  style: "paintcan",
  consistency: "symbol-ruler",
  other: "circle-outline",
};

export class Review implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #actions: Actions;
  readonly #redraw = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #disposables: vscode.Disposable[];
  readonly #hidden = new Set<vscode.Diagnostic>();
  #roots: InAspect<Problem>[] = [];

  readonly onDidChangeTreeData = this.#redraw.event;

  constructor(actions: Actions) {
    this.#actions = actions;
    this.#view = vscode.window.createTreeView<Node>("camus.review", {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    const changed = vscode.languages.onDidChangeDiagnostics(() => this.#collect());
    this.#disposables = [this.#view, changed];
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  /** Reviews the file of the active editor, or one chosen in the explorer. */
  async file(uri?: vscode.Uri): Promise<void> {
    if (uri) await vscode.window.showTextDocument(uri, { preview: false });
    const place = placeHere();
    if (!place) return;
    const name = vscode.workspace.asRelativePath(place.document.uri);
    const argument = { uri: place.document.uri.toString() };
    const answer = await this.#actions.review(argument, t("Review of {0}", name));
    if (answer?.findings) await this.show();
  }

  async show(): Promise<void> {
    await vscode.commands.executeCommand("camus.review.focus");
  }

  /** Empties the tree; the problems panel keeps what it has. */
  clear(): void {
    for (const { diagnostic } of this.#all()) this.#hidden.add(diagnostic);
    this.#collect();
  }

  /** Asks for a change that mends one problem. */
  async fix(node: Node): Promise<void> {
    if (node.kind !== "finding") return;
    const { diagnostic, uri } = node.of;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await this.#actions.edit({
      action: "fix",
      title: t("Fix"),
      place: { document, range: diagnostic.range },
      problems: [diagnostic],
    });
  }

  #all(): Problem[] {
    return vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) =>
      diagnostics
        .filter((each) => each.source === SOURCE)
        .map((diagnostic) => ({
          uri: uri.toString(),
          aspect: aspectOf((diagnostic as { data?: unknown }).data),
          line: diagnostic.range.start.line,
          message: diagnostic.message,
          severity: diagnostic.severity,
          diagnostic,
        })),
    );
  }

  #collect(): void {
    const found = this.#all().filter((each) => !this.#hidden.has(each.diagnostic));
    this.#roots = byAspect(found);
    this.#view.badge = found.length
      ? { value: found.length, tooltip: t("{0} problems", found.length) }
      : undefined;
    this.#redraw.fire(undefined);
  }

  getChildren(node?: Node): Node[] {
    if (!node) return this.#roots.map((of) => ({ kind: "aspect", of }));
    if (node.kind === "aspect")
      return node.of.files.map((of) => ({ kind: "file", aspect: node.of.aspect, of }));
    if (node.kind === "file") return node.of.found.map((of) => ({ kind: "finding", of }));
    return [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "aspect": {
        const item = new vscode.TreeItem(
          nameOf(node.of.aspect),
          vscode.TreeItemCollapsibleState.Expanded,
        );
        item.id = node.of.aspect;
        item.description = String(node.of.count);
        item.iconPath = new vscode.ThemeIcon(ICONS[node.of.aspect]);
        item.accessibilityInformation = {
          label: t("{0}, {1} problems", nameOf(node.of.aspect), node.of.count),
        };
        return item;
      }
      case "file": {
        const uri = vscode.Uri.parse(node.of.uri);
        const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded);
        item.id = `${node.aspect} ${node.of.uri}`;
        item.description = String(node.of.found.length);
        item.iconPath = vscode.ThemeIcon.File;
        return item;
      }
      case "finding":
        return findingItem(node.of);
    }
  }
}

function findingItem({ uri, diagnostic, message, line }: Problem): vscode.TreeItem {
  const item = new vscode.TreeItem(message);
  const { code } = diagnostic;
  item.description = `${String(typeof code === "object" ? code.value : (code ?? ""))} · ${t("line {0}", line + 1)}`;
  item.tooltip = message;
  item.contextValue = "finding";
  item.iconPath = new vscode.ThemeIcon(
    diagnostic.severity === vscode.DiagnosticSeverity.Error
      ? "error"
      : diagnostic.severity === vscode.DiagnosticSeverity.Warning
        ? "warning"
        : "info",
  );
  item.command = {
    command: "vscode.open",
    title: t("Open"),
    arguments: [vscode.Uri.parse(uri), { selection: diagnostic.range }],
  };
  return item;
}

function nameOf(aspect: Aspect): string {
  switch (aspect) {
    case "correctness":
      return t("Correctness");
    case "security":
      return t("Security");
    case "performance":
      return t("Performance");
    case "style":
      return t("Style");
    case "consistency":
      return t("Consistency");
    case "other":
      return t("Other");
  }
}
