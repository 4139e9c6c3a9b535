"""Which of our analysers' rules another server's diagnostic code means; a table, no logic else."""

from __future__ import annotations

import re

from camus.analysis import Finding

_OUR_CODE = re.compile(r"[A-Z]{1,5}\d{3,4}|clippy::\w+|[A-Z]\w+/\w+")
_MEANS: dict[str, tuple[str, ...]] = {
    # pyright and basedpyright
    "reportUnusedImport": ("F401",),
    "reportUnusedVariable": ("F841",),
    "reportUnusedExpression": ("B018",),
    "reportTypeCommentUsage": ("UP006",),
    "reportDeprecated": ("UP006", "UP007", "UP035", "UP045"),
    "reportUndefinedVariable": ("F821",),
    "reportRedeclaration": ("F811",),
    "reportAssertAlwaysTrue": ("F631",),
    "reportInvalidStringEscapeSequence": ("W605",),
    # pylint, by name and by number
    "unused-import": ("F401",),
    "W0611": ("F401",),
    "unused-variable": ("F841",),
    "W0612": ("F841",),
    "singleton-comparison": ("E711", "E712"),
    "C0121": ("E711", "E712"),
    "f-string-without-interpolation": ("F541",),
    "W1309": ("F541",),
    "unnecessary-pass": ("PIE790",),
    "W0107": ("PIE790",),
    "anomalous-backslash-in-string": ("W605",),
    "W1401": ("W605",),
    "useless-object-inheritance": ("UP004",),
    "R0205": ("UP004",),
    "super-with-arguments": ("UP008",),
    "R1725": ("UP008",),
    "no-else-return": ("RET505",),
    "R1705": ("RET505",),
    "useless-return": ("PLR1711",),
    "R1711": ("PLR1711",),
    "unneeded-not": ("SIM201", "SIM202", "SIM208"),
    "consider-using-in": ("PLR1714",),
    "unnecessary-comprehension": ("C416",),
    "R1721": ("C416",),
    "trailing-whitespace": ("W291",),
    "C0303": ("W291",),
    # mypy
    "redundant-cast": (),
    "name-defined": ("F821",),
    # pycodestyle's numbers differ only where ruff names the rule after another tool
    "unused-ignore": (),
    # the rest of tsserver's codes has no analyser of ours; a place alone must not decide
    "6133": (),
    "2304": (),
    "7027": (),
}


def rules_for(diagnostic: Finding) -> tuple[str, ...] | None:
    """The rules a diagnostic stands for; None when its code tells nothing.

    An empty answer means that the code is understood and no rule of ours mends it.
    """
    code = diagnostic.rule.strip()
    if code in _MEANS:
        return _MEANS[code]
    if _OUR_CODE.fullmatch(code) or code == "invalid-syntax":
        return (code,)
    return () if code and diagnostic.source else None
