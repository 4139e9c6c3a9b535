// Answers in words: virtual Markdown documents that are shown as a preview and grow while written.

import * as vscode from "vscode";

const SCHEME = "camus-page";
const MOST = 20;

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registered: vscode.Disposable;
  #count = 0;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  /** A new page; it is shown once it has a text. */
  page(name: string, kind: "md" | "txt" = "md"): Page {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${name}.${kind}`,
      query: String(++this.#count),
    });
    return {
      write: (text) => {
        this.#texts.set(uri.toString(), text);
        for (const old of [...this.#texts.keys()].slice(0, -MOST)) this.#texts.delete(old);
        this.#changed.fire(uri);
      },
      show: () => showMarkdown(uri),
      showText: (column = vscode.ViewColumn.Beside) => showPlain(uri, column),
    };
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}

export interface Page {
  readonly write: (text: string) => void;
  /** Rendered, beside the code. */
  readonly show: () => Promise<void>;
  /** As it is, beside the code where nothing else is said. */
  readonly showText: (column?: vscode.ViewColumn) => Promise<void>;
}

async function showPlain(uri: vscode.Uri, viewColumn: vscode.ViewColumn): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn, preview: true });
}

/** Shows Markdown rendered; as text where the editor comes without its own Markdown extension. */
async function showMarkdown(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  } catch {
    await showPlain(uri, vscode.ViewColumn.Beside);
  }
}
