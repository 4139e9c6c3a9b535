// The text that would be sent, laid out for reading: nothing is left out and nothing rendered.

import { t } from "../words";
import type { Sent } from "./answers";

export function promptText(sent: Sent): string {
  const where = sent.local
    ? t("It stays on this machine.")
    : t("It would be sent to {0}.", sent.destination);
  const head = [
    t("What {0} would be asked ({1}).", sent.model, sent.action),
    where,
    ...(sent.blocked ? [t("It is not sent now: {0}", sent.blocked)] : []),
    ...(sent.placeholders
      ? [t("{0} secrets are replaced by placeholders.", sent.placeholders)]
      : []),
    ...sent.notes,
  ];
  const turns = sent.messages.flatMap(({ role, content }) => [`===== ${role} =====`, content]);
  return `${[...head, "", ...turns].join("\n")}\n`;
}
