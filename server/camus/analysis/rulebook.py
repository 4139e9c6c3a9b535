"""Which Python rules Camus asks ruff for, and what each is about; starts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from camus.analysis.findings import Aspect, Severity

DEFAULT = (
    *("F", "E4", "E7", "E9", "W605", "B", "S", "PLE", "PLW0120", "PLW0127", "PLW0128", "PLW0129"),
    *("PLW0131", "PLW0245", "PLW0406", "PLW0602", "PLW0711", "PLW1501", "PLW1508", "PLW1510"),
    *("ASYNC", "PERF", "C4", "SIM", "PIE", "UP", "RSE", "FLY", "FURB", "G010", "LOG", "DTZ003"),
    *("RET501", "RET502", "RET505", "RET506", "RET507", "RET508", "E101", "W191", "W291", "W293"),
    *("RUF006", "RUF009", "RUF010", "RUF012", "RUF013", "RUF015", "RUF017", "RUF018", "RUF019"),
    *("RUF024", "RUF032", "RUF034", "TRY201", "TRY203", "BLE001", "YTT", "T10"),
)
"""The findings of a project that has no linter configuration of its own."""

DEFAULT_IGNORED = (
    "S101",  # an assert is a statement of belief, in tests most of all
    "S110",  # E722 and BLE001 say it better
    "S112",  # as S110
    "S311",  # most random numbers are not keys
    "S404",  # an import alone does nothing
    "S603",  # a list of arguments without a shell is the advice itself
    "S607",  # a program found on the PATH is ordinary
    "SIM105",  # taste
    "SIM108",  # taste
    "C408",  # taste
    "PERF203",  # free since Python 3.11
    "B008",  # default calls are how FastAPI and typer work
    "B904",  # worthwhile, yet too common to lead a list
    "W191",  # a file indented by tabs is consistent
    "E701",  # the formatter's business
    "E702",  # the formatter's business
    "E741",  # taste
)

NET = (
    *("F821", "F822", "F823", "S102", "S105", "S106", "S107", "S113", "S301", "S302", "S306"),
    *("S307", "S313", "S314", "S315", "S316", "S317", "S318", "S319", "S321", "S323", "S324"),
    *("S501", "S502", "S504", "S505", "S506", "S508", "S509", "S602", "S604", "S605", "S608"),
    *("S609", "S612", "S701", "S702"),
)
"""Undefined names and security: asked for beside a project's own rules, unless it ignores them."""

MODERNISE = (
    *("UP", "SIM", "C4", "RET", "PIE", "PERF", "FURB", "FLY", "RSE", "E713", "E714", "E703"),
    *("F541", "F632", "RUF010", "RUF019", "RUF046", "RUF051", "RUF058", "PLR1711", "PLR1730"),
    *("PLR5501", "PLW0120"),
)
MODERNISE_IGNORED = (
    "PIE794",  # which of two fields was meant is the author's to say
    "RET503",  # adds lines
    "SIM112",  # renames environment variables
    "SIM9",  # `"a b".split()` is often the readable form
    "UP009",  # the coding line is outside every definition and some tools still read it
    "UP031",  # see UP032; changes how tuples are formatted
    "UP035",  # moves imports
    "UP036",  # drops branches for older Pythons, which is a decision
    "UP040",  # changes what exists at run time
    "UP042",  # changes how an enumeration prints
    "UP046",  # infers another variance
    "UP047",  # as UP046
)

COMMENTS_ONLY = frozenset(
    {"C400", "C401", "C402", "C403", "C404", "C405", "C406", "C410", "C411", "SIM101", "SIM102"}
    | {"SIM110"}
)
"""Rules whose fix ruff calls unsafe only since it may drop a comment; see their "Fix safety".

C40x turn a call over a literal or comprehension into that literal or comprehension, SIM101 merges
`isinstance` calls on one name, SIM102 joins two `if`s without `else`, SIM110 writes a search loop
as `any` or `all`. Each evaluates the same expressions in the same order.
"""

BOOLEAN_RESULT = frozenset({"SIM103", "SIM210", "SIM211"})
"""Rules that are safe where the new expression is a bool by construction; see `certainly_bool`."""

