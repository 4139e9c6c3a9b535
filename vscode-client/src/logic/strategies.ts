// How models may work together, in words; the names are the server's own.

import { t } from "../words";

export const STRATEGIES = [
  ...["cascade", "single", "sequential", "ensemble", "parallel", "adaptive"],
  ...["SINGLE_FAST", "DUAL_VALIDATION", "TRIPLE_CONSENSUS"],
] as const;

/** What a strategy is called; a name that is not known stays as it is. */
export function strategyName(name: string): string {
  switch (name) {
    case "cascade":
      return t("cascade");
    case "single":
      return t("single");
    case "sequential":
      return t("sequential");
    case "ensemble":
      return t("ensemble");
    case "parallel":
      return t("parallel");
    case "adaptive":
      return t("adaptive");
    case "SINGLE_FAST":
      return t("single, fast");
    case "DUAL_VALIDATION":
      return t("dual validation");
    case "TRIPLE_CONSENSUS":
      return t("triple consensus");
    default:
      return name;
  }
}

/** What it does, in a sentence. */
export function strategyWords(name: string): string {
  switch (name) {
    case "cascade":
      return t("The smallest model first; the next one when the checks reject its answer.");
    case "single":
      return t("One model; the next one only when it gave no answer that can be used.");
    case "sequential":
      return t("The steps of a pipeline, each on what the one before made.");
    case "ensemble":
      return t("Several answers at the same time, of which one wins.");
    case "parallel":
      return t(
        "A review by aspects at the same time; for a change several solutions, of which the best wins.",
      );
    case "adaptive":
      return t("One model, the cascade, dual validation or triple consensus, as the task needs.");
    case "SINGLE_FAST":
      return t("One fast model, whatever its answer scores.");
    case "DUAL_VALIDATION":
      return t("One model writes, another criticises, the first one mends.");
    case "TRIPLE_CONSENSUS":
      return t("Three models write; two have to agree.");
    default:
      return "";
  }
}
