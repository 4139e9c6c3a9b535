"""The forms in which models send an edit that can be read: each gives back the edit, unharmed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from random import Random

from camus.actions.fences import fenced
from camus.actions.reindent import dedented
from camus.source import matching_blocks, unified_diff
from support.replying import Sample

_HUNK = re.compile(r"^@@ .*@@", re.MULTILINE)
Form = Callable[[Random, Sample], str]
"""A reply that means the sample's edit; empty where the form cannot say it."""


def _flush(sample: Sample) -> str:
    return dedented(sample.whole_lines[1])


def fence(_rng: Random, sample: Sample) -> str:
    return fenced(_flush(sample), "python")


def fence_in_place(_rng: Random, sample: Sample) -> str:
    return fenced(sample.whole_lines[1], "python")


def fence_with_prose(rng: Random, sample: Sample) -> str:
    before = rng.choice(("Here is the updated function:", "Sure! Let's improve it.", "### Answer"))
    after = rng.choice(("This keeps its behaviour.", "**Changes**\n- as asked", "Hope this helps!"))
    info = rng.choice(("python", "py", "", "Python"))
    return f"{before}\n\n{fenced(_flush(sample), info)}\n\n{after}"


def tildes(_rng: Random, sample: Sample) -> str:
    code = _flush(sample)
    return "" if "~~~" in code else f"~~~python\n{code}\n~~~"


def crlf(_rng: Random, sample: Sample) -> str:
    return fence_in_place(_rng, sample).replace("\n", "\r\n")


def unfenced(_rng: Random, sample: Sample) -> str:
    return _flush(sample)


def unfenced_with_prose(_rng: Random, sample: Sample) -> str:
    return f"Here is the improved code:\n\n{_flush(sample)}\n\nIt does the same."


def in_a_list_item(_rng: Random, sample: Sample) -> str:
    lines = fenced(_flush(sample), "python").split("\n")
    return "1. Replace the function:\n\n" + "\n".join(
        "   " + each if each else "" for each in lines
    )


def whole_file(_rng: Random, sample: Sample) -> str:
    return fenced(sample.wanted, "python") if sample.wanted.count("\n") < 600 else ""


def first_line_flush(_rng: Random, sample: Sample) -> str:
    """The first line alone has lost its indentation, as models do with a method."""
    return fenced(sample.new, "python") if sample.indent else ""


def other_unit(rng: Random, sample: Sample) -> str:
    """Tabs or two spaces where the file has four; only where nothing but blocks is indented."""
    code = _flush(sample)
    depths = [len(line) - len(line.lstrip(" ")) for line in code.split("\n") if line.strip()]
    if any(depth % 4 for depth in depths) or '"""' in code or "'''" in code or not any(depths):
        return ""
    by = rng.choice(("\t", "  "))
    lines = (
        by * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ")
        for line in code.split("\n")
    )
    return fenced("\n".join(lines), "python")


def thinking(rng: Random, sample: Sample) -> str:
    open_, close = rng.choice(
        (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("", "</think>"))
    )
    name = sample.task.scope.name
    thought = f"The function {name} could be\n```python\nx = 1\n```"
    return f"{open_}\n{thought}\n{close}\n\n{fence(rng, sample)}"


def original_first(_rng: Random, sample: Sample) -> str:
    old = fenced(dedented(sample.whole_lines[0]), "python")
    return f"The code was:\n\n{old}\n\nUpdated:\n\n{fenced(_flush(sample), 'python')}"


def with_example(_rng: Random, sample: Sample) -> str:
    return fence(_rng, sample) + "\n\nUsage:\n\n```bash\npython -m example\n```\n"


def code_tags(rng: Random, sample: Sample) -> str:
    one, other = rng.choice(
        (("[PYTHON]", "[/PYTHON]"), ("<code>", "</code>"), ("<answer>", "</answer>"))
    )
    return f"{one}\n{_flush(sample)}\n{other}" if one not in sample.document.text else ""


def control_tokens(rng: Random, sample: Sample) -> str:
    end = rng.choice(("<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<end_of_turn>"))
    again = rng.choice(("", "\n<|im_start|>user\nThanks!\n```python\nx = 1\n```"))
    return f"{fence(rng, sample)}{end}{again if end.startswith('<|') else ''}"


def escaped(_rng: Random, sample: Sample) -> str:
    code = _flush(sample)
    if not re.search(r"[<>&]", code) or re.search(r"&\w+;", sample.document.text):
        return ""
    return fenced(html.escape(code, quote=False), "python")


def numbered(_rng: Random, sample: Sample) -> str:
    lines = _flush(sample).split("\n")
    return fenced("\n".join(f"{at:>4} | {line}" for at, line in enumerate(lines, 10)), "python")


def quoted(_rng: Random, sample: Sample) -> str:
    return "\n".join(f"> {line}".rstrip() for line in fence(_rng, sample).split("\n"))


def named_file(rng: Random, sample: Sample) -> str:
    name = sample.document.uri.rpartition("/")[2]
    shape = rng.choice(
        ("### {n}\n\n```python\n{c}\n```", "```python:{n}\n{c}\n```", "```python\n# {n}\n{c}\n```")
    )
    code = _flush(sample)
    return "" if "```" in code else shape.format(n=name, c=code)


def two_files(rng: Random, sample: Sample) -> str:
    name = sample.document.uri.rpartition("/")[2]
    code = f"from {name[:-3]} import *\n\n\ndef test_it():\n    pass\n"
    test = f"**tests/test_it.py**\n\n```python\n{code}```"
    mine = f"**src/{name}**\n\n{fenced(_flush(sample), 'python')}"
    return "\n\n".join(rng.sample((test, mine), 2))


