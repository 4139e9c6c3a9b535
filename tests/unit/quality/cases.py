"""Texts to edit, and a short way to say what an edit does and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from camus.quality import Report

from .conftest import Judge

BELOW = 0.75
"""What a bad edit may score at the most: clearly below the usual threshold of 0.8."""

PYTHON = '''\
import os


def total(items, start=0):
    """The sum."""
    result = start
    for item in items:
        if item is None:
            raise ValueError("none")
        result += item
    return result


class Box:
    def area(self):
        return self.w * self.h

    async def wait(self, other):
        def inner(x):
            return x

        await other.ready()
        return inner(other)


def longest(words):
    best = ""
    best_length = 0
    for word in words:
        length = len(word)
        if length > best_length:
            best = word
            best_length = length
        elif length == best_length:
            best = min(best, word)
        else:
            continue
        if best_length > 100:
            break
    return best
'''

ECMASCRIPT = """\
import { load } from './load.js';

export function total(items, start = 0) {
  let result = start;
  for (const item of items) {
    if (item === null) {
      throw new TypeError('none');
    }
    result += item;
  }
  return result;
}

class Box {
  area() {
    return this.w * this.h;
  }

  async wait(other) {
    await load(other);
    return other;
  }
}

export const box = new Box();
"""

TYPED = ECMASCRIPT.replace("items, start = 0", "items: number[], start: number = 0").replace(
    "wait(other)", "wait(other: string): Promise<string>"
)
TEXTS = {"python": PYTHON, "javascript": ECMASCRIPT, "typescript": TYPED}
SCRIPTS = ("javascript", "typescript")


@dataclass(frozen=True)
class Case:
    """Some words of the text replaced by others, and what is asked at which words."""

    old: str
    new: str
    action: str = "refactor"
    at: str = "total("
    instruction: str = ""
    wants: tuple[str, ...] = ()
    says: str = ""


def params(cases: dict[str, Case], *languages: str) -> list[object]:
    """Every case in every language."""
    return [
        pytest.param(case, language, id=f"{name} {language}")
        for name, case in cases.items()
        for language in languages
    ]


async def judged(judge: Judge, case: Case, language: str) -> Report:
    """The judgement of a case; TypeScript's text has types where the others have none."""
    before = TEXTS[language]
    old, new = case.old, case.new
    if language == "typescript":
        old, new = (text.replace(", start = 0", ", start: number = 0") for text in (old, new))
    assert old in before
    after = before.replace(old, new)
    return await judge(
        before,
        after,
        language=language,
        action=case.action,
        at=case.at,
        instruction=case.instruction,
        wants=case.wants,
    )
