"""The real process with a real engine and loopback model servers: edits, for each kind of client.

Every test ends with no message unread and nothing on stderr; `support.editor.process` sees to it.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from support.editor import Failed, capabilities, process, range_at
from support.scene import (
    AREA,
    BETTER,
    CLIENTS,
    MODEL,
    PLACE,
    REFACTOR,
    TEXT,
    action_of,
    closed_after,
    configure,
    fenced,
    ollama_at,
)
from support.servers import Ollama, OpenAI, Reply, Told

# -- the whole way, for each client


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_refactoring_reaches_the_text(
    client: str, workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    applied: list[Any] = []

    def apply(params: Any) -> Any:
        applied.append(params["edit"])
        return {"applied": True}

    can = capabilities(client)
    async with process(
        can, root=workspace, env=env, answers={"workspace/applyEdit": apply}
    ) as editor:
        uri = editor.open("area.py", TEXT)
        action = await action_of(editor, uri, PLACE, REFACTOR)
        if "command" in action:
            await editor.command(action["command"]["command"], *action["command"]["arguments"])
            (edit,) = applied
        else:
            edit = (await editor.resolve(action))["edit"]
        encoding = "utf-8" if client.startswith("neovim") else "utf-16"
        assert editor.applied(edit, encoding) == TEXT.replace(AREA, BETTER)
        assert ("documentChanges" in edit) == (client in {"vscode", "neovim-0.12"})
        assert ("changeAnnotations" in edit) == (client in {"vscode", "neovim-0.12"})
    (chat,) = model.chats
    assert chat.body["options"]["num_ctx"] > 0


async def test_an_openai_server_does_as_well(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    with OpenAI(lambda _asked: fenced(BETTER), models=[Told("coder")]) as server:
        model = {"name": "coder", "type": "openai", "url": f"{server.url}/v1", "max_tokens": 8192}
        configure(own_home, {"coder": model})
        async with process(capabilities("vscode"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            action = await editor.resolve(await action_of(editor, uri, PLACE, REFACTOR))
            assert editor.applied(action["edit"]) == TEXT.replace(AREA, BETTER)
            assert "coder" in action["title"]


async def test_without_any_model_the_rules_answer(workspace: Path, env: dict[str, str]) -> None:
    text = "def area(width: int, height: int = 2) -> int:\n    return width * height\n"
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        document = await action_of(editor, uri, "0:4", "refactor.rewrite.camus.document")
        action = await editor.resolve(document)
        after = editor.applied(action["edit"])
    assert '"""' in after
    assert "width" in after.partition('"""')[2].partition('"""')[0]
    assert "rules" in action["title"]
    assert "tags" not in action


# -- F1, F2, F15: exact places


