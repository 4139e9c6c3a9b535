"""LSP to and from the rooms below: positions, progress, cancellation; decides nothing."""


def serve() -> int:
    """Serve LSP over stdio until the client leaves; returns the process's exit code."""
    raise NotImplementedError
