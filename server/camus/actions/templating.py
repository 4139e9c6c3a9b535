"""Which template holds for a prompt: those that ship, and a user's own over them.

A template of another folder replaces one of the same name: `fix.md` for every language and model,
`fix.rust.md` for a language, `fix.qwen.md` for a family of models, `fix.rust.qwen.md` for both.
The nearest folder counts first (workspace, user, what ships), in it the most particular name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from camus.config import FAMILY_NAMES, Problem, PromptFile, nearest
from camus.source import LANGUAGE_IDS, language_for

_FOLDER = Path(__file__).parent / "templates"
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

VALUES: dict[str, str] = {
    "language": "the language's name, as `Python`",
    "fence": "the language as a code fence names it",
    "instruction": "what the user wrote; may be empty",
    "request": "what the user wrote, or else the action's name",
    "step": "what a pipeline's step is to do",
    "place": "the file's name",
    "target": "what is to be worked on: function, class, file, ...",
    "style": "` in google style` and the like; may be empty",
    "indentation": "a sentence on how the file indents",
    "tag": "the mark around data from the user's files",
    "code": "the target between its marks",
    "numbered": "the target with line numbers",
    "context": "headers and imports around the target; may be empty",
    "diagnostics": "what is reported there; may be empty",
    "chunks": "pieces of other files; may be empty",
    "about": "the code a question is about; may be empty",
    "convention": "how the language is documented: the template `convention`",
    "before": "the target as it was before the change; only in `opinion`",
    "complaint": "what was wrong with the answer; only in `repair` and `repair_text`",
    "notes": "what other models said of the same work; only in `notes`",
    "schema": "the JSON schema that a pipeline's step sets; only in `schema`",
}
"""The placeholders and what is put in for each."""

_NEEDED = frozenset(
    {
        *("before", "code", "numbered", "about", "tag", "request", "step", "complaint"),
        *("notes", "schema"),
    }
)
_THE_REQUEST = frozenset({"modify", "ask"})
"""Templates whose instruction is the whole request."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's text and where it comes from; `file` is empty for one that ships."""

    name: str
    text: str
    origin: Literal["shipped", "user", "workspace"] = "shipped"
    file: str = ""


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates in force; `problems` name the files that are not used, and why."""

    workspace: tuple[Template, ...] = ()
    user: tuple[Template, ...] = ()
    problems: tuple[Problem, ...] = ()

    def find(self, name: str, language: str = "", family: str = "") -> Template:
        """The template for a name of ours, in a language, for a family of models."""
        row = language_for(language)
        spoken = row.id if row else language
        names = (f"{name}.{spoken}.{family}", f"{name}.{spoken}", f"{name}.{family}", name)
        for folder in (self.workspace, self.user):
            by_name = {each.name: each for each in folder}
            for wanted in names:
                if wanted in by_name:
                    return by_name[wanted]
        best = next(wanted for wanted in names if wanted in _every_shipped())
        return Template(best, shipped(best))

    @property
    def own(self) -> tuple[Template, ...]:
        """The user's and the workspace's templates."""
        return (*self.workspace, *self.user)


SHIPPED = Templates()
"""The templates without anybody's own."""


@cache
def shipped(name: str) -> str:
    """The text of a template that ships, without its final line break."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")


@lru_cache(maxsize=128)
def placeholders(text: str) -> frozenset[str]:
    """The names of the values that a template's text asks for."""
    return frozenset(PLACEHOLDER.findall(text))


@cache
def template_names() -> tuple[str, ...]:
    """The names of all templates, without the particular ones of a language or a family."""
    return tuple(sorted(name for name in _every_shipped() if "." not in name))


@cache
def _every_shipped() -> frozenset[str]:
    return frozenset(path.name.removesuffix(".md") for path in _FOLDER.glob("*.md"))


def every_shipped() -> tuple[Template, ...]:
    """All templates that ship, by name, to start one's own from."""
    return tuple(Template(name, shipped(name)) for name in sorted(_every_shipped()))


