"""The window that the figures' tests look through."""

from __future__ import annotations

from datetime import date

import pytest

from bot.figures.figure import Window, days


@pytest.fixture
def november() -> Window:
    return days(date(2026, 11, 1), date(2026, 12, 1))
