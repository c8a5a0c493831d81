"""Every control can be read in every state, in both colours.

The rule: what is written has 4.5:1 (WCAG 2.2, 1.4.3), what is drawn 3:1 (1.4.11), both under a
pointer, pressed, with the keyboard's focus and switched on; of what is disabled, 3:1 and 2:1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.conftest import DESK, PHONE
from tests.demo.looking import Forcing
from tests.demo.telegram import room_of, sends

if TYPE_CHECKING:
    from bot.demo.stage import Stage
    from tests.demo.conftest import Visiting
    from tests.demo.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

STATES = ((), ("hover",), ("active", "hover"), ("focus", "focus-visible"))
WRITTEN, DRAWN, WRITTEN_DISABLED, DRAWN_DISABLED = 4.5, 3.0, 3.0, 2.0
SWITCH_ON = """() => {
  for (const one of document.querySelectorAll("[aria-pressed]")) one.ariaPressed = "true";
}"""
DISABLE = """() => {
  for (const one of document.querySelectorAll("button")) one.disabled = true;
}"""
KEYS = [
    [
        {"text": "보통", "callback_data": "a"},
        {"text": "위험", "callback_data": "b", "style": "danger"},
    ],
    [
        {"text": "좋음", "callback_data": "c", "style": "success"},
        {"text": "먼저", "callback_data": "d", "style": "primary"},
    ],
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_control_can_be_read_in_every_state(
    visit: Visiting, stage: Stage, scheme: str
) -> None:
    group = room_of(stage, "독서모임")
    markup = {"inline_keyboard": KEYS}
    html = "<tg-spoiler>비밀</tg-spoiler> /help @sosik <a href='https://example.com'>링크</a>"
    await sends(
        stage, "sendMessage", group, text=f"단추 {html}", parse_mode="HTML", reply_markup=markup
    )
    for viewport in (DESK, PHONE):
        async with visit(viewport=viewport, color_scheme=scheme) as visitor:
            await _can_be_read(visitor)
            await visitor.goes_to("독서모임")
            await visitor.reacts(visitor.answer("단추"), "👍")
            await visitor.page.locator("#box").fill("/")
            await visitor.page.get_by_role("option").first.wait_for()
            await _can_be_read(visitor)
            await visitor.page.locator("#box").fill("")
            await visitor.publishes()
            await _can_be_read(visitor)
            await visitor.page.locator("#write").click()
            await visitor.page.evaluate(SWITCH_ON)
            await _can_be_read(visitor)
            await visitor.page.evaluate(DISABLE)
            await _can_be_read(visitor)


async def _can_be_read(visitor: Visitor) -> None:
    """Nothing has too little contrast in any state."""
    forcing = Forcing(visitor.page)
    found = set()
    for state in STATES:
        for which, ratio, is_drawn, is_disabled in await forcing.contrasts(*state):
            written = WRITTEN_DISABLED if is_disabled else WRITTEN
            drawn = DRAWN_DISABLED if is_disabled else DRAWN
            if ratio < (drawn if is_drawn else written):
                found.add(f"{which} ({' '.join(state) or 'rest'}): {ratio:.1f}")
    assert not found, "\n".join(sorted(found))
