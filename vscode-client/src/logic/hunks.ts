// An answer's edits as hunks, of which each can be taken or left; knows text and no editor.

import type { Position, TextEdit, WorkspaceEdit } from "./answers";

/** A stretch of the old text (offsets in UTF-16 units) and what would stand there instead. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  /** The first line of it in the old text, from 0. */
  readonly line: number;
}

/** The edits of one document. */
export function textEdits(edit: WorkspaceEdit | null, uri: string): TextEdit[] {
  const changes = edit?.documentChanges?.filter((each) => sameUri(each.textDocument?.uri, uri));
  if (changes) return changes.flatMap((each) => each.edits ?? []);
  const found = Object.entries(edit?.changes ?? {}).find(([each]) => sameUri(each, uri));
  return found?.[1] ?? [];
}

/** Whether an answer changes more than this document: others, or files that come and go. */
export function reachesFurther(edit: WorkspaceEdit | null, uri: string): boolean {
  const changed = edit?.documentChanges?.map((each) => each.textDocument?.uri);
  return (changed ?? Object.keys(edit?.changes ?? {})).some((each) => !sameUri(each, uri));
}

/** The files that an answer makes. */
export function createdBy(edit: WorkspaceEdit | null): string[] {
  return (edit?.documentChanges ?? []).flatMap((each) =>
    each.kind === "create" && each.uri !== undefined ? [each.uri] : [],
  );
}

/** Servers and editors escape the same address differently. */
function sameUri(one: string | undefined, other: string): boolean {
  return one !== undefined && decodeURIComponent(one) === decodeURIComponent(other);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\r|\n/g)) starts.push(found.index + found[0].length);
  return starts;
}

function offsetAt(position: Position, starts: readonly number[], text: string): number {
  const start = starts[position.line];
  return start === undefined ? text.length : Math.min(start + position.character, text.length);
}

/** The hunks in the order of the text; edits that share a line are one, since half a line is none. */
export function hunksOf(text: string, edits: readonly TextEdit[]): Hunk[] {
  const starts = lineStarts(text);
  const lineOf = (offset: number) => starts.findLastIndex((start) => start <= offset);
  const found = edits
    .map((edit) => ({
      start: offsetAt(edit.range.start, starts, text),
      end: offsetAt(edit.range.end, starts, text),
      newText: edit.newText,
      line: edit.range.start.line,
    }))
    .sort((one, other) => one.start - other.start || one.end - other.end);
  const hunks: Hunk[] = [];
  for (const next of found) {
    const last = hunks.at(-1);
    if (last && lineOf(last.end) >= next.line) {
      const between = text.slice(last.end, next.start);
      hunks[hunks.length - 1] = {
        ...last,
        end: next.end,
        newText: last.newText + between + next.newText,
      };
    } else {
      hunks.push(next);
    }
  }
  return hunks;
}

/** The text with the hunks that are taken. */
export function withTaken(
  text: string,
  hunks: readonly Hunk[],
  taken: ReadonlySet<number>,
): string {
  let made = "";
  let at = 0;
  hunks.forEach((hunk, index) => {
    made +=
      text.slice(at, hunk.start) +
      (taken.has(index) ? hunk.newText : text.slice(hunk.start, hunk.end));
    at = hunk.end;
  });
  return made + text.slice(at);
}

const lines = (text: string) => text.split(/\r\n|\r|\n/).length - 1;

/** For each hunk its first and last line in the text that `withTaken` makes. */
export function placesOf(
  text: string,
  hunks: readonly Hunk[],
  taken: ReadonlySet<number>,
): { first: number; last: number }[] {
  let shift = 0;
  return hunks.map((hunk, index) => {
    const old = text.slice(hunk.start, hunk.end);
    const shown = taken.has(index) ? hunk.newText : old;
    const first = hunk.line + shift;
    const place = {
      first,
      last: first + Math.max(0, lines(shown) - (shown.endsWith("\n") ? 1 : 0)),
    };
    shift += lines(shown) - lines(old);
    return place;
  });
}

/** The hunk at a line of that text, or the nearest one above or below; -1 without any. */
export function hunkAt(places: readonly { first: number; last: number }[], line: number): number {
  let best = -1;
  let least = Infinity;
  places.forEach(({ first, last }, index) => {
    const distance = line < first ? first - line : line > last ? line - last : 0;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** How many lines come and go, and the first line that is told of it. */
export function summary(
  text: string,
  hunk: Hunk,
): { added: number; removed: number; excerpt: string } {
  const content = (part: string) => part.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  const old = content(text.slice(hunk.start, hunk.end));
  const added = content(hunk.newText);
  const excerpt = (added.find((line) => !old.includes(line)) ?? old[0] ?? "").trim();
  return { added: added.length, removed: old.length, excerpt };
}
