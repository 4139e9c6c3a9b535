"""What models cost and permit: prices, licences, what is told of their memory."""

from __future__ import annotations

import pytest

from camus.config import BackendKind, Model
from camus.models import Left, LicenceTier, Models, Price, licence_tier
from camus.models.profiles import declared_profile
from support.prompts import configured, model_at
from support.servers import Ollama, Told

LICENCES: list[tuple[str, LicenceTier]] = [
    ("apache-2.0", "permissive"),
    ("Apache License", "permissive"),
    ("MIT", "permissive"),
    ("MIT License", "permissive"),
    ("bsd-3-clause", "permissive"),
    ("cc-by-4.0", "permissive"),
    ("permissive", "permissive"),
    ("gpl-3.0", "copyleft"),
    ("AGPL-3.0-only", "copyleft"),
    ("cc-by-sa-4.0", "copyleft"),
    ("llama3.1", "restricted"),
    ("LLAMA 2 COMMUNITY LICENSE AGREEMENT", "restricted"),
    ("gemma", "restricted"),
    ("Gemma Terms of Use", "restricted"),
    ("bigcode-openrail-m", "restricted"),
    ("deepseek", "restricted"),
    ("qwen-research", "restricted"),
    ("Tongyi Qianwen RESEARCH LICENSE AGREEMENT", "restricted"),
    ("cc-by-nc-4.0", "restricted"),
    ("proprietary", "proprietary"),
    ("", "unknown"),
    ("other", "unknown"),
    ("limited edition", "unknown"),
]


@pytest.mark.parametrize(("licence", "tier"), LICENCES)
def test_a_licence_has_its_tier(licence: str, tier: LicenceTier) -> None:
    assert licence_tier(licence) == tier


def test_a_hosted_model_that_says_nothing_is_under_its_host_s_terms() -> None:
    assert licence_tier("", hosted=True) == "proprietary"
    assert licence_tier("apache-2.0", hosted=True) == "permissive"


def test_a_price_counts_both_kinds_of_tokens() -> None:
    assert Price(2.0, 8.0).of(1_000_000, 500_000) == pytest.approx(6.0)


def test_a_quota_is_spent_when_any_part_of_it_is() -> None:
    assert Left(requests=3, tokens=0).spent
    assert not Left(requests=3, money=0.01).spent
    assert not Left().spent


def test_what_is_declared_of_cost_and_memory_is_in_the_profile() -> None:
    model = Model(
        name="big",
        type=BackendKind.OPENAI,
        licence="llama3",
        price_input=0.5,
        memory_bytes=5_000_000_000,
    )
    profile = declared_profile(model, "https://models.example.org/v1", [None])
    assert profile.price == Price(0.5, 0.0)
    assert (profile.licence_tier, profile.memory_bytes) == ("restricted", 5_000_000_000)
    assert profile.loaded is None


async def test_an_ollama_tells_which_model_is_warm_and_which_version_it_is() -> None:
    told = [Told("warm:7b", loaded=True, licence="Apache License"), Told("cold:7b")]
    with Ollama(models=told) as server:
        one, two = (model_at(server.url, name, model=f"{name}:7b") for name in ("warm", "cold"))
        models = Models(configured(one, two), env={})
        warm, cold = await models.refresh()
        await models.close()
    assert (warm.loaded, cold.loaded) == (True, False)
    assert warm.digest
    assert warm.digest != cold.digest
    assert warm.memory_bytes == 4_700_000_000
    assert (warm.licence_tier, cold.licence_tier) == ("permissive", "unknown")
