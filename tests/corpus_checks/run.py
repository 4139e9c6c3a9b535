"""Runs the rules over real files and prints what held, as a table.

    python tests/corpus_checks/run.py [--python 240] [--scripts 160] [--seed 1] [--show 0]

Python comes from the standard library and the installed packages, JavaScript and TypeScript from
`npm root -g`, from what Python packages ship, and from the folders in CAMUS_CORPUS. Ends with 1
when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path

if __package__ in {None, ""}:
    root = Path(__file__).parents[2]
    sys.path[:0] = [str(root / "server"), str(root / "tests")]

from camus.analysis import Tools
from camus.source import Document
from corpus_checks import checks, polyglot
from corpus_checks.material import files, python_folders, script_folders, symbols

PYTHON = (".py",)
JAVASCRIPT = (".js", ".mjs", ".cjs")
TYPESCRIPT = (".ts", ".mts", ".tsx")


async def python_checks(count: int, seed: int) -> dict[str, checks.Tally]:
    """All actions on symbols of Python files, half of them from each folder."""
    tallies = {name: checks.Tally() for name in ("document", "refactor", "fix", "fix_all", "texts")}
    folders = python_folders()
    tools = Tools()
    try:
        for folder in folders:
            chance = random.Random(seed)
            seen: dict[str, Document] = {}
            found = symbols(files([folder], PYTHON, chance), count // len(folders), chance)
            for number, (document, scope) in enumerate(found):
                seen[document.uri] = document
                await checks.check_document(tallies["document"], document, scope, tools, number)
                await checks.check_refactor(tallies["refactor"], document, scope, tools)
                await checks.check_texts(tallies["texts"], document, scope, tools)
            for document in seen.values():
                await checks.check_whole_file(tallies["document"], document, tools)
                await checks.check_fixes(tallies["fix"], document, tools, most=6)
                await checks.check_fix_all(tallies["fix_all"], document, tools)
    finally:
        await tools.close()
    return tallies


async def script_checks(endings: tuple[str, ...], count: int, seed: int) -> dict[str, checks.Tally]:
    """Documentation, refactoring and texts on symbols of JavaScript or TypeScript files."""
    tallies = {name: checks.Tally() for name in ("document", "refactor", "fix", "fix_all", "texts")}
    chance = random.Random(seed)
    tools = Tools()
    seen: dict[str, Document] = {}
    try:
        paths = files(script_folders(), endings, chance)
        for number, (document, scope) in enumerate(symbols(paths, count, chance)):
            seen[document.uri] = document
            await checks.check_document(tallies["document"], document, scope, tools, number)
            await checks.check_refactor(tallies["refactor"], document, scope, tools)
            await checks.check_texts(tallies["texts"], document, scope, tools)
        for document in seen.values():
            await checks.check_whole_file(tallies["document"], document, tools)
            await checks.check_fixes(tallies["fix"], document, tools, most=6)
            await checks.check_fix_all(tallies["fix_all"], document, tools)
    finally:
        await tools.close()
    return tallies


def table(name: str, tallies: dict[str, checks.Tally]) -> list[str]:
    """One line an action: its counts."""
    lines = []
    for action, tally in tallies.items():
        said = ", ".join(f"{count} {what}" for what, count in tally.counts.items())
        lines.append(f"{name:<12} {action:<10} {said or 'nothing to check'}")
    return lines


def polyglot_checks(count: int, seed: int, only: list[str], show: int) -> int:
    """The table of docs/languages.md: real symbols of each language, documented and judged."""
    rows, problems = [], []
    for language in polyglot.FOLDERS:
        if only != [""] and language not in only:
            continue
        tally = checks.Tally()
        rows.append(polyglot.measure(language, count, seed, tally))
        print(polyglot.table(rows)[-1], file=sys.stderr, flush=True)  # this takes minutes
        problems += tally.problems
        print("\n\n".join(tally.samples[:show]), file=sys.stderr)
    print("\n".join(polyglot.table(rows)))
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the checks and print the table; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=int, default=240)
    parser.add_argument("--scripts", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--languages", type=int, default=0, help="symbols of each other language")
    parser.add_argument("--only", default="", help="only these of them, by commas")
    parser.add_argument("--show", type=int, default=0, help="print so many of the answers")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    if given.languages:
        return polyglot_checks(given.languages, given.seed, given.only.split(","), given.show)
    results = {
        "python": asyncio.run(python_checks(given.python, given.seed)),
        "javascript": asyncio.run(script_checks(JAVASCRIPT, given.scripts // 2, given.seed)),
        "typescript": asyncio.run(script_checks(TYPESCRIPT, given.scripts // 2, given.seed)),
    }
    problems = []
    for name, tallies in results.items():
        print("\n".join(table(name, tallies)))
        if not tallies["document"].counts:
            print(f"{name}: no files found on this machine; set CAMUS_CORPUS to a folder of some")
        problems += [problem for tally in tallies.values() for problem in tally.problems]
        for sample in tallies["document"].samples[: given.show]:
            print(f"\n{sample}")
    print(f"{time.monotonic() - started:.1f} s, {len(problems)} broken")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
