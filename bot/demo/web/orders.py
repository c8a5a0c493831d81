"""What the visitor does behind the scenes: to the blog, the clock, Telegram and the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.drafts import DRAFTS
from bot.demo.troubles import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.stage import Stage

    Order = dict[str, Any]

TROUBLE_SECONDS = 15.0
_LONGEST_TROUBLE_SECONDS = 300.0
_LONGEST_ADVANCE_SECONDS = 8 * 86_400.0


class Orders:
    """Everything that the panel can do, by name; each answers with what the page shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._orders: dict[str, Callable[[Order], Awaitable[dict[str, Any]]]] = {
            "draft": self._draft,
            "publish": self._publish,
            "publish_by_hand": self._publish_by_hand,
            "edit": self._edit,
            "remove": self._remove,
            "advance": self._advance,
            "digest": self._forward_to_digest,
            "trouble": self._begin_trouble,
            "recover": self._end_trouble,
            "kill": self._kill,
            "start": self._start,
        }

    async def obey(self, order: Order) -> dict[str, Any]:
        """Do what `do` names; raises ValueError or KeyError for what cannot be done."""
        work = self._orders.get(str(order.get("do")))
        if work is None:
            raise ValueError(f"there is no order {order.get('do')!r}")
        return await work(order)

    async def _draft(self, order: Order) -> dict[str, Any]:
        """The first draft of a language that is not on the blog yet."""
        titles = {post.title for post in self._stage.blog.posts.values()}
        drafts = [draft for draft in DRAFTS if draft.language == order.get("language", "ko")]
        unused = [draft for draft in drafts if draft.title not in titles]
        if not drafts:
            raise ValueError("there are no drafts in that language")
        draft = (unused or drafts)[0]
        return {"title": draft.title, "text": draft.text}

    async def _publish(self, order: Order) -> dict[str, Any]:
        post = self._stage.blog.publish(*_written(order))
        self._stage.tell()
        return {"number": post.number}

    async def _publish_by_hand(self, order: Order) -> dict[str, Any]:
        words = str(order.get("words", "")).strip()
        post = await self._stage.publish_by_hand(*_written(order), words)
        return {"number": post.number}

    async def _edit(self, order: Order) -> dict[str, Any]:
        title, text = _written(order)
        self._stage.blog.edit(int(order["number"]), title=title, text=text)
        self._stage.tell()
        return {}

    async def _remove(self, order: Order) -> dict[str, Any]:
        self._stage.blog.remove(int(order["number"]))
        self._stage.tell()
        return {}

    async def _advance(self, order: Order) -> dict[str, Any]:
        seconds = float(order["seconds"])
        if not 0 < seconds <= _LONGEST_ADVANCE_SECONDS:
            raise ValueError("the clock goes forward, by at most eight days")
        self._stage.advance(seconds)
        return {}

    async def _forward_to_digest(self, order: Order) -> dict[str, Any]:  # noqa: ARG002  # it needs nothing
        at = await self._stage.forward_to_digest()
        return {"at": at.timestamp() if at is not None else None}

    async def _begin_trouble(self, order: Order) -> dict[str, Any]:
        kind = order.get("kind")
        seconds = min(float(order.get("seconds", TROUBLE_SECONDS)), _LONGEST_TROUBLE_SECONDS)
        trouble = next((one for one in TROUBLES if one == kind), None)
        if trouble is None:
            raise ValueError(f"kind must be one of {', '.join(TROUBLES)}")
        self._stage.troubles.begin(trouble, seconds)
        return {}

    async def _end_trouble(self, order: Order) -> dict[str, Any]:  # noqa: ARG002  # likewise
        self._stage.troubles.end()
        return {}

    async def _kill(self, order: Order) -> dict[str, Any]:  # noqa: ARG002  # likewise
        await self._stage.bot.kill()
        return {}

    async def _start(self, order: Order) -> dict[str, Any]:  # noqa: ARG002  # likewise
        await self._stage.start_bot()
        return {}


def _written(order: Order) -> tuple[str, str]:
    title, text = str(order.get("title", "")).strip(), str(order.get("text", "")).strip()
    if not title or not text:
        raise ValueError("a post has a title and a text")
    return title, text
