"""Which template holds, what is wrong with one, and that what is wrong falls back."""

from __future__ import annotations

import pytest

from camus.actions import (
    ACTIONS,
    SHIPPED,
    Chunk,
    Manner,
    Task,
    TooLarge,
    Written,
    every_shipped,
    make_task,
    prompt,
    repair_prompt,
    shipped,
    template_names,
    templates_of,
    written,
)
from camus.config import FAMILY_NAMES, PromptFile, family_of
from camus.privacy import Prompt
from camus.source import Document, Span

CODE = "def area(w, h):\n    return w * h\n"


def _file(name: str, text: str = "Mine: {{code}}", origin: str = "user") -> PromptFile:
    return PromptFile(name, text, f"/x/{origin}/{name}.md", origin)  # type: ignore[arg-type]  # a test's word


def _task(action: str = "refactor", language: str = "python") -> Task:
    document = Document("file:///area.py", CODE, language)
    return make_task(ACTIONS[action], document, Span(4, 4))


def _prompt(manner: Manner, action: str = "refactor", language: str = "python") -> Prompt:
    made = prompt(_task(action, language), (), window=9000, answer=100, manner=manner)
    assert isinstance(made, Prompt)
    return made


ORDER = [
    ("refactor.python.qwen", "workspace"),
    ("refactor.python", "workspace"),
    ("refactor.qwen", "workspace"),
    ("refactor", "workspace"),
    ("refactor.python.qwen", "user"),
    ("refactor.python", "user"),
    ("refactor.qwen", "user"),
    ("refactor", "user"),
]


@pytest.mark.parametrize("first", range(len(ORDER) + 1))
def test_the_nearest_folder_counts_first_and_in_it_the_most_particular(first: int) -> None:
    own = templates_of(_file(name, origin=origin) for name, origin in reversed(ORDER[first:]))
    assert own.problems == ()
    found = own.find("refactor", "python", "qwen")
    if first < len(ORDER):
        assert (found.name, found.origin) == ORDER[first]
    else:
        assert found == SHIPPED.find("refactor")


def test_another_language_or_family_does_not_count() -> None:
    own = templates_of([_file("refactor.rust"), _file("refactor.llama"), _file("fix")])
    assert own.find("refactor", "python", "qwen").origin == "shipped"


@pytest.mark.parametrize("name", ["refactor.qwen.python", "refactor.py.qwen"])
def test_the_order_of_the_words_and_an_alias_make_no_difference(name: str) -> None:
    assert templates_of([_file(name)]).find("refactor", "python", "qwen").origin == "user"


WRONG = [
    ("refacter", "x {{code}}", 0, "did you mean `refactor`?"),
    ("refactor.pyhton", "x {{code}}", 0, "did you mean `python`?"),
    ("refactor.python.rust", "x {{code}}", 0, "one language and one family"),
    ("refactor", "\n\nx {{code}} {{langage}}", 3, "unknown placeholder {{langage}}; did you mean"),
    ("refactor", "x {{complaint}} {{code}}", 1, "unknown placeholder {{complaint}}"),
    ("repair", "{{code}} {{complaint}}", 1, "known here: {{complaint}}"),
    ("convention.rust", "{{code}}", 1, "known here: none"),
    ("refactor", "please", 1, "it must hold {{code}}"),
    ("system_edit", "be good", 1, "it must hold {{tag}}"),
    ("ask", "{{about}}", 1, "it must hold {{instruction}}"),
    ("refactor", "  \n", 1, "it is empty"),
]


@pytest.mark.parametrize(("name", "text", "line", "says"), WRONG, ids=lambda value: str(value)[:24])
def test_a_broken_template_is_named_and_what_ships_is_used(
    name: str, text: str, line: int, says: str
) -> None:
    own = templates_of([_file(name, text)])
    (problem,) = own.problems
    assert (problem.severity, problem.line, problem.file) == ("warning", line, f"/x/user/{name}.md")
    assert says in problem.message
    assert problem.message.endswith("the template that ships is used")
    assert own.own == ()


def test_a_review_may_show_code_with_or_without_numbers() -> None:
    assert templates_of([_file("review", "{{code}}")]).problems == ()
    assert templates_of([_file("refactor", "{{numbered}}")]).problems == ()


def test_every_template_that_ships_could_be_ones_own() -> None:
    own = templates_of(_file(each.name, each.text) for each in every_shipped())
    assert own.problems == ()
    assert {each.name for each in own.own} == {each.name for each in every_shipped()}
    assert _prompt(Manner(own)) == _prompt(Manner())


