"""LSP to and from the rooms below: positions, progress, cancellation; decides nothing.

Errors
------
OutOfStep            the stream's framing is broken; the connection ends
Refused              the client answered a request of ours with an error
BadTicket            a code action's data was not made by this version
Stale                the code was changed; the client gets ContentModified
NoEngine             there is no configuration to go on with; the client gets RequestFailed
NotLoopback          the socket's address is one that other machines can reach
"""

from collections.abc import Callable


def serve() -> int:
    """Serve LSP over stdio until the client leaves; returns the process's exit code.

    0 after `shutdown` and `exit`, 1 when the client went away otherwise.
    """
    from camus.lsp.connection import serve_on_stdio

    return serve_on_stdio()


def serve_tcp(host: str, port: int, announce: Callable[[str], None]) -> int:
    """Serve LSP to the one client at a loopback port that knows the token; otherwise like `serve`.

    `announce` gets one line of JSON: `{"host", "port", "token"}`. Raises ValueError for an address
    that is not loopback, OSError for a port that cannot be had.
    """
    from camus.lsp.connection import serve_on_tcp

    return serve_on_tcp(host, port, announce)
