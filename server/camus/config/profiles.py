"""The profile of plan 002 (`[defaults]` by role, `[routing]`, `[fallbacks]`), as the one tree.

A role's default model and its fallbacks become the composite of that role, keywords the
classifier's. Values are not checked here.
"""

from __future__ import annotations

from camus.config.nodes import Node, Report
from camus.config.words import BUILT_IN_COMPOSITES, TaskKind, canonical

ROLES: dict[str, str] = {
    **{name: name for name in BUILT_IN_COMPOSITES},
    "quick": "fast",
    "standard": "medium",
    "deep": "large",
    "math": "maths",
    "security": "safety",
}
"""The roles of a profile, by the composite each is."""

_DEFAULTS = frozenset({"pipeline", "strategy", "quality_threshold", "quality_floor"})
_KINDS = {"deep": "GENERAL", "maths": "MATHEMATICAL", "safety": "SECURITY_REVIEW"}
_KEYWORDS = "_keywords"


def with_profile(top: dict[str, Node], report: Report) -> dict[str, Node]:
    """The sections with a profile's part of them in the tree's spelling; `models` is by name."""
    top = dict(top)
    chains = _chains(top, report)
    if chains:
        _add_composites(top, chains, report)
        _add_models(top, chains)
    if "routing" in top:
        _add_keywords(top, top.pop("routing"), report)
    if "privacy" in top:
        top["privacy"] = _privacy(top["privacy"], report)
    return top


def _chains(top: dict[str, Node], report: Report) -> dict[str, tuple[Node, tuple[Node, ...]]]:
    """For each role, or model, where it is written and what stands in for it, best first."""
    found: dict[str, tuple[Node, tuple[Node, ...]]] = {}
    defaults = top.get("defaults")
    if defaults is not None and defaults.entries.keys() & ROLES.keys() - _DEFAULTS:
        kept = {key: item for key, item in defaults.entries.items() if key not in ROLES}
        top["defaults"] = defaults.with_value(kept)
        for key, item in defaults.entries.items():
            if key in ROLES:
                found[ROLES[key]] = (item, _names(item, report))
    fallbacks = top.pop("fallbacks", None)
    if fallbacks is None or fallbacks.value is None:
        return found
    if not isinstance(fallbacks.value, dict):
        report(fallbacks.problem("expected a list of roles or models for each role"))
    for key, item in fallbacks.entries.items():
        role = ROLES.get(key, key)
        place, first = found.get(role, (item, () if key in ROLES else (item.with_value(key),)))
        more = (
            name.with_value(ROLES.get(str(name.value), name.value)) for name in _names(item, report)
        )
        found[role] = (place, (*first, *more))
    return found


def _names(node: Node, report: Report) -> tuple[Node, ...]:
    names = node.items or (node,)
    good = tuple(name for name in names if isinstance(name.value, str) and name.value)
    if len(good) < len(names):
        report(node.problem("expected the name of a model or role; what is none is left out"))
    return good


def _add_composites(
    top: dict[str, Node], chains: dict[str, tuple[Node, tuple[Node, ...]]], report: Report
) -> None:
    section = top.get("composites", Node({}))
    if section.value is not None and not isinstance(section.value, dict):
        return  # refused where values are checked
    made: dict[str, Node] = {}
    for role, (place, bases) in chains.items():
        if role in section.entries:
            report(place.problem(f"`composites.{role}` is given as well; this is not used"))
        elif bases:
            made[role] = place.with_value(bases)
    top["composites"] = section.with_value({**made, **section.entries})


def _add_models(top: dict[str, Node], chains: dict[str, tuple[Node, tuple[Node, ...]]]) -> None:
    """A model that only a default names is Ollama's of that name, unless another file says more."""
    section = top.get("models", Node({}))
    if not isinstance(section.value, dict):
        return
    known = {*section.entries, *ROLES, *ROLES.values(), *chains, *top["composites"].entries}
    implied = {
        str(base.value): base.with_value({"name": base})
        for _place, bases in chains.values()
        for base in bases
        if base.value not in known
    }
    if implied:
        top["models"] = section.with_value({**section.entries, **implied})


def _add_keywords(top: dict[str, Node], routing: Node, report: Report) -> None:
    if routing.value is not None and not isinstance(routing.value, dict):
        report(routing.problem("expected `key: value` pairs"))
        return
    section = top.get("classification", Node({}))
    words = section.at("keywords")
    made: dict[str, Node] = {}
    for key, item in routing.entries.items():
        kind = _kind(key.removesuffix(_KEYWORDS)) if key.endswith(_KEYWORDS) else None
        if kind is None:
            known = [f"{role}{_KEYWORDS}" for role in ("code", "math", "creative", "quick", "deep")]
            report(item.unknown(key, known))
        else:
            made[str(kind)] = item
    if made and isinstance(section.value, dict | None):
        keywords = words.with_value({**made, **words.entries})
        top["classification"] = section.with_value({**section.entries, "keywords": keywords})


def _kind(word: str) -> TaskKind | None:
    return canonical(TaskKind, _KINDS.get(ROLES.get(word, word), word))


def _privacy(section: Node, report: Report) -> Node:
    """A prompt is always searched for secrets before it leaves; there is no switch."""
    scan = section.entries.get("secret_scan_before_external")
    if scan is None:
        return section
    if scan.value is False:
        message = "secrets are always looked for before anything leaves this machine"
        report(scan.problem(message, "", "warning"))
    elif scan.value is not True and scan.value is not None:
        report(scan.problem(f"expected true or false, not `{scan.value}`"))
    rest = {key: item for key, item in section.entries.items() if item is not scan}
    return section.with_value(rest)
