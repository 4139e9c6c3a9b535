"""From a task to the prompt a model of a certain window gets; the words are in templates.

Code, chunks and messages of tools stand between tags whose name is derived from the whole content,
so that no file can hold its own closing tag; `Prompt.tags` records it for the reader of replies.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from camus.actions.fences import fenced
from camus.actions.targets import around
from camus.actions.tasks import Chunk, Task
from camus.actions.templating import (
    PLACEHOLDER,
    SHIPPED,
    VALUES,
    Template,
    Templates,
    placeholders,
    template_names,
    version_of,
)
from camus.actions.tokens import MESSAGE_OVERHEAD, estimate_tokens
from camus.config import NO_FAMILY, Family
from camus.privacy import Message, Prompt
from camus.source import Document, imports, indent_unit, language_for
from camus.source import names_used as names_used_in

_MOST_IMPORTS = 24
_TURNS = 2
"""The system's and the user's."""


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The target alone does not fit: what it needs and what there is, in estimated tokens."""

    needed: int
    window: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt, and how it came to be: what it is estimated to take and what was left out."""

    prompt: Prompt
    templates: tuple[Template, ...]
    tokens: int
    window: int
    answer: int
    chunks: int = 0
    """How many chunks are in it, the first ones of those that were given."""
    chunks_cut: int = 0
    context_cut: bool = False
    """Whether the headers and imports around the target were left out."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is to be asked: the templates in force, and its family."""

    templates: Templates = SHIPPED
    family: Family = NO_FAMILY


def prompt(
    task: Task,
    chunks: Sequence[Chunk],
    *,
    window: int,
    answer: int,
    step: str = "",
    manner: Manner = Manner(),
) -> Prompt | TooLarge:
    """The prompt alone; see `written`."""
    made = written(task, chunks, window=window, answer=answer, step=step, manner=manner)
    return made.prompt if isinstance(made, Written) else made


def written(
    task: Task,
    chunks: Sequence[Chunk],
    *,
    window: int,
    answer: int,
    step: str = "",
    manner: Manner = Manner(),
) -> Written | TooLarge:
    """The prompt for a window of so many tokens, `answer` of them kept for the reply.

    The target comes first in importance, then its signature context, then chunks, which are left
    out from the last on until it fits. `step` says what a pipeline's step is to do.
    """
    room = window - answer
    used = _templates(task, step, manner)
    context = _context(task)
    kept = len(chunks)
    while True:
        made = _filled(task, tuple(chunks[:kept]), step, used, context=context)
        needed = _size(made)
        if needed <= room or not kept:
            break
        kept -= 1
    cut = needed > room and bool(context)
    if cut:
        made = _filled(task, (), step, used, context="")
        needed = _size(made)
    if needed > room:
        return TooLarge(needed, window, _too_large(task, needed, window, answer))
    if not manner.family.system:
        made = _without_system(made)
    return Written(made, used, needed, window, answer, kept, len(chunks) - kept, cut)


def repair_prompt(
    task: Task, first: Prompt, reply: str, complaint: str, manner: Manner = Manner()
) -> Prompt:
    """The same conversation with the reply and the concrete finding, asking for one repair."""
    name = "repair" if task.action.produces == "edit" else "repair_text"
    used = manner.templates.find(name, task.document.language, manner.family.name)
    turns = (
        Message("assistant", reply.strip() or "(nothing)"),
        Message("user", _fill(used, {"complaint": complaint.strip()})),
    )
    version = _digest(first.version, used.text)
    return Prompt((*first.messages, *turns), first.sources, version, first.tags)


