// One language server: found, started, watched, started again; knows nothing of what is asked.

import { statSync } from "node:fs";
import { delimiter } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  State,
} from "vscode-languageclient/node";
import { type Channels, tracing } from "./log";
import { type Candidate, findServer } from "./logic/finding";
import { nextStart } from "./logic/restarts";
import { serverKeys, settingsTree } from "./logic/settings";
import type { ServerState, Status } from "./logic/status";
import { fit } from "./logic/versions";
import { managedFolder } from "./managed";
import { options } from "./options";
import { selectedEnvironment } from "./python";
import { t } from "./words";

/** What the manifest lists as languages; anything else is plain text to the server. */
const LANGUAGES = [
  "bash",
  "c",
  "cpp",
  "csharp",
  "go",
  "java",
  "javascript",
  "javascriptreact",
  "kotlin",
  "lua",
  "php",
  "python",
  "ruby",
  "rust",
  "shellscript",
  "typescript",
  "typescriptreact",
];

export const SELECTOR = LANGUAGES.flatMap((language) => [
  { scheme: "file", language },
  { scheme: "untitled", language },
]);

/** What a link of Camus's own Markdown may run; a model's links are taken out by the server. */
const LINKS = ["camus.explain", "camus.review"];

interface Manifest {
  version: string;
  contributes: { configuration: { properties: Record<string, unknown> }[] };
}

