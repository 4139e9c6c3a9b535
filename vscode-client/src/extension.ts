// Puts the parts together; what takes time happens after it has returned.

import * as vscode from "vscode";
import { Actions, type Parts } from "./actions";
import { Catalogue } from "./catalogue";
import { Choices } from "./choices";
import { type Commands, commandTable } from "./commands";
import { openChannels } from "./log";
import { middleware } from "./middleware";
import { Pages } from "./pages";
import { rememberEditors } from "./places";
import { Preview } from "./preview";
import { onEnvironmentChanged } from "./python";
import { Questions } from "./questions";
import { Review } from "./review";
import { Server } from "./server";
import { tellMissing } from "./setup";
import { StatusItem } from "./statusItem";
import { speakThrough } from "./words";
import { Work } from "./work";

/** What tests and other extensions may look at. */
export interface Api {
  readonly server: Server;
  readonly status: StatusItem;
  readonly actions: Actions;
  readonly preview: Preview;
  readonly review: Review;
  /** Milliseconds that activation held the editor. */
  readonly activation: number;
}

export function activate(context: vscode.ExtensionContext): Api {
  const began = performance.now();
  speakThrough((text, ...values) => vscode.l10n.t(text, ...values));
  const channels = openChannels();
  const pages = new Pages();
  // The parts know each other only through these; each is used after all of them are there.
  const server: Server = new Server(
    context,
    channels,
    middleware(() => actions),
  );
  const work = new Work(server);
  const catalogue = new Catalogue(work);
  const preview = new Preview((id, verdict) => actions.judge(id, verdict));
  const parts: Parts = { work, preview, pages, catalogue };
  const actions = new Actions(parts);
  const questions = new Questions(work, pages, actions);
  const status = new StatusItem(server, work);
  const commands: Commands = {
    ...{ context, server, work, actions, preview, pages, questions, catalogue },
    choices: new Choices(work, catalogue),
    review: new Review(actions),
    status,
    log: channels.log,
  };
  server.prepare = (client) => questions.attach(client);
  context.subscriptions.push(channels, pages, work, preview, commands.review, status);
  for (const [id, run] of Object.entries(commandTable(commands))) {
    context.subscriptions.push(vscode.commands.registerCommand(`camus.${id}`, run));
  }
  context.subscriptions.push(...watch(server, catalogue), rememberEditors());
  void start(commands);
  running = server;
  const { review } = commands;
  return { server, status, actions, preview, review, activation: performance.now() - began };
}

let running: Server | undefined;

export function deactivate(): Promise<void> | undefined {
  return running?.dispose();
}

async function start({ context, server, log }: Commands): Promise<void> {
  await server.start();
  if (server.state === "missing") await tellMissing(context, server, log);
  const again = () => {
    if (server.found?.origin !== "setting") void server.restart();
  };
  context.subscriptions.push(await onEnvironmentChanged(again));
}

function watch(server: Server, catalogue: Catalogue): vscode.Disposable[] {
  const runs = ["camus.client.path", "camus.client.environment"];
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      catalogue.forget();
      if (runs.some((key) => change.affectsConfiguration(key))) void server.restart();
    }),
    server.onChanged(() => catalogue.forget()),
  ];
}
