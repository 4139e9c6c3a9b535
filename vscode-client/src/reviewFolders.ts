// A review of every file of the workspace by the rules, with progress and a way to stop.

import * as vscode from "vscode";
import type { Commands } from "./commands";
import { problems } from "./logic/reviews";
import { t } from "./words";

/** What `camus.reviewWorkspace` answers. */
interface Swept {
  state: string;
  files: number;
  affected: number;
  findings: number;
}

export async function reviewFolders({ work, review }: Commands): Promise<void> {
  const swept = await work.ask<Swept>({
    command: "camus.reviewWorkspace",
    title: t("Review Workspace"),
    argument: {},
  });
  if (!swept) return;
  if (swept.state === "busy") {
    void vscode.window.showInformationMessage(t("A review of the workspace is under way already."));
    return;
  }
  const { findings, affected, files } = swept;
  void vscode.window.showInformationMessage(
    t(
      "Review of the workspace: {0} in {1} of {2} files · the built-in rules, on this machine, without a model",
      ...[problems(findings), affected, files],
    ),
  );
  if (swept.findings) await review.show();
}
