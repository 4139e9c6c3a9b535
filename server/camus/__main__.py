"""Run the command line with `python -m camus`."""

from camus.cli import main

if __name__ == "__main__":
    main()
