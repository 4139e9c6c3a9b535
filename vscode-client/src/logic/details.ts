// What is told of an answer beside its changes: warnings, parts of the score, reasons, checks.

import { t } from "../words";
import { type Model, type Previewed, called, checkedShare, handedOver } from "./answers";
import { partName } from "./parts";

export interface Row {
  readonly label: string;
  readonly detail?: string;
  readonly icon?: string;
}

export interface Group {
  readonly title: string;
  readonly icon: string;
  readonly rows: readonly Row[];
  readonly detail: string;
}

interface Judged {
  readonly answer: Previewed;
  readonly models: readonly Model[];
}

/** What stands above the changes, and what below them. */
export function details({ answer, models }: Judged): { before: Group[]; after: Group[] } {
  const group = (title: string, icon: string, rows: Row[], detail = ""): Group[] =>
    rows.length ? [{ title, icon, rows, detail }] : [];
  const report = answer.report;
  const findings = [
    ...(report?.introduced ?? []).map((each) => ({
      label: t("new: {0}", each.message),
      detail: each.rule,
      icon: "warning",
    })),
    ...(report?.removed ?? []).map((each) => ({
      label: t("gone: {0}", each.message),
      detail: each.rule,
      icon: "check",
    })),
  ];
  const warnings = [...answer.warnings, ...handedOver(answer, models)];
  const before = group(
    t("Warnings"),
    "warning",
    warnings.map((label) => ({ label })),
  );
  const after = [
    ...group(
      t("Quality"),
      "dashboard",
      (report?.parts ?? []).map((part) => ({
        label: `${partName(part.name)} ${part.score.toFixed(2)}`,
        detail: part.detail,
        icon: part.score >= 0.8 ? "pass" : "error",
      })),
      checkedShare(report),
    ),
    ...group(t("Problems"), "checklist", findings),
    ...group(
      t("Suggestions"),
      "lightbulb",
      (report?.suggestions ?? []).map((label) => ({ label })),
    ),
    ...group(t("Why"), "question", reasons({ answer, models })),
    ...group(t("Checked"), "verified", [
      ...(report?.checked ?? []).map((label) => ({ label, icon: "check" })),
      ...(report?.unchecked ?? []).map((label) => ({ label: t("not checked: {0}", label) })),
    ]),
  ];
  return { before, after };
}

function reasons({ answer, models }: Judged): Row[] {
  const { decision } = answer;
  if (!decision) return [];
  const chosen = decision.choices.find((each) => each.model === answer.model);
  return [
    ...(chosen ? [{ label: called(chosen.model, models), detail: chosen.reason }] : []),
    ...decision.reasons.map((label) => ({ label })),
    ...answer.notes.map((label) => ({ label })),
    ...(decision.cached ? [{ label: t("The answer came from the cache.") }] : []),
  ];
}
