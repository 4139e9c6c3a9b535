"""`camus review`: the findings of a file or a folder by aspect; by the rules alone for a folder."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from camus import quality
from camus.analysis import Findings, Tools
from camus.cli import render
from camus.cli.exits import Exit, Failure
from camus.cli.options import Options, asking
from camus.cli.places import read_place, root_of
from camus.cli.reports import ASPECTS, chosen, finding_json
from camus.cli.sarif import Result, sarif
from camus.cli.session import engine, finish, log_to_stderr, new_id
from camus.orchestrator import Orchestrator, Request, attributed
from camus.privacy import Ignore, user_excludes
from camus.source import Document, language_for, language_of, uri_of

_AT_ONCE = 4
_MOST = 20_000
"""Files of one folder; more are not source code of one project."""
_LARGEST = 2_000_000
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env", "vendor"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One file and what was found in it; `problem` says why it was not looked at."""

    name: str
    document: Document
    looked: Findings
    problem: str = ""


@click.command("review")
@click.argument("place", metavar="FILE|DIR")
@click.argument("instruction", default="")
@click.option("--aspect", multiple=True, type=click.Choice(ASPECTS), help="Only these aspects.")
@click.option("--rules", is_flag=True, help="By the rules alone, without a model.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print a SARIF 2.1.0 log.")
@asking
def review(
    place: str,
    instruction: str,
    aspect: tuple[str, ...],
    rules: bool,
    as_sarif: bool,
    **given: Any,
) -> None:
    """List problems by aspect; exits with 1 when there are any.

    A folder is looked at by the rules alone, and so is a file with --rules, --aspect or --sarif,
    unless --model, --pipeline or --strategy says which models to ask: several files at a time.
    """
    options = Options(**given)
    if options.verbose:
        log_to_stderr(options.verbose)
    if Path(place).is_dir() or rules or aspect or as_sarif:
        here = Path(place).absolute()
        by_models = not rules and bool(options.model or options.pipeline or options.strategy)
        asked = options if by_models else None
        finish(lambda: _review(here, aspect, options.json, as_sarif=as_sarif, asked=asked))
    else:
        from camus.cli.telling import tell

        finish(lambda: tell("review", place, instruction, options))


async def _review(
    place: Path,
    aspects: Sequence[str],
    as_json: bool,
    *,
    as_sarif: bool,
    asked: Options | None,
) -> int:
    root = root_of(place)
    files = await asyncio.to_thread(lambda: list(_files(place, root)))
    if not files:
        raise Failure(f"{place}: there is no source code here that is not ignored", Exit.NOTHING)
    if asked is None:
        tools = Tools(concurrency=_AT_ONCE)
        try:
            seen = await _all(files, lambda each: quality.findings(each, tools, str(root)))
        finally:
            await tools.close()
    else:
        async with engine(root, asked.flags) as camus:
            seen = await _all(files, partial(_by_models, camus, asked))
    seen = [each for each in seen if chosen(each.looked.findings, aspects) or each.problem]
    if as_sarif:
        _print_sarif(seen, aspects)
    elif as_json:
        _print_json(seen, aspects, len(files))
    else:
        _print_words(seen, aspects, len(files))
    return Exit.FINDINGS if any(chosen(s.looked.findings, aspects) for s in seen) else Exit.DONE


async def _by_models(camus: Orchestrator, options: Options, document: Document) -> Findings:
    """What the models that were asked for find, with who found it; why not, where they do not."""
    outcome = await camus.perform(
        Request(
            new_id(),
            "review",
            document,
            document.span,
            override=options.override,
            whole_target=True,
            fresh=options.fresh,
        )
    )
    if outcome.state not in {"done", "nothing"}:
        return Findings(absent=(("review", outcome.message),))
    missing = tuple(
        ("review", warning)
        for warning in outcome.warnings
        if warning.startswith("left out") or "did not answer" in warning
    )
    return Findings(attributed(outcome), absent=missing)


Look = Callable[[Document], Awaitable[Findings]]


