"""The command line: prints what the rooms return; must not import pygls."""


def main() -> None:
    """Run `camus`; ends the process with the command's exit code."""
    raise NotImplementedError
