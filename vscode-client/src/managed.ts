// An environment of the extension's own with the server in it, made when the user asks for it.

import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { programIn } from "./logic/finding";
import { options } from "./options";
import { t } from "./words";

const run = promisify(execFile);
const OLDEST = [3, 11] as const;

/** Where it is, whether it was made or not. */
export function managedFolder(context: vscode.ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, "server");
}

/** The folder of the vsix with the server's wheel and the locked list of what it needs. */
function shipped(context: vscode.ExtensionContext): string {
  return context.asAbsolutePath(join("dist", "server"));
}

/** Whether this extension was packaged together with a server. */
export function hasServer(context: vscode.ExtensionContext): boolean {
  return existsSync(join(shipped(context), "requirements.txt"));
}

async function version(python: string): Promise<[number, number] | undefined> {
  try {
    const told = await run(python, ["-c", "import sys; print(*sys.version_info[:2])"]);
    const [major, minor] = told.stdout.trim().split(" ").map(Number);
    return major !== undefined && minor !== undefined ? [major, minor] : undefined;
  } catch {
    return undefined;
  }
}

/** A Python that is new enough, by its name or path; undefined when none is there. */
export async function suitablePython(): Promise<string | undefined> {
  const named = options().python;
  const names = named
    ? [named]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
  for (const name of names) {
    const found = await version(name);
    if (found && (found[0] > OLDEST[0] || (found[0] === OLDEST[0] && found[1] >= OLDEST[1])))
      return name;
  }
  return undefined;
}

/**
 * Makes the environment and installs the server that came with this extension, exactly what its
 * lock lists. Throws with the words of the step that failed.
 */
export async function makeEnvironment(
  context: vscode.ExtensionContext,
  python: string,
  log: vscode.LogOutputChannel,
): Promise<boolean> {
  const folder = managedFolder(context);
  const own = programIn(folder, "python", process.platform === "win32");
  const from = shipped(context);
  const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"];
  const steps: [string, string, string[]][] = [
    [t("making an environment"), python, ["-m", "venv", "--clear", folder]],
    [
      t("installing what the server needs"),
      own,
      [...pip, "--require-hashes", "-r", join(from, "requirements.txt")],
    ],
    [
      t("installing the server"),
      own,
      [...pip, "--no-deps", "--no-index", "--find-links", from, "camus"],
    ],
  ];
  const shown = {
    location: vscode.ProgressLocation.Notification,
    title: "Camus",
    cancellable: true,
  };
  return vscode.window.withProgress(shown, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    for (const [message, command, args] of steps) {
      progress.report({ message });
      log.info(message);
      try {
        await run(command, args, { signal: stop.signal, maxBuffer: 64 << 20 });
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        if (stop.signal.aborted) return false;
        throw new Error(explained(error), { cause: error });
      }
    }
    return true;
  });
}

/** The last lines that a program wrote before it failed. */
function explained(error: unknown): string {
  const { stderr, stdout, message } = error as {
    stderr?: string;
    stdout?: string;
    message: string;
  };
  const told = [stderr, stdout].map((each) => (each ?? "").trim()).find((each) => each !== "");
  return (told ?? message).split("\n").slice(-4).join("\n");
}
