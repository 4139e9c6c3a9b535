"""The small commands around the answers: serve, undo, feedback, completion."""

from __future__ import annotations

import sys

import click

from camus.cli.exits import Exit
from camus.cli.session import finish
from camus.config import folders

_LAST_PORT = 65535


@click.command()
@click.option("--stdio", is_flag=True, help="Accepted for editors that pass it; the default.")
@click.option(
    "--tcp",
    metavar="HOST:PORT",
    help="A loopback port instead, for one client that knows the token; port 0 takes a free one.",
)
def serve(stdio: bool, tcp: str | None) -> None:
    """Serve LSP over standard input and output, for an editor.

    With --tcp the first line printed is a JSON object with host, port and token. The client sends
    the token as initializationOptions.camus.token; CAMUS_TOKEN in the environment sets it.
    """
    from camus.lsp import serve as serve_stdio
    from camus.lsp import serve_tcp

    if tcp is None:
        sys.exit(serve_stdio())
    if stdio:
        raise click.UsageError("--stdio and --tcp exclude each other")
    host, _, port = tcp.rpartition(":")
    if not port.isdigit() or int(port) > _LAST_PORT or sys.platform == "win32":
        raise click.UsageError("--tcp takes HOST:PORT, e.g. 127.0.0.1:0; not served on Windows")
    try:
        sys.exit(serve_tcp(host, int(port), click.echo))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--tcp {tcp}: {error}") from None


@click.command()
def undo() -> None:
    """Take the last write of Camus back."""
    from camus.cli.writing import Undo

    async def work() -> int:
        for path in Undo(folders().state / "undo").undo():
            click.echo(f"{path}: restored")
        return Exit.DONE

    finish(work)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    r"""Print the completion script of a shell.

    \b
    bash:  camus completion bash > ~/.local/share/bash-completion/completions/camus
    zsh:   camus completion zsh > a file named _camus in a folder of $fpath
    fish:  camus completion fish > ~/.config/fish/completions/camus.fish
    """
    from click.shell_completion import get_completion_class

    from camus.cli.app import camus

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(kind(camus, {}, "camus", "_CAMUS_COMPLETE").source())
