"""A backend of another package: installed as users do, found by its entry point, held in bounds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from camus.config import BackendKind, Model
from camus.models import Completion, Failed, Limits, Missing, ModelError, Models, Sampling, TimedOut
from camus.models.plugins import registered
from camus.privacy import THIS_MACHINE, Destination
from support.prompts import cleared, configured

PATIENT = Limits(first_token=20.0, idle=20.0, total=30.0)
HASTY = Limits(first_token=0.2, idle=0.2, total=0.5)
SAMPLE = Path(__file__).parents[2] / "samples" / "echo_backend"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample package, installed by pip without a network."""
    folder = tmp_path_factory.mktemp("site")
    asked = ["install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", *asked, "--target", str(folder), str(SAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def echo(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(installed))
    yield
    sys.modules.pop("camus_echo", None)


def model(plugin: str = "echo", **more: Any) -> Model:
    settings = {"remote": False, **more}
    return Model(name="mine", type=BackendKind.PLUGIN, plugin=plugin, **settings)


async def ask(
    config: Model, limits: Limits = PATIENT, to: Destination = THIS_MACHINE
) -> Completion:
    models = Models(configured(config), env={"ECHO_KEY": "abc"})
    try:
        await models.refresh()
        return await models.generate("mine", cleared("hello there", to=to), Sampling(), limits)
    finally:
        await models.close()


@pytest.mark.usefixtures("echo")
async def test_a_registered_backend_answers() -> None:
    assert set(registered()) >= {"echo", "broken"}
    answer = await ask(model(options={"loud": "yes"}, api_key_env="ECHO_KEY"))
    assert answer.text == "HELLO THERE (3 LETTERS OF KEY) "
    assert answer.usage.completion_tokens == 6


@pytest.mark.usefixtures("echo")
async def test_it_is_elsewhere_unless_the_user_vouches_for_it() -> None:
    for more, name in (({}, "plugin-echo"), ({"url": "https://echo.example"}, "echo.example")):
        models = Models(configured(model(**{"remote": None, **more})), env={})
        (profile,) = await models.refresh()
        await models.close()
        assert (profile.place, profile.state) == (Destination(name, local=False), "ready")
    with pytest.raises(ValueError, match="a prompt for this machine"):
        await ask(model(remote=None))
    to = Destination("plugin-echo", local=False)
    assert (await ask(model(remote=None), to=to)).text == "hello there "


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    ("config", "error", "words"),
    [
        (model(options={"fail": "yes"}), Failed, "failed with ValueError"),
        (model(options={"hang": "yes"}), TimedOut, "did not go on in time"),
        (model("broken"), Failed, "failed with RuntimeError"),
        (model("nobody"), Missing, "there are: .*echo"),
    ],
)
async def test_what_goes_wrong_there_is_a_typed_error(
    config: Model, error: type[ModelError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        await ask(config, HASTY if error is TimedOut else PATIENT)
    assert "hello there" not in str(raised.value)


async def test_without_the_package_the_profile_says_so() -> None:
    models = Models(configured(model("echo")), env={})
    (profile,) = await models.refresh()
    await models.close()
    assert profile.state == "missing"
    assert "No installed package registers a backend 'echo'" in profile.problem


async def test_a_plugin_that_is_not_named_cannot_be_asked() -> None:
    models = Models(configured(model("")), env={})
    (profile,) = await models.refresh()
    await models.close()
    assert (profile.state, "`plugin` names no backend" in profile.problem) == ("unsupported", True)
