"""How far our symbols agree with Python's own parser and with Universal Ctags.

    python tests/corpus_checks/agreement.py [--lines 10000] [--files 60] [--seed 1] [--show 5]

Prints two tables in Markdown and, on standard error, places where the two differ. Ends with 1 when
a line of Python differs or fewer than three other languages agree in 95 % of their definitions.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import subprocess
import sys
import warnings
from pathlib import Path

if __package__ in {None, ""}:
    root = Path(__file__).parents[2]
    sys.path[:0] = [str(root / "server"), str(root / "tests")]

from camus.source import Document, Span, definitions, enclosing, syntax_errors
from corpus_checks.material import files, opened, python_folders
from corpus_checks.polyglot import documents

KINDS = {
    "go": {"func", "struct", "interface", "type"},
    "java": {"class", "interface", "enum", "method", "annotation"},
    "c": {"function", "struct", "union", "enum", "typedef", "prototype"},
    "cpp": {"function", "class", "struct", "union", "enum", "prototype"},
    "csharp": {"class", "interface", "struct", "enum", "method", "property"},
    "ruby": {"class", "module", "method", "singletonMethod"},
    "php": {"class", "interface", "trait", "function"},
    "rust": {"function", "struct", "enum", "interface", "method", "macro"},
    "lua": {"function"},
    "bash": {"function"},
}
"""What Ctags calls the definitions that our scopes are; fields, variables and constants are not."""
_MADE_UP = ("__anon", "AnonymousClass")
_NO_NAMES = {"get", "set", "lock", "operator", "final", "if", "for", "while", "switch"}
"""Words of the languages that Ctags sometimes takes for the names of definitions."""
_CPP = re.compile(r"^\s*(?:class|namespace|template)\b", re.MULTILINE)
"""What only a header of C++ holds; Ctags reads it otherwise than C."""
_TREE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def python_lines(count: int, seed: int) -> tuple[int, list[str]]:
    """How many random lines were compared with Python's parser, and those that differ."""
    chance = random.Random(seed)
    compared, different = 0, []
    for path in files(python_folders(), (".py",), chance):
        document = opened(path)
        known = _known(document.text) if document else None
        if document is None or known is None:
            continue
        texts = document.text.split("\n")
        told = [
            i for i, text in enumerate(texts) if text.strip() and not text.lstrip().startswith("#")
        ]
        for line in chance.sample(told, min(40, len(told), count - compared)):
            compared += 1
            start = document.lines.starts[line]
            found = enclosing(document, Span(start, start)).qualified_name
            wanted = known.get(line, "")
            if found != wanted:
                different.append(
                    f"{path}:{line + 1}: {found or 'module'}, Python: {wanted or 'module'}"
                )
        if compared >= count:
            break
    return compared, different


def ctags_definitions(language: str, count: int, seed: int) -> tuple[int, int, list[str]]:
    """How many of the definitions that Ctags sees in `count` files we see too, and the others."""
    total, same, seen = 0, 0, 0
    missing: list[str] = []
    for path, document in documents(language, random.Random(seed)):
        if seen >= count:
            break
        if language == "c" and _CPP.search(document.text):
            continue
        seen += 1
        ours = {
            (document.lines.line_of(each.name_span.start), _plain(each.name))
            for each in definitions(document)
        }
        errors = syntax_errors(document)
        for line, name in sorted(_tags(path, language)):
            total += 1
            if (line, name) in ours:
                same += 1
                continue
            why = "in text that does not parse" if _inside(document, errors, line) else "not seen"
            missing.append(f"{path}:{line + 1}: {name}: {why}")
    return total, same, missing


def _known(text: str) -> dict[int, str] | None:
    """The innermost definition of each line of a Python file, as its own parser sees it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    lines: dict[int, str] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, _TREE):
                name = f"{prefix}.{child.name}" if prefix else child.name
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                lines.update(dict.fromkeys(range(first - 1, child.end_lineno or first), name))
            visit(child, name)

    visit(tree, "")
    return lines


def _tags(path: Path, language: str) -> set[tuple[int, str]]:
    names = {"cpp": "C++", "csharp": "C#", "bash": "Sh"}
    forced = names.get(language, language.capitalize() if language != "php" else "PHP")
    command = ["ctags", "--output-format=json", "--fields=+neK", "--kinds-all=*", "-o", "-"]
    done = subprocess.run(
        [*command, f"--language-force={forced}", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        errors="replace",
    )
    found = set()
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("kind") in KINDS[language] and not tag["name"].startswith(_MADE_UP):
            name = _plain(tag["name"])
            found |= {(tag["line"] - 1, name)} if name not in _NO_NAMES else set()
    if language in {"c", "cpp"}:  # a struct in its typedef is one symbol here, by the new name
        text = path.read_text(encoding="utf-8", errors="replace")
        tags = set(re.findall(r"typedef\s+(?:struct|union|enum)\s+(\w+)", text))
        found = {each for each in found if each[1] not in tags}
    return found


def _plain(name: str) -> str:
    """The last part of a name, without blanks, as both sides write it."""
    last = re.split(r"[.:](?=\w)", name)[-1] if re.match(r"\w", name) else name.lstrip("~")
    return re.sub(r"\s", "", last)


def _inside(document: Document, errors: tuple[Span, ...], line: int) -> bool:
    place = document.lines.span(min(line, len(document.lines) - 1))
    return any(each.overlaps(place) for each in errors)


def main() -> int:
    """Print the tables; 1 when less agrees than is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    compared, different = python_lines(given.lines, given.seed) if given.lines else (0, [])
    print("| Python lines compared with `ast` | the same symbol |\n|---|---|")
    print(f"| {compared} | {compared - len(different)} |\n")
    print("\n".join(different), file=sys.stderr)
    print("| language | definitions of Ctags | seen by us | share |\n|---|---|---|---|")
    agreeing = 0
    for language in KINDS:
        if given.only and language not in given.only.split(","):
            continue
        total, same, missing = ctags_definitions(language, given.files, given.seed)
        share = same / total if total else 1.0
        agreeing += share >= 0.95
        print(f"| {language} | {total} | {same} | {share:.1%} |")
        print("\n".join(missing[: given.show]), file=sys.stderr)
    return 1 if different or (agreeing < 3 and not given.only) else 0


if __name__ == "__main__":
    sys.exit(main())
