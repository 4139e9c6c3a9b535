"""Tools that are closed after each test, and short ways to make documents."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from camus.analysis import Tools


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    made = Tools()
    yield made
    await made.close()