def opinion_prompt(
    before: Task, after: Task, *, window: int, answer: int, manner: Manner = Manner()
) -> Prompt | TooLarge:
    """The prompt for a second model: the target as it was and as a draft leaves it."""
    language, family = before.document.language, manner.family.name
    used = tuple(manner.templates.find(n, language, family) for n in ("system_text", "opinion"))
    tag = _tag(before.code)  # critics of several drafts share what stands before the draft
    tag = tag if tag not in after.code else _tag(before.code, after.code)
    values = {
        **dict.fromkeys(VALUES, ""),
        **_words(before, ""),
        "tag": tag,
        "before": _data(tag, _code_block(before, code_of(before))),
        "code": _data(tag, _code_block(after, code_of(after))),
    }
    messages = tuple(
        Message("system" if each.name.startswith("system") else "user", _fill(each, values))
        for each in used
    )
    made = Prompt(messages, (before.document.uri,), version_of(used), (tag,))
    needed = _size(made)
    if needed > window - answer:
        return TooLarge(needed, window, _too_large(before, needed, window, answer))
    return made if manner.family.system else _without_system(made)


def code_of(task: Task) -> str:
    """The target as a model sees it: its first line keeps the indentation it has in the file."""
    lines = task.document.lines
    start = lines.span(lines.line_of(task.target.start)).start
    before = task.document.text[start : task.target.start]
    code = task.code if before.strip() else before + task.code
    return code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _filled(
    task: Task, chunks: tuple[Chunk, ...], step: str, used: tuple[Template, ...], *, context: str
) -> Prompt:
    diagnostics = _diagnostics(task)
    tag = _tag(task.code, context, diagnostics, *(chunk.text for chunk in chunks))
    named = frozenset(name for each in used for name in placeholders(each.text))
    values = {
        **_words(task, step),
        "convention": "".join(each.text for each in used[_TURNS:]),
        "tag": tag,
        "code": _data(tag, _code_block(task, code_of(task))),
        "numbered": _data(tag, fenced(_numbered(task))) if "numbered" in named else "",
        "context": _section(tag, "It stands in this context:", context),
        "diagnostics": _section(tag, "What is reported here:", diagnostics),
        "chunks": _section(tag, "From elsewhere in the project:", _shown(chunks)),
        "about": _about(task, tag) if "about" in named else "",
    }
    messages = tuple(
        Message("system" if each.name.startswith("system") else "user", _fill(each, values))
        for each in used[:_TURNS]
    )
    sources = dict.fromkeys((task.document.uri, *(chunk.source for chunk in chunks)))
    return Prompt(messages, tuple(sources), version_of(used), (tag,))


def _without_system(made: Prompt) -> Prompt:
    """The same words with the system's at the beginning of the user's turn."""
    system, user = made.messages
    both = Message("user", f"{system.content}\n\n{user.content}")
    return Prompt((both,), made.sources, made.version, made.tags)


def _templates(task: Task, step: str, manner: Manner) -> tuple[Template, ...]:
    """The system's and the user's template, and what the words of these two name."""
    language, family = task.document.language, manner.family.name
    names = _template_names(task, step)
    turns = tuple(manner.templates.find(name, language, family) for name in names)
    if not any("{{convention}}" in each.text for each in turns):
        return turns
    return (*turns, manner.templates.find("convention", language, family))


def _template_names(task: Task, step: str) -> tuple[str, str]:
    edits = task.action.produces == "edit"
    system = "system_edit" if edits else "system_text"
    if not step.strip():
        return ("system_modify" if task.action.id == "modify" else system), task.action.id
    words = re.sub(r"[^a-z0-9]+", "_", step.casefold()).strip("_")
    if task.action.id == "review" and f"review_{words}" in template_names():
        return system, f"review_{words}"
    name = f"step_{words}"
    if name == "step_analyze_and_plan":
        return "system_text", name
    if not edits:
        return system, "step_thought"
    return system, name if name in template_names() else "step_generic"


def _fill(used: Template, values: Mapping[str, str]) -> str:
    """The template with its values; a line that holds only an empty value goes away.

    Values are put in, never read again, so that braces inside code mean nothing.
    """
    lines: list[str] = []
    for line in used.text.split("\n"):
        filled = PLACEHOLDER.sub(lambda found: values[found[1]], line)
        if filled.strip() or not line.strip():
            lines.append(filled)
    return "\n".join(lines)


