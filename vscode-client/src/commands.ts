// Which command does what; every id here is in the manifest, and every one there is here.

import * as vscode from "vscode";
import type { Actions, Wish } from "./actions";
import type { Catalogue } from "./catalogue";
import type { Choices } from "./choices";
import { manageConsent } from "./consents";
import { showMenu } from "./menu";
import type { Pages } from "./pages";
import type { Preview, Verdict } from "./preview";
import type { Questions } from "./questions";
import type { Review } from "./review";
import { reviewFolders } from "./reviewFolders";
import type { Server } from "./server";
import type { StatusItem } from "./statusItem";
import { doctor, setUp } from "./setup";
import { SAMPLE } from "./sample";
import { t } from "./words";
import type { Work } from "./work";

export interface Commands {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly work: Work;
  readonly actions: Actions;
  readonly preview: Preview;
  readonly pages: Pages;
  readonly questions: Questions;
  readonly catalogue: Catalogue;
  readonly choices: Choices;
  readonly review: Review;
  readonly status: StatusItem;
  readonly log: vscode.LogOutputChannel;
}

type Run = (...args: never[]) => unknown;

export function commandTable(all: Commands): Record<string, Run> {
  const { context, server, work, actions, preview, pages, questions } = all;
  const { choices, review, status, log, catalogue } = all;
  const judged = (verdict: Verdict) => () => {
    if (actions.answered) actions.judge(actions.answered.id, verdict);
  };
  const anew = (doing: Promise<void>) => {
    actions.last = undefined; // what would be sent is then of what is at the cursor
    return doing;
  };
  return {
    chosen: (wish: Wish) => actions.edit(wish),
    fixHere: () => actions.fixHere(),
    refactorHere: () => actions.here("refactor", t("Refactor")),
    documentHere: () => actions.here("document", t("Document")),
    implementHere: () => actions.here("implement", t("Implement")),
    modifyHere: () => actions.modifyHere(),
    explainHere: () => actions.explainHere(),
    askQuestion: () => actions.ask(),
    reviewFile: (uri?: vscode.Uri) => review.file(uri instanceof vscode.Uri ? uri : undefined),
    reviewFolders: () => reviewFolders(all),
    chooseModel: () => anew(choices.model()),
    choosePipeline: () => choices.pipeline(),
    chooseStrategy: () => choices.strategy(status.status),
    unlockModel: () => choices.unlock(),
    why: () => actions.why(actions.answered?.id),
    giveFeedback: () => actions.feedback(),
    manageTrust: () => trust(work, server),
    manageConsent: () => anew(manageConsent(server, catalogue, questions)),
    showPrompt: () => questions.showPrompt(),
    stop: () => stop(work),
    restart: () => restart(server),
    showLog: () => log.show(),
    doctor: () => doctor(context, server, pages, log),
    setUp: () => setUp(context, server, log),
    menu: () => showMenu(server, work),
    trySample: openSample,
    getStarted: () => openWalkthrough(context, server),
    "preview.apply": () => apply(preview, actions),
    "preview.reject": () => preview.reject(),
    "preview.toggle": () => preview.toggle(),
    "preview.next": () => preview.next(),
    "preview.show": () => preview.showComparison(),
    "preview.good": judged("good"),
    "preview.bad": judged("bad"),
    "review.clear": () => review.clear(),
    "review.fix": (node: never) => review.fix(node),
  };
}

async function apply(preview: Preview, actions: Actions): Promise<void> {
  const applied = await preview.apply();
  if (applied) actions.announce(applied);
}

function stop(work: Work): void {
  if (work.stop() === 0) {
    vscode.window.setStatusBarMessage(t("Camus: nothing is being worked on."), 4000);
  }
}

async function restart(server: Server): Promise<void> {
  await server.restart();
  if (server.state === "running")
    vscode.window.setStatusBarMessage(t("Camus: the server was started again."), 4000);
  if (server.state === "missing") await vscode.commands.executeCommand("camus.setUp");
}

async function trust(work: Work, server: Server): Promise<void> {
  if (server.restricted) {
    await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  const ask = { command: "camus.trust", title: t("Trust"), argument: {}, quiet: true };
  const trusted = await work.ask<boolean>(ask);
  if (trusted === undefined) return;
  vscode.window.setStatusBarMessage(
    trusted
      ? t("Camus: this workspace's configuration is trusted.")
      : t("Camus: this workspace's configuration is not trusted."),
    5000,
  );
}

async function openSample(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "python", content: SAMPLE });
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const code = !tab || tab.input instanceof vscode.TabInputText;
  const column = code ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside; // of the walkthrough
  const editor = await vscode.window.showTextDocument(document, column);
  const line = SAMPLE.split("\n").findIndex((each) => each.startsWith("def "));
  editor.selection = new vscode.Selection(line, 4, line, 4);
}

async function openWalkthrough(context: vscode.ExtensionContext, server: Server): Promise<void> {
  const id = `${context.extension.id}#start`;
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", id);
  await server.announce();
}
