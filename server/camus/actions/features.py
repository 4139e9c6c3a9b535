"""What a request looks like to the learned model: named features in groups; knows no weights.

Features are words, their character n-grams, neighbouring words, the outline of the sentence, and
marks: the concepts the words belong to, the rules that matched, the shape of the text and what
stands around it. Words of other languages bring their English ones with them. Names are hashed by
CRC-32 into buckets (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"),
so that neither the weights nor a kept correction hold text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from camus.actions.courtesy import bare
from camus.actions.outline import outline
from camus.actions.phrases import Match, Phrases, words_of
from camus.actions.pivots import english_of
from camus.actions.words import POLITE
from camus.config import TaskKind

BUCKETS = 1 << 18
_GRAM = crc32(b"g:")
"""Where the hash of an n-gram begins."""
_CONCEPTS = Path(__file__).parent / "data" / "concepts.txt"
_MOST_CONCEPTS = 24
_FIRST_WORDS, _LAST_WORDS = 60, 25
_START, _END = 600, 300
"""Characters of the prose that are looked at: what is wanted stands at its start or its end."""
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]")
_DIGIT = re.compile(r"\d+")
_FENCE = re.compile(r"(?:^|\n)[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:\n[ \t]*(?:```|~~~)|$)", re.DOTALL)
_CODE_LINE = re.compile(
    r"^(?: {4}|\t)\S|[;{}]\s*$|^\s*(?:def|class|import|from|return|func|fn|public|private|const|"
    r"let|var|if|for|while|#include|SELECT|@\w+|console\.|print|<[a-z]+)\b.*[(){}=:;>]"
)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("asks", r"[?？]\s*$"),
        ("asks within", r"[?？]"),
        ("error name", r"\b[A-Za-z.]*(?:Error|Exception|Warning|Fault)\b|\berror\[?[A-Z]{0,3}\d+"),
        ("traceback", r"Traceback \(|^\s+at \S+\(|File \"|panic:|core dumped|exit code"),
        (
            "file name",
            r"\b[\w-]+\.(?:py|js|jsx|ts|tsx|go|rs|c|h|cpp|cs|java|rb|php|sh|sql|html|css)\b",
        ),
        ("other file", r"\b[\w-]+\.(?:md|txt|json|ya?ml|toml|csv|pdf|png|mp4|zip|log)\b"),
        ("address", r"https?://|www\."),
        ("flag", r"(?:^|\s)--?[a-z][\w-]+"),
        ("sum", r"\d\s*[-+*/^×÷%=<>]\s*[\d(x]|\b[xyn]\s*[-+*/^=<>]\s*[\dxyn(]|\bf\(x\)|\d+!"),
        ("latex", r"\\(?:frac|sum|int|lim|sqrt|leq?|geq?|times|cdot|mathbb|text)\b|\$[^$\n]+\$"),
        ("commit", r"^(?:feat|add|impl)(?:\([^)]*\))?!?:"),
        ("commit fix", r"^(?:fix|bugfix|hotfix)(?:\([^)]*\))?!?:"),
        ("commit docs", r"^docs?(?:\([^)]*\))?!?:"),
        ("commit change", r"^(?:refactor|perf|style|chore|cleanup)(?:\([^)]*\))?!?:"),
        ("commit test", r"^tests?(?:\([^)]*\))?!?:"),
        ("commit security", r"^(?:security|sec)(?:\([^)]*\))?!?:"),
        ("issue tag", r"^\s*\[[\w ]+\]"),
        ("issue number", r"(?:^|\s)#\d+"),
        ("call", r"\b[a-z_]\w*\([^()\n]*\)"),
        ("name in code", r"`[^`\n]+`|\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z]\w+\b"),
        ("quote", r"[\"“«„「][^\"”»“」\n]{3,}[\"”»“」]"),
        ("list", r"(?m)^\s*(?:[-*•]|\d+[.)])\s+\S.*\n\s*(?:[-*•]|\d+[.)])\s"),
        ("money", r"[$€£]\s?\d|\d\s?(?:€|dollars|euros|USD)"),
        ("clock", r"\b\d{1,2}(?::\d\d| ?[ap]m)\b"),
        ("cyrillic", r"[\u0400-\u04ff]{3}"),
        ("kana", r"[\u3040-\u30ff]"),
        ("han", r"[\u4e00-\u9fff]"),
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """What stands around a request: whether there is code, a stub, problems, a file of prose."""

    code: bool = False
    stub: bool = False
    problems: int = 0
    security: bool = False
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """A request's features by group; names, not yet buckets."""

    tokens: tuple[str, ...]
    """The different words, digits folded to `0`; each stands for itself and its n-grams."""
    order: tuple[str, ...]
    """Neighbours, and the words it begins with."""
    marks: tuple[str, ...]
    forms: tuple[str, ...]
    """The form of the sentence, by itself and with each concept."""
    outline: tuple[str, ...] = ()
    """Three neighbours of the sentence's outline each; none in Chinese and Japanese."""


