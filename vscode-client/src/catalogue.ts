// The models and pipelines that there are, as the server lists them; asked for when needed.

import type { Model, Pipeline } from "./logic/answers";
import { RULES } from "./logic/answers";
import { t } from "./words";
import type { Work } from "./work";

export class Catalogue {
  readonly #work: Work;
  #models: readonly Model[] = [];

  constructor(work: Work) {
    this.#work = work;
  }

  /** The models; what is known is enough where it has the one that is named. */
  async models(named?: string): Promise<readonly Model[]> {
    const enough = named === RULES || this.#models.some((each) => each.name === named);
    if (named === undefined || (named && !enough)) {
      const ask = { command: "camus.models", title: t("Models"), argument: {}, quiet: true };
      this.#models = (await this.#work.ask<Model[]>(ask)) ?? this.#models;
    }
    return this.#models;
  }

  async pipelines(): Promise<readonly Pipeline[]> {
    const ask = { command: "camus.pipelines", title: t("Pipelines"), argument: {}, quiet: true };
    return (await this.#work.ask<Pipeline[]>(ask)) ?? [];
  }

  /** Another configuration may have others. */
  forget(): void {
    this.#models = [];
  }
}
