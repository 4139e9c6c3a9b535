"""The VS Code extension's own checks, as far as this machine has what they need."""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

CLIENT = Path(__file__).parents[2] / "vscode-client"
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")


def _script(name: str) -> ModuleType:
    file = CLIENT / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"camus_vscode_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_manifest_mirrors_the_servers_settings() -> None:
    manifest = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    words = json.loads((CLIENT / "package.nls.json").read_text(encoding="utf-8"))
    now = _script("settings").mirrored(manifest, words)
    how = "run vscode-client/scripts/settings.py, and add German words to package.nls.de.json"
    assert (manifest, words) == now, how


def test_the_package_carries_the_lock_of_all_that_the_server_needs() -> None:
    carried = set(re.findall(r"^([a-z0-9-]+)==", _script("server").requirements(), re.MULTILINE))
    project = tomllib.loads((CLIENT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        re.split(r"[<>=\[; ]", each)[0].replace(".", "-")
        for each in project["project"]["dependencies"]
    }
    assert wanted <= carried
    assert {"cattrs", "lsprotocol", "h11", "anyio"} <= carried, "what these need in turn"
    assert not carried & {"pytest", "mypy", "hypothesis"}


def test_the_extension_and_the_server_have_one_version() -> None:
    import camus

    manifest = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    assert manifest["version"] == camus.__version__


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert not [entry for entry in packages if "resolved" in entry]
    assert all("integrity" in entry for entry in packages)


def _npm(*words: str, seconds: float) -> subprocess.CompletedProcess[str]:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js with npm is not here; it is needed for the VS Code extension's checks")
    try:
        return subprocess.run(
            [npm, *words],
            cwd=CLIENT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"npm {' '.join(words)} took longer than {seconds:g} s")


def _install() -> None:
    """What the lock lists, unless exactly that is there already."""
    there = CLIENT / "node_modules" / ".package-lock.json"
    lock = CLIENT / "package-lock.json"
    if there.exists() and there.stat().st_mtime >= lock.stat().st_mtime:
        return
    done = _npm("ci", "--prefer-offline", "--ignore-scripts", seconds=240)
    if done.returncode and any(word in done.stderr for word in NO_NETWORK):
        pytest.skip("neither the packages of the extension's checks nor a registry are here")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow  # types, lint, format, words and unit tests of the extension
def test_the_extension_passes_its_own_checks() -> None:
    faulthandler.cancel_dump_traceback_later()  # npm has limits of its own, which are longer
    if shutil.which("npm"):
        _install()
    done = _npm("run", "check", seconds=500)
    assert done.returncode == 0, done.stdout + done.stderr
