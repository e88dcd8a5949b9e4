"""The shop and its clock, as the tests of the conversations have them; and one shop for all tests
that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.actions.conftest import Clock, Counter, Shop, clock, counter, shop

__all__ = ["clock", "counter", "quiet_shop", "shop"]


@pytest.fixture(scope="session")
def quiet_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    own = Counter()
    quiet = Shop(tmp_path_factory.mktemp("shop"), Clock(), own)
    quiet.open()
    yield quiet
    own.stop()
