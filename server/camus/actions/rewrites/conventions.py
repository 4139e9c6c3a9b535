"""How each language writes a doc comment, one row each; knows no code and writes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Section = Literal["parameters", "returns", "yields", "raises", "panics"]
ORDER: tuple[Section, ...] = ("parameters", "returns", "yields", "raises", "panics")


@dataclass(frozen=True, slots=True)
class Frame:
    """The marks around a comment: a block's ends, and what begins each of its lines."""

    opening: str
    margin: str
    closing: str
    first: str = ""
    """What begins the first line, where that differs."""


@dataclass(frozen=True, slots=True)
class CommentStyle:
    """One convention. In a template `?(...)?` is left out when nothing is to be said in it.

    The templates know `name`, `shown` (the name with its default where `defaults` says so),
    `type`, and `said`, which is what is known of an entry.
    """

    title: str
    frame: Frame
    parameter: str = ""
    returns: str = ""
    yields: str = ""
    raises: str = ""
    panics: str = ""
    headings: tuple[tuple[Section, str], ...] = ()
    """The line above a section, for conventions that have sections instead of tags."""
    tag: str = r"@(?P<word>\w+)(?P<rest>.*)"
    """How a line begins that opens an entry."""
    name: str = r"\s*(?P<name>[\w$.]+)"
    """Where such a line, behind its word, names a parameter."""
    words: tuple[tuple[Section, tuple[str, ...]], ...] = ()
    """The words of tags for each section, the usual one first."""
    leave: frozenset[str] = frozenset()
    """Tags that say that the documentation is elsewhere."""
    summary_lines: tuple[str, str] = ("", "")
    """Lines before and after the summary."""
    one_line: bool = True
    """A summary alone stands on the line of the marks."""
    gap: bool = True
    """An empty line parts the summary from the entries."""
    third_person: bool = True
    named: bool = False
    """The summary begins with the symbol's name."""
    phrases: bool = True
    """Entries are phrases in lower case without a full stop."""
    tells_names: bool = True
    """An entry of which nothing but its name is known says that in words."""
    defaults: bool = False
    """A default stands beside the name."""
    code: str = "`{0}`"
    escapes: tuple[tuple[str, str], ...] = (("*/", "* /"),)


BLOCK = Frame("/**", " *", " */")
_SLASHES = Frame("", "///", "")
_TAGS: tuple[tuple[Section, tuple[str, ...]], ...] = (
    ("parameters", ("param", "arg", "argument", "tparam")),
    ("returns", ("return", "returns", "retval", "result", "treturn")),
    ("yields", ("yield", "yields", "yieldreturn", "yieldparam")),
    ("raises", ("throws", "throw", "exception", "raise", "raises", "error")),
)

