// What can be asked about a place: edits are previewed or applied, answers in words become pages.

import * as vscode from "vscode";
import type { Catalogue } from "./catalogue";
import {
  type Previewed,
  type Reviewed,
  type Told,
  answeredBy,
  declined,
  handedOver,
  quality,
} from "./logic/answers";
import { hunksOf, reachesFurther, textEdits } from "./logic/hunks";
import { problems } from "./logic/reviews";
import { options } from "./options";
import type { Page, Pages } from "./pages";
import { type Place, placeHere, plainDiagnostic, plainRange, problemsAt } from "./places";
import { type Asked, type Preview, type Verdict, applyHunks } from "./preview";
import { t } from "./words";
import type { Work } from "./work";

export interface Wish {
  readonly action: string;
  readonly title: string;
  readonly place: Place;
  readonly instruction?: string;
  readonly problems?: readonly vscode.Diagnostic[];
}

export interface Parts {
  readonly work: Work;
  readonly preview: Preview;
  readonly pages: Pages;
  readonly catalogue: Catalogue;
}

/** Everything that is asked about a place in the code. */
export class Actions {
  readonly #parts: Parts;
  /** The newest wish, for what shows the text that would be sent. */
  last: Wish | undefined;
  /** The page of a decision as the server wrote it, until it is shown. */
  decision = "";
  /** The newest answer, which feedback and "why" are about. */
  answered: { id: string; title: string } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** An action on the selection of the active editor. */
  async here(action: string, title: string): Promise<void> {
    const place = placeHere();
    if (place) await this.edit({ action, title, place });
  }

  /** Mends what the editor reports at the cursor. */
  async fixHere(): Promise<void> {
    const place = placeHere();
    if (!place) return;
    const problems = problemsAt(place);
    if (problems.length === 0) {
      const review = t("Review File");
      const chosen = await vscode.window.showInformationMessage(
        t("There is no problem on this line. A review looks for some."),
        review,
      );
      if (chosen === review) await vscode.commands.executeCommand("camus.reviewFile");
      return;
    }
    const action = problems.length > 1 ? "fix_all" : "fix";
    await this.edit({ action, title: t("Fix"), place, problems });
  }

  /** Changes the selection as told. */
  async modifyHere(): Promise<void> {
    const place = placeHere();
    if (!place) return;
    const instruction = await vscode.window.showInputBox({
      title: t("Modify with Instruction"),
      prompt: t("What should be changed?"),
      placeHolder: t("for instance: return early instead of nesting"),
    });
    if (instruction) {
      await this.edit({ action: "modify", title: t("Modify"), place, instruction });
    }
  }

