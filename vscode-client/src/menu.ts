// Everything at one place, behind the status item.

import * as vscode from "vscode";
import type { Server } from "./server";
import { t } from "./words";
import type { Work } from "./work";

interface Pick extends vscode.QuickPickItem {
  command?: string;
}

const separator = (label: string): Pick => ({ label, kind: vscode.QuickPickItemKind.Separator });

export async function showMenu(server: Server, work: Work): Promise<void> {
  const running = server.state === "running";
  const picks: Pick[] = [
    ...(work.doing
      ? [{ label: `$(debug-stop) ${t("Stop: {0}", work.doing)}`, command: "camus.stop" }]
      : []),
    ...(running
      ? doing()
      : [{ label: `$(tools) ${t("Set Up the Server…")}`, command: "camus.setUp" }]),
    separator(t("Camus itself")),
    {
      label: `$(shield) ${t("Trust This Workspace's Configuration…")}`,
      command: "camus.manageTrust",
    },
    { label: `$(cloud) ${t("Consent: Where Code May Be Sent…")}`, command: "camus.manageConsent" },
    { label: `$(pulse) ${t("Doctor: What Works Here")}`, command: "camus.doctor" },
    { label: `$(refresh) ${t("Restart Server")}`, command: "camus.restart" },
    { label: `$(output) ${t("Show Log")}`, command: "camus.showLog" },
    { label: `$(book) ${t("Get Started")}`, command: "camus.getStarted" },
  ];
  const chosen = await vscode.window.showQuickPick(picks, { title: "Camus" });
  if (chosen?.command) await vscode.commands.executeCommand(chosen.command);
}

function doing(): Pick[] {
  return [
    { label: `$(wrench) ${t("Fix the Problem Here")}`, command: "camus.fixHere" },
    { label: `$(edit) ${t("Refactor")}`, command: "camus.refactorHere" },
    { label: `$(note) ${t("Document")}`, command: "camus.documentHere" },
    { label: `$(code) ${t("Implement")}`, command: "camus.implementHere" },
    { label: `$(comment) ${t("Modify with Instruction…")}`, command: "camus.modifyHere" },
    { label: `$(info) ${t("Explain")}`, command: "camus.explainHere" },
    { label: `$(comment-discussion) ${t("Ask…")}`, command: "camus.askQuestion" },
    { label: `$(checklist) ${t("Review File")}`, command: "camus.reviewFile" },
    { label: `$(run-all) ${t("Review Workspace")}`, command: "camus.reviewFolders" },
    separator(t("Who answers")),
    { label: `$(sparkle) ${t("Select Model…")}`, command: "camus.chooseModel" },
    { label: `$(list-ordered) ${t("Select Pipeline…")}`, command: "camus.choosePipeline" },
    { label: `$(organization) ${t("Select Strategy…")}`, command: "camus.chooseStrategy" },
    { label: `$(unlock) ${t("Clear Model Lock")}`, command: "camus.unlockModel" },
    { label: `$(question) ${t("Why This Answer")}`, command: "camus.why" },
    { label: `$(feedback) ${t("Feedback on the Last Answer…")}`, command: "camus.giveFeedback" },
  ];
}