MENDS = frozenset({"F841"})
"""Unsafe for comments only, and right where the user asked for this very problem to be mended."""

_ASPECTS: tuple[tuple[str, Aspect], ...] = (
    ("S", "security"),
    ("PERF", "performance"),
    ("ASYNC", "performance"),
    ("C4", "performance"),
    ("RUF015", "performance"),
    ("RUF017", "performance"),
    ("SIM", "style"),
    ("SLOT", "performance"),
    ("FURB", "style"),
    ("F541", "style"),
    ("F401", "style"),
    ("F", "correctness"),
    ("FLY", "style"),
    ("FA", "style"),
    ("B", "correctness"),
    ("BLE", "correctness"),
    ("E9", "correctness"),
    ("E711", "correctness"),
    ("E712", "correctness"),
    ("E72", "correctness"),
    ("PLE", "correctness"),
    ("PLW", "correctness"),
    ("PLC", "consistency"),
    ("RUF", "correctness"),
    ("RUF010", "style"),
    ("RUF012", "consistency"),
    ("RUF019", "style"),
    ("RUF1", "consistency"),
    ("DTZ", "correctness"),
    ("YTT", "correctness"),
    ("LOG", "correctness"),
    ("G", "consistency"),
    ("N", "consistency"),
    ("I", "consistency"),
    ("Q", "consistency"),
    ("D", "consistency"),
    ("T10", "correctness"),
)

_ERRORS = frozenset(
    {"T100", "F502", "F503", "F506", "F521", "F524", "F601", "F602", "F621", "F622", "F632", "F702"}
    | {"F704", "F706", "F707", "F811", "F821", "F822", "F823", "F901", "B023", "PLE0100"}
    | {"S102", "S301", "S302", "S306", "S307", "S501", "S506", "S602", "S604", "S605", "S608"}
)
_INFOS = ("C4", "FLY", "FURB", "I", "PERF", "PIE", "RET", "RSE", "SIM", "UP", "D", "Q", "W2")
_PREFIX = re.compile(r"[A-Z]+")
_BOOL = re.compile(
    r"(?:bool|isinstance|issubclass|callable|hasattr)\(.*\)|.+ (?:is|is not|in|not in) .+"
)
_OPERATOR = re.compile(r"[=<>+*/%&|^~-]")


def aspect_of(rule: str) -> Aspect:
    """What a rule is about, by the longest known prefix of the same linter."""
    linter = _letters(rule)
    known = [
        (prefix, aspect)
        for prefix, aspect in _ASPECTS
        if rule.startswith(prefix) and _letters(prefix) == linter
    ]
    if known:
        return max(known, key=lambda entry: len(entry[0]))[1]
    return "correctness" if rule == "invalid-syntax" else "style"


def severity_of(rule: str) -> Severity:
    """How bad a rule's finding is; ruff itself calls everything an error."""
    if rule in _ERRORS or rule.startswith(("E9", "PLE")) or rule == "invalid-syntax":
        return "error"
    linter = _letters(rule)
    if any(rule.startswith(prefix) and _letters(prefix) == linter for prefix in _INFOS):
        return "info"
    return "warning"


def asks_for(rule: str, select: Iterable[str], ignore: Iterable[str]) -> bool:
    """Whether ruff would report a rule for these selectors: the longest that fits it decides.

    What is no rule, a syntax error, is always reported.
    """
    if rule == "invalid-syntax":
        return True
    return _longest(rule, select) > _longest(rule, ignore)


def certainly_bool(expression: str) -> bool:
    """Whether the text of an expression can only be a bool: one test, no `and` and no `or`."""
    test = expression.removeprefix("return ")
    if re.search(r"\b(?:and|or|if)\b|\n", test):
        return False
    return test.startswith("not ") or bool(_BOOL.fullmatch(test) and not _OPERATOR.search(test))


def _longest(rule: str, selectors: Iterable[str]) -> int:
    """The length of the longest selector of the rule's own linter that it begins with, or -1."""
    linter = _letters(rule)
    fitting = (each for each in selectors if rule.startswith(each) and _letters(each) == linter)
    return max(map(len, fitting), default=-1)


def _letters(rule: str) -> str:
    match = _PREFIX.match(rule)
    return match.group() if match else rule
