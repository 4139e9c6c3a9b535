"""`camus config migrate` and `camus config import`: a file into another spelling, and back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from camus import config as settings
from camus.cli import render
from camus.cli.exits import Exit, Failure
from camus.cli.places import root_of
from camus.cli.session import finish, interactive, layers_of, problem_line
from camus.cli.writing import Change, Undo, create_file, replace_file
from camus.config import Loaded, Migration, downgrade, folders, meaning
from camus.source import unified_diff

_WAYS: dict[str, Callable[[bytes, str], Migration]] = {"2": settings.migrate, "1": downgrade}


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
@click.option("--user", is_flag=True, help="Take your own files as well as the workspace's.")
@click.option("--to", type=click.Choice(["2", "1"]), default="2", help="The version to write.")
@click.option("--dry-run", is_flag=True, help="Only show the diff.")
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option("--undo", is_flag=True, help="Put the backup back.")
def migrate(file: Path | None, folder: Path, **wish: bool | str) -> None:
    """Rewrite first-version files in the second version's spelling; the meaning stays.

    A backup stays beside each file. Without FILE: the workspace's files, or else your own.
    """
    named = (file.absolute(),) if file else ()

    async def work() -> int:
        loaded = settings.load(layers_of(folder))
        files = named or _files(loaded, user=bool(wish["user"]))
        if not files:
            raise Failure("there is no configuration file here", Exit.NOTHING)
        if wish["undo"]:
            return _undo(files)
        changes = _migrated(files, str(wish["to"]))
        if not changes:
            click.echo("nothing to do: no file here is of the other version")
            return Exit.NOTHING
        _check_together(folder, loaded, changes)
        for change in changes:
            diff = unified_diff(_text(change.before), _text(change.after), change.path.name)
            for line in render.diff_lines(diff):
                click.echo(line)
        if wish["dry_run"]:
            return Exit.DONE
        if not wish["yes"] and not _confirmed():
            click.echo("nothing was written")
            return Exit.NOT_CONFIRMED
        _write(changes, "v1" if wish["to"] == "2" else "v2")
        if loaded.trusted and any(change.path in loaded.files for change in changes):
            click.echo("the workspace's configuration is another now; trust it again: camus trust")
        return Exit.DONE

    finish(work)


def _files(loaded: Loaded, *, user: bool) -> tuple[Path, ...]:
    own = folders().config
    yours = tuple(path for path in loaded.files if path.parent == own)
    workspaces = tuple(path for path in loaded.files if path.parent != own)
    return (*yours, *workspaces) if user else workspaces or yours


def _migrated(files: tuple[Path, ...], to: str) -> list[Change]:
    """What is to be written. Raises `Failure` when a file cannot be rewritten."""
    changes: list[Change] = []
    for path in files:
        data = _read(path)
        made = _WAYS[to](data, str(path))
        for problem in made.problems:
            click.echo(problem_line(problem), err=True)
        if made.problems:
            raise Failure(f"{path}: nothing was written")
        if made.data != data:
            for words in made.changes:
                click.echo(f"{path.name}: {words}")
            changes.append(Change(path, data, made.data))
    return changes


def _check_together(folder: Path, loaded: Loaded, changes: list[Change]) -> None:
    """The files of other layers go on meaning what they did with the new ones among them."""
    instead = {change.path: change.after for change in changes if change.path in loaded.files}
    layers = replace(
        layers_of(folder), instead=instead, trusted=lambda _folder, _digest: loaded.trusted
    )
    after, before = meaning(settings.load(layers).config), meaning(loaded.config)
    names = [n for n in before.__struct_fields__ if getattr(before, n) != getattr(after, n)]
    if names:
        raise Failure(
            f"together with your other files this would change `{'`, `'.join(names)}`, so nothing "
            "was written; migrate all of them at once: camus config migrate --user"
        )


def _confirmed() -> bool:
    if not interactive():
        click.echo("confirm in a terminal, or use --yes")
        return False
    return click.confirm("Write it?", default=False)


def _write(changes: list[Change], old: str) -> None:
    for change in changes:
        backup = _free(change.path, old)
        backup.write_bytes(change.before)
        backup.chmod(change.path.stat().st_mode & 0o777)
        click.echo(f"{change.path} written; {backup.name} beside it is what was there")
    Undo(folders().state / "undo").write(secrets.token_hex(4), changes)
    click.echo("take it back: camus config migrate --undo")


def _free(path: Path, old: str) -> Path:
    """A name for a backup that is not taken."""
    names = (f"{path.name}.{old}.bak", *(f"{path.name}.{old}.{n}.bak" for n in range(1, 1000)))
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _undo(files: tuple[Path, ...]) -> int:
    """Put back the backups from which exactly the files of now were made."""
    restored = 0
    for path in files:
        now, backups = _read(path), sorted(path.parent.glob(f"{path.name}.v?*.bak"))
        made = [backup for backup in backups if _makes(backup, path, now)]
        if made:
            replace_file(path, made[-1].read_bytes())
            made[-1].unlink()
            click.echo(f"{path}: restored")
            restored += 1
        elif backups:
            message = f"{path} was changed since; what was there is kept in {backups[-1].name}"
            raise Failure(message, Exit.REFUSED)
    if not restored:
        raise Failure("there is no migration to take back", Exit.NOTHING)
    return Exit.DONE


def _makes(backup: Path, path: Path, now: bytes) -> bool:
    data = backup.read_bytes()
    way = _WAYS["2" if ".v1." in backup.name[len(path.name) :] else "1"]
    return way(data, str(path)).data == now


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", default="workspace", help="`workspace`, `user`, or the file to write; ends in .yml."
)
@click.option("--dry-run", is_flag=True, help="Only print what would be written.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def import_file(file: Path, to: str, dry_run: bool, force: bool) -> None:
    """Turn a TOML profile (or any configuration file) into YAML that means the same."""
    source = file.absolute()

    async def work() -> int:
        made = settings.imported(_read(file), str(file))
        for problem in made.problems:
            click.echo(problem_line(problem), err=True)
        if not made.text:
            raise Failure(f"{file}: nothing was imported")
        if dry_run:
            click.echo(made.text, nl=False)
            return Exit.DONE
        target = _target(to)
        if target.exists() and not force:
            raise Failure(f"{target} is there already; --force replaces it, --to names another")
        create_file(target, made.text)
        click.echo(f"{target} written; {file} stays as it is")
        if source.parent == target.parent and source.stem == target.stem:
            click.echo(f"it is read from now on, and {file.name} no longer is")
        return Exit.DONE

    finish(work)


def _target(to: str) -> Path:
    if to == "user":
        return folders().config / "models.yml"
    if to == "workspace":
        return root_of(Path.cwd()) / ".camus" / "models.yml"
    path = Path(to).absolute()
    if path.suffix not in {".yml", ".yaml"}:
        raise Failure(f"'{to}' does not end in .yml; write workspace, user or a YAML file's name")
    return path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
