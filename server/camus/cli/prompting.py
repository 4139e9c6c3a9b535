"""`camus prompt`: the prompt for a place as it would be sent, and the templates behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from camus.actions import VALUES, Template, every_shipped
from camus.cli.exits import Exit, Failure
from camus.cli.options import Options
from camus.cli.places import Place, read_place, root_of
from camus.cli.render import harmless
from camus.cli.requests import findings_at, targets
from camus.cli.session import engine, finish, new_id
from camus.cli.work import Work, fix_request, request_of
from camus.cli.writing import create_file
from camus.config import folders
from camus.orchestrator import Orchestrator, Preview, Request

_ACTIONS = ("fix", "refactor", "document", "implement", "explain", "review", "ask", "modify")
_SPEAKING = frozenset({"ask", "modify"})


@click.command()
@click.argument("action", required=False, type=click.Choice(_ACTIONS))
@click.argument("place", required=False, metavar="FILE[:LINE[:COLUMN]]")
@click.option("--model", default="", help="The model, composite or role to write it for.")
@click.option("-i", "--instruction", default="", help="What you would ask for.")
@click.option("--pipeline", default="", help="Show the first step of this pipeline.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--list", "listed", is_flag=True, help="List the templates and where each is from.")
@click.option(
    "--export",
    type=click.Path(file_okay=False, path_type=Path),
    help="Copy the templates that ship into a folder, to start your own from.",
)
@click.option("--force", is_flag=True, help="With --export: replace files that are there.")
def prompt(
    action: str | None,
    place: str | None,
    listed: bool,
    export: Path | None,
    force: bool,
    **wish: str | bool,
) -> None:
    """Show the prompt for a place exactly as it would be sent; nothing is sent."""
    if listed:
        finish(_list)
    if export is not None:
        finish(lambda: _export(export, force=force))
    if action is None or place is None:
        raise click.UsageError("name an action and a place, or use --list or --export DIR")
    if action in _SPEAKING and not wish["instruction"]:
        raise click.UsageError(
            f"say what you would ask for: camus prompt {action} {place} -i '...'"
        )
    options = Options(
        json=bool(wish["as_json"]), model=str(wish["model"]), pipeline=str(wish["pipeline"])
    )
    finish(lambda: _show(action, place, str(wish["instruction"]), options))


async def _show(action: str, where: str, instruction: str, options: Options) -> int:
    place = read_place(where)
    work = Work(new_id(), action, place, instruction, options, root_of(place.path))
    async with engine(work.root) as orchestrator:
        request, more = await _request(orchestrator, work, place)
        made = await orchestrator.preview(request)
    if options.json:
        click.echo(json.dumps(_as_json(made, more), ensure_ascii=False, indent=2))
    else:
        for line in _lines(work, made, more):
            click.echo(line)
    return Exit.REFUSED if made.blocked else Exit.DONE


async def _request(engine: Orchestrator, work: Work, place: Place) -> tuple[Request, str]:
    """The first request that the command of the action would make, and what of the rest."""
    if work.action != "fix":
        whole = work.action == "ask"
        spans = (place.span,) if whole else targets(work.action, place)
        more = f"the first of {len(spans)} symbols; name a line for another" if spans[1:] else ""
        return request_of(work, place.document, spans[0]), more
    found = await findings_at(engine, place.document, place, str(work.root))
    if not found:
        raise Failure(f"{work.name}: the analysers find nothing to fix here", Exit.NOTHING)
    first = min(found, key=lambda each: each.span.start)
    more = f"the first of {len(found)} findings; name a line for another" if found[1:] else ""
    return fix_request(work, place.document, [first]), more


def _lines(work: Work, made: Preview, more: str) -> Iterator[str]:
    profile = made.profile
    family = f", family {made.family}" if made.family else ""
    where = f"{work.name}:{work.place.line}" if work.place.line else work.name
    yield click.style(
        harmless(f"{made.task.action.id} {where} · {profile.name} on {profile.place.name}{family}"),
        bold=True,
    )
    yield harmless(f"why this model: {made.reason}")
    for line in (*_about_size(made), *made.notes, more):
        if line:
            yield harmless(line)
    if made.sent is None:
        yield click.style(harmless(f"blocked: {made.blocked}"), fg="red")
        return
    for message in made.sent.messages:
        yield ""
        yield click.style(f"--- {message.role} ---", fg="cyan")
        yield harmless(message.content)


def _about_size(made: Preview) -> Iterator[str]:
    written, sampling = made.written, made.sampling
    if written is None:
        return
    yield (
        f"tokens: about {written.tokens} of a window of {written.window}, "
        f"{written.answer} kept for the answer"
    )
    bound = "a JSON schema" if sampling.schema else "a grammar" if sampling.grammar else ""
    bound = bound and f"; the answer is bound to {bound}"
    yield f"sampling: temperature {sampling.temperature:g}, top_p {sampling.top_p:g}{bound}"
    names = ", ".join(f"{each.name}.md ({_origin(each)})" for each in written.templates)
    yield f"templates: {names}; version {written.prompt.version}"
    if written.chunks or written.chunks_cut:
        left = f", {written.chunks_cut} left out for room" if written.chunks_cut else ""
        yield f"from elsewhere in the project: {written.chunks} piece(s){left}"
    if written.context_cut:
        yield "left out for room: the headers and imports around the target"
    if made.hidden:
        yield f"{made.hidden} secret(s) are replaced by placeholders"


def _origin(template: Template) -> str:
    return f"yours: {template.file}" if template.file else "ships"


def _as_json(made: Preview, more: str) -> dict[str, object]:
    written = made.written
    return {
        "action": made.task.action.id,
        "model": made.profile.name,
        "destination": made.profile.place.name,
        "local": made.profile.place.local,
        "family": made.family,
        "reason": made.reason,
        "blocked": made.blocked,
        "messages": [{"role": m.role, "content": m.content} for m in made.sent.messages]
        if made.sent
        else [],
        "placeholders": made.hidden,
        "tokens": written.tokens if written else None,
        "window": made.profile.window,
        "answer_tokens": made.sampling.max_tokens,
        "temperature": made.sampling.temperature,
        "top_p": made.sampling.top_p,
        "templates": [
            {"name": each.name, "origin": each.origin, "file": each.file}
            for each in (written.templates if written else ())
        ],
        "version": written.prompt.version if written else "",
        "chunks": written.chunks if written else 0,
        "chunks_cut": written.chunks_cut if written else 0,
        "context_cut": written.context_cut if written else False,
        "notes": [note for note in (*made.notes, more) if note],
    }


async def _list() -> int:
    root = root_of(Path.cwd())
    async with engine(root) as orchestrator:
        own = {each.name: each for each in reversed(orchestrator.templates.own)}
    names = sorted({*own, *(each.name for each in every_shipped())})
    for name in names:
        click.echo(harmless(f"{name:28} {_origin(own[name]) if name in own else 'ships'}"))
    click.echo(f"\nyour own: {folders().config / 'prompts'}, or .camus/prompts of a workspace")
    click.echo("start from the ones that ship: camus prompt --export DIR")
    return Exit.DONE


async def _export(folder: Path, *, force: bool) -> int:
    files = {f"{each.name}.md": f"{each.text}\n" for each in every_shipped()}
    files["README.md"] = _readme()
    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        names = ", ".join(there[:3])
        raise Failure(f"{folder} holds {names} already; --force replaces them")
    for name, text in files.items():
        create_file(folder / name, text)
    click.echo(f"{len(files) - 1} templates and a README.md written to {folder}")
    click.echo("delete those that you do not change: what is not there goes on being what ships")
    return Exit.DONE


def _readme() -> str:
    rows = "\n".join(f"| `{{{{{name}}}}}` | {words} |" for name, words in VALUES.items())
    return f"""# Prompt templates

`NAME.md` holds for everything, `NAME.LANGUAGE.md` for a language, `NAME.FAMILY.md` for a family of
models, `NAME.LANGUAGE.FAMILY.md` for both. A line whose values are all empty goes away.
`camus prompt ACTION FILE:LINE` shows the prompt that comes of them.

| placeholder | what is put in |
| --- | --- |
{rows}
"""
