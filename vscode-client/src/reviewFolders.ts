// A review of every file of the workspace, one after the other, with progress and a way to stop.

import * as vscode from "vscode";
import type { Commands } from "./commands";
import { SELECTOR } from "./server";
import { t } from "./words";

const EXTENSIONS =
  "**/*.{py,pyi,js,jsx,mjs,cjs,ts,tsx,mts,cts,go,rs,java,kt,c,h,cc,cpp,hpp,cs,rb,php,sh,bash,lua}";
const LEFT_OUT =
  "{**/node_modules/**,**/.git/**,**/.venv/**,**/venv/**,**/dist/**,**/build/**,**/target/**}";
const MOST = 200;

export async function reviewFolders({ actions, review }: Commands): Promise<void> {
  const files = await vscode.workspace.findFiles(EXTENSIONS, LEFT_OUT, MOST);
  if (files.length === 0) {
    void vscode.window.showInformationMessage(t("There is no file here that Camus reads."));
    return;
  }
  const how = {
    location: vscode.ProgressLocation.Notification,
    title: t("Camus: Review Workspace"),
    cancellable: true,
  };
  let problems = 0;
  let done = 0;
  await vscode.window.withProgress(how, async (progress, token) => {
    for (const uri of files) {
      if (token.isCancellationRequested) return;
      const name = vscode.workspace.asRelativePath(uri);
      progress.report({
        message: `${done + 1}/${files.length} ${name}`,
        increment: 100 / files.length,
      });
      const document = await vscode.workspace.openTextDocument(uri);
      if (vscode.languages.match(SELECTOR, document) === 0) continue;
      const answer = await actions.review({ uri: uri.toString() }, t("Review of {0}", name));
      if (!answer) return;
      problems += answer.findings ?? 0;
      done += 1;
    }
  });
  void vscode.window.showInformationMessage(
    t("Review: {0} problems in {1} files.", problems, done),
  );
  if (problems) await review.show();
}
