"""Every button, pressed by who may not, where nobody may, and with data that was forged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.interaction.commands import Who
from bot.locales import get_texts
from bot.pages.actions import encode
from handlers.routes import PRESSES
from tests.actions import EVERY
from tests.e2e.conftest import a_bot

if TYPE_CHECKING:
    from pathlib import Path

    from bot.pages import actions
    from bot.simulator import Simulator

KO = get_texts("ko")
ACTIONS = {type(action): action for action in EVERY}
NO = {
    Who.ADMIN: KO("refusal.administrators"),
    Who.AUTHOR: KO("refusal.authors"),
    Who.OPERATOR: KO("refusal.operators"),
}


def test_each_kind_of_button_is_pressed_here() -> None:
    assert set(ACTIONS) == set(PRESSES)


@pytest.mark.parametrize("kind", PRESSES, ids=lambda kind: kind.__name__)
async def test_who_may_not_press_is_told_and_changes_nothing(
    kind: type[actions.Action], sim: Simulator, tmp_path: Path
) -> None:
    """In a group that waits for approval nothing is pressed but what works everywhere."""
    boss, minji = sim.user("운영자", language="ko"), sim.user("민지", language="ko")
    junho = sim.user("준호", language="ko")
    private = sim.private(boss)  # before the notice, which comes when it comes
    async with a_bot(sim, tmp_path, serve="approved", operator_ids=str(boss.id)) as bot:
        group = sim.group("독서모임", members=[minji, junho], owner=minji, bot=False)
        await minji.adds_bot(group)
        greeting = await group.receives("승인을 기다리고")
        chosen, data = PRESSES[kind], encode(ACTIONS[kind])
        waiting = await junho.presses_data(greeting, data)
        said = NO.get(chosen.who, KO("forgetme.not_yours"))
        assert (waiting.is_alert, waiting.text) == (
            True,
            said if chosen.anywhere else KO("group.waiting"),
        )
        assert bot.running is not None
        await boss.presses(await private.receives("독서모임"), "승인")
        if chosen.who is not Who.MEMBER:
            served = await junho.presses_data(greeting, data)
            assert (served.is_alert, served.text) == (True, NO[chosen.who])