def features(text: str, place: Place, rules: Iterable[tuple[TaskKind, float]]) -> Features:
    """The features of a request; `rules` are the weights of the built-in rules that matched."""
    said, code = parted(text)
    if len(said) > _START + _END:
        said = f"{said[:_START]}\n{said[-_END:]}"
    asked, said = said, bare(said)
    words = [_folded(word) for word in words_of(said)]
    english = english_of(said, words)
    if len(words) > _FIRST_WORDS + _LAST_WORDS:
        words = [*words[:_FIRST_WORDS], *words[-_LAST_WORDS:]]
    lead = list(_lead(words))
    found = _concepts(said)
    names = list(dict.fromkeys(match.label for match in found))[:_MOST_CONCEPTS]
    marks = (
        *(f"c:{name}" for name in names),
        *(f"first:{name}" for name in names[:1]),
        *(f"then:{one}>{two}" for one, two in pairwise(names[:2])),
        *_rule_marks(rules),
        *_shape_marks(text, asked, code, len(words)),
        *(("s:courteous",) if len(said) < len(asked.strip()) else ()),
        *_place_marks(place),
    )
    return Features(
        tokens=tuple(dict.fromkeys((*words, *english))),
        order=tuple(dict.fromkeys((*lead, *(f"b:{a} {b}" for a, b in pairwise(words))))),
        marks=marks,
        forms=_forms(asked, lead[0] if lead else "", english, names),
        outline=_outline(words, asked, english),
    )


def parted(text: str) -> tuple[str, str]:
    """The prose of a request and the code pasted into it; all of it is prose if nothing is left."""
    code = [match[1] for match in _FENCE.finditer(text)]
    rest = _FENCE.sub("\n", text)
    if "\n" in rest:
        lines = rest.split("\n")
        marked = [bool(_CODE_LINE.search(line)) for line in lines]
        code += [line for line, is_code in zip(lines, marked, strict=True) if is_code]
        rest = "\n".join(line for line, is_code in zip(lines, marked, strict=True) if not is_code)
    if not rest.strip():
        return text, "\n".join(code)
    return rest, "\n".join(code)


@lru_cache(maxsize=8192)
def token_buckets(token: str) -> tuple[int, tuple[int, ...]]:
    """The bucket of a word, and those of its character n-grams.

    Three to five characters with the word's borders; one to three where words are not spaced.
    """
    if _UNSPACED.search(token):
        marked, sizes = token[:60], (1, 2, 3)
    else:
        marked, sizes = f"<{token[:30]}>", (3, 4, 5)
    if marked.isascii():  # the same numbers, without a text made of each part
        data = marked.encode()
        found = {
            crc32(data[at : at + size], _GRAM) & (BUCKETS - 1)
            for size in sizes
            for at in range(max(0, len(data) - size + 1))
        }
    else:
        found = {
            bucket(f"g:{marked[at : at + size]}")
            for size in sizes
            for at in range(max(0, len(marked) - size + 1))
        }
    return bucket(f"w:{token}"), tuple(sorted(found))


def bucket(name: str) -> int:
    """The bucket of a feature's name."""
    return crc32(name.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)


