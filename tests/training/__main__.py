"""Trains the classifier's weights and writes them, or with --check says whether they are these."""

from __future__ import annotations

import argparse
import sys

from camus.actions.learned import FILE
from training.weights import train


def main() -> None:
    """Train and write, or compare."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if other")
    given = parser.parse_args()
    data = train(say=print)
    if given.check:
        same = data == FILE.read_bytes()
        print("the same bytes" if same else "other bytes than those that ship")
        sys.exit(not same)
    FILE.write_bytes(data)
    print(f"{FILE.name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
