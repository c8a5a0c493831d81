from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _durations_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `bot.app` has it: python-telegram-bot warns of each `retry_after` otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