def json_code(rng: Random, sample: Sample) -> str:
    key = rng.choice(("code", "new_code", "refactored_code"))
    text = json.dumps(
        {"explanation": "Simpler.", key: _flush(sample)}, indent=rng.choice((None, 2))
    )
    return rng.choice((text, f"```json\n{text}\n```"))


def json_edits(rng: Random, sample: Sample) -> str:
    found = _hunks(sample)
    keys = rng.choice((("old", "new"), ("search", "replace"), ("old_string", "new_string")))
    return (
        json.dumps({"edits": [dict(zip(keys, pair, strict=True)) for pair in found]})
        if found
        else ""
    )


def search_replace(rng: Random, sample: Sample) -> str:
    marks = rng.choice(
        (
            ("<<<<<<< SEARCH", ">>>>>>> REPLACE"),
            ("<<<<<<< ORIGINAL", ">>>>>>> UPDATED"),
            ("------- SEARCH", "+++++++ REPLACE"),
            ("<<<<<<< HEAD", ">>>>>>> new"),
        )
    )
    name = rng.choice(("", sample.document.uri.rpartition("/")[2] + "\n"))
    blocks = [f"{marks[0]}\n{old}\n=======\n{new}\n{marks[1]}" for old, new in _hunks(sample)]
    text = "\n\n".join(blocks)
    return rng.choice((f"{name}{text}", f"{name}```python\n{text}\n```")) if blocks else ""


def diff(rng: Random, sample: Sample) -> str:
    """A unified diff; its numbers are wrong, or its headers are missing, as models have it."""
    text = unified_diff(sample.document.text, sample.wanted, sample.document.uri.rpartition("/")[2])
    how = rng.choice(("right", "wrong numbers", "no numbers", "no file names", "plain"))
    if how == "wrong numbers":
        text = re.sub(
            r"^@@ .*@@",
            f"@@ -{rng.randrange(99)},7 +{rng.randrange(99)},8 @@",
            text,
            flags=re.MULTILINE,
        )
    elif how == "no numbers":
        text = _HUNK.sub("@@ ... @@", text)
    elif how == "no file names":
        text = "".join(text.splitlines(keepends=True)[2:])
    elif how == "plain" and text.count("\n@@ ") == 1:
        text = "".join(text.splitlines(keepends=True)[3:])
        return f"```diff\n{text}```"
    return rng.choice((text, f"```diff\n{text}```\n"))


def diff_without_marks(_rng: Random, sample: Sample) -> str:
    """A diff whose lines of context have no space before them."""
    text = unified_diff(sample.whole_lines[0] + "\n", sample.whole_lines[1] + "\n", "a.py")
    lines = (line.removeprefix(" ") for line in text.split("\n"))
    return "```diff\n" + "\n".join(lines) + "```"


def begin_patch(_rng: Random, sample: Sample) -> str:
    text = unified_diff(sample.whole_lines[0] + "\n", sample.whole_lines[1] + "\n", "a.py")
    hunks = re.sub(
        r"^@@ .*@@", "@@", "".join(text.splitlines(keepends=True)[2:]), flags=re.MULTILINE
    )
    name = sample.document.uri.rpartition("/")[2]
    return f"*** Begin Patch\n*** Update File: {name}\n{hunks}*** End Patch"


def lazy(_rng: Random, sample: Sample) -> str:
    """Unchanged statements at the end left out, where it is certain which they are."""
    old, new = (text.split("\n") for text in sample.whole_lines)
    blank = sample.indent + "    "
    heads = [
        at
        for at, line in enumerate(new)
        if line.startswith(blank)
        and line[len(blank) : len(blank) + 1].strip()
        and new.count(line) == 1
        and re.match(r"\s+\w+ = [^(\[{]*$|\s+\w[\w.]*\([^()]*\)$", line)
    ]
    tail = next((at for at in range(min(len(old), len(new))) if old[-1 - at] != new[-1 - at]), 0)
    heads = [at for at in heads if at >= len(new) - tail and at + 2 < len(new)]
    if not heads or old.count(new[heads[0]]) != 1 or '"""' in "\n".join(new[heads[0] :]):
        return ""
    rest = [*new[: heads[0] + 1], f"{blank}# ... rest of the function unchanged ..."]
    return fenced(dedented("\n".join(rest)), "python")


def _hunks(sample: Sample, context: int = 2) -> list[tuple[str, str]]:
    """The changed places with context, each old text standing once; empty when one cannot."""
    old, new = (text.split("\n") for text in sample.whole_lines)
    low = other = 0
    found: list[tuple[int, int, int, int]] = []
    for start, into, size in [*matching_blocks(old, new), (len(old), len(new), 0)]:
        if low < start or other < into:
            if found and low - found[-1][1] <= 2 * context:
                found[-1] = (found[-1][0], start, found[-1][2], into)
            else:
                found.append((low, start, other, into))
        low, other = start + size, into + size
    pairs = []
    for first, last, into, onto in found:
        head, tail = min(context, first), min(context, len(old) - last)
        was = "\n".join(old[first - head : last + tail])
        if sample.document.text.count(was) != 1 or not was.strip():
            return []
        pairs.append((was, "\n".join(new[into - head : onto + tail])))
    return pairs


FORMS: dict[str, Form] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(fence, fence_in_place, fence_with_prose, tildes, crlf, unfenced, unfenced_with_prose),
        *(in_a_list_item, whole_file, first_line_flush, other_unit, thinking, original_first),
        *(with_example, code_tags, control_tokens, escaped, numbered, quoted, named_file),
        *(two_files, json_code, json_edits, search_replace, diff, diff_without_marks, begin_patch),
        lazy,
    )
}
