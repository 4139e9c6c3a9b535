"""What is shown can be written to a file again, and never holds a credential."""

from __future__ import annotations

import pytest

from camus.config import Config, Model, show
from camus.config.show import without_credentials

from .conftest import Place
from .test_plans import PLANS


@pytest.mark.parametrize("name", [path.name for path in sorted(PLANS.iterdir())])
def test_what_is_shown_means_the_same(name: str, place: Place) -> None:
    place.write((PLANS / name).read_bytes())
    config = place.load().config
    place.write(show(config))
    assert place.load().config == config


def test_credentials_are_masked() -> None:
    config = Config(
        models={
            "a": Model(
                name="a",
                url="https://me:hunter2@host.example:8443/v1?key=hunter2#hunter2",
                replicas=("http://hunter2@b.example", "http://[hunter2"),
                proxy="http://me:hunter2@proxy.example:3128",
                api_key_env="MY_KEY",
            )
        }
    )
    text = show(config)
    assert "hunter2" not in text
    assert "https://***@host.example:8443/v1?***" in text
    assert "http://***@b.example" in text
    assert "api_key_env: MY_KEY" in text


def test_an_ordinary_url_stays_as_it_is() -> None:
    for url in ("http://127.0.0.1:11434", "https://h.example/v1", ""):
        assert without_credentials(url) == url


def test_unset_values_are_left_out() -> None:
    text = show(Config(models={"a": Model(name="a")}))
    assert "null" not in text
    assert "''" not in text
    assert "quality_threshold: 0.8" in text
