"""The backstage at the terminal: words that begin with `!`, as no bot's and no person's do.

Each does what the page's panel does, by the same orders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from babel.dates import format_datetime

from bot.demo.guide import Guide
from bot.demo.phrases import phrase
from bot.demo.stage import ZONE
from bot.demo.suggestions import Choice
from bot.demo.troubles import TROUBLES
from bot.demo.web.orders import Orders
from bot.demo.web.views import stage_view

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.demo.blog import BlogPost
    from bot.demo.stage import Stage

_SIGN = re.compile(r"!\w")
_FORWARD = re.compile(r"\+?(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?")
_TIMES = {"ko": "M월 d일 (E) HH:mm", "en": "EEE d MMM HH:mm"}
_NIGHT_BEGINS, _NIGHT_ENDS = 22, 8
_HOURS_A_DAY, _MINUTES_AN_HOUR = 24, 60
_KILLED = -9


class WrongWordsError(ValueError):
    """What was typed cannot be done; it says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a word; `brings` where a message of the bot should follow.

    `is_over` tells, to who waits for that, whether what was asked for has come about.
    """

    text: str = ""
    brings: bool = False
    is_over: Callable[[], bool] = lambda: True


def is_backstage(line: str) -> bool:
    """Whether a line is meant for the backstage: `!` and a letter."""
    return _SIGN.match(line) is not None


class Backstage:
    """The words of one stage."""

    def __init__(self, stage: Stage) -> None:
        self.guide = Guide()
        self.stage = stage
        self._orders = Orders(stage)
        self._told = self._state()
        self._words: dict[str, Callable[[str, str], Awaitable[Said]]] = {
            "!publish": self._publish,
            "!edit": self._edit,
            "!remove": self._remove,
            "!posts": self._posts,
            "!clock": self._clock,
            "!trouble": self._trouble,
            "!kill": self._kill,
            "!start": self._start,
            "!guide": self._guide,
            "!help": self._help,
        }

    @property
    def is_starting(self) -> bool:
        """Whether the bot was started and has not asked Telegram anything yet."""
        return self._state()[0] == "starting"

    async def obey(self, line: str, language: str) -> Said:
        """Do what a line says; raises WrongWordsError for what cannot be done."""
        word, _, rest = line.strip().partition(" ")
        work = self._words.get(word.lower())
        if work is None:
            raise self._unknown(word, language)
        return await work(rest.strip(), language)

    def choices(self, language: str) -> list[Choice]:
        """The words, for who completes them."""
        return [Choice(word, phrase(language, f"about_{word[1:]}")) for word in self._words]

    def arguments(self, language: str) -> dict[str, list[Choice]]:
        """What can follow each word, likewise."""
        posts = [Choice(str(post.number), post.title) for post in self.stage.blog.posts.values()]
        kinds = [Choice(kind, phrase(language, f"about_{kind}")) for kind in (*TROUBLES, "off")]
        times = [
            Choice("digest", phrase(language, "about_digest")),
            Choice("+1h", phrase(language, "about_hour")),
        ]
        return {"!edit": posts, "!remove": posts, "!trouble": kinds, "!clock": times}

    def news(self, language: str) -> list[str]:
        """What became of the bot and of Telegram since this was asked last."""
        (was, pid, suffered), self._told = self._told, self._state()
        state, number, suffers = self._told
        told = []
        if (state, number) != (was, pid):
            killed = state == "stopped" and self.stage.ends[-1:] == [_KILLED]
            key = "bot_killed" if killed else f"bot_{state}"
            told.append(phrase(language, key, number=number))
        if suffers != suffered:
            told.append(self._about_telegram(language))
        return told

    async def _publish(self, words: str, language: str) -> Said:
        title, _, text = (part.strip() for part in words.partition("|"))
        if words and not (title and text):
            raise _wrong(language, "publish_usage")
        post = {"title": title, "text": text}
        if not words:
            spoken = "ko" if language == "ko" else "en"
            post = await self._orders.obey({"do": "draft", "language": spoken})
        number = (await self._orders.obey({"do": "publish", **post}))["number"]
        return self._sent(language, number, post["title"])

    async def _edit(self, words: str, language: str) -> Said:
        post, rest = self._chosen(words, language, "edit_usage")
        title, _, text = (part.strip() for part in rest.partition("|"))
        if not (title or text.strip("| ")):
            raise _wrong(language, "edit_usage")
        written = {"title": title or post.title, "text": text or post.text}
        await self._orders.obey({"do": "edit", "number": post.number, **written})
        return Said(phrase(language, "changed", number=post.number, title=written["title"]))

    async def _remove(self, words: str, language: str) -> Said:
        post, rest = self._chosen(words, language, "remove_usage")
        if rest:
            raise _wrong(language, "remove_usage")
        await self._orders.obey({"do": "remove", "number": post.number})
        return Said(phrase(language, "removed", number=post.number, title=post.title))

    async def _posts(self, words: str, language: str) -> Said:
        _expect_nothing(words, language, "!posts")
        posts = stage_view(self.stage)["posts"]
        lines = [
            phrase(language, "post", **post | {"copies": self._copies(post["copies"], language)})
            for post in posts
        ]
        return Said("\n".join(lines) or phrase(language, "no_posts"))

    async def _clock(self, words: str, language: str) -> Said:
        if words.lower() in {"digest", "모아보기"}:
            at = (await self._orders.obey({"do": "digest"}))["at"]
            if at is None:
                return Said(phrase(language, "no_digest"))
            return Said(self._time(language), brings=True)
        if words:
            seconds = _seconds(words, language)
            try:
                await self._orders.obey({"do": "advance", "seconds": seconds})
            except ValueError:
                raise _wrong(language, "clock_far") from None
        return Said(self._time(language))

    async def _trouble(self, words: str, language: str) -> Said:
        kind, _, seconds = " ".join(words.lower().split()).partition(" ")
        if not words:
            return Said(self._about_telegram(language))
        order: dict[str, object] = {"do": "trouble", "kind": kind}
        if kind == "off" and not seconds:
            order = {"do": "recover"}
        elif kind not in TROUBLES or not (not seconds or _is_number(seconds)):
            raise _wrong(language, "trouble_usage")
        elif seconds:
            order["seconds"] = int(seconds)
        was_well = self.stage.troubles.now is None
        await self._orders.obey(order)
        return Said(self._about_telegram(language) if was_well and kind == "off" else "")

    async def _kill(self, words: str, language: str) -> Said:
        _expect_nothing(words, language, "!kill")
        if not self.stage.bot.is_running:
            return Said(phrase(language, "is_off"))
        await self._orders.obey({"do": "kill"})
        return Said()

    async def _start(self, words: str, language: str) -> Said:
        _expect_nothing(words, language, "!start")
        if self.stage.bot.is_running:
            return Said(phrase(language, "is_on", number=self.stage.bot.number))
        await self._orders.obey({"do": "start"})
        return Said()

    async def _guide(self, words: str, language: str) -> Said:
        _expect_nothing(words, language, "!guide")
        return Said("\n".join(self.guide.lines(language)))

    async def _help(self, _words: str, language: str) -> Said:
        return Said(phrase(language, "help"))

    def _state(self) -> tuple[str, int, str | None]:
        bot = self.stage.bot
        state = "running" if self.stage.is_awake else "starting"
        return state if bot.is_running else "stopped", bot.number, self.stage.troubles.now

    def _unknown(self, word: str, language: str) -> WrongWordsError:
        close = get_close_matches(word.lower(), self._words, n=1)
        if close:
            return _wrong(language, "close_word", word=word, close=close[0])
        return _wrong(language, "no_word", word=word)

    def _chosen(self, words: str, language: str, usage: str) -> tuple[BlogPost, str]:
        """The post whose number is named first, and the rest of the words."""
        number, _, rest = words.partition(" ")
        if not _is_number(number.removeprefix("#")):
            raise _wrong(language, usage)
        post = self.stage.blog.posts.get(int(number.removeprefix("#")))
        if post is None:
            raise _wrong(language, "no_post", number=number)
        return post, rest.strip()

    def _sent(self, language: str, number: int, title: str) -> Said:
        """That a post is on its way, or why not yet."""
        lines = [phrase(language, "published", number=number, title=title)]
        is_running = self.stage.bot.is_running
        hour = self._local().hour
        is_night = hour >= _NIGHT_BEGINS or hour < _NIGHT_ENDS
        if not is_running:
            lines.append(phrase(language, "is_stopped"))
        elif is_night:
            lines.append(phrase(language, "night"))
        text = "\n".join(lines)
        if not is_running or is_night:
            return Said(text)
        return Said(text, brings=True, is_over=lambda: self._has_come(number))

    def _has_come(self, number: int) -> bool:
        """Whether a post came anywhere, or is gone."""
        posts = stage_view(self.stage)["posts"]
        return all(post["copies"] for post in posts if post["number"] == number)

    def _copies(self, copies: dict[str, int], language: str) -> str:
        chats = self.stage.sim.world.chats
        places = []
        for chat, count in copies.items():
            place = phrase(language, "copies", chat=chats[int(chat)].title, n=count)
            doubled = phrase(language, "doubled") if count > 1 else ""
            places.append(f"{place} {doubled}".rstrip())
        return " · ".join(places) or phrase(language, "nowhere_yet")

    def _about_telegram(self, language: str) -> str:
        troubles = self.stage.troubles
        seconds = round(troubles.seconds_left)
        return phrase(language, f"trouble_{troubles.now or 'none'}", seconds=seconds)

    def _local(self) -> datetime:
        return self.stage.now().astimezone(ZONE)

    def _time(self, language: str) -> str:
        spoken = "ko" if language == "ko" else "en"
        at = format_datetime(self._local().replace(tzinfo=None), _TIMES[spoken], locale=spoken)
        told = phrase(language, "now", at=at)
        ahead = timedelta(seconds=self.stage.offset_seconds)
        if ahead < timedelta(minutes=1):
            return told
        return f"{told} {phrase(language, 'ahead', text=_duration(ahead, language))}"


def _wrong(language: str, key: str, **values: object) -> WrongWordsError:
    return WrongWordsError(phrase(language, key, **values))


def _expect_nothing(words: str, language: str, word: str) -> None:
    if words:
        raise _wrong(language, "takes_nothing", word=word)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("2147483647")


def _seconds(words: str, language: str) -> float:
    """How far forward `+1h30m` is."""
    if words.startswith(("-", "−")):
        raise _wrong(language, "clock_back")
    found = _FORWARD.fullmatch(words.lower().replace(" ", ""))
    if found is None or not any(found.groups()):
        raise _wrong(language, "clock_usage")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes).total_seconds()


def _duration(length: timedelta, language: str) -> str:
    """Its two largest units, as days, hours and minutes."""
    minutes = round(length.total_seconds() / 60)
    hours, minutes = divmod(minutes, _MINUTES_AN_HOUR)
    days, hours = divmod(hours, _HOURS_A_DAY)
    parts = {"days": days, "hours": hours, "minutes": minutes}
    shown = [phrase(language, unit, n=n) for unit, n in parts.items() if n]
    return " ".join(shown[:2]) or phrase(language, "minutes", n=0)