JSDOC = CommentStyle(
    "JSDoc comment",
    BLOCK,
    parameter="@param?( {{{type}}})? {shown}?( - {said})?",
    returns="@returns?( {{{type}}})??( {said})?",
    yields="@yields?( {{{type}}})??( {said})?",
    raises="@throws {{{name}}}",
    name=r"\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}\s*)?\[?\s*(?:\.\.\.)?(?P<name>[\w$.]+)",
    words=_TAGS,
    leave=frozenset({"inheritdoc", "override", "type", "typedef", "callback", "overload"}),
    third_person=False,
    phrases=False,
    defaults=True,
    tells_names=False,
)
TSDOC = replace(
    JSDOC,
    parameter="@param {name}?( - {said})?",
    returns="@returns?( {said})?",
    yields="@yields?( {said})?",
    defaults=False,
)
JAVADOC = CommentStyle(
    "Javadoc comment",
    BLOCK,
    parameter="@param {name}?( {said})?",
    returns="@return?( {said})?",
    raises="@throws {name}",
    words=_TAGS,
    leave=frozenset({"inheritDoc"}),
    one_line=False,
    code="{{@code {0}}}",
    escapes=(("*/", "*&#47;"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "&#64;")),
)
KDOC = replace(
    JAVADOC, title="KDoc comment", code="`{0}`", escapes=(("*/", "*&#47;"),), one_line=True
)
DOXYGEN = CommentStyle(
    "Doxygen comment",
    BLOCK,
    parameter="@param {name}?( {said})?",
    returns="@return?( {said})?",
    raises="@throws {name}",
    tag=r"[@\\](?P<word>\w+)(?P<rest>.*)",
    name=r"\s*(?:\[[\w, ]+\]\s*)?(?P<name>[\w.]+)",
    words=_TAGS,
    leave=frozenset({"copydoc", "copybrief", "fn", "internal", "input", "inout", "output"}),
    one_line=False,
    phrases=False,
    escapes=(("*/", "* /"), ("@", "@@")),
)
PHPDOC = CommentStyle(
    "PHPDoc comment",
    BLOCK,
    parameter="@param?( {type})? {name}?( {said})?",
    returns="@return?( {type})??( {said})?",
    yields="",
    raises="@throws {name}",
    name=r"\s*(?:[^$]+?\s+)?(?:&|\.\.\.)*(?P<name>\$\w+)",
    words=_TAGS,
    leave=frozenset({"inheritdoc", "inheritDoc"}),
    one_line=False,
)
RUSTDOC = CommentStyle(
    "rustdoc comment",
    _SLASHES,
    raises="{said}",
    panics="{said}",
    headings=(("raises", "# Errors"), ("panics", "# Panics")),
    tag=r"(?P<rest>)#\s+(?P<word>\w+)\s*$",
    words=(
        ("parameters", ("Arguments", "Parameters")),
        ("raises", ("Errors",)),
        ("panics", ("Panics",)),
    ),
    phrases=False,
)
GODOC = CommentStyle(
    "doc comment",
    Frame("", "//", ""),
    panics="It panics?( with {said})?.",
    tag=r"(?!)",
    named=True,
    code="{0}",
)
XMLDOC = CommentStyle(
    "XML documentation comment",
    _SLASHES,
    parameter='<param name="{name}">?({said})?</param>',
    returns="<returns>?({said})?</returns>",
    raises='<exception cref="{name}"></exception>',
    tag=r"\s*<(?P<word>\w+)(?P<rest>\b.*)",
    name=r'\s*name="(?P<name>[^"]+)"',
    words=(
        ("parameters", ("param",)),
        ("returns", ("returns", "value")),
        ("raises", ("exception",)),
    ),
    leave=frozenset({"inheritdoc", "include"}),
    summary_lines=("<summary>", "</summary>"),
    one_line=False,
    gap=False,
    phrases=False,
    code="<c>{0}</c>",
    escapes=(("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")),
)
YARD = CommentStyle(
    "YARD comment",
    Frame("", "#", ""),
    parameter="@param {name}?( [{type}])??( {said})?",
    returns="@return?( [{type}])??( {said})?",
    raises="@raise [{name}]",
    name=r"\s*(?:\[[^\]]*\]\s*)?[*&]*(?P<name>\w+)",
    words=(*_TAGS[:3], ("raises", ("raise",))),
    leave=frozenset({"overload", "see", "private"}),
)
_LDOC_TYPES = ("string", "number", "int", "bool", "func", "tab", "thread", "array", "array2d")
"""LDoc's short tags for a parameter of a type, and the two that Penlight adds."""
LDOC = CommentStyle(
    "LDoc comment",
    Frame("", "--", "", "---"),
    parameter="@param {name}?( {said})?",
    returns="@return?( {said})?",
    raises="@raise {said}",
    tag=r"@(?P<word>\w+)(?:(?<=tparam)(?:\[[^\]]*\])?\s+\S+)?(?P<rest>.*)",
    name=r"\s*(?:\[[^\]]*\]\s*)?(?P<name>\.\.\.|[\w.]+)",
    words=(("parameters", ("param", "tparam", *_LDOC_TYPES)), *_TAGS[1:]),
)
SHELL = CommentStyle(
    "comment",
    Frame("", "#", ""),
    parameter="  {name}?( - {said})?",
    headings=(("parameters", "Arguments:"),),
    tag=r"(?P<word>Globals|Arguments|Outputs|Returns|Usage):(?P<rest>.*)",
    words=(("parameters", ("Arguments", "Usage")),),
    gap=False,
)

STYLES: dict[str, CommentStyle] = {
    "javascript": JSDOC,
    "typescript": TSDOC,
    "go": GODOC,
    "rust": RUSTDOC,
    "java": JAVADOC,
    "c": DOXYGEN,
    "cpp": DOXYGEN,
    "csharp": XMLDOC,
    "ruby": YARD,
    "php": PHPDOC,
    "bash": SHELL,
    "kotlin": KDOC,
    "lua": LDOC,
}
"""The convention of each language but Python, whose docstrings have three; see docstyles."""

_OPTIONAL = re.compile(r"\?\((.*?)\)\?")


def filled(template: str, **values: str) -> str:
    """A template with its values, optional parts left out where a value of theirs is empty."""

    def part(match: re.Match[str]) -> str:
        used = re.findall(r"(?<!\{)\{(\w+)\}|\{\{\{(\w+)\}\}\}", match[1])
        names = [each for pair in used for each in pair if each]
        return match[1] if all(values.get(name) for name in names) else ""

    return _OPTIONAL.sub(part, template).format(**values).rstrip()