async def _all(files: Sequence[Path], look: Look) -> list[Seen]:
    """Every file looked at, a few at once; told on a terminal how far it is."""
    room, done = asyncio.Semaphore(_AT_ONCE), 0

    async def one(path: Path) -> Seen:
        nonlocal done
        async with room:
            seen = await _one(path, look)
        done += 1
        if sys.stderr.isatty():
            click.echo(f"\r{done}/{len(files)} files", nl=done == len(files), err=True)
        return seen

    return list(await asyncio.gather(*(one(path) for path in files)))


async def _one(path: Path, look: Look) -> Seen:
    name = _name(path)
    try:
        document = (await asyncio.to_thread(read_place, str(path))).document
    except Failure as failure:
        return Seen(name, Document(uri_of(path), "", "text"), Findings(), str(failure))
    return Seen(name, document, await look(document))


def _name(path: Path) -> str:
    """A file as seen from here."""
    return os.path.relpath(path)


def _files(place: Path, root: Path) -> Iterator[Path]:
    """The source files of a folder in order, without what ignore files name; or the one file."""
    if not place.is_dir():
        yield place
        return
    ignored = Ignore((root,), git_excludes=user_excludes())
    count = 0
    for folder, folders, names in os.walk(place):
        here = Path(folder)
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".")
            and each not in _SKIPPED
            and not ignored(uri_of(here / each))
        )
        for name in sorted(names):
            path = here / name
            if _is_source(path) and not ignored(uri_of(path)):
                count += 1
                if count > _MOST:
                    return
                yield path


def _is_source(path: Path) -> bool:
    row = language_for(language_of(path.name))
    if row is None or row.grammar is None or path.is_symlink():
        return False
    try:
        return path.stat().st_size <= _LARGEST
    except OSError:
        return False


def _print_words(seen: Sequence[Seen], aspects: Sequence[str], files: int) -> None:
    for aspect in aspects or ASPECTS:
        lines = [
            render.finding_line(finding, each.document, each.name)
            for each in seen
            for finding in chosen(each.looked.findings, (aspect,))
        ]
        if lines:
            click.secho(f"{aspect} ({len(lines)})", bold=True)
            for line in lines:
                click.echo(f"  {line}")
    counts = _counts(seen, aspects)
    total = ", ".join(f"{name} {number}" for name, number in counts.items() if number) or "nothing"
    click.echo(f"{files} file{'s' if files != 1 else ''}: {total}")
    for said in _notices(seen):
        click.echo(f"not checked: {said}", err=True)


def _print_json(seen: Sequence[Seen], aspects: Sequence[str], files: int) -> None:
    found = [
        {"path": each.name, **finding_json(finding, each.document)}
        for each in seen
        for finding in chosen(each.looked.findings, aspects)
    ]
    value = {
        "files": files,
        "findings": found,
        "aspects": _counts(seen, aspects),
        "unchecked": list(_notices(seen)),
    }
    click.echo(json.dumps(value, ensure_ascii=False))


def _print_sarif(seen: Sequence[Seen], aspects: Sequence[str]) -> None:
    results = [
        Result(finding, each.document, Path(each.name).as_posix())
        for each in seen
        for finding in chosen(each.looked.findings, aspects)
    ]
    click.echo(json.dumps(sarif(results, _notices(seen)), ensure_ascii=False, indent=2))


def _counts(seen: Iterable[Seen], aspects: Sequence[str]) -> dict[str, int]:
    found: Counter[str] = Counter(
        f.aspect for each in seen for f in chosen(each.looked.findings, aspects)
    )
    return {aspect: found[aspect] for aspect in ASPECTS if not aspects or aspect in aspects}


def _notices(seen: Iterable[Seen]) -> tuple[str, ...]:
    """What could not be looked at and why, each once."""
    said = [each.problem for each in seen if each.problem]
    said += [f"{who}: {why}" for each in seen for who, why in each.looked.absent]
    return tuple(dict.fromkeys(said))