@lru_cache(maxsize=8192)
def name_bucket(name: str) -> int:
    """The bucket of a name that is likely to come again."""
    return bucket(name)


def _folded(word: str) -> str:
    return _DIGIT.sub("0", word) if any(c.isdigit() for c in word) else word


@cache
def _polite() -> frozenset[str]:
    return frozenset(word.strip() for word in POLITE.split(","))


def _lead(words: Sequence[str]) -> Iterator[str]:
    """The first words that mean something, after greetings and politeness."""
    polite = _polite()
    at = next((at for at, word in enumerate(words) if word not in polite), 0)
    yield from (f"l{n}:{word}" for n, word in enumerate(words[at : at + 2]))
    if len(words) > at + 1:
        yield f"l:{words[at]} {words[at + 1]}"


_OPENINGS: dict[str, str] = {
    "asks": "what which who whom whose when where why how much many",
    "whether": "is are was were do does did can could would will should may might has have had am",
    "I": "i we i'm i'd i've we're want need",
    "names": "you they he she it there this that these those my our your the a an some every each",
    "let": "let",
}
_OPENING = {f"l0:{word}": name for name, words in _OPENINGS.items() for word in words.split()}


def _forms(
    said: str, first: str, english: Sequence[str], concepts: Sequence[str]
) -> tuple[str, ...]:
    """How a sentence begins and ends, and that with each concept: a question about code, say."""
    opening = _OPENING.get(f"l0:{english[0]}" if english else first, "does")
    end = said.rstrip()[-1:]
    form = f"{'?' if end in {'?', '？'} else '.'}{opening}"
    return (f"f:{form}", f"f:{opening}", *(f"f:{form}+{name}" for name in concepts))


def _outline(words: Sequence[str], said: str, english: Sequence[str]) -> tuple[str, ...]:
    """Nothing where words are not spaced."""
    if not words or _UNSPACED.search(words[0]):
        return ()
    asks = said.rstrip()[-1:] in {"?", "？"}
    return outline(words, asks=asks, english=not english and words[0].isascii())


@cache
def _table() -> Phrases[str]:
    table: Phrases[str] = Phrases()
    for line in _CONCEPTS.read_text(encoding="utf-8").splitlines():
        name, colon, phrases = line.partition(": ")
        if colon and not line.startswith("#"):
            table.add(dict.fromkeys(phrases.split(",")), name, 1.0)
    return table


def _concepts(text: str) -> list[Match[str]]:
    return sorted(_table().find(text), key=lambda match: match.position)


def _rule_marks(rules: Iterable[tuple[TaskKind, float]]) -> Iterator[str]:
    sums: dict[TaskKind, float] = {}
    for kind, weight in rules:
        sums[kind] = sums.get(kind, 0.0) + weight
    best = max(sums.values(), default=0.0)
    for kind, weight in sums.items():
        yield f"r:{kind}"
        if weight >= 3:
            yield f"r:{kind}:strong"
        if weight >= best:
            yield f"r:{kind}:best"


def _shape_marks(text: str, said: str, code: str, words: int) -> Iterator[str]:
    yield from (f"s:{name}" for name, pattern in _SHAPES if pattern.search(said))
    size = next((at for at in (0, 1, 2, 4, 8, 16, 32, 64) if words <= at), 99)
    yield f"s:up to {size} words"
    digits = sum(character.isdigit() for character in said[:400])
    if digits:
        yield f"s:{'some' if digits < 3 else 'many'} digits"
    if code:
        yield "s:code pasted"
        if text.lstrip().startswith(code[:10].lstrip()):
            yield "s:code first"
        if re.search(r"TODO|NotImplemented|\.\.\.|unimplemented|^\s*pass\s*$", code, re.MULTILINE):
            yield "s:stub pasted"


def _place_marks(place: Place) -> Iterator[str]:
    if place.code:
        yield "x:code"
    if place.stub:
        yield "x:stub"
    if place.problems:
        yield "x:problems"
    if place.security:
        yield "x:security"
    if place.prose:
        yield "x:prose"
