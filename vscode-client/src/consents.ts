// The places that code may be sent to: the answer is the server's own, kept in the user's folder.

import * as vscode from "vscode";
import type { Catalogue } from "./catalogue";
import type { Questions } from "./questions";
import type { Server } from "./server";
import { commandLine } from "./setup";
import { t } from "./words";

interface Pick extends vscode.QuickPickItem {
  place?: string;
  granted?: boolean;
  model?: string;
}

/** Lists the places, takes consent back, and gives it after the same question as ever. */
export async function manageConsent(
  server: Server,
  catalogue: Catalogue,
  questions: Questions,
): Promise<void> {
  const listed = (await commandLine(server, ["consent", "list"])) ?? "";
  const granted = [...listed.matchAll(/^(\S+)\s+since\s/gm)].map(([, place]) => place ?? "");
  const models = (await catalogue.models()).filter((each) => each.place === "remote");
  const others = new Map(
    models
      .filter((each) => !granted.includes(each.destination))
      .map((each) => [each.destination, each.name]),
  );
  const picks: Pick[] = [
    ...granted.map((place) => ({
      label: `$(cloud) ${place}`,
      detail: t("Code may be sent there. Choose it to take your consent back."),
      place,
      granted: true,
    })),
    ...[...others].map(([place, model]) => ({
      label: `$(circle-slash) ${place}`,
      detail: t("Nothing is sent there. Choose it to be asked."),
      ...{ place, model },
    })),
  ];
  if (picks.length === 0) {
    void vscode.window.showInformationMessage(
      t(
        "Your code stays on this machine: no model of another one is configured, and you agreed to no place.",
      ),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(picks, {
    title: t("Where your code may be sent"),
  });
  if (!chosen?.place) return;
  if (chosen.granted) await revoke(server, catalogue, chosen.place);
  else await grant(server, questions, chosen.place, chosen.model ?? "");
}

async function revoke(server: Server, catalogue: Catalogue, place: string): Promise<void> {
  await commandLine(server, ["consent", "revoke", place]);
  const selected = (await catalogue.models()).find((each) => each.selected);
  if (selected?.destination === place) await vscode.commands.executeCommand("camus.unlockModel");
  void vscode.window.showInformationMessage(t("Nothing is sent to {0} any more.", place));
}

async function grant(
  server: Server,
  questions: Questions,
  place: string,
  model: string,
): Promise<void> {
  if (!(await questions.agrees(place, model))) return;
  await commandLine(server, ["consent", "grant", place]);
  void vscode.window.showInformationMessage(
    t("Code may be sent to {0} now, when you select a model there.", place),
  );
}
