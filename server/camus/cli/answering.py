"""The commands that ask for an answer: the actions on code, `ask` and `modify`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import click

from camus.cli.options import Options, answering, asking
from camus.cli.session import finish, log_to_stderr

_Answer = Callable[[str, str, Options], Coroutine[Any, Any, int]]
_TARGET = click.argument("target", metavar="FILE[:LINE[:COLUMN]]|INSTRUCTION")
_FILE = click.option(
    "-f", "--file", "file", default="", help="The place; TARGET is then the instruction."
)


def _edit_command(name: str, summary: str) -> click.Command:
    """An action that changes code; without a line it works on every symbol it applies to."""

    async def answer(place: str, instruction: str, options: Options) -> int:
        from camus.cli.editing import edit

        return await edit(name, place, instruction, options)

    return _command(name, summary, answering, answer)


def _text_command(name: str, summary: str) -> click.Command:
    """An action that tells something about code."""

    async def answer(place: str, instruction: str, options: Options) -> int:
        from camus.cli.telling import tell

        return await tell(name, place, instruction, options)

    return _command(name, summary, asking, answer)


def _command(
    name: str, summary: str, options: Callable[[Any], Any], answer: _Answer
) -> click.Command:
    """A command over a place, or over an instruction with the place in `--file`."""

    @click.command(name, help=summary)
    @_TARGET
    @_FILE
    @options
    def command(target: str, file: str, **given: Any) -> None:
        chosen = _options(given)
        place, instruction = (file, target) if file else (target, "")
        finish(lambda: answer(place, instruction, chosen))

    return command


fix = _edit_command("fix", "Fix what the analysers find, there or in the whole file.")
refactor = _edit_command("refactor", "Modernise and simplify without changing what the code does.")
document = _edit_command("document", "Write or complete docstrings and doc comments.")
implement = _edit_command("implement", "Write the body of a stub (needs a model).")
explain = _text_command("explain", "Explain a symbol, or every symbol of a file.")


@click.command()
@click.argument("question")
@_FILE
@asking
def ask(question: str, file: str, **given: Any) -> None:
    """Answer any question, about a place in the code with --file."""
    options = _options(given)
    from camus.cli.telling import tell

    finish(lambda: tell("ask", file, question, options))


@click.command()
@click.argument("instruction")
@click.option(
    *("-f", "--file", "files"),
    required=True,
    multiple=True,
    help="The file, or FILE:LINE for one symbol; may be given several times.",
)
@answering
@click.option("--ensemble", is_flag=True, help="Force ensemble decision making.")
def modify(instruction: str, files: tuple[str, ...], ensemble: bool, **given: Any) -> None:
    """Change files as told, through a pipeline when one is named or configured.

    With --parallel several files are worked on at the same time, and one file by several models
    at the same time, of whose solutions the best is taken.
    """
    if ensemble and given["strategy"] not in {"", "ensemble"}:
        raise click.UsageError(f"--ensemble and --strategy {given['strategy']} exclude each other")
    alternatives = given["parallel"] and len(files) == 1 and not given["pipeline"]
    strategy = given["strategy"] or ("ensemble" if ensemble else "")
    strategy = strategy or ("parallel" if alternatives else "")
    options = _options({**given, "strategy": strategy})
    from camus.cli.editing import edit_all

    finish(lambda: edit_all("modify", files, instruction, options))


def _options(given: dict[str, Any]) -> Options:
    options = Options(**given)
    if options.verbose:
        log_to_stderr(options.verbose)
    return options
