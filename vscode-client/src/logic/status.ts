// The server's state as a status item shows it and a screen reader says it.

import { posix } from "node:path";
import { t } from "../words";
import { strategyName } from "./strategies";

/** A model that was selected for the session, a workspace or a document. */
export interface Lock {
  model: string;
  scope: "conversation" | "workspace" | "document";
  uri: string | null;
}

/** The parameters of `camus/status`. */
export interface Status {
  model: string | null;
  friendly: string | null;
  specialist: string | null;
  place: "local" | "remote" | "rules" | null;
  pipeline: string | null;
  /** How the models work together, where that was selected. */
  strategy: string | null;
  lock: string | null;
  /** What is locked, widest first. */
  locks: readonly Lock[];
  /** What remains of that model's quota today, in words. */
  quota: string | null;
  /** Who was asked before in the same request, in plain words. */
  after: string | null;
  busy: number;
}

export type ServerState = "starting" | "running" | "missing" | "stopped";

export interface Shown {
  text: string;
  tooltip: string;
  label: string;
  warning: boolean;
}

export interface Situation {
  server: ServerState;
  restricted: boolean;
  status: Status | undefined;
  /** What is running now, in words. */
  doing: string;
}

/** The item in the status bar. */
export function shown(now: Situation): Shown {
  const name = "Camus";
  switch (now.server) {
    case "starting":
      return plain(`$(loading~spin) ${name}`, t("Camus is starting"));
    case "missing":
      return { ...plain(`$(warning) ${name}`, t("Camus: no server was found")), warning: true };
    case "stopped":
      return { ...plain(`$(error) ${name}`, t("Camus: the server is not running")), warning: true };
    case "running":
      return running(now);
  }
}

function plain(text: string, words: string): Shown {
  return { text, tooltip: words, label: words, warning: false };
}

function running(now: Situation): Shown {
  const { status } = now;
  const place = status?.place ?? null;
  const icon = status?.busy
    ? "$(loading~spin)"
    : ICONS[now.restricted ? "restricted" : (place ?? "unknown")];
  const who = place === "rules" ? t("rules") : (status?.friendly ?? "Camus");
  const marks = [who];
  if (status?.lock) marks.push("$(lock)");
  if (status?.pipeline) marks.push(status.pipeline);
  if (status?.strategy) marks.push(strategyName(status.strategy));
  if (status?.quota) marks.push(`$(dashboard) ${leftOf(status.quota)[0] ?? ""}`);
  const words = sentences(now);
  return {
    text: `${icon} ${marks.join(" ")}`,
    tooltip: words.join("\n\n"),
    label: `Camus. ${words.join(" ")}`,
    warning: false,
  };
}

const ICONS = {
  local: "$(sparkle)",
  remote: "$(cloud)",
  rules: "$(law)",
  unknown: "$(sparkle)",
  restricted: "$(shield)",
} as const;

/** Everything that the item stands for, one sentence each. */
function sentences({ status, restricted, doing }: Situation): string[] {
  const said = [whoAnswered(status)];
  if (restricted)
    said.push(t("This workspace is not trusted: only the built-in rules answer, nothing is sent."));
  said.push(...(status?.locks ?? []).map(lockWords));
  if (status?.pipeline) said.push(t("Pipeline: {0}.", status.pipeline));
  if (status?.strategy) said.push(t("Strategy: {0}.", strategyName(status.strategy)));
  if (status?.quota) said.push(t("Left of its quota today: {0}.", leftOf(status.quota).join(", ")));
  if (status?.busy) said.push(doing ? t("Working: {0}.", doing) : t("Working."));
  return said;
}

function lockWords({ model, scope, uri }: Lock): string {
  switch (scope) {
    case "conversation":
      return t("The model is locked: you selected it for this session.");
    case "workspace":
      return t("{0} is locked for this workspace.", model);
    case "document":
      return t(
        "{0} is locked for the file {1}.",
        model,
        posix.basename(decodeURIComponent(uri ?? "")),
      );
  }
}

/** What is left of a quota, as the server tells it (`12 requests, 4300 tokens`), part by part. */
function leftOf(quota: string): string[] {
  return quota.split(", ").map((part) => {
    const [amount = "", ...unit] = part.split(" ");
    switch (unit.join(" ")) {
      case "requests":
        return t("{0} requests", amount);
      case "tokens":
        return t("{0} tokens", amount);
      case "of money":
        return t("{0} of money", amount);
      default:
        return part;
    }
  });
}

function whoAnswered(status: Status | undefined): string {
  if (!status?.model || !status.place) return t("Ready. No answer was given yet.");
  if (status.place === "rules") return t("The built-in rules answered, on this machine.");
  const name = status.friendly ?? status.model;
  const who = status.specialist ? t("{0}, a specialist for {1},", name, status.specialist) : name;
  return status.place === "remote"
    ? t("{0} answers from another machine.", who)
    : t("{0} answers on this machine.", who);
}

/** The words for a hand-off from one model to another within a request; null where there is none. */
export function handOff(before: Status | undefined, now: Status): string | null {
  if (!now.after || !now.model) return null;
  if (before?.after === now.after && before.model === now.model) return null;
  return t("{0} handed over to {1}.", now.after, now.friendly ?? now.model);
}
