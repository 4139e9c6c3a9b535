// What can be done when no server is found, and what a server says of itself from its command line.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { hasServer, makeEnvironment, suitablePython } from "./managed";
import type { Origin } from "./logic/finding";
import { options } from "./options";
import type { Pages } from "./pages";
import type { Server } from "./server";
import { t } from "./words";

const run = promisify(execFile);
const PATIENCE = 60_000;

interface Pick extends vscode.QuickPickItem {
  act: () => unknown;
}

/** Offers every way to a server. */
export async function setUp(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const picks: Pick[] = [
    {
      label: `$(desktop-download) ${t("Install it for me")}`,
      detail: hasServer(context)
        ? t(
            "Makes an environment of the extension's own and installs the server that fits, with Python 3.11 or newer.",
          )
        : t("This copy of the extension was made without a server."),
      act: () => install(context, server, log),
    },
    {
      label: `$(settings-gear) ${t("Say where it is")}`,
      detail: t("Opens the setting camus.client.path."),
      act: () =>
        vscode.commands.executeCommand("workbench.action.openSettings", "camus.client.path"),
    },
    {
      label: `$(refresh) ${t("Look again")}`,
      detail: t("In the setting, the selected Python environment and the PATH."),
      act: () => server.restart(),
    },
    { label: `$(output) ${t("Show Log")}`, act: () => log.show() },
  ];
  const title =
    server.state === "running"
      ? t("The Camus server runs.")
      : t("No Camus server was found on this machine.");
  const chosen = await vscode.window.showQuickPick(picks, { title });
  await chosen?.act();
}

/** Says that there is no server, with a button that helps. */
export async function tellMissing(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const installs = t("Install It for Me");
  const other = t("Other Ways…");
  const chosen = await vscode.window.showWarningMessage(
    t(
      "Camus needs its server, a small program, and found none: not in the settings, the selected Python environment or the PATH.",
    ),
    ...(hasServer(context) ? [installs] : []),
    other,
  );
  if (chosen === installs) await install(context, server, log);
  if (chosen === other) await setUp(context, server, log);
}

async function install(
  context: vscode.ExtensionContext,
  server: Server,
  log: vscode.LogOutputChannel,
): Promise<void> {
  if (!hasServer(context)) {
    void vscode.window.showWarningMessage(
      t(
        "This copy of the extension was made without a server. Install Camus with pip, and say where it is.",
      ),
    );
    return;
  }
  const python = await suitablePython();
  if (!python) {
    void vscode.window.showErrorMessage(
      t(
        "No Python 3.11 or newer was found. Install one, or name it in the setting camus.client.python.",
      ),
    );
    return;
  }
  try {
    await server.stop();
    if (!(await makeEnvironment(context, python, log))) return;
    await server.start();
    void vscode.window.showInformationMessage(t("The Camus server is installed and runs."));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    log.error(words);
    const chosen = await vscode.window.showErrorMessage(
      t("The server could not be installed: {0}", words),
      t("Show Log"),
    );
    if (chosen) log.show();
  }
}

/** Runs a command of the server's command line; what it printed, also when it found fault. */
export async function commandLine(
  server: Server,
  args: readonly string[],
): Promise<string | undefined> {
  const { found } = server;
  if (!found) return undefined;
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const env = { ...process.env, PYTHONUTF8: "1", NO_COLOR: "1", ...options().environment };
  try {
    const told = await run(found.command, [...found.args, ...args], {
      env,
      timeout: PATIENCE,
      ...(cwd ? { cwd } : {}),
    });
    return told.stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as {
      stdout?: string;
      stderr?: string;
      message: string;
    };
    return [stdout, stderr].filter(Boolean).join("\n") || message;
  }
}

function originWords(origin: Origin): string {
  switch (origin) {
    case "setting":
      return t("the setting camus.client.path");
    case "environment":
      return t("the selected Python environment");
    case "path":
      return t("the PATH");
    case "managed":
      return t("the extension's own environment");
  }
}

/** Shows what works here and what does not. */
export async function doctor(
  context: vscode.ExtensionContext,
  server: Server,
  pages: Pages,
  log: vscode.LogOutputChannel,
): Promise<void> {
  if (!server.found) {
    await tellMissing(context, server, log);
    return;
  }
  const how = { location: vscode.ProgressLocation.Notification, title: t("Camus: Doctor") };
  const told = await vscode.window.withProgress(how, () => commandLine(server, ["doctor"]));
  const ours = t(
    "Extension {0}, server {1}, found by: {2}.",
    server.manifest.version,
    server.version ?? "?",
    originWords(server.found.origin),
  );
  const page = pages.page(t("Doctor"), "txt");
  page.write(`${ours}\n\n${told ?? ""}`);
  await page.showText(vscode.ViewColumn.Active);
}