/** Tells of changes; what there is to ask goes through `client`. */
export class Server implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #channels: Channels;
  readonly #middleware: Middleware;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #told = new vscode.EventEmitter<Status>();
  readonly #keys: readonly string[];
  #client: LanguageClient | undefined;
  #starting: Promise<void> | undefined;
  #deaths: number[] = [];
  #waiting = new AbortController();
  /** It is being stopped: nothing is told to the server any more. */
  #leaving = false;
  #state: ServerState = "starting";

  /** The state, or who runs, is another. */
  readonly onChanged = this.#changed.event;
  /** The server told its status. */
  readonly onStatus = this.#told.event;
  /** Called with every client before it is started, to add handlers of its own. */
  prepare: (client: LanguageClient) => void = () => undefined;

  constructor(context: vscode.ExtensionContext, channels: Channels, middleware: Middleware) {
    this.#context = context;
    this.#channels = channels;
    this.#middleware = middleware;
    const groups = this.manifest.contributes.configuration;
    this.#keys = serverKeys(groups.flatMap((group) => Object.keys(group.properties)));
  }

  get manifest(): Manifest {
    return this.#context.extension.packageJSON as Manifest;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Whether the editor does not trust this workspace: the rules answer, nobody else is asked. */
  get restricted(): boolean {
    return !vscode.workspace.isTrusted;
  }

  /** What is run, once it was found. */
  found: Candidate | undefined;

  /** The running client; undefined, after the user was told why, when there is none. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.#starting;
    return this.#state === "running" ? this.#client : undefined;
  }

  /** Starts, unless that is under way. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  /** Stops, and starts again with what is found now. */
  async restart(): Promise<void> {
    this.#deaths = [];
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    this.#leaving = true;
    this.#waiting.abort();
    await this.#starting;
    const client = this.#client;
    this.#client = undefined;
    if (client) await client.dispose(2000).catch(() => undefined);
  }

  dispose(): Promise<void> {
    this.#changed.dispose();
    return this.stop();
  }

  async #start(): Promise<void> {
    if (this.#client) return;
    this.#leaving = false;
    this.#become("starting");
    this.found = await this.#find();
    if (!this.found) {
      this.#channels.log.warn("No server was found.");
      this.#become("missing");
      return;
    }
    this.#channels.log.info(`The server was found by: ${this.found.origin}.`);
    this.#waiting = new AbortController();
    const client = this.#make(this.found);
    this.#client = client;
    this.prepare(client);
    try {
      await client.start();
    } catch (error) {
      this.#channels.log.error(`The server did not start: ${String(error)}`);
      this.#client = undefined;
      this.#waiting.abort();
      this.#become("stopped");
      void client.dispose().catch(() => undefined);
      return;
    }
    this.#channels.log.info(`The server runs: ${this.version ?? "of an unknown version"}.`);
    this.#become("running");
    this.#compareVersions();
  }

  get version(): string | undefined {
    return this.#client?.initializeResult?.serverInfo?.version;
  }

  async #find(): Promise<Candidate | undefined> {
    const { path } = options();
    return findServer({
      setting: path,
      environment: path.length ? undefined : await selectedEnvironment(),
      path: (process.env["PATH"] ?? "").split(delimiter),
      managed: managedFolder(this.#context),
      roots: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
      trusted: vscode.workspace.isTrusted,
      windows: process.platform === "win32",
      isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
    });
  }

  #make({ command, args }: Candidate): LanguageClient {
    const environment = { ...process.env, PYTHONUTF8: "1", ...options().environment };
    const run = { command, args: [...args, "serve"], options: { env: environment } };
    const client = new LanguageClient("camusServer", "Camus", run, this.#clientOptions());
    client.onNotification("camus/status", (status: Status) => this.#told.fire(status));
    client.onDidChangeState(({ newState }) => this.#moved(newState));
    return client;
  }

  #clientOptions(): LanguageClientOptions {
    const { log, trace } = this.#channels;
    return {
      documentSelector: SELECTOR,
      outputChannel: log,
      traceOutputChannel: trace,
      initializationOptions: () => ({
        camus: {
          ...{
            status: true,
            questions: true,
            results: true,
            restricted: this.restricted,
            commandLinks: LINKS,
          },
          ...this.#settings(),
        },
      }),
      markdown: { isTrusted: { enabledCommands: LINKS }, supportHtml: false },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.#closed(),
      },
      initializationFailedHandler: () => false,
      middleware: {
        ...this.#middleware,
        ...tracing(trace, () => options().trace === "messages"),
        workspace: {
          didChangeConfiguration: async (sections, next) => {
            if (!this.#leaving) await next(sections);
          },
          configuration: (params) =>
            params.items.map((item) => (item.section === "camus" ? this.#settings() : null)),
        },
      },
    };
  }

  #settings(): Record<string, unknown> {
    const configuration = vscode.workspace.getConfiguration("camus");
    return settingsTree(this.#keys, (key) => configuration.inspect(key));
  }

  async #closed() {
    const now = Date.now();
    const delay = nextStart(this.#deaths, now);
    this.#deaths = [...this.#deaths, now].slice(-10);
    if (delay === null) {
      this.#become("stopped");
      void this.#offerRestart();
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    this.#become("starting");
    const seconds = delay / 1000;
    this.#channels.log.warn(`The server ended unexpectedly; it is started again in ${seconds} s.`);
    void vscode.window.setStatusBarMessage(
      t("Camus: the server ended unexpectedly and is started again."),
      delay + 3000,
    );
    try {
      await pause(delay, undefined, { signal: this.#waiting.signal });
    } catch {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    return { action: CloseAction.Restart, handled: true };
  }

  async #offerRestart(): Promise<void> {
    const restart = t("Restart");
    const log = t("Show Log");
    const chosen = await vscode.window.showErrorMessage(
      t("The Camus server ended again and again and is left alone now. The log may tell why."),
      restart,
      log,
    );
    if (chosen === restart) await this.restart();
    if (chosen === log) this.#channels.log.show();
  }

  #compareVersions(): void {
    const ours = this.manifest.version;
    const version = this.version;
    const how = fit(version, ours);
    if (how === "fits" || how === "unknown") return;
    const words =
      how === "server-older"
        ? t(
            "The Camus server is of version {0}, this extension of {1}: the server should be updated.",
            version ?? "?",
            ours,
          )
        : t(
            "The Camus server is of version {0}, this extension of {1}: the extension should be updated.",
            version ?? "?",
            ours,
          );
    const setUp = t("Set Up the Server…");
    void vscode.window
      .showWarningMessage(words, ...(how === "server-older" ? [setUp] : []))
      .then((chosen) => {
        if (chosen === setUp) void vscode.commands.executeCommand("camus.setUp");
      });
  }

  /** After a death the client starts by itself; the first start is followed where it is made. */
  #moved(state: State): void {
    if (this.#starting) return;
    if (state === State.Running) this.#become("running");
    if (state === State.StartFailed) this.#become("stopped");
  }

  /**
   * Tells a walkthrough that a server runs. `camus.ready` does not: what is true before the editor
   * has read the walkthrough never ticks a step of it.
   */
  async announce(): Promise<void> {
    const served = this.#state === "running";
    await vscode.commands.executeCommand("setContext", "camus.served", served);
  }

  #become(state: ServerState): void {
    this.#state = state;
    void vscode.commands.executeCommand("setContext", "camus.ready", state === "running");
    this.#changed.fire();
  }
}
