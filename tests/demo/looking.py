"""What an attentive eye would find fault with on the page, found by measuring."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Page

_SCROLL_BY_THEMSELVES = "#topics, pre"
"""What may be wider than its place: it says so by scrolling alone."""

_LOOKING = Path(__file__).with_name("looking.js").read_text("utf-8").partition("\n")[2]


async def _look(page: Page, how: str, argument: object = None) -> Any:  # noqa: ANN401  # any result
    """Measure once all that moves has come to rest: a busy browser has drawn no frame of it yet."""
    looking = f"const looking = {_LOOKING.strip()}; looking.rest()"
    return await page.evaluate(
        f"(argument) => {{ {looking}; return looking.{how}(argument); }}", argument
    )


async def faults_of_place(page: Page) -> list[str]:
    """What spills, overlaps, scrolls sideways, or says what only a program would say."""
    return list(await _look(page, "spills", _SCROLL_BY_THEMSELVES))


async def blanks_among(page: Page, *selectors: str) -> list[str]:
    """Which of these are not there, or show nothing of their text once scrolled to."""
    return list(await _look(page, "blanks", list(selectors)))


class Forcing:
    """Every control of a page in a state that a pointer or a keyboard would bring about."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: Any = None

    async def contrasts(self, *states: str) -> list[tuple[str, float, bool, bool]]:
        """Of each text or drawing on a control: which, its ratio, is it drawn, is it disabled."""
        if self._session is None:
            self._session = await self._page.context.new_cdp_session(self._page)
            await self._session.send("DOM.enable")
            await self._session.send("CSS.enable")
        nodes = await self._controls()
        await self._force(nodes, states)
        await self._page.wait_for_timeout(60)
        told = await _look(self._page, "contrasts")
        await self._force(nodes, ())
        return [tuple(one) for one in told]

    async def _controls(self) -> list[int]:
        document = await self._session.send("DOM.getDocument")
        wanted = "button, summary, [role=option], a, label, input"
        query = {"nodeId": document["root"]["nodeId"], "selector": wanted}
        return list((await self._session.send("DOM.querySelectorAll", query))["nodeIds"])

    async def _force(self, nodes: list[int], states: tuple[str, ...]) -> None:
        orders = [{"nodeId": node, "forcedPseudoClasses": list(states)} for node in nodes]
        send = self._session.send
        asked = (send("CSS.forcePseudoState", order) for order in orders)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        assert all("Could not find node" in str(one) for one in failed)  # drawn anew meanwhile
