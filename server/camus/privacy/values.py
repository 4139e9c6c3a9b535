"""Whether a value looks like a secret, an example of one or ordinary code; sees no context."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from camus.privacy.secrets import PLACEHOLDER

DESCRIBES = re.compile(
    r"(?:hash|hasher|type|kind|name|names|url|uri|path|file|dir|field|label|prompt|header|regex|"
    r"pattern|length|len|size|count|id|ids|class|endpoint|error|message|msg|format|prefix|suffix|"
    r"expiry|expires|ttl|at|date|algorithm|alg|scope|env|column|param|index|idx|text|input|"
    r"validator|manager|provider|factory|store|service|context|style|color|role|state|mode)"
    r"(?:s|_|$)",
    re.IGNORECASE,
)
"""The rest of a name that says something about a secret instead of holding it."""

HARMLESS = re.compile(
    r"hash|digest|checksum|integrity|sha\d|md5|sri$|uuid|guid|etag|commit|revision|fingerprint|"
    r"public|pubkey|alphabet|chars|charset|table|digits|letters|test|fixture|example|sample|"
    r"signature|data|image|img|svg|icon|font|src|href|content|body|base64|b64|encoded|expected|"
    r"path|url|regex|pattern|cert|class|style|query|cursor|version|resolved|id$|ids$",
    re.IGNORECASE,
)
"""Names of long literals that are random by nature and not secret."""

_WORDS = re.compile(
    r"example|change[-_]?me|placeholder|your|dummy|sample|redacted|replace|insert|todo|fake|mock|"
    r"test|foobar|lorem|secret_?key$|default|invalid|undefined|python|\.\.\.|\*\*\*|xxx",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"(?:passw(?:or|0r)d(?:1|123)?|passwd|pass|pw|pwd|secret|token|user|username|key|root|guest|admin|"
    r"postgres|mysql|redis|hunter|string|none|null|true|false|nullptr|hidden|oauth2|sha256|sha512|"
    r"bearer|required|optional|pbkdf2|bcrypt|argon2|base64|utf8|abc123|123456|qwerty123|rabbitmq|"
    r"mongo|anonymous)[!.:]*",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"[<{(\[]|\$[{(]|^\$|%[\w(]*[sd]|^[%@#]|://|^[./~]{1,2}/|^\.")
_NAMES = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)[A-Za-z_]\w*)+|[A-Z]+(?:_[A-Z0-9]+)+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d+(?:\.\d+)+\w*$")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_RANDOM_LENGTH = 16


def is_stand_in(value: str) -> bool:
    """Whether a value of a provider's own form is one that documents show instead of a real one."""
    if PLACEHOLDER in value or re.search(r"example|(?i:x{6}|\*{4}|\.{4}|0{12}|your[-_])", value):
        return True
    return "EXAMPLE" in value or len(set(value[-16:])) < 5 or _counts_up(value)


def is_example(value: str) -> bool:
    """Whether a value in an assignment is a template, a name in code or a customary example."""
    if is_stand_in(value) or _COMMON.fullmatch(value) or _WORDS.search(value):
        return True
    if _TEMPLATE.search(value) or _DATE.match(value):
        return True
    return _NAMES.fullmatch(value) is not None


def is_random(value: str) -> bool:
    """Whether a value whose name promises a secret looks made by a machine."""
    if len(value) < _RANDOM_LENGTH or not _has_letter_and_digit(value):
        return False
    return _entropy(value) >= 3.0 and not _is_wordy(value)


def is_very_random(value: str) -> bool:
    """Whether a value whose name promises nothing is so random that it must be a key."""
    mixed = re.search("[a-z]", value) and re.search("[A-Z]", value) and re.search(r"\d", value)
    return bool(mixed) and _entropy(value) >= 4.3 and not _is_wordy(value)


def is_password(value: str) -> bool:
    """Whether a value that stands right beside `password` looks like one a person chose."""
    if len(value) > 64 or not re.search("[A-Za-z]", value):
        return False
    if re.search(r"[!@#$%^&*?+~]", value):
        return re.search(r"\d", value) is not None or len(value) >= 10
    if not re.search(r"\d", value):
        return False
    # `pbkdf2_sha256` and `user-2` are names; `hunter2` beside `password` is none.
    return not re.fullmatch(r"[A-Za-z]+\d{0,4}(?:[_\-./:][A-Za-z]*\d{0,4})+", value)


def _has_letter_and_digit(value: str) -> bool:
    return bool(re.search("[A-Za-z]", value) and re.search(r"\d", value))


def _entropy(value: str) -> float:
    """Shannon's entropy in bits a character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())


def _is_wordy(value: str) -> bool:
    """Whether most of a value is pronounceable words, as in identifiers and file names."""
    words = sum(len(piece) for piece in _PIECE.findall(value) if _is_word(piece))
    turns = len(re.findall(r"[A-Za-z]\d|\d[A-Za-z]", value))
    return words * 2 >= len(value) and turns * 6 < len(value)


def _is_word(piece: str) -> bool:
    if len(piece) < 4 or re.search("[^aeiouyAEIOUY]{5}", piece):
        return False
    vowels = len(re.findall("[aeiouyAEIOUY]", piece))
    return 0.2 <= vowels / len(piece) <= 0.7


def _counts_up(value: str) -> bool:
    """Whether it holds `12345678` or `abcdefgh`, as alphabets and invented values do."""
    run = 1
    for before, after in pairwise(value):
        run = run + 1 if ord(after) - ord(before) == 1 else 1
        if run >= 8:
            return True
    return "1234567890" in value
