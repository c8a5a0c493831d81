"""The four questions of setup: the token, the operators, the blog, the channels.

Each gives the value that its setting is to have, None where it stays as it is. What is wrong is
said, and asked again; where the input ends, EOFError is raised.
"""

from __future__ import annotations

import secrets
import shlex
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.errors import InputError, SosikError
from bot.setup.answers import parse_channels, parse_token, parse_users, skips, waits
from bot.setup.blog import look_at_each
from bot.setup.sightings import Seen, channel_of, opener_of
from bot.setup.watching import WAIT_MINUTES

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Sequence

    from bot.config import Settings
    from bot.setup.blog import Blog
    from bot.setup.talk import Talk
    from bot.setup.telegram import Telegram
    from bot.setup.watching import Watch

CODE_BYTES = 16
BY_LINK = "link"


@dataclass(frozen=True, slots=True)
class Interview:
    """Who asks, of whom, and what Telegram shows meanwhile.

    Args:
        runner: runs what waits for somebody else; Ctrl-C ends that at once.
    """

    talk: Talk
    telegram: Telegram
    watch: Watch
    runner: asyncio.Runner
    settings: Settings

    def ask_token(self, known: str) -> str | None:
        """A token that Telegram knows."""
        self.talk.say("setup.token")
        while True:
            answer = self.talk.ask_hidden(f"setup.token.{'known' if known else 'ask'}")
            try:
                token = known if known and not answer else parse_token(answer)
                self.runner.run(self.telegram.enter(token))
            except InputError as error:
                self.talk.reject(error)
            else:
                break
        self.talk.approve("check.token", name=self.telegram.username)
        return None if token == known else token

    # -- operators -------------------------------------------------------------------------------

    def ask_operators(self, known: Sequence[int]) -> tuple[int, ...] | None:
        """Their numbers: of whoever opens a link that is shown here, or typed by hand."""
        self.talk.say("setup.operator")
        answer = BY_LINK
        if known:
            answer = self.talk.ask("setup.operator.known", known=_listed(known))
        elif not self.talk.is_terminal:
            answer = self.talk.ask("setup.operator.piped") or BY_LINK
        if not answer:
            return None
        numbers = self._opener(known) if waits(answer) else self._operators(answer)
        while numbers is None:
            numbers = self._operators(self.talk.ask("setup.operator.ask"))
        if numbers:
            return numbers
        self.talk.say("setup.operator.skipped")
        return () if known else None

    def _opener(self, known: Sequence[int]) -> tuple[int, ...] | None:
        """Of whoever opens the link, which outlives a wrong answer; or what was typed meanwhile."""
        if not self.watch.is_open:
            return None
        code = secrets.token_urlsafe(CODE_BYTES)
        link = f"https://t.me/{self.telegram.username}?start={code}"
        self.talk.say("setup.operator.link", link=link, minutes=WAIT_MINUTES)
        if self.talk.is_terminal:
            self.talk.say("setup.operator.meanwhile")
        find, numbers = partial(opener_of, code=code), None
        while numbers is None:
            found = self.watch.look(find, "setup.operator.late", skips_empty=True)
            if found is None:
                return None
            if isinstance(found, Seen):
                self._greet(found)
                return tuple(dict.fromkeys((*known, found.id)))
            numbers = self._operators(found)
        return numbers

    def _greet(self, operator: Seen) -> None:
        """Whoever opened the link looks at Telegram, not here."""
        self.talk.approve("setup.operator.found", name=operator.name or "?", id=operator.id)
        text = self.talk.texts("setup.operator.greeting")
        try:
            self.runner.run(self.telegram.greet(operator.id, text))
        except TelegramError:
            return  # it is said here, too

    def _operators(self, answer: str) -> tuple[int, ...] | None:
        """Numbers that were typed, none where they are left out; None where that was no answer."""
        if skips(answer):
            return ()
        try:
            numbers = parse_users(answer, self.telegram.id)
        except InputError as error:
            self.talk.reject(error)
            return None
        if numbers:
            self.talk.approve("setup.operator.typed", ids=_listed(numbers))
        return numbers or None

    # -- the blog --------------------------------------------------------------------------------

    def ask_blog(self, known: Sequence[str]) -> str | None:
        """Addresses or files that can be read, as SOURCES has them; newest titles are shown."""
        self.talk.say("setup.blog")
        while True:
            key = f"setup.blog.{'known' if known else 'ask'}"
            answer = self.talk.ask(key, known=shlex.join(known))
            if not answer or skips(answer):
                return "" if known and answer else None
            self.talk.say("setup.blog.looking")  # a slow server may take half a minute
            try:
                blogs = self.runner.run(look_at_each(answer, self.settings))
            except SosikError as error:
                self.talk.reject(error)
            else:
                break
        for blog in blogs:
            self._show(blog)
        return shlex.join(dict.fromkeys(blog.source for blog in blogs))

    def _show(self, blog: Blog) -> None:
        found = self.talk.texts.count("setup.blog.found", blog.posts, title=blog.title)
        self.talk.show("\n".join([f"✓ {found}", *(f"    · {one}" for one in blog.titles)]))

    # -- channels --------------------------------------------------------------------------------

    def ask_channels(self, known: Sequence[str], operators: Sequence[int]) -> str | None:
        """Channels where the bot may post, by their numbers, as CHANNELS has them.

        One that an operator brings the bot to, or forwards a post of, is found by itself.
        """
        self.talk.say("setup.channel", link=self.telegram.channel_link)
        while True:
            answer = self._channel_answer(known, operators)
            if isinstance(answer, str) and (not answer or skips(answer)):
                return "" if known and answer else None
            try:
                channels = self._channels(answer)
            except SosikError as error:
                self.talk.reject(error)
            else:
                break
        for one in channels:
            self.talk.approve("setup.channel.found", title=one.name, id=one.id)
        kept = known if isinstance(answer, Seen) else ()
        return _listed(dict.fromkeys((*kept, *(str(one.id) for one in channels))))

    def _channel_answer(self, known: Sequence[str], operators: Sequence[int]) -> Seen | str:
        """What was typed, or what Telegram showed before."""
        key, named = f"setup.channel.{'known' if known else 'ask'}", _listed(known)
        can_watch = self.watch.is_open and bool(operators)
        if not can_watch or not self.talk.is_terminal:
            answer = self.talk.ask(key, known=named)
            if not can_watch or not waits(answer):
                return answer
        self.talk.say("setup.channel.watched", minutes=WAIT_MINUTES)
        if self.talk.is_terminal:
            self.talk.prompt(key, known=named)
        find = partial(channel_of, operators=operators)
        found = self.watch.look(find, "setup.channel.late", skips_empty=False)
        return self.talk.ask(key, known=named) if found is None else found

    def _channels(self, answer: Seen | str) -> list[Seen]:
        """The channels that are meant, each looked at. Raises InputError."""
        names = (str(answer.id),) if isinstance(answer, Seen) else parse_channels(answer)
        return [self.runner.run(self.telegram.channel(name)) for name in names]


def _listed(values: Iterable[object]) -> str:
    return " ".join(map(str, values))
