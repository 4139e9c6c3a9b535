// What the user selects for the session: a model, a pipeline.

import * as vscode from "vscode";
import type { Catalogue } from "./catalogue";
import { STRATEGIES, strategyName, strategyWords } from "./logic/strategies";
import type { Status } from "./logic/status";
import { t } from "./words";
import type { Work } from "./work";

interface Pick extends vscode.QuickPickItem {
  name?: string;
  command?: string;
}

export class Choices {
  readonly #work: Work;
  readonly #catalogue: Catalogue;

  constructor(work: Work, catalogue: Catalogue) {
    this.#work = work;
    this.#catalogue = catalogue;
  }

  async model(): Promise<void> {
    const models = await this.#catalogue.models();
    const ready = models
      .filter((each) => each.ready)
      .map((each): Pick => ({
        label: `$(${each.place === "remote" ? "cloud" : "sparkle"}) ${each.friendly}`,
        description: each.selected ? t("selected") : each.name,
        detail: [
          each.place === "remote"
            ? t("on another machine: {0}", each.destination)
            : t("on this machine"),
          ...(each.specialist ? [t("a specialist for {0}", each.specialist)] : []),
        ].join(", "),
        name: each.name,
      }));
    const out = models
      .filter((each) => !each.ready)
      .map((each): Pick => ({
        label: `$(circle-slash) ${each.friendly}`,
        description: each.name,
        detail: each.problem,
        command: "camus.doctor",
      }));
    const picks: Pick[] = [
      {
        label: `$(law) ${t("Let Camus choose")}`,
        detail: t("The smallest model that is likely to do it well; the rules first."),
        name: "",
      },
      ...ready,
      ...(out.length
        ? [{ label: t("not ready"), kind: vscode.QuickPickItemKind.Separator }, ...out]
        : []),
      ...(models.length
        ? []
        : [
            {
              label: `$(book) ${t("No model was found: how to get one")}`,
              command: "camus.getStarted",
            },
          ]),
    ];
    const title = t("Which model should answer in this session?");
    await this.#choose(picks, title, "camus.selectModel");
  }

  async pipeline(): Promise<void> {
    const pipelines = await this.#catalogue.pipelines();
    if (pipelines.length === 0) {
      void vscode.window.showInformationMessage(
        t(
          "No pipeline is configured: the setting camus.pipelines or .camus/config.yml names them.",
        ),
      );
      return;
    }
    const picks = pipelines.map((each): Pick => ({
      label: `$(${each.place === "remote" ? "cloud" : "list-ordered"}) ${each.friendly}`,
      ...(each.selected ? { description: t("selected") } : {}),
      detail: each.ready ? t("ready") : t("not every model of it is ready"),
      name: each.name,
    }));
    const none: Pick = {
      label: `$(law) ${t("None")}`,
      detail: t("Camus chooses by the task."),
      name: "",
    };
    await this.#choose(
      [none, ...picks],
      t("Which pipeline should answer in this session?"),
      "camus.selectPipeline",
    );
  }

  /** How the models work together; `status` says what is selected now. */
  async strategy(status: Status | undefined): Promise<void> {
    const picks = STRATEGIES.map((name): Pick => ({
      label: `$(organization) ${strategyName(name)}`,
      ...(status?.strategy === name ? { description: t("selected") } : {}),
      detail: strategyWords(name),
      name,
    }));
    const none: Pick = {
      label: `$(law) ${t("As configured")}`,
      detail: t("What the pipeline or the setting camus.defaults.strategy says."),
      name: "",
    };
    await this.#choose(
      [none, ...picks],
      t("How should the models work together in this session?"),
      "camus.selectStrategy",
    );
  }

  async #choose(picks: readonly Pick[], title: string, command: string): Promise<void> {
    const chosen = await vscode.window.showQuickPick(picks, {
      title,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (chosen?.command) await vscode.commands.executeCommand(chosen.command);
    if (chosen?.name === undefined) return;
    const argument = { name: chosen.name };
    const selected = await this.#work.ask<string | null>({ command, title, argument, quiet: true });
    if (typeof selected === "string") {
      const label = chosen.label.replace(/^\$\([\w-]+\) /, "");
      const what = selected
        ? t("Camus: selected for this session: {0}.", label)
        : t("Camus: nothing is selected; it is chosen by the task.");
      vscode.window.setStatusBarMessage(what, 5000);
    }
  }

  async unlock(): Promise<void> {
    const ask = {
      command: "camus.clearModelLock",
      title: t("Clear Model Lock"),
      argument: {},
      quiet: true,
    };
    const locked = await this.#work.ask<boolean>(ask);
    if (locked === undefined) return;
    void vscode.window.showInformationMessage(
      locked
        ? t("Camus chooses the model again.")
        : t("No model was selected; Camus chooses already."),
    );
  }
}