def test_an_override_is_what_is_sent_and_makes_another_version() -> None:
    own = templates_of([_file("refactor")])
    mine, plain = _prompt(Manner(own)), _prompt(Manner())
    assert mine.messages[1].content.startswith("Mine: <data-")
    assert mine.messages[0] == plain.messages[0]
    other = _prompt(Manner(templates_of([_file("refactor", "Mine: {{code}}.")])))
    assert len({mine.version, plain.version, other.version}) == 3


def test_the_text_of_a_place_is_never_read_as_a_template() -> None:
    own = templates_of([_file("refactor", "{{code}} {{place}}")])
    document = Document("file:///a.py", "def f():\n    return '{{instruction}}'\n", "python")
    task = make_task(ACTIONS["refactor"], document, Span(4, 4), instruction="{{code}}")
    made = prompt(task, (), window=9000, answer=100, manner=Manner(own))
    assert isinstance(made, Prompt)
    assert "'{{instruction}}'" in made.messages[1].content


def test_a_language_has_its_own_convention() -> None:
    rust = _prompt(Manner(), "document", "rust")
    assert "rustdoc" in rust.messages[1].content
    assert "docstring as the first statement" in _prompt(Manner(), "document").messages[1].content
    own = templates_of([_file("convention.rust", "Ours.")])
    mine = _prompt(Manner(own), "document", "rust")
    assert "\nOurs.\n" in mine.messages[1].content
    assert mine.version != rust.version


def test_a_repair_uses_its_own_template_and_keeps_the_kind_of_answer() -> None:
    files = [_file("repair.qwen", "No: {{complaint}}"), _file("repair_text", "{{complaint}}!")]
    own = templates_of(files)
    manner = Manner(own, family_of("qwen2.5-coder:7b"))
    first = _prompt(manner)
    again = repair_prompt(_task(), first, "x", "it does not parse", manner)
    assert again.messages[-1].content == "No: it does not parse"
    words = repair_prompt(_task("explain"), first, "x", "empty", manner)
    assert words.messages[-1].content == "empty!"


def test_a_family_without_a_systems_turn_gets_it_in_the_users() -> None:
    made = _prompt(Manner(family=family_of("gemma2:9b")))
    plain = _prompt(Manner())
    (message,) = made.messages
    assert message.role == "user"
    assert message.content == f"{plain.messages[0].content}\n\n{plain.messages[1].content}"


def test_what_was_left_out_is_told() -> None:
    text = "import os\n\n\nclass Store:\n    def f(self):\n        return os.name\n"
    task = make_task(ACTIONS["refactor"], Document("file:///a.py", text, "python"), Span(45, 45))
    chunks = [Chunk("x = 1\n" * 80, "file:///b.py", Span(0, 1), "b", "near")] * 3
    seen = []
    for window in range(3000, 300, -20):
        made = written(task, chunks, window=window, answer=100)
        if isinstance(made, TooLarge):
            break
        assert made.tokens <= window - 100
        assert made.chunks + made.chunks_cut == 3
        seen.append((made.chunks, made.context_cut))
    assert {(3, False), (2, False), (1, False), (0, False), (0, True)} <= set(seen)
    assert seen == sorted(seen, key=lambda each: (-each[0], each[1]))


FAMILIES = {
    "qwen2.5-coder:7b": "qwen",
    "Qwen/Qwen3-8B": "qwen3",
    "qwen3-coder:30b": "qwen",
    "deepseek-coder:6.7b": "deepseek",
    "deepseek-r1:14b": "deepseek-r1",
    "codellama:13b": "codellama",
    "llama3.1:8b": "llama",
    "hf.co/bartowski/Llama-3.2-3B-GGUF": "llama",
    "phi3:mini": "phi",
    "gpt-oss:20b": "gpt-oss",
    "gpt-4.1": "gpt",
    "dolphin:7b": "",
    "my-model": "",
    "": "",
}


@pytest.mark.parametrize(("model", "name"), FAMILIES.items())
def test_a_models_name_tells_its_family(model: str, name: str) -> None:
    assert family_of(model).name == name


def test_windows_of_a_family_follow_its_generation() -> None:
    assert family_of("llama2:7b").window == 4096
    assert family_of("llama3:8b").window == 8192
    assert family_of("llama3.1:8b").window == 0


def test_names_of_templates_languages_and_families_are_apart() -> None:
    from camus.source import LANGUAGE_IDS

    assert not FAMILY_NAMES & LANGUAGE_IDS
    assert all("." not in name for name in (*FAMILY_NAMES, *LANGUAGE_IDS, *template_names()))
    assert all(isinstance(made, Written) for made in [written(_task(), (), window=9000, answer=9)])
    assert shipped("refactor")
