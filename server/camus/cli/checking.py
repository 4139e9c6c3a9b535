"""`camus check`: the report of a change from any source, for people, CI and pre-commit."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from camus import config, quality
from camus.analysis import Finding, Severity, Tools
from camus.cli.exits import Exit, Failure
from camus.cli.places import Place, read_place, root_of
from camus.cli.reports import Checked, report_json, report_lines
from camus.cli.sarif import Result, sarif
from camus.cli.session import finish
from camus.config import Config, Layers
from camus.privacy import Ledger
from camus.quality import MEANT, Meant
from camus.source import Document, Span

_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How changes are to be checked and told."""

    against: str
    meant: Meant
    threshold: float | None
    json: bool
    sarif: bool


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--against",
    default="",
    envvar="PRE_COMMIT_FROM_REF",  # which pre-commit sets where it looks at a range of commits
    help="The older text: a file, or a revision of git's.",
)
@click.option(
    "--as",
    "what",
    type=click.Choice(list(MEANT)),
    default="change",
    help="What the change is for: refactoring keeps interfaces, documenting keeps the code.",
)
@click.option("-m", "--message", default="", help="What was to be done; may allow what is lost.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="The least score that passes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an object, or a list of them.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print a SARIF 2.1.0 log.")
def check(
    files: tuple[str, ...],
    against: str,
    what: str,
    message: str,
    threshold: float | None,
    as_json: bool,
    as_sarif: bool,
) -> None:
    """Judge a change: FILE as it is against git's HEAD, or against another text.

    A file that git does not know there is judged as new. Exits with 1 when the change brings a
    problem or scores below the threshold.
    """
    wanted = Wanted(against, Meant(what, message), threshold, as_json, as_sarif)
    finish(lambda: _check(files, wanted))


async def _check(files: Sequence[str], wanted: Wanted) -> int:
    if len(files) > 1 and _is_file(wanted.against):
        raise Failure("--against names one file, so check one file with it")
    tools = Tools()
    try:
        # One after another: each is several tools at once already.
        checked = [await _one(file, wanted, tools) for file in files]
    finally:
        await tools.close()
    _print(checked, wanted)
    return Exit.DONE if all(each.passed for each in checked) else Exit.FINDINGS


async def _one(file: str, wanted: Wanted, tools: Tools) -> Checked:
    place = read_place(file)
    root = root_of(place.path)
    settings = settings_of(root)
    before, against = await _older(place, wanted.against, tools)
    report = await quality.compare_texts(
        before, place.document, tools, str(root), meant=wanted.meant, settings=settings.quality
    )
    least = settings.defaults.quality_threshold if wanted.threshold is None else wanted.threshold
    return Checked(name_of(place.path), place.document, report, before, against, least)


async def _older(place: Place, against: str, tools: Tools) -> tuple[Document, str]:
    """The text to compare with and where it is from; an empty one, from nowhere, for a new file."""
    now = place.document
    if _is_file(against):
        return Document(now.uri, read_place(against).document.text, now.language), against
    revision = against or "HEAD"
    found = await tools.committed(place.path, revision)
    if found.text is not None:
        return Document(now.uri, found.text, now.language), revision
    if against and not found.fresh:
        name = place.path.name
        raise Failure(f"{against} is neither a file nor a revision with {name}: {found.problem}")
    return Document(now.uri, "", now.language), ""


def _is_file(name: str) -> bool:
    return bool(name) and Path(name).is_file()


def settings_of(root: Path) -> Config:
    """The configuration in force for a folder; what is wrong in it goes to stderr."""
    folders = config.folders(os.environ)
    layers = Layers(
        folders=folders,
        workspace=root,
        env=os.environ,
        trusted=Ledger(folders.config).trusted,
    )
    loaded = config.load(layers)
    for problem in loaded.problems:
        click.secho(f"{problem.severity}: {problem}", fg="yellow", err=True)
    return loaded.config


def name_of(path: Path) -> str:
    """A file as the user would name it from here."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _print(checked: list[Checked], wanted: Wanted) -> None:
    if wanted.sarif:
        results = [result for each in checked for result in _results(each)]
        notices = dict.fromkeys(f"{c.name}: {said}" for c in checked for said in c.report.unchecked)
        click.echo(json.dumps(sarif(results, notices), ensure_ascii=False, indent=2))
    elif wanted.json:
        values = [report_json(each) for each in checked]
        click.echo(json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False))
    else:
        for each in checked:
            for line in report_lines(each):
                click.echo(line)


def _results(checked: Checked) -> list[Result]:
    """The findings of one report, and its refusals and faults without a place of their own."""
    report, document, name = checked.report, checked.document, checked.name
    new = [Result(each, document, name, "new") for each in report.introduced]
    old = [Result(each, document, name, "unchanged") for each in report.kept]
    gone = [Result(each, checked.before, name, "absent") for each in report.removed]
    return [*new, *quality_results(checked), *old, *gone]


def quality_results(checked: Checked) -> list[Result]:
    """What the report says beyond findings, as results at the beginning of the text."""
    report = checked.report
    found = [_said(f"camus/{_REFUSED}", each, "error") for each in report.refusals]
    for part in report.parts:
        known = any(each.message.rstrip(".") in part.detail for each in report.introduced)
        if part.score < 1 and part.detail and not known:
            found.append(_said(f"camus/{part.name}", part.detail, "warning"))
    return [Result(each, checked.document, checked.name, "new") for each in found]


def _said(rule: str, words: str, severity: Severity) -> Finding:
    return Finding(rule, words, Span(0, 0), severity, "correctness", "camus")
