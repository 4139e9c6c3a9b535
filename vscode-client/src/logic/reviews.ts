// The problems of reviews, ordered by aspect and file; knows no editor.

import { t } from "../words";

export const ASPECTS = ["correctness", "security", "performance", "style", "consistency"] as const;
export type Aspect = (typeof ASPECTS)[number] | "other";

export interface Found {
  readonly uri: string;
  readonly aspect: Aspect;
  readonly line: number;
  readonly message: string;
  readonly severity: number;
}

export interface InFile<F extends Found> {
  readonly uri: string;
  readonly found: readonly F[];
}

export interface InAspect<F extends Found> {
  readonly aspect: Aspect;
  readonly count: number;
  readonly files: readonly InFile<F>[];
}

/** The aspect in a diagnostic's data; `other` where it tells none that is known. */
export function aspectOf(data: unknown): Aspect {
  const told =
    typeof data === "object" && data !== null && "aspect" in data ? data.aspect : undefined;
  return ASPECTS.find((each) => each === told) ?? "other";
}

/** Aspects in the order above, files by name, problems by line; what is empty is left out. */
export function byAspect<F extends Found>(found: readonly F[]): InAspect<F>[] {
  return [...ASPECTS, "other" as const].flatMap((aspect) => {
    const own = found.filter((each) => each.aspect === aspect);
    if (own.length === 0) return [];
    const uris = [...new Set(own.map((each) => each.uri))].sort();
    const files = uris.map((uri) => ({
      uri,
      found: own.filter((each) => each.uri === uri).sort((one, other) => one.line - other.line),
    }));
    return [{ aspect, count: own.length, files }];
  });
}

/** How many problems were found, in words. */
export function problems(count: number): string {
  if (count === 0) return t("no problem was found");
  return count === 1 ? t("one problem") : t("{0} problems", count);
}
