// The item in the status bar and the language status: who answers, from where, what is wrong.

import * as vscode from "vscode";
import { type Status, handOff, shown } from "./logic/status";
import type { Server } from "./server";
import { SELECTOR } from "./server";
import { t } from "./words";
import type { Work } from "./work";

export class StatusItem implements vscode.Disposable {
  readonly #server: Server;
  readonly #work: Work;
  readonly #item = vscode.window.createStatusBarItem(
    "camus.status",
    vscode.StatusBarAlignment.Right,
    50,
  );
  readonly #language = vscode.languages.createLanguageStatusItem("camus.language", SELECTOR);
  readonly #disposables: vscode.Disposable[];
  #status: Status | undefined;

  constructor(server: Server, work: Work) {
    this.#server = server;
    this.#work = work;
    this.#item.name = "Camus";
    this.#item.command = "camus.menu";
    this.#language.name = "Camus";
    this.#disposables = [
      this.#item,
      this.#language,
      server.onChanged(() => this.#draw()),
      work.onChanged(() => this.#draw()),
      server.onStatus((status) => this.#told(status)),
    ];
    this.#draw();
    this.#item.show();
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  /** What the server told last. */
  get status(): Status | undefined {
    return this.#status;
  }

  #told(status: Status): void {
    const words = handOff(this.#status, status);
    this.#status = status;
    if (words) {
      vscode.window.setStatusBarMessage(`$(arrow-swap) ${words}`, 8000);
      void vscode.window.showInformationMessage(words);
    }
    this.#draw();
  }

  #draw(): void {
    if (this.#server.state !== "running") this.#status = undefined;
    const { text, tooltip, label, warning } = shown({
      server: this.#server.state,
      restricted: this.#server.restricted,
      status: this.#status,
      doing: this.#work.doing,
    });
    this.#item.text = text;
    this.#item.tooltip = new vscode.MarkdownString(`**Camus**\n\n${tooltip}`);
    this.#item.accessibilityInformation = { label, role: "button" };
    this.#item.backgroundColor = warning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    this.#drawLanguage();
  }

  #drawLanguage(): void {
    const item = this.#language;
    item.busy = this.#server.state === "starting";
    switch (this.#server.state) {
      case "missing":
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.text = t("No Camus server was found");
        item.command = { command: "camus.setUp", title: t("Set Up…") };
        return;
      case "stopped":
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.text = t("The Camus server is not running");
        item.command = { command: "camus.restart", title: t("Restart") };
        return;
      case "starting":
      case "running":
        item.severity = this.#server.restricted
          ? vscode.LanguageStatusSeverity.Warning
          : vscode.LanguageStatusSeverity.Information;
        item.text = this.#server.restricted
          ? t("Camus: rules only, until this workspace is trusted")
          : "Camus";
        item.command = this.#server.restricted
          ? { command: "workbench.trust.manage", title: t("Manage Trust…") }
          : { command: "camus.menu", title: t("Show Menu…") };
    }
  }
}
