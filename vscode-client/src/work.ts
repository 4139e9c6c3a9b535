// Requests to the server with visible progress and a Cancel that ends them at the model too.

import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import {
  ExecuteCommandRequest,
  LSPErrorCodes,
  ProgressType,
  ResponseError,
  type WorkspaceEdit as LspEdit,
  type WorkDoneProgressBegin,
  type WorkDoneProgressReport,
  WorkDoneProgress,
} from "vscode-languageclient/node";
import type { WorkspaceEdit } from "./logic/answers";
import { createdBy } from "./logic/hunks";
import type { Server } from "./server";
import { t } from "./words";

export interface Ask {
  readonly command: string;
  readonly argument: object;
  /** What is being done, in words. */
  readonly title: string;
  /** Called with the text of an answer while it is written. */
  readonly onText?: (text: string, model: string) => void;
  /** Without a notification: for what takes no model. */
  readonly quiet?: boolean;
}

interface Partial {
  model: string;
  text: string;
}

const PARTIAL = new ProgressType<Partial>();
const STOPPED = new Set<number>([LSPErrorCodes.RequestCancelled, LSPErrorCodes.ServerCancelled]);

/** Everything that is under way. */
export class Work implements vscode.Disposable {
  readonly #server: Server;
  readonly #running = new Map<vscode.CancellationTokenSource, string>();
  readonly #changed = new vscode.EventEmitter<void>();

  /** Something began or ended. */
  readonly onChanged = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
  }

  /** What is under way, in words. */
  get doing(): string {
    return [...this.#running.values()].join(", ");
  }

  /** Ends everything; how much that was. */
  stop(): number {
    const count = this.#running.size;
    for (const source of this.#running.keys()) source.cancel();
    return count;
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  /** Asks; undefined when it was stopped, or when it failed and the user was told. */
  async ask<T>(ask: Ask): Promise<T | undefined> {
    const client = await this.#server.ready();
    if (!client) {
      void vscode.commands.executeCommand("camus.setUp");
      return undefined;
    }
    const source = new vscode.CancellationTokenSource();
    this.#note(() => this.#running.set(source, ask.title));
    try {
      return await (ask.quiet ? this.#send<T>(ask, source) : this.#shown<T>(ask, source));
    } catch (error) {
      this.#tell(ask.title, error);
      return undefined;
    } finally {
      this.#note(() => this.#running.delete(source));
      source.dispose();
    }
  }

  /**
   * A server's edit as the editor's own, of which each part waits for a confirmation. The server
   * makes files and changes text; nothing else of an edit is taken.
   */
  async converted(
    edit: WorkspaceEdit | null,
    label: string,
  ): Promise<vscode.WorkspaceEdit | undefined> {
    const client = await this.#server.ready();
    const made = await client?.protocol2CodeConverter.asWorkspaceEdit(edit as LspEdit | null);
    if (!made) return undefined;
    const asks = { needsConfirmation: true, label };
    const confirmed = new vscode.WorkspaceEdit();
    for (const uri of createdBy(edit)) {
      confirmed.createFile(vscode.Uri.parse(uri), { overwrite: false }, asks);
    }
    for (const [uri, edits] of made.entries()) {
      confirmed.set(
        uri,
        edits.map((each): [vscode.TextEdit, vscode.WorkspaceEditEntryMetadata] => [each, asks]),
      );
    }
    return confirmed;
  }

  #note(change: () => void): void {
    change();
    void vscode.commands.executeCommand("setContext", "camus.busy", this.#running.size > 0);
    this.#changed.fire();
  }

  #shown<T>(ask: Ask, source: vscode.CancellationTokenSource): Thenable<T | undefined> {
    const how = {
      location: vscode.ProgressLocation.Notification,
      title: `Camus: ${ask.title}`,
      cancellable: true,
    };
    return vscode.window.withProgress(how, (progress, token) => {
      token.onCancellationRequested(() => source.cancel());
      return this.#send<T>(ask, source, (value) => {
        if (value.message) progress.report({ message: value.message });
      });
    });
  }

  async #send<T>(
    ask: Ask,
    source: vscode.CancellationTokenSource,
    report: (value: WorkDoneProgressBegin | WorkDoneProgressReport) => void = () => undefined,
  ): Promise<T | undefined> {
    const client = await this.#server.ready();
    if (!client) return undefined;
    const workDoneToken = randomUUID();
    const partialResultToken = randomUUID();
    const heard = [
      client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind !== "end") report(value);
      }),
      client.onProgress(PARTIAL, partialResultToken, ({ text, model }) =>
        ask.onText?.(text, model),
      ),
    ];
    const streamed = ask.onText ? { partialResultToken } : {};
    const params = {
      command: ask.command,
      arguments: [{ ...ask.argument, ...streamed }],
      workDoneToken,
    };
    try {
      return (await client.sendRequest(ExecuteCommandRequest.type, params, source.token)) as T;
    } finally {
      for (const each of heard) each.dispose();
    }
  }

  #tell(title: string, error: unknown): void {
    const code = error instanceof ResponseError ? error.code : undefined;
    if (code !== undefined && STOPPED.has(code)) {
      vscode.window.setStatusBarMessage(t("Camus: {0} was stopped.", title), 4000);
    } else if (code === LSPErrorCodes.ContentModified) {
      void vscode.window.showWarningMessage(
        t("{0}: the code was changed meanwhile, so that nothing was applied. Ask again.", title),
      );
    } else {
      const words = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(t("{0}: {1}", title, words));
    }
  }
}
