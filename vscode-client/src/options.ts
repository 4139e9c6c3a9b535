// The extension's own settings.

import * as vscode from "vscode";

export interface Options {
  readonly path: readonly string[];
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly preview: "always" | "unsure";
  readonly announce: "notification" | "statusBar";
  readonly trace: "off" | "messages";
}

/** The settings as they are now; the editor fills in the manifest's defaults. */
export function options(): Options {
  const own = vscode.workspace.getConfiguration("camus.client");
  return {
    path: own.get("path", []),
    python: own.get("python", ""),
    environment: own.get("environment", {}),
    preview: own.get("preview", "always"),
    announce: own.get("announce", "notification"),
    trace: own.get("trace", "off"),
  };
}
