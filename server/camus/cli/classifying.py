"""`camus classify`: what kind of work a request is taken for, and why; teaches it on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from camus.actions import Classified, classify, correction, described, request_features, taught
from camus.cli.exits import Exit, Failure
from camus.cli.places import Place, read_place, root_of
from camus.cli.render import harmless
from camus.cli.session import finish, layers_of, new_id, problem_line
from camus.config import Classification, TaskKind, canonical, folders, load
from camus.journal import Corrected, Journal
from camus.source import enclosing

_FIELDS = ("instruction", "language", "code", "path", "diagnostics")
_SHOWN = 4
_DIAGNOSTIC = "a diagnostic must be text, or an object with a `message`"


@click.command("classify")
@click.argument("instruction", required=False)
@click.option("-f", "--file", "file", default="", help="The place it is asked at: FILE[:LINE].")
@click.option("--language", default="", help="The language it is asked in, without a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", is_flag=True, help="Read requests from standard input, one JSON a line.")
@click.option("--as", "kind", default="", metavar="KIND", help="Teach it: this is of that kind.")
def classify_command(
    instruction: str | None, file: str, language: str, as_json: bool, jsonl: bool, kind: str
) -> None:
    """Tell what kind of work a request is taken for, how sure that is, and why.

    With --as KIND it learns that it was wrong; only numbers made from the request are kept.
    """

    async def work() -> int:
        if jsonl:
            if instruction is not None or file or kind:
                raise Failure("--jsonl reads the requests from standard input; give nothing else")
            return _lines(*_settings(Path.cwd()))
        if instruction is None and not file:
            raise Failure('give a request: camus classify "fix the failing test"')
        text = instruction or ""
        place = read_place(file) if file else None
        if kind:
            return _teach(text, place, kind)
        root = root_of(place.path) if place else Path.cwd()
        _show(_one(text, place, language, *_settings(root)), as_json)
        return Exit.DONE

    finish(work)


def _settings(root: Path) -> tuple[Classification, tuple[Corrected, ...]]:
    """The rules that hold in a folder, and what was corrected before; says what is wrong."""
    loaded = load(layers_of(root))
    for problem in loaded.problems:
        click.echo(problem_line(problem), err=True)
    rules = loaded.config.classification
    return rules, _corrections() if rules.learn else ()


def _corrections() -> tuple[Corrected, ...]:
    file = folders().state / "journal.sqlite3"
    if not file.exists():
        return ()
    journal = Journal(file)
    try:
        return journal.stats().corrections
    finally:
        journal.close()


def _one(
    text: str,
    place: Place | None,
    language: str,
    rules: Classification,
    corrections: tuple[Corrected, ...],
) -> Classified:
    document, scope = None, None
    if place is not None:
        document = place.document
        scope = enclosing(document, place.span) if place.line else None
    elif language:
        document = described(language=language).document
    return classify(text, document=document, scope=scope, rules=rules, learned=taught(corrections))


def kind_named(word: str) -> TaskKind:
    """The kind of work that a user named. Raises `Failure` with the known ones."""
    kind = canonical(TaskKind, word)
    if kind is None or kind is TaskKind.EMBEDDING:
        known = ", ".join(each for each in TaskKind if each is not TaskKind.EMBEDDING)
        raise Failure(f"'{harmless(word)}' is no kind of work; known: {known}")
    return TaskKind(kind)


def _teach(text: str, place: Place | None, word: str) -> int:
    kind = kind_named(word)
    rules, _ = _settings(root_of(place.path) if place else Path.cwd())
    if not rules.learn:
        raise Failure("learning is switched off: `classification.learn: false`", Exit.REFUSED)
    document = place.document if place else None
    scope = enclosing(place.document, place.span) if place and place.line else None
    found = request_features(text, document, scope)
    journal = Journal(folders().state / "journal.sqlite3")
    try:
        journal.append(correction(found, kind, id=new_id(), at=time.time()))
    finally:
        journal.close()
    click.echo(f"learnt: {kind}; kept as {len(found.tokens)} hashed words and their neighbours")
    return Exit.DONE


def _show(result: Classified, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_told(result), ensure_ascii=False))
        return
    for line in _described(result):
        click.echo(line)


def _described(result: Classified) -> Iterator[str]:
    name = f"{result.named} (like {result.kind})" if result.named else str(result.kind)
    doubt = ", little better than a guess" if result.unsure else ""
    yield f"{click.style(name, bold=True)}  {min(result.confidence, 0.99):.0%} sure{doubt}"
    size = f"about {result.tokens:,} tokens"
    yield f"  {result.complexity}, {result.latency}, {result.domain}, {size}"
    if result.capabilities:
        yield f"  wants: {', '.join(result.capabilities)}"
    yield from (f"  because {harmless(each)}" for each in result.evidence)
    others = [f"{kind} {chance:.0%}" for kind, chance in result.ranked[:_SHOWN] if chance >= 0.01]
    if len(others) > 1:
        yield f"  ranked: {', '.join(others)}"
    if result.warning:
        yield click.style(f"  ! {result.warning}", fg="yellow")


def _told(result: Classified) -> dict[str, Any]:
    return {
        "kind": str(result.kind),
        "named": result.named,
        "complexity": str(result.complexity),
        "confidence": result.confidence,
        "unsure": result.unsure,
        "evidence": list(result.evidence),
        "ranked": [{"kind": str(kind), "confidence": chance} for kind, chance in result.ranked],
        "domain": str(result.domain),
        "latency": str(result.latency),
        "capabilities": [str(each) for each in result.capabilities],
        "tokens": result.tokens,
        "warning": result.warning,
    }


def _lines(rules: Classification, corrections: tuple[Corrected, ...]) -> int:
    """Answer each line as it comes; a bad one is named in its place and does not stop the rest."""
    code = Exit.DONE
    learned = taught(corrections)
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.strip()
        if not line:
            continue
        try:
            given = _request(line)
            told = described(
                given["code"],
                language=given["language"],
                path=given["path"],
                diagnostics=given["diagnostics"],
            )
            result = classify(
                given["instruction"],
                document=told.document,
                scope=told.scope,
                diagnostics=told.diagnostics,
                rules=rules,
                learned=learned,
            )
            answer = _told(result)
        except ValueError as error:
            code = Exit.USAGE
            answer = {"error": str(error), "line": number}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return code


def _request(line: bytes) -> Mapping[str, Any]:
    """The fields of one line. Raises ValueError with what is wrong with it."""
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deep") from None
    if not isinstance(given, dict):
        raise ValueError("expected an object with an `instruction`")  # noqa: TRY004 - one error a line
    unknown = sorted(set(given) - set(_FIELDS))
    if "instruction" not in given:
        more = f"; `{unknown[0][:40]}` is not known" if unknown else ""
        raise ValueError(f"needs `instruction`{more}")
    return {**{field: _text(given, field) for field in _FIELDS[:4]},
            "diagnostics": _messages(given.get("diagnostics"))}  # fmt: skip


def _text(given: Mapping[str, Any], field: str) -> str:
    value = given.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"`{field}` must be text")  # noqa: TRY004 - one error a line
    return value


def _messages(value: object) -> tuple[str, ...]:
    """Diagnostics as texts, or as objects with a `message` and perhaps a `code`."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("`diagnostics` must be a list")  # noqa: TRY004 - one error a line
    found = []
    for each in value[:200]:
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict) and isinstance(each.get("message"), str):
            found.append(f"{each.get('code') or each.get('rule') or ''} {each['message']}".strip())
        else:
            raise ValueError(_DIAGNOSTIC)  # noqa: TRY004 - one error a line
    return tuple(found)
