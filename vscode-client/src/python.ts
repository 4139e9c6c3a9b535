// The environment that the Python extension has selected, when that extension is there.

import * as vscode from "vscode";

interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(
      path: unknown,
    ): Promise<
      { environment?: { folderUri?: vscode.Uri }; executable?: { sysPrefix?: string } } | undefined
    >;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function api(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<Partial<PythonApi>>("ms-python.python");
  if (!extension) return undefined;
  const found = extension.isActive ? extension.exports : await extension.activate();
  return found.environments ? (found as PythonApi) : undefined;
}

/** The folder of the selected environment; undefined without that extension or a selection. */
export async function selectedEnvironment(): Promise<string | undefined> {
  try {
    const python = await api();
    if (!python) return undefined;
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    const path = python.environments.getActiveEnvironmentPath(root);
    const resolved = await python.environments.resolveEnvironment(path);
    return resolved?.environment?.folderUri?.fsPath ?? resolved?.executable?.sysPrefix;
  } catch {
    return undefined; // another extension's trouble is no reason not to start
  }
}

/** Calls back when another environment is selected. */
export async function onEnvironmentChanged(changed: () => void): Promise<vscode.Disposable> {
  const nothing = { dispose: () => undefined };
  try {
    return (await api())?.environments.onDidChangeActiveEnvironmentPath(changed) ?? nothing;
  } catch {
    return nothing;
  }
}
