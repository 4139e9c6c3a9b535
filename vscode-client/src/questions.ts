// What the server wants to know before code leaves this machine, asked in plain words.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type Actions, asText } from "./actions";
import type { Sent } from "./logic/answers";
import { promptText } from "./logic/prompts";
import type { Pages } from "./pages";
import { placeHere, plainDiagnostic, plainRange } from "./places";
import { t } from "./words";
import type { Work } from "./work";

/** The parameters of `camus/question`. */
interface Question {
  kind: "consent" | "trust" | "choice";
  about: string;
  model: string;
  question: string;
  options: string[];
}

export class Questions {
  readonly #work: Work;
  readonly #pages: Pages;
  readonly #actions: Actions;

  constructor(work: Work, pages: Pages, actions: Actions) {
    this.#work = work;
    this.#pages = pages;
    this.#actions = actions;
  }

  /** Answers the questions of a client's server. */
  attach(client: LanguageClient): void {
    client.onRequest("camus/question", (question: Question) => this.#answer(question));
  }

  async #answer(question: Question): Promise<string | null> {
    switch (question.kind) {
      case "consent":
        return this.#consent(question);
      case "trust":
        return this.#trust(question);
      case "choice": {
        const title = question.question;
        return (await vscode.window.showQuickPick(question.options, { title })) ?? null;
      }
    }
  }

  async #consent({ about, model, options: [allow = "", notNow = ""] }: Question): Promise<string> {
    return (await this.agrees(about, model)) ? allow : notNow;
  }

  /** Whether the user agrees that code is sent to a place, after looking at the text if they like. */
  async agrees(place: string, model: string): Promise<boolean> {
    const words = t("Your code will be sent to {0}. Allow it?", place);
    const detail = [
      t("It leaves this machine, in every workspace, each time a model there is asked."),
      t(
        "Secrets and ignored files are never sent. You can take this back at any time: Camus: Consent.",
      ),
    ].join("\n\n");
    const agree = t("Allow");
    const look = t("Show the Exact Text");
    let chosen = await vscode.window.showWarningMessage(
      words,
      { modal: true, detail },
      agree,
      look,
    );
    while (chosen === look) {
      await this.showPrompt(model);
      chosen = await vscode.window.showWarningMessage(words, agree, look, t("Not Now"));
    }
    return chosen === agree;
  }

  async #trust({ about, options: [trust = "", notNow = ""] }: Question): Promise<string | null> {
    const words = t("Trust the Camus configuration of {0}?", about);
    const detail = t(
      "It may then name servers that your code is sent to, keys, paths and programs that are run. A later change of it asks again. Until then those settings are left out.",
    );
    const agree = t("Trust");
    const look = t("Show the Configuration");
    let chosen = await vscode.window.showWarningMessage(
      words,
      { modal: true, detail },
      agree,
      look,
    );
    while (chosen === look) {
      await showConfiguration();
      chosen = await vscode.window.showWarningMessage(words, agree, look, t("Not Now"));
    }
    return chosen === agree ? trust : notNow;
  }

  /** The prompt of the last wish, or of an explanation of what is at the cursor, exactly as sent. */
  async showPrompt(model = ""): Promise<void> {
    const wish = this.#actions.last;
    const place = wish && !wish.place.document.isClosed ? wish.place : placeHere();
    if (!place) return;
    const sent = await this.#work.ask<Sent>({
      command: "camus.prompt",
      title: t("What would be sent"),
      quiet: true,
      argument: {
        uri: place.document.uri.toString(),
        range: plainRange(place.range),
        action: wish?.action ?? "explain",
        instruction: wish?.instruction ?? "",
        diagnostics: (wish?.problems ?? []).map(plainDiagnostic),
        model,
      },
    });
    if (sent) await asText(this.#pages.page(t("What would be sent"), "txt"), promptText(sent));
  }
}

async function showConfiguration(): Promise<void> {
  const found = await vscode.workspace.findFiles(".camus/*", undefined, 20);
  const first = found.find((uri) => /config\.ya?ml$/.test(uri.path)) ?? found[0];
  if (first) await vscode.window.showTextDocument(first, { preview: true });
}
