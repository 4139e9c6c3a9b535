"""Texts to vectors, in batches, by every backend; and answers bound to a schema or a grammar."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from camus.config import BackendKind, Model, Quota
from camus.models import Left, Limits, Malformed, Models, Overflow, Rejected, Sampling, Scripted
from camus.models.embedding import MOST_CHARACTERS, MOST_TEXTS, batches, checked
from camus.privacy import THIS_MACHINE, Cleared, Message, Prompt, Rules, clear
from support.gguf_files import babbling
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI, Told, vector

KINDS = {BackendKind.OLLAMA: Ollama, BackendKind.OPENAI: OpenAI}
PATIENT = Limits(first_token=60.0, idle=30.0, total=120.0)
real = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="the extra `llama` is not installed"
)


def texts(*contents: str) -> Cleared:
    prompt = Prompt(tuple(Message("user", content) for content in contents))
    made = clear(prompt, THIS_MACHINE, Rules())
    assert isinstance(made, Cleared)
    return made


def near(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [
        ([1] * 150, [64, 64, 22]),
        ([MOST_CHARACTERS, 1], [1, 1]),
        ([MOST_CHARACTERS * 2], [1]),
        ([MOST_CHARACTERS - 1, 1, 1], [2, 1]),
        ([], []),
    ],
)
def test_a_batch_is_full_by_texts_or_by_characters(lengths: list[int], sizes: list[int]) -> None:
    found = list(batches([Message("user", "x" * length) for length in lengths]))
    assert [end - start for start, end in found] == sizes
    assert max(sizes, default=0) <= MOST_TEXTS


@pytest.mark.parametrize("kind", KINDS)
async def test_texts_come_back_as_vectors_in_order_whatever_the_batches(kind: BackendKind) -> None:
    contents = [f"text number {number}" for number in range(150)]
    with KINDS[kind](models=[Told("nomic-embed-text", capabilities=("embedding",))]) as server:
        model = model_at(server.url, type=kind, model="nomic-embed-text")
        models = Models(configured(model), env={})
        (profile,) = await models.refresh()
        assert profile.state == ("unsupported" if kind is BackendKind.OLLAMA else "ready")
        made = await models.embed("coder", texts(*contents), QUICK)
        asked = server.asked("/api/embed") or server.asked("/v1/embeddings")
        await models.close()
    assert [list(each) for each in made.vectors] == [vector(text) for text in contents]
    assert (made.tokens, [len(each.body["input"]) for each in asked]) == (21, [64, 64, 22])


async def test_what_cannot_embed_says_so_and_texts_for_elsewhere_are_refused() -> None:
    models = Models(
        configured(model_at("http://127.0.0.1:9")),
        backends=lambda _kind, _url: Scripted(lambda _model, _prompt: "x"),
    )
    with pytest.raises(Rejected, match="makes no embeddings"):
        await models.embed("coder", texts("x"), QUICK)
    remote = model_at("https://models.example.org", type=BackendKind.OPENAI)
    with pytest.raises(ValueError, match="were sent to"):
        await Models(configured(remote), env={}).embed("coder", texts("x"), QUICK)
    await models.close()


@pytest.mark.parametrize(
    "vectors",
    [[[1.0]], [[1.0], [1.0, 2.0]], [[], []], [[1.0], [float("nan")]]],
    ids=["too few", "of two lengths", "empty", "no number"],
)
def test_vectors_that_are_none_are_refused(vectors: list[list[float]]) -> None:
    with pytest.raises(Malformed):
        checked(vectors, 2, "It")


async def test_embeddings_count_for_the_quota() -> None:
    with Ollama() as server:
        model = model_at(server.url, quota=Quota(requests_per_day=5))
        models = Models(configured(model), env={})
        await models.embed("coder", texts("one", "two"), QUICK)
        await models.refresh()
        assert models.profiles()[0].quota == Left(requests=4)
        await models.close()


def file(path: Path, **more: bool) -> Model:
    made = babbling(path, **more)  # type: ignore[arg-type]
    return Model(name="coder", type=BackendKind.LLAMA_CPP, path=str(made), threads=1)


@real
async def test_a_file_for_embeddings_makes_them_by_the_worker(tmp_path: Path) -> None:
    models = Models(configured(file(tmp_path / "e.gguf", embeds=True)), env={})
    (profile,) = await models.refresh()
    assert "it generates no text" in profile.problem
    made = await models.embed("coder", texts("one", "one", "quite another"), PATIENT)
    same, again, other = made.vectors
    assert near(same, same) == pytest.approx(1.0, abs=1e-3)
    assert near(same, again) == pytest.approx(1.0, abs=1e-3)
    assert near(same, other) < 0.9999
    with pytest.raises(Overflow):
        await models.embed("coder", texts("word " * 5000), PATIENT)
    assert len((await models.embed("coder", texts("still there"), PATIENT)).vectors) == 1
    await models.close()


@real
async def test_a_file_that_writes_text_makes_no_embeddings(tmp_path: Path) -> None:
    models = Models(configured(file(tmp_path / "t.gguf")), env={})
    with pytest.raises(Rejected, match="makes no embeddings"):
        await models.embed("coder", texts("x"), PATIENT)
    await models.close()


SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


async def test_a_schema_is_sent_as_each_protocol_spells_it() -> None:
    sampling = Sampling(schema=json.dumps(SCHEMA))
    with Ollama("{}") as ollama, OpenAI("{}") as openai:
        for server, kind in ((ollama, BackendKind.OLLAMA), (openai, BackendKind.OPENAI)):
            models = Models(configured(model_at(server.url, type=kind)), env={})
            await models.generate("coder", cleared(), sampling, QUICK)
            await models.generate("coder", cleared(), Sampling(grammar='root ::= "x"'), QUICK)
            await models.close()
        assert [each.body.get("format") for each in ollama.chats] == [SCHEMA, None]
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
        assert [each.body.get("response_format") for each in openai.chats] == [form, None]
        assert openai.chats[1].body["grammar"] == 'root ::= "x"'


async def test_a_server_that_takes_no_schema_is_asked_without_it() -> None:
    refusal = Fault("status", status=400, message="response_format is not supported here")
    with OpenAI(lambda asked: refusal if "response_format" in asked.body else "fine") as server:
        models = Models(configured(model_at(server.url, type=BackendKind.OPENAI)), env={})
        answer = await models.generate("coder", cleared(), Sampling(schema="{}"), QUICK)
        await models.close()
    assert answer.text == "fine"


@real
async def test_a_worker_keeps_to_a_schema_and_a_grammar_and_survives_a_bad_one(
    tmp_path: Path,
) -> None:
    models = Models(configured(file(tmp_path / "t.gguf")), env={})
    sampling = Sampling(schema=json.dumps(SCHEMA), max_tokens=60, temperature=1.0)
    answer = await models.generate("coder", cleared(), sampling, PATIENT)
    assert json.loads(answer.text) in ({"ok": True}, {"ok": False})
    yes = Sampling(grammar='root ::= "yes" | "no"', max_tokens=20)
    assert (await models.generate("coder", cleared(), yes, PATIENT)).text in {"yes", "no"}
    with pytest.raises(Rejected, match="grammar"):
        await models.generate("coder", cleared(), Sampling(grammar="root ::= ("), PATIENT)
    assert (await models.generate("coder", cleared(), yes, PATIENT)).text in {"yes", "no"}
    await models.close()