@pytest.mark.parametrize("client", ["vscode", "neovim-0.11"])
async def test_f1_a_selection_at_the_end_of_a_file_without_a_final_newline(
    client: str, workspace: Path, env: dict[str, str]
) -> None:
    text = "x = 1\n\ndef last(a):\n    return a"
    async with process(capabilities(client), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        kind = "refactor.rewrite.camus.document"
        action = await editor.resolve(await action_of(editor, uri, "2:0-3:12", kind))
        after = editor.applied(action["edit"], "utf-8" if client != "vscode" else "utf-16")
    assert after.startswith("x = 1\n\ndef last(a):\n")
    assert after.endswith("    return a")


@pytest.mark.parametrize("offered", [["utf-8"], ["utf-16"], ["utf-32"], None])
async def test_f2_wide_characters_before_the_selection(
    offered: list[str] | None, workspace: Path, env: dict[str, str]
) -> None:
    head = 's = "日本語 😀😀"; '
    text = f"{head}f = lambda: 1\n# 😀 é\ndef g(a):  # 😀\n    return a\n"
    can = capabilities("vscode")
    can["general"]["positionEncodings"] = offered
    encoding = offered[0] if offered else "utf-16"
    async with process(can, root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        kind = "refactor.rewrite.camus.document"
        action = await editor.resolve(await action_of(editor, uri, "2:4", kind))
        after = editor.applied(action["edit"], encoding)
        assert after.startswith(f"{head}f = lambda: 1\n# 😀 é\ndef g(a):  # 😀\n")
        assert after.endswith("    return a\n")
        units = {"utf-8": len(head.encode()), "utf-16": len(head) + 2, "utf-32": len(head)}
        change = {"start": {"line": 0, "character": units[encoding]}}
        change["end"] = {"line": 0, "character": units[encoding] + 1}
        editor.change(uri, {"range": change, "text": "g"}, text=text.replace("f = ", "g = "))
        preview = {"uri": uri, "range": range_at("2:4"), "action": "document"}
        edit = (await editor.command("camus.preview", preview))["edit"]
        assert editor.applied(edit, encoding) == after.replace("f = ", "g = ")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["", "\n"])
async def test_f15_line_breaks_bom_and_the_end_stay(
    newline: str, bom: str, end: str, workspace: Path, env: dict[str, str]
) -> None:
    text = f"{bom}x = 1\n\n\ndef f(a):\n    return a{end}".replace("\n", newline)
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        given = {"uri": uri, "range": range_at("3:4"), "action": "document"}
        edit = (await editor.command("camus.preview", given))["edit"]
        after = editor.applied(edit)
        (change,) = edit["documentChanges"]
        assert all(part["range"]["start"]["line"] >= 3 for part in change["edits"])
    assert after != text
    assert after.replace(newline, "\n").count("\r") == 0
    assert newline == "\n" or "\n" not in after.replace(newline, "")
    assert after.startswith(f"{bom}x = 1{newline}")
    assert after.endswith(f"    return a{end.replace(chr(10), newline)}")


async def test_odd_line_separators_do_not_shift_later_changes(
    workspace: Path, env: dict[str, str]
) -> None:
    text = "a = '\x0c\x0b\x85\u2028\u2029'\ndef f(a):\n    return a\n"
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        place = {"range": range_at("1:4-1:5"), "text": "g"}
        editor.change(uri, place, text=text.replace("def f", "def g"))
        given = {"uri": uri, "range": range_at("1:4"), "action": "document"}
        after = editor.applied((await editor.command("camus.preview", given))["edit"])
    assert after.startswith('a = \'\x0c\x0b\x85\u2028\u2029\'\ndef g(a):\n    """')


# -- F3, F4: text that moves


async def test_f3_the_document_changes_between_offer_and_resolve(
    workspace: Path, env: dict[str, str], model: Ollama
) -> None:
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("area.py", TEXT)
        action = await action_of(editor, uri, PLACE, REFACTOR)
        editor.change(uri, text="# one line more\n" + TEXT)
        resolved = await editor.resolve(action)
        assert editor.applied(resolved["edit"]) == "# one line more\n" + TEXT.replace(AREA, BETTER)
        editor.change(uri, text=TEXT.replace("width", "depth"))
        with pytest.raises(Failed, match="-32801"):
            await editor.resolve(action)


async def test_f4_the_first_of_two_edits_moves_the_second(
    workspace: Path, env: dict[str, str]
) -> None:
    text = "def f(a):\n    return a\n\n\ndef g(b):\n    return b\n"
    kind = "refactor.rewrite.camus.document"
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("a.py", text)
        first = await action_of(editor, uri, "0:4", kind)
        second = await action_of(editor, uri, "4:4", kind)
        editor.change(uri, text=editor.applied((await editor.resolve(first))["edit"]))
        after = editor.applied((await editor.resolve(second))["edit"])
    assert after.index("def f") < after.index('"""') < after.index("def g") < after.rindex('"""')
    compile(after, "a.py", "exec")


@pytest.mark.parametrize(
    ("after", "refused"), [(TEXT.replace("width", "depth"), True), (f"{TEXT}# more\n", False)]
)
async def test_text_typed_while_the_model_thinks(
    after: str, refused: bool, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    answer = Reply(fenced(BETTER), pause=0.03)
    with Ollama(lambda _asked: answer, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("vscode"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            action = await action_of(editor, uri, PLACE, REFACTOR)
            _number, answering = editor.start("codeAction/resolve", action)
            await asyncio.to_thread(server.wait_requests, 1, 5.0, path="/api/chat")
            editor.change(uri, text=after)
            if refused:
                with pytest.raises(Failed, match="-32801"):
                    await answering
            else:
                assert editor.applied((await answering)["edit"]) == after.replace(AREA, BETTER)


# -- F5: indentation


@pytest.mark.parametrize("unit", ["\t", "  ", "    "])
@pytest.mark.parametrize("shape", ["flush left", "over-indented", "other unit"])
async def test_f5_a_reply_takes_the_file_s_indentation(
    unit: str, shape: str, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    def in_unit(text: str, one: str) -> str:
        return text.replace("    ", one)

    text = 'class A:\n    def f(self, x):\n        y = """a\nb"""\n        return y + x\n'
    target = '    def f(self, x):\n        y = """a\nb"""\n        return y + x'
    wanted = target.replace("return y + x", "return x + y")
    source = "\n".join(
        line if line.startswith("b") else in_unit(line, unit) for line in text.split("\n")
    )
    lines = wanted.split("\n")
    other = "  " if unit == "\t" else "\t"
    moved = {
        "flush left": [in_unit(line.removeprefix("    "), unit) for line in lines],
        "over-indented": [unit + in_unit(line, unit) for line in lines],
        "other unit": [in_unit(line, other) for line in lines],
    }[shape]
    moved[2] = 'b"""'
    with Ollama(lambda _asked: fenced("\n".join(moved)), models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("vscode"), root=workspace, env=env) as editor:
            uri = editor.open("a.py", source)
            action = await editor.resolve(await action_of(editor, uri, "1:6", REFACTOR))
            after = editor.applied(action["edit"])
    assert after == source.replace("return y + x", "return x + y")


# -- F13: cancelling


@pytest.mark.parametrize("how", ["request", "progress", "command"])
async def test_f13_cancelling_in_mid_stream_closes_the_model_s_connection(
    how: str, workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    endless = Reply(fenced("x = 1\n" * 500), pause=0.05)
    with Ollama(lambda _asked: endless, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("vscode"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            if how == "command":
                given = [{"uri": uri, "range": range_at(PLACE), "action": "refactor"}]
                params = {"command": "camus.preview", "arguments": given}
                number, answer = editor.start("workspace/executeCommand", params)
            else:
                action = await action_of(editor, uri, PLACE, REFACTOR)
                number, answer = editor.start("codeAction/resolve", action)
            await asyncio.to_thread(server.wait_requests, 1, 5.0, path="/api/chat")
            token = (await editor.was_asked("window/workDoneProgress/create"))["token"]
            cancelled = time.monotonic()
            if how == "progress":
                editor.notify("window/workDoneProgress/cancel", {"token": token})
            else:
                editor.cancel(number)
            with pytest.raises(Failed, match="-32800"):
                await answer
            assert await closed_after(server, cancelled) - cancelled < 0.2
            assert await editor.code_actions(uri, PLACE)


# -- F14: few, precise actions


async def test_f14_kinds_triggers_and_diagnostics_are_honoured(
    workspace: Path, env: dict[str, str]
) -> None:
    unused = {"range": range_at("0:7-0:9"), "message": "unused", "code": "F401", "source": "Ruff"}
    async with process(capabilities("vscode"), root=workspace, env=env) as editor:
        uri = editor.open("area.py", TEXT)

        async def kinds(place: str, diagnostics: Any = (), **context: Any) -> list[str]:
            actions = await editor.code_actions(uri, place, diagnostics, **context)
            return [action["kind"] for action in actions]

        assert "quickfix" not in await kinds(PLACE)
        assert await kinds("0:7", [unused], only=["quickfix"]) == ["quickfix"]
        assert await kinds(PLACE, only=["refactor.extract"]) == []
        below = await kinds(PLACE, only=["refactor"])
        assert below
        assert all(kind.startswith("refactor.") for kind in below)
        assert await kinds(PLACE, only=["source.fixAll"]) == []
        assert await kinds("3:4-3:5") == await kinds("3:4")  # Helix selects a character at least
        (action,) = await editor.code_actions(uri, "0:7", [unused], only=["quickfix"])
        assert editor.applied((await editor.resolve(action))["edit"]).startswith("\n\ndef area")


# -- F18: an eager client


async def test_f18_a_client_that_resolves_everything_gets_one_generation(
    workspace: Path, env: dict[str, str], own_home: Path
) -> None:
    answer = Reply(fenced(BETTER), pause=0.03)
    with Ollama(lambda _asked: answer, models=[Told(MODEL)]) as server:
        configure(own_home, ollama_at(server))
        async with process(capabilities("neovim-0.11"), root=workspace, env=env) as editor:
            uri = editor.open("area.py", TEXT)
            actions = await editor.code_actions(uri, PLACE)
            sent = [editor.start("codeAction/resolve", action)[1] for action in actions]
            resolved = await asyncio.gather(*sent)
            assert sum("edit" in action for action in resolved) == 1
            rest = [(a, r) for a, r in zip(actions, resolved, strict=True) if "edit" not in r]
            assert all(before == after for before, after in rest)
        assert len(server.chats) <= 1