def templates_of(files: Iterable[PromptFile]) -> Templates:
    """The templates with a user's own over them; a broken one is named and not used."""
    good: dict[str, list[Template]] = {"user": [], "workspace": []}
    problems: list[Problem] = []
    for file in files:
        wrong = _wrong_with(file)
        if wrong:
            problems.append(wrong)
        else:
            name = _canonical(file.name)
            text = file.text.strip("\n")
            good[file.origin].append(Template(name, text, file.origin, file.file))
    return Templates(tuple(good["workspace"]), tuple(good["user"]), tuple(problems))


def version_of(used: Iterable[Template]) -> str:
    """A digest of the templates' texts, an override's among them."""
    texts = "\0".join(each.text for each in used)
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _canonical(name: str) -> str:
    """Language before family, whichever way the file has them."""
    base, *words = name.split(".")
    rows = {word: language_for(word) for word in words if word not in FAMILY_NAMES}
    spoken = [row.id for row in rows.values() if row]
    return ".".join((base, *spoken, *(word for word in words if word in FAMILY_NAMES)))


def _wrong_with(file: PromptFile) -> Problem | None:
    """Why a file cannot be a template, with what would be right."""
    base, *words = file.name.split(".")
    if base not in template_names():
        close = nearest(base, template_names())
        known = f"did you mean `{close}`?" if close else f"known: {', '.join(template_names())}"
        return _problem(file, f"there is no template `{base}`; {known}", 0, close)
    for word in words:
        if word not in FAMILY_NAMES and language_for(word) is None:
            close = nearest(word, (*LANGUAGE_IDS, *FAMILY_NAMES))
            hint = f"; did you mean `{close}`?" if close else ""
            return _problem(file, f"`{word}` is no language or family of models{hint}", 0, close)
    if len(words) > 2 or (len(words) == 2 and sum(word in FAMILY_NAMES for word in words) != 1):
        return _problem(file, "one language and one family of models are enough", 0)
    return _wrong_inside(file, base)


def _wrong_inside(file: PromptFile, base: str) -> Problem | None:
    if not file.text.strip():
        return _problem(file, "it is empty", 1)
    known = _known(base)
    for number, line in enumerate(file.text.split("\n"), 1):
        for name in PLACEHOLDER.findall(line):
            if name not in known:
                close = nearest(name, known)
                names = ", ".join(f"{{{{{each}}}}}" for each in sorted(known)) or "none"
                hint = f"did you mean {{{{{close}}}}}? " if close else ""
                message = f"unknown placeholder {{{{{name}}}}}; {hint}known here: {names}"
                return _problem(file, message, number, close)
    missing = _needed(base) - set(PLACEHOLDER.findall(file.text))
    if missing == {"code"} and "{{numbered}}" in file.text:
        return None
    if missing == {"numbered"} and "{{code}}" in file.text:
        return None
    if missing:
        names = ", ".join(f"{{{{{each}}}}}" for each in sorted(missing))
        return _problem(file, f"it must hold {names}, or the model is not told what to do", 1)
    return None


def _known(base: str) -> frozenset[str]:
    if base == "convention":
        return frozenset()
    if base.startswith("repair"):
        return frozenset({"complaint"})
    if base in {"notes", "schema"}:
        return frozenset({base})
    elsewhere = {"complaint", "notes", "schema"}
    return frozenset(VALUES) - (elsewhere if base == "opinion" else {*elsewhere, "before"})


def _needed(base: str) -> set[str]:
    here = set(PLACEHOLDER.findall(shipped(base)))
    return here & (_NEEDED | {"instruction"} if base in _THE_REQUEST else _NEEDED)


def _problem(file: PromptFile, message: str, line: int, close: str = "") -> Problem:
    said = f"{message}; the template that ships is used"
    return Problem("warning", said, file.file, line, "", close)