  /** Asks for an edit, and shows or applies it. */
  async edit(wish: Wish): Promise<void> {
    this.last = wish;
    const { document, range } = wish.place;
    const text = document.getText();
    const answer = await this.#parts.work.ask<Previewed>({
      command: "camus.preview",
      title: wish.title,
      argument: {
        uri: document.uri.toString(),
        range: plainRange(range),
        action: wish.action,
        instruction: wish.instruction ?? "",
        diagnostics: (wish.problems ?? []).map(plainDiagnostic),
      },
    });
    if (!answer) return;
    this.#remember(answer.id, wish.title);
    const models = await this.#parts.catalogue.models(answer.model);
    const asked = { title: wish.title, document, text, answer, models };
    if (answer.state !== "done" || !answer.edit) this.#decline(wish.title, answer);
    else if (reachesFurther(answer.edit, document.uri.toString())) await this.#lookAtAll(asked);
    else if (answer.needsConfirmation || options().preview === "always") await this.#look(asked);
    else await this.#applyAtOnce(asked);
  }

  async #look(asked: Asked): Promise<void> {
    if (asked.document.getText() !== asked.text) {
      void vscode.window.showWarningMessage(
        t(
          "{0}: the code was changed meanwhile, so that nothing was applied. Ask again.",
          asked.title,
        ),
      );
    } else if (!(await this.#parts.preview.open(asked))) {
      this.#decline(asked.title, asked.answer);
    }
  }

  /** An answer for several files is looked at in the editor's own Refactor Preview. */
  async #lookAtAll(asked: Asked): Promise<void> {
    const edit = await this.#parts.work.converted(asked.answer.edit, this.#line(asked));
    if (edit) {
      const files = new Set(edit.entries().map(([uri]) => uri.toString())).size;
      const words = t(
        "{0}: changes in {1} files, {2}. Tick in the Refactor Preview what you want.",
        asked.title,
        files,
        this.#line(asked),
      );
      this.#offerWhy(words, asked.answer.id, vscode.window.showInformationMessage);
    }
    const applied = edit && (await vscode.workspace.applyEdit(edit, { isRefactoring: true }));
    if (applied) this.#judgeAndTell(asked);
    else this.judge(asked.answer.id, "rejected");
  }

  #line({ answer, models }: Asked): string {
    return [quality(answer.score), answeredBy(answer.model, models)].filter(Boolean).join(" · ");
  }

  async #applyAtOnce(asked: Asked): Promise<void> {
    const hunks = hunksOf(asked.text, textEdits(asked.answer.edit, asked.document.uri.toString()));
    if (hunks.length === 0) this.#decline(asked.title, asked.answer);
    else if (await applyHunks(asked, hunks)) this.#judgeAndTell(asked);
  }

  #judgeAndTell(asked: Asked): void {
    this.judge(asked.answer.id, "accepted");
    this.announce(asked);
  }

  /** Says who answered, from where, and how sure that is, with what can be said back. */
  announce(asked: Asked): void {
    const { title, answer } = asked;
    const who = this.#line(asked);
    const words = [t("{0}: applied, {1}", title, who), ...handedOver(answer, asked.models)].join(
      "; ",
    );
    if (options().announce === "statusBar") {
      vscode.window.setStatusBarMessage(`Camus: ${words}`, 8000);
      return;
    }
    const [why, good, bad] = [t("Why This Answer"), t("Good"), t("Bad")];
    void vscode.window.showInformationMessage(words, why, good, bad).then((chosen) => {
      if (chosen === why) void this.why(answer.id);
      if (chosen === good) this.judge(answer.id, "good");
      if (chosen === bad) this.judge(answer.id, "bad");
    });
  }

  #decline(title: string, answer: Previewed | Told): void {
    const words = t("{0}: {1}", title, declined(answer));
    const fine = answer.state === "done" || answer.state === "nothing";
    const show = fine ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    this.#offerWhy(words, answer.id, show);
  }

  #offerWhy(words: string, id: string, show: typeof vscode.window.showInformationMessage): void {
    const why = t("Why This Answer");
    void show(words, why).then((chosen) => {
      if (chosen === why) void this.why(id);
    });
  }

  #remember(id: string, title: string): void {
    this.answered = { id, title };
    void vscode.commands.executeCommand("setContext", "camus.answered", true);
  }

  /** Explains the symbol or selection at the cursor. */
  async explainHere(): Promise<void> {
    const place = placeHere();
    if (place)
      await this.explain({ uri: place.document.uri.toString(), range: plainRange(place.range) });
  }

  /** Explains what a code action, a lens or a place names. */
  explain(argument: object): Promise<void> {
    return this.#tell("camus.explain", t("Explain"), argument);
  }

  /** Asks a question, about the selection where there is one. */
  async ask(): Promise<void> {
    const question = await vscode.window.showInputBox({
      title: t("Ask Camus"),
      prompt: t("What do you want to know? The code at the cursor is shown to the model."),
    });
    if (!question) return;
    const editor = vscode.window.activeTextEditor;
    const about =
      editor?.document.uri.scheme === "file" || editor?.document.uri.scheme === "untitled"
        ? { uri: editor.document.uri.toString(), range: plainRange(editor.selection) }
        : {};
    await this.#tell("camus.ask", t("Ask"), { question, ...about });
  }

  async #tell(command: string, title: string, argument: object): Promise<void> {
    const page = this.#parts.pages.page(title);
    let showing: Promise<void> | undefined;
    const write = (text: string) => {
      page.write(text);
      showing ??= page.show();
    };
    const answer = await this.#parts.work.ask<Told>({
      command,
      title,
      argument,
      onText: (text, model) => write(`*${t("{0} is writing…", model)}*\n\n---\n\n${text}\n`),
    });
    await showing;
    if (!answer) {
      if (showing) page.write(`*${t("Stopped: this answer was not finished.")}*\n`);
      return;
    }
    this.#remember(answer.id, title);
    if (answer.state !== "done" || !answer.text) return;
    write(await this.#withWho(answer));
    await showing;
  }

  /** Who wrote it stands first, where it is seen without scrolling. */
  async #withWho(answer: Told): Promise<string> {
    const models = await this.#parts.catalogue.models(answer.model);
    const who = [answeredBy(answer.model, models), quality(answer.score)]
      .filter(Boolean)
      .join(" · ");
    const warnings = answer.warnings.length ? `\n\n---\n\n${answer.warnings.join("\n\n")}` : "";
    return `*${who}*\n\n---\n\n${answer.text.trimEnd()}${warnings}\n`;
  }

  /** Reviews a file or a part of it, and says how many problems were found by whom. */
  async review(argument: object, title: string): Promise<Reviewed | undefined> {
    const answer = await this.#parts.work.ask<Reviewed>({
      command: "camus.review",
      title,
      argument,
    });
    if (!answer) return undefined;
    this.#remember(answer.id, title);
    if (answer.findings === undefined) return answer; // the server said why there are none
    const models = await this.#parts.catalogue.models(answer.model);
    const found = problems(answer.findings);
    this.#offerWhy(
      t("{0}: {1} · {2}", title, found, answeredBy(answer.model, models)),
      answer.id,
      vscode.window.showInformationMessage,
    );
    return answer;
  }

  /** Why an answer came from where it came, as a page; who gave it stands first. */
  async why(id?: string): Promise<void> {
    this.decision = "";
    const answer = await this.#parts.work.ask<Told>({
      command: "camus.showDecision",
      title: t("Why This Answer"),
      argument: id ? { id } : {},
      quiet: true,
    });
    if (!answer || !this.decision) return;
    const models = await this.#parts.catalogue.models(answer.model);
    const who = [answer.model && answeredBy(answer.model, models), quality(answer.score)];
    const page = this.#parts.pages.page(t("Why This Answer"));
    page.write(`*${who.filter(Boolean).join(" · ")}*\n\n${this.decision}`);
    await page.show();
  }

  /** Tells the server what the user did with an answer, or thinks of it. */
  judge(id: string, verdict: Verdict): void {
    const spoken = verdict === "good" || verdict === "bad";
    const ask = {
      command: "camus.feedback",
      title: t("Feedback"),
      argument: { id, verdict },
      quiet: true,
    };
    void this.#parts.work.ask<boolean>(ask).then((known) => {
      if (!spoken) return;
      vscode.window.setStatusBarMessage(
        known ? t("Camus: noted, thank you.") : t("Camus: this answer is no longer known."),
        4000,
      );
    });
  }

  /** Lets the user say what the last answer was worth. */
  async feedback(): Promise<void> {
    const { answered } = this;
    if (!answered) {
      void vscode.window.showInformationMessage(t("Camus has not answered anything yet."));
      return;
    }
    const picks = [
      {
        label: `$(thumbsup) ${t("Good")}`,
        detail: t("The answer was right."),
        verdict: "good" as const,
      },
      {
        label: `$(thumbsdown) ${t("Bad")}`,
        detail: t("The answer was wrong or useless."),
        verdict: "bad" as const,
      },
    ];
    const chosen = await vscode.window.showQuickPick(picks, {
      title: t("{0}: how was the answer?", answered.title),
      placeHolder: t("Camus learns from it which model to ask. Nothing leaves this machine."),
    });
    if (chosen) this.judge(answered.id, chosen.verdict);
  }
}

/** A page that is written as plain text: nothing in it is rendered. */
export function asText(page: Page, text: string): Promise<void> {
  page.write(text);
  return page.showText();
}
