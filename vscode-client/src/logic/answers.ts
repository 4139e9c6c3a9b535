// What the server's commands answer, as docs/editors.md has it, and how that is said in a line.

import { t } from "../words";

export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

export interface TextEdit {
  range: Range;
  newText: string;
}

export interface WorkspaceEdit {
  changes?: Record<string, TextEdit[]>;
  /** Without a document it is a file that is made, renamed or deleted. */
  documentChanges?: {
    kind?: string;
    uri?: string;
    textDocument?: { uri: string; version: number | null };
    edits?: TextEdit[];
  }[];
}

export interface Noted {
  rule: string;
  message: string;
  severity: string;
}

export interface Part {
  name: string;
  score: number;
  weight: number;
  detail: string;
}

export interface Report {
  score: number;
  confidence: number;
  suggestions: string[];
  refusals: string[];
  parts: Part[];
  introduced: Noted[];
  removed: Noted[];
  checked: string[];
  unchecked: string[];
}

export interface Attempt {
  model: string;
  state: string;
  detail: string;
  score: number | null;
  seconds: number;
  repaired: boolean;
}

export interface Decision {
  strategy: string;
  pipeline: string;
  choices: { model: string; reason: string; step: string }[];
  rejected: { model: string; reason: string }[];
  reasons: string[];
  attempts: Attempt[];
  cached: boolean;
}

export interface Answer {
  id: string;
  action: string;
  state: string;
  model: string;
  score: number | null;
  message: string;
  warnings: string[];
  notes: string[];
}

export interface Told extends Answer {
  text: string;
}

export interface Reviewed extends Answer {
  findings?: number;
}

export interface Previewed extends Told {
  edit: WorkspaceEdit | null;
  report: Report | null;
  decision: Decision | null;
  needsConfirmation: boolean;
}

export interface Model {
  name: string;
  friendly: string;
  specialist: string | null;
  place: "local" | "remote";
  destination: string;
  ready: boolean;
  problem: string;
  selected: boolean;
}

export interface Pipeline {
  name: string;
  friendly: string;
  place: "local" | "remote";
  ready: boolean;
  selected: boolean;
  steps: string[];
}

/** The prompt of a request as it would leave, from `camus.prompt`. */
export interface Sent {
  action: string;
  model: string;
  destination: string;
  local: boolean;
  blocked: string;
  messages: { role: string; content: string }[];
  placeholders: number;
  notes: string[];
}

export const RULES = "rules";

/** Where a model runs, in words. */
export function whereabouts(model: Model | undefined, name: string): string {
  if (name === RULES) return t("on this machine, without a model");
  if (!model) return "";
  return model.place === "local" ? t("on this machine") : t("at {0}", model.destination);
}

/** A model's name in plain words. */
export function called(name: string, models: readonly Model[]): string {
  if (name === RULES) return t("the built-in rules");
  return models.find((each) => each.name === name)?.friendly ?? name;
}

/** `Qwen2.5 Coder 7B, on this machine`. */
export function answeredBy(name: string, models: readonly Model[]): string {
  const model = models.find((each) => each.name === name);
  const where = whereabouts(model, name);
  return [called(name, models), where].filter(Boolean).join(", ");
}

/** How much of an answer could be looked at, where that is not all. */
export function checkedShare(report: Report | null): string {
  if (!report || report.confidence >= 1) return "";
  return t("{0} % of the checks could be made", Math.round(report.confidence * 100));
}

/** How sure an answer is: `quality 0.92 of 1`. */
export function quality(score: number | null | undefined): string {
  return typeof score === "number" ? t("quality {0} of 1", score.toFixed(2)) : "";
}

/** Who was asked before the one that answered, and why they did not: what a hand-off is told as. */
export function handedOver(
  answer: Pick<Previewed, "decision" | "model">,
  models: readonly Model[],
): string[] {
  const attempts = (answer.decision?.attempts ?? []).filter((each) => each.model !== RULES);
  const told = attempts
    .filter((each) => each.model !== answer.model)
    .map((each) =>
      t(
        "{0} was asked before: {1}",
        called(each.model, models),
        [each.state.replace(/_/g, " "), each.detail].filter(Boolean).join(", "),
      ),
    );
  return [...new Set(told)];
}

/** What to say when there is nothing to apply. */
export function declined(answer: Answer): string {
  return answer.message || t("there is nothing to change.");
}
