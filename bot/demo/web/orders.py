"""What the visitor does behind the scenes: to the blog, the clock, Telegram and the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.drafts import DRAFTS
from bot.demo.troubles import TROUBLES
from bot.demo.web.acts import LANGUAGES
from bot.locales import get_texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.drafts import Draft
    from bot.demo.stage import Stage

    Order = dict[str, Any]

TROUBLE_SECONDS = 15.0
_LONGEST_TROUBLE_SECONDS = 300.0
_PLACE = "…"
_LONGEST_ADVANCE_SECONDS = 8 * 86_400.0


class Orders:
    """Everything that the panel can do, by name; each answers with what the page shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._used: set[Draft] = set()
        self._orders: dict[str, Callable[[Order], Awaitable[dict[str, Any]]]] = {
            "draft": self._draft,
            "publish": self._publish,
            "publish_draft": self._publish_draft,
            "publish_by_hand": self._publish_by_hand,
            "edit": self._edit,
            "remove": self._remove,
            "advance": self._advance,
            "proof": self._prove,
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
        """The next draft of a language; nothing where all were published."""
        draft = self._next_draft(str(order.get("language", "ko")))
        return {"title": draft.title, "text": draft.text} if draft is not None else {}

    async def _publish_draft(self, order: Order) -> dict[str, Any]:
        """Publish the next draft, each once; nothing where all were published."""
        draft = self._next_draft(str(order.get("language", "ko")))
        if draft is None:
            return {}
        self._used.add(draft)
        post = self._stage.blog.publish(draft.title, draft.text)
        self._stage.tell()
        return {"number": post.number}

    def _next_draft(self, language: str) -> Draft | None:
        """The first that was not published and is not on the blog."""
        drafts = [draft for draft in DRAFTS if draft.language == language]
        if not drafts:
            raise ValueError("there are no drafts in that language")
        titles = {post.title for post in self._stage.blog.posts.values()}
        left = (one for one in drafts if one not in self._used and one.title not in titles)
        return next(left, None)

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

    async def _prove(self, order: Order) -> dict[str, Any]:
        """Whether the bot did what a step of the guide is about: counted a reaction, set a time."""
        room = self._stage.sim.room(int(order["chat"]))
        if order.get("step") == "react":
            is_proven = await self._stage.counts_reactions_of(room, int(order["message"]))
        else:
            text = room.chat.messages[int(order["message"])].text
            is_proven = any(text.startswith(one) for one in _confirmations())
        return {"proven": is_proven}

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


def _confirmations() -> list[str]:
    """How the bot begins to say, in each language, that a digest's time was set."""
    said = (get_texts(language)("settings.now.time", value=_PLACE) for language in LANGUAGES)
    return [text.partition(_PLACE)[0] for text in said]


def _written(order: Order) -> tuple[str, str]:
    title, text = str(order.get("title", "")).strip(), str(order.get("text", "")).strip()
    if not title or not text:
        raise ValueError("a post has a title and a text")
    return title, text
