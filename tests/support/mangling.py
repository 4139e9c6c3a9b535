"""Damage done to replies: what is left may be refused or read, but must never break the file."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from random import Random

from camus.actions.fences import fenced
from camus.actions.reindent import dedented
from camus.source import definitions
from support.rendering import FORMS, Form
from support.replying import Sample

Damage = Callable[[Random, Sample, str], str]
"""From a reply in some form to the same reply, harmed."""


def truncated(rng: Random, _sample: Sample, reply: str) -> str:
    return reply[: rng.randrange(len(reply))]


def fence_never_closed(_rng: Random, _sample: Sample, reply: str) -> str:
    return reply.rstrip().removesuffix("```").removesuffix("~~~")


def thinking_never_closed(_rng: Random, _sample: Sample, reply: str) -> str:
    return f"<think>\nLet me see.\n{reply}"


def a_line_lost(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def a_line_doubled(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    at = rng.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def two_lines_swapped(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    at = rng.randrange(max(1, len(lines) - 1))
    lines[at : at + 2] = reversed(lines[at : at + 2])
    return "\n".join(lines)


def a_line_indented_anew(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    at = rng.randrange(len(lines))
    lines[at] = rng.choice(("", " ", "  ", "\t", "        ")) + lines[at].lstrip()
    return "\n".join(lines)


def all_indentation_lost(_rng: Random, _sample: Sample, reply: str) -> str:
    return "\n".join(line.lstrip() for line in reply.split("\n"))


def half_escaped(rng: Random, _sample: Sample, reply: str) -> str:
    at = rng.randrange(len(reply))
    return reply[:at] + html.escape(reply[at:])


def characters_lost(rng: Random, _sample: Sample, reply: str) -> str:
    marks = [at for at, mark in enumerate(reply) if mark in "()[]{}:'\",`<>=+-@"]
    for at in sorted(rng.sample(marks, min(3, len(marks))), reverse=True):
        reply = reply[:at] + reply[at + 1 :]
    return reply


def a_stray_fence(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(("```", "```python", "~~~", "````")))
    return "\n".join(lines)


def left_out_at_random(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    first = rng.randrange(len(lines))
    last = min(len(lines), first + rng.randrange(1, 8))
    blank = re.match(r"\s*", lines[first])
    mark = rng.choice(("# ... existing code ...", "# rest of the code unchanged", "..."))
    return "\n".join([*lines[:first], (blank[0] if blank else "") + mark, *lines[last:]])


def prose_inside(rng: Random, _sample: Sample, reply: str) -> str:
    lines = reply.split("\n")
    lines.insert(rng.randrange(len(lines)), "Now we handle the other case as well, it's important:")
    return "\n".join(lines)


def another_function(rng: Random, sample: Sample, _reply: str) -> str:
    other = rng.choice(definitions(sample.document))
    return fenced(dedented(other.indent + sample.document.slice(other.span)), "python")


def another_name(_rng: Random, sample: Sample, reply: str) -> str:
    return re.sub(rf"\b{re.escape(sample.task.scope.name)}\b", "renamed_function", reply)


def two_versions(_rng: Random, sample: Sample, reply: str) -> str:
    other = fenced(dedented(sample.whole_lines[1]) + "\n    # another version", "python")
    return f"Option 1:\n\n{reply}\n\nOption 2:\n\n{other}"


def said_twice(_rng: Random, _sample: Sample, reply: str) -> str:
    return f"{reply}\n\n{reply}"


def in_another_language(_rng: Random, sample: Sample, _reply: str) -> str:
    return f"```javascript\nfunction {sample.task.scope.name}(a, b) {{\n  return a;\n}}\n```"


def refused(rng: Random, _sample: Sample, _reply: str) -> str:
    return rng.choice(
        ("I'm sorry, but I can't help with that.", "", "   \n", "Lo siento.", "```\n```")
    )


def binary(rng: Random, _sample: Sample, reply: str) -> str:
    at = rng.randrange(len(reply))
    return reply[:at] + "".join(chr(rng.randrange(1, 0x2FF)) for _ in range(40)) + reply[at + 40 :]


DAMAGES: dict[str, Damage] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(truncated, fence_never_closed, thinking_never_closed, a_line_lost, a_line_doubled),
        *(two_lines_swapped, a_line_indented_anew, all_indentation_lost, half_escaped),
        *(characters_lost, a_stray_fence, left_out_at_random, prose_inside, another_function),
        *(another_name, two_versions, said_twice, in_another_language, refused, binary),
    )
}


def rendered(rng: Random, sample: Sample, form: Form) -> str:
    """The sample in a form, or in the plainest where that form cannot say it."""
    return form(rng, sample) or FORMS["fence"](rng, sample)