def _words(task: Task, step: str) -> dict[str, str]:
    language = language_for(task.document.language)
    return {
        "language": language.title if language else task.document.language or "text",
        "fence": language.fence if language else "",
        "instruction": task.instruction.strip(),
        "request": task.instruction.strip() or f"{task.action.title}.",
        "step": " ".join(step.split()),
        "place": _file_name(task.document.uri),
        "target": _target_word(task),
        "style": "" if task.docstring_style == "auto" else f" in {task.docstring_style} style",
        "indentation": _indentation(task.document),
    }


def _file_name(uri: str) -> str:
    """The last part of a path, with nothing that could pass for words of ours.

    No line numbers: an edit above the target would make another prompt, and the kept answer to
    this one useless.
    """
    name = PurePosixPath(unquote(urlsplit(uri).path)).name
    return re.sub(r"[^\w.\-+ ]+", "_", name)[:80].strip() or "the file"


def _target_word(task: Task) -> str:
    if task.target == task.document.span:
        return "file"
    if task.target == task.scope.span and task.scope.kind in {"class", "function", "method"}:
        return task.scope.kind
    return "piece of code"


def _indentation(document: Document) -> str:
    unit = indent_unit(document)
    how = "tabs" if unit == "\t" else f"{len(unit)} spaces"
    return f"The file indents by {how}."


def _code_block(task: Task, code: str) -> str:
    language = language_for(task.document.language)
    return fenced(code, language.fence if language else "")


def _numbered(task: Task) -> str:
    first = task.document.lines.line_of(task.target.start) + 1
    return "\n".join(
        f"{number:>4} {line}" for number, line in enumerate(code_of(task).split("\n"), first)
    )


def _about(task: Task, tag: str) -> str:
    """The code a question is about; nothing when there is none."""
    if not task.code.strip():
        return ""
    shown = _data(tag, _code_block(task, code_of(task)))
    return f"The code it is about, from {_file_name(task.document.uri)}:\n{shown}"


def _context(task: Task) -> str:
    """The headers of the classes around the target and the imports whose names it uses."""
    if task.target == task.document.span or task.action.id == "modify":
        return ""
    document = task.document
    used = set(names_used_in(document, task.target)) | _words_in(task)
    found = [each for each in imports(document) if each.alias.partition(".")[0] in used]
    lines = list(dict.fromkeys(document.slice(each.span) for each in found))[:_MOST_IMPORTS]
    lines += [document.slice(each.header).rstrip() for each in around(task.document, task.target)]
    return _code_block(task, "\n".join(lines)) if lines else ""


def _words_in(task: Task) -> set[str]:
    """The target's words where no tree tells its names."""
    return set() if task.scope.kind != "lines" else set(re.findall(r"\w+", task.code))


def _diagnostics(task: Task) -> str:
    """The problems with their lines counted within the target, as the model sees it."""
    lines = task.document.lines
    first = lines.line_of(task.target.start)
    return "\n".join(
        f"line {lines.line_of(each.span.start) - first + 1}: {each.message.strip()}"
        + (f" ({each.rule})" if each.rule else "")
        for each in task.diagnostics
    )


def _shown(chunks: Sequence[Chunk]) -> str:
    return "\n".join(f"{chunk.title} ({chunk.reason}):\n{fenced(chunk.text)}" for chunk in chunks)


def _section(tag: str, title: str, content: str) -> str:
    return f"{title}\n{_data(tag, content)}" if content else ""


def _data(tag: str, content: str) -> str:
    return f"<{tag}>\n{content}\n</{tag}>"


def _tag(*contents: str) -> str:
    """A name that no part of the content holds: 48 bits of the digest of all of it."""
    digest = hashlib.sha256("\0".join(contents).encode("utf-8", "surrogatepass")).hexdigest()
    return f"data-{digest[:12]}"


def _size(made: Prompt) -> int:
    return sum(estimate_tokens(each.content) + MESSAGE_OVERHEAD for each in made.messages)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _too_large(task: Task, needed: int, window: int, answer: int) -> str:
    what = (
        f"`{task.scope.name}`" if _target_word(task) != "file" and task.scope.name else "The file"
    )
    return (
        f"{what} needs about {needed} tokens, but the model's window of {window} leaves "
        f"{max(window - answer, 0)} beside the {answer} kept for its answer. "
        "Choose a model with a larger window, or select less code."
    )
