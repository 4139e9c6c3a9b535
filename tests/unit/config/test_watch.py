"""A change of a configuration file is told once, wherever and whenever the file appears."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from camus.config import changes, watch


@asynccontextmanager
async def _watching(*folders: Path) -> AsyncIterator[asyncio.Queue[frozenset[Path]]]:
    told: asyncio.Queue[frozenset[Path]] = asyncio.Queue()

    async def follow() -> None:
        async for changed in changes(folders):
            await told.put(changed)

    task = asyncio.create_task(follow())
    await asyncio.sleep(0.3)  # the first look and the start of the watch
    try:
        yield told
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def _next(told: asyncio.Queue[frozenset[Path]]) -> frozenset[Path]:
    async with asyncio.timeout(4):
        return await told.get()


async def test_a_change_a_new_file_and_a_removal_are_told(tmp_path: Path) -> None:
    folder = tmp_path / ".camus"
    folder.mkdir()
    file = folder / "config.yml"
    file.write_text("cache: {}")
    async with _watching(tmp_path) as told:
        file.write_text("cache: {enabled: false}")
        assert await _next(told) == {file}
        (folder / "models.yml").write_text("models: {}")
        assert await _next(told) == {folder / "models.yml"}
        file.unlink()
        assert await _next(told) == {file}


async def test_a_template_that_comes_changes_or_goes_is_told(tmp_path: Path) -> None:
    folder = tmp_path / ".camus" / "prompts"
    async with _watching(tmp_path) as told:
        folder.mkdir(parents=True)
        (folder / "fix.md").write_text("x")
        assert await _next(told) == {folder / "fix.md"}
        (folder / "fix.md").write_text("longer")
        assert await _next(told) == {folder / "fix.md"}
        (folder / "fix.md").unlink()
        assert await _next(told) == {folder / "fix.md"}


async def test_several_writes_are_one_change_and_other_files_none(tmp_path: Path) -> None:
    (tmp_path / ".camus").mkdir()
    one, two = (tmp_path / ".camus" / name for name in ("config.yml", "models.yml"))
    async with _watching(tmp_path) as told:
        (tmp_path / ".camus" / "notes.txt").write_text("x")
        (tmp_path / "main.py").write_text("x")
        for number in range(5):
            one.write_text(f"cache: {{size_mb: {number}}}")
            two.write_text(f"cache: {{size_mb: {number}}}")
        assert await _next(told) == {one, two}
        await asyncio.sleep(0.5)
        assert told.empty()


async def test_folders_that_do_not_exist_yet_are_seen_when_they_come(tmp_path: Path) -> None:
    user = tmp_path / "home" / "config" / "camus"
    project = tmp_path / "project"
    async with _watching(user, project) as told:
        user.mkdir(parents=True)
        (user / "config.yml").write_text("cache: {}")
        assert await _next(told) == {user / "config.yml"}
        (project / ".camus").mkdir(parents=True)
        (project / ".camus" / "config.json").write_text("{}")
        assert await _next(told) == {project / ".camus" / "config.json"}


async def test_a_folder_that_goes_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    folder = tmp_path / ".camus"
    folder.mkdir()
    file = folder / "config.yml"
    file.write_text("cache: {}")
    async with _watching(tmp_path) as told:
        shutil.rmtree(folder)
        assert await _next(told) == {file}
        folder.mkdir()
        file.write_text("cache: {size_mb: 1}")
        assert await _next(told) == {file}


async def test_the_ancestor_that_holds_the_configuration_is_watched(tmp_path: Path) -> None:
    (tmp_path / ".camus").mkdir()
    file = tmp_path / ".camus" / "config.yml"
    file.write_text("cache: {}")
    (tmp_path / "src").mkdir()
    async with _watching(tmp_path / "src") as told:
        file.write_text("cache: {size_mb: 1}")
        assert await _next(told) == {file}


async def test_a_file_replaced_by_renaming_is_a_change(tmp_path: Path) -> None:
    folder = tmp_path / ".camus"
    folder.mkdir()
    file, new = folder / "config.yml", folder / "config.yml~"
    file.write_text("cache: {}")
    async with _watching(tmp_path) as told:
        new.write_text("cache: {}")
        new.replace(file)
        assert await _next(told) == {file}


async def test_without_watches_left_it_looks_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    def refusing(*_paths: Path, **_settings: object) -> AsyncIterator[None]:
        async def none() -> AsyncIterator[None]:
            raise OSError("no space left on device")
            yield

        return none()

    monkeypatch.setattr(watchfiles, "awatch", refusing)
    monkeypatch.setattr(watch, "_RETRY_SECONDS", 0.05)
    (tmp_path / ".camus").mkdir()
    file = tmp_path / ".camus" / "config.yml"
    async with _watching(tmp_path) as told:
        file.write_text("cache: {}")
        assert await _next(told) == {file}


async def test_a_file_that_goes_while_it_is_looked_at_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yml").write_text("cache: {}")
    present: Callable[..., bool] = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: present(path) or path.name == "models.yml")
    assert list(watch._state((tmp_path,))) == [tmp_path / "config.yml"]
