"""What each language's own tools say of a file; a tool that is absent is named as such."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from camus.source import Document, definitions


@dataclass(frozen=True, slots=True)
class Judge:
    """A program that reads a file and complains, and what it is called in the table."""

    program: str
    title: str
    command: tuple[str, ...]
    complaint: str
    """A pattern of a line that is a complaint; lines and columns are taken out of it."""
    name: str = ""
    """The name the file must have; empty for its own."""


_DOCLINT = ("-proc:none", "-Xdoclint:all", "-Xmaxerrs", "1000", "-Xmaxwarns", "1")
_CLANG = ("-fsyntax-only", "-Wdocumentation", "-w", "-Wdocumentation", "-ferror-limit=0")
JUDGES: dict[str, Judge] = {
    "go": Judge("gofmt", "gofmt", ("-l", "-e"), r".*:\d+:\d+: .*"),
    "rust": Judge(
        "rustfmt", "rustfmt", ("--check", "--edition", "2021", "--color", "never"), r"error.*"
    ),
    "java": Judge("javac", "javac -Xdoclint", _DOCLINT, r"error: .*"),
    "c": Judge("clang", "clang -Wdocumentation", _CLANG, r"error: .*|.*\[-Wdocumentation.*"),
    "cpp": Judge(
        "clang++",
        "clang++ -Wdocumentation",
        ("-std=c++17", *_CLANG),
        r"error: .*|.*\[-Wdocumentation.*",
    ),
    "csharp": Judge("mcs", "mcs --parse, XML parser", ("--parse",), r"error .*"),
    "ruby": Judge(
        "yard",
        "ruby -c, yard",
        ("stats", "--no-save", "--no-cache", "--no-progress"),
        r"\[(?:warn|error)\].*",
    ),
    "php": Judge("php", "php -l", ("-l",), r"(?:PHP )?(?:Parse|Fatal) error.*"),
    "bash": Judge("bash", "bash -n", ("-n",), r".*"),
    "lua": Judge("luac5.4", "luac -p, ldoc", ("-p",), r".*"),
    "kotlin": Judge(
        "kotlinc",
        "kotlinc (its parser)",
        ("-nowarn",),
        r"error: (?:expecting|unexpected|illegal|unclosed|unsupported).*",
    ),
    "typescript": Judge(
        "tsc",
        "tsc (its parser)",
        ("--noEmit", "--noResolve", "--jsx", "preserve", "--target", "esnext", "--types", ""),
        r"error TS1\d\d\d: .*",
    ),
}
_PLACE = re.compile(r":\d+(?::\d+)?|line \d+|`[^`]*\.rb'|in file .*|\(\d+,\d+\)")


def title(language: str) -> str:
    """Who is asked for a language here."""
    judge = JUDGES.get({"tsx": "typescript"}.get(language, language))
    if judge is None:
        return "our own tree"
    return judge.title if shutil.which(judge.program) else f"our own tree ({judge.program} absent)"


def complaints(document: Document, path: Path) -> Counter[str] | None:
    """How often each complaint is made of a text; None where nobody can be asked."""
    judge = JUDGES.get(document.language)
    if judge is None or not shutil.which(judge.program):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, path.name)
        file.write_bytes(document.text.encode())
        extra = _EXTRA.get(document.language, _nothing)(document, path, folder)
        said = _run([judge.program, *judge.command, *extra, str(file)])
        if document.language == "ruby":
            said += "\n".join(
                f"[error] {each}"
                for each in _run(["ruby", "-c", str(file)]).splitlines()
                if each != "Syntax OK"
            )
        if document.language == "lua" and shutil.which("ldoc"):
            told = _run(["ldoc", "-d", f"{folder}/doc", str(file)])
            said += "\n".join(line for line in told.splitlines() if ".lua:" in line)
    found = Counter(
        _PLACE.sub("", match[0].replace(str(file), ""))
        for line in said.splitlines()
        if (match := re.search(judge.complaint, line))
    )
    found.update(_malformed(document))
    if any("does not exist" in each or "cannot find symbol" in each for each in found):
        del found["error: reference not found"]  # of a class whose package is not installed here
    return found


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, errors="replace"
    )
    return done.stdout + done.stderr


def _nothing(document: Document, path: Path, folder: str) -> list[str]:
    return []


def _java(document: Document, path: Path, folder: str) -> list[str]:
    """JDK sources belong to a module."""
    module = next((each for each in path.parts if each.startswith(("java.", "jdk."))), "")
    return ["-d", folder, *(["--patch-module", f"{module}={folder}"] if module else [])]


def _clang(document: Document, path: Path, folder: str) -> list[str]:
    return ["-I", str(path.parent), "-x", "c++" if document.language == "cpp" else "c"]


_EXTRA: dict[str, Callable[[Document, Path, str], list[str]]] = {
    "java": _java,
    "c": _clang,
    "cpp": _clang,
    "kotlin": lambda _document, _path, folder: ["-d", f"{folder}/classes"],
}


def _malformed(document: Document) -> Counter[str]:
    """Documentation comments of C# that are no well-formed XML."""
    found: Counter[str] = Counter()
    for scope in definitions(document) if document.language == "csharp" else ():
        try:
            ET.fromstring(f"<doc>{scope.doc_text}</doc>")
        except ET.ParseError:
            found["XML that is not well formed"] += 1
    return found
