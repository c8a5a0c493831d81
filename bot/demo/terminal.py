"""The demo in a terminal: chats to read, a line to type into.

It knows the simulator and its people, nothing of the bot. At a terminal the line being typed stays
whole while the chat goes on above it (typed_line.py). Lines come from any other text stream, too;
from a pipe each waits until the last one's consequences are over.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from bot.demo.backstage import WrongWordsError, is_backstage
from bot.demo.choices import argument_choices, button_choices, command_choices
from bot.demo.painting import paint_answer, paint_message
from bot.demo.phrases import phrase
from bot.demo.suggestions import Choice, suggest
from bot.simulator.chats import Chat
from bot.simulator.labels import label
from bot.simulator.reactions import EMOJI, as_reactions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from bot.demo.backstage import Backstage
    from bot.demo.community import Community, Persona, Venue
    from bot.demo.suggestions import Suggestion
    from bot.simulator.chats import Topic
    from bot.simulator.events import Event
    from bot.simulator.messages import Message
    from bot.simulator.people.cards import Card
    from bot.simulator.people.rooms import Room
    from bot.simulator.simulator import Simulator

_QUIET_SECONDS = 0.4
_PATIENCE_SECONDS = 5.0
_SHOWN_ON_ENTERING = 5
_LEAVE = "/quit"


async def read_lines(stream: TextIO) -> AsyncIterator[str]:
    """The lines of a stream, read in a thread so that the loop goes on; ends with the stream."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        with contextlib.suppress(RuntimeError, ValueError):  # the loop or the stream was closed
            for line in stream:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True, name="terminal-input").start()
    while (line := await lines.get()) is not None:
        yield line


class Terminal:
    """One person at one terminal; `/as` and `/in` change who and where.

    With a `backstage`, words that begin with `!` are for it, and its guide is shown where somebody
    sits at the terminal. It begins as somebody who speaks `language`.
    """

    def __init__(  # noqa: PLR0913  # each may be another one in a test
        self,
        sim: Simulator,
        community: Community,
        *,
        backstage: Backstage | None = None,
        language: str = "ko",
        source: TextIO | None = None,
        console: Console | None = None,
        quiet_seconds: float = _QUIET_SECONDS,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._sim = sim
        self._community = community
        self._backstage = backstage
        self._source = source or sys.stdin
        self._is_seen = self._source is sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()
        """Whether somebody sits at this terminal, and sees what is printed where they type."""
        self._console = console or Console()
        self._quiet_seconds = quiet_seconds
        self._patience_seconds = patience_seconds
        spoken = (one for one in community.personas if one.language == language)
        self._persona: Persona = next(spoken, community.personas[0])
        self._place: Venue = community.places[0]
        self._topic: Topic | None = None
        self._last_event_at = 0.0
        self._expects_answer = False
        self._is_over: Callable[[], bool] = _at_once
        self._presses: set[asyncio.Task[None]] = set()
        self._orders: dict[str, Callable[[str], Awaitable[None]]] = {
            "/?": self._help,
            "/as": self._be,
            "/in": self._go,
            "/topic": self._choose_topic,
            "/react": self._react,
            "/press": self._press,
            "/reply": self._reply,
            "/edit": self._edit,
            "/inline": self._inline,
            "/commands": self._commands,
        }

    async def run(self) -> None:
        """Read and show until /quit or the end of the input."""
        unsubscribe = self._sim.events.subscribe(self._show_event)
        if self._backstage is not None:
            self._backstage.stage.watchers.append(self._tell_news)
        self._welcome()
        try:
            async with aclosing(self._typed() if self._is_seen else self._read()) as lines:
                async for line in lines:
                    if line.strip() == _LEAVE:
                        break
                    await self._obey(line.strip())
            if not self._is_seen:
                await self._settle()
        finally:
            unsubscribe()
            if self._backstage is not None:
                self._backstage.stage.watchers.remove(self._tell_news)
            for press in self._presses:
                press.cancel()
            self._say("bye")

    async def _typed(self) -> AsyncGenerator[str, None]:
        """The lines of somebody at this terminal."""
        from bot.demo.typed_line import TypedLine  # noqa: PLC0415  # a pipe and a browser do without

        line = TypedLine(self._prompt_text, self._suggest, _LEAVE)
        async with aclosing(line.lines()) as lines:
            async for one in lines:
                yield one

    async def _read(self) -> AsyncGenerator[str, None]:
        """The lines of a stream, from a pipe each after the last one's consequences."""
        is_interactive = self._source.isatty()
        self._prompt(is_interactive)
        async for line in read_lines(self._source):
            yield line
            if not is_interactive:
                await self._settle()
            self._prompt(is_interactive)

    @property
    def _room(self) -> Room:
        return self._place.room_of(self._persona)

    @property
    def _title(self) -> str:
        if self._place.room is not None:
            return self._place.room.title
        return self._place.names[0 if self._persona.language == "ko" else -1]

    async def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if line.startswith("#") and line[1:2].isdigit():
            word, rest = "/press", line[1:]
        try:
            if self._backstage is not None and is_backstage(line):
                await self._go_backstage(self._backstage, line)
            elif word in self._orders:
                await self._orders[word](rest.strip())
            elif line:
                voice = self._persona.voice(self._room)
                self._expects_answer = line.startswith("/")
                await voice.says(self._room, line, topic=self._topic)
        except WrongWordsError as reason:
            self._console.print(Text(str(reason), "red"))
        except AssertionError as reason:
            self._say("failed", reason=reason, style="red")

    async def _go_backstage(self, backstage: Backstage, line: str) -> None:
        said = await backstage.obey(line, self._persona.language)
        self._expects_answer, self._is_over = said.brings, said.is_over
        if said.text:
            self._console.print(Text(said.text, "cyan"))

    async def _help(self, _words: str) -> None:
        personas = ", ".join(persona.names[0] for persona in self._community.personas)
        places = ", ".join(place.names[0] for place in self._community.places)
        self._say("help", personas=personas, places=places)

    async def _be(self, words: str) -> None:
        persona = self._community.persona(words) if words else None
        if persona is None:
            self._say("nobody", name=words, style="red")
            return
        self._persona = persona
        self._say("you_are", name=persona.name, style="bold")

    async def _go(self, words: str) -> None:
        place = self._community.place(words) if words else None
        if place is None:
            self._say("nowhere", name=words, style="red")
            return
        self._place, self._topic = place, None
        self._show_room()

    async def _choose_topic(self, words: str) -> None:
        topics = self._room.chat.topics.values()
        self._topic = next((topic for topic in topics if words and words in topic.name), None)
        if words and self._topic is None:
            self._say("no_topic", name=words, style="red")
        else:
            self._say("in_topic", title=self._topic.name if self._topic else "—")

    async def _react(self, words: str) -> None:
        parts = words.split()
        number = parts.pop() if parts and parts[-1].isdigit() else ""
        if wrong := [one for one in as_reactions(parts) if one.value not in EMOJI]:
            self._say("no_reaction", name=" ".join(map(str, wrong)), style="red")
            return
        card = self._card(number)
        if card is not None:
            await self._persona.voice(self._room).reacts(card, *parts)

    async def _press(self, words: str) -> None:
        number, _, message = words.partition(" ")
        card = self._card(message.strip(), with_buttons=True)
        if card is None:
            return
        index = int(number) if number.isdigit() else 0
        if not 1 <= index <= len(card.buttons):
            self._say("no_button", style="red")
            return
        press = asyncio.create_task(self._press_button(card, card.buttons[index - 1]))
        self._presses.add(press)
        press.add_done_callback(self._presses.discard)

    async def _press_button(self, card: Card, button: str) -> None:
        try:
            answer = await self._persona.person.presses(card, button, self._patience_seconds)
        except AssertionError:
            self._say("no_answer", style="red")
        else:
            self._console.print(paint_answer(answer, self._persona.language))

    async def _reply(self, words: str) -> None:
        card, text = self._card_and_text(words)
        if card is not None:
            voice = self._persona.voice(self._room)
            await voice.says(self._room, text, topic=self._topic, reply_to=card)

    async def _edit(self, words: str) -> None:
        card, text = self._card_and_text(words)
        if card is not None:
            await self._persona.voice(self._room).edits(card, text)

    async def _inline(self, words: str) -> None:
        answer = await self._persona.person.asks_inline(
            words, room=self._room, timeout=self._patience_seconds
        )
        for title in answer.titles:
            self._console.print(Text(f"  · {title}"))
        if not answer.results:
            self._say("no_hit")
        else:
            await self._persona.person.chooses(answer, 0, self._room)

    async def _commands(self, _words: str) -> None:
        offered = self._sim.world.commands.shown(self._room.chat, self._persona.person.user)
        for command in offered:
            self._console.print(Text(f"  /{command['command']}  {command['description']}"))

    def _card_and_text(self, words: str) -> tuple[Card | None, str]:
        """The message of a number, and the text behind it; None where either is missing."""
        number, _, text = words.partition(" ")
        card = self._card(number)
        if card is not None and not text.strip():
            self._say("no_text", style="red")
            return None, ""
        return card, text

    def _card(self, number: str, *, with_buttons: bool = False) -> Card | None:
        """The message with a number, else the newest (with buttons)."""
        messages = self._room.messages
        if number:
            messages = [card for card in messages if str(card.id) == number]
        elif with_buttons:
            messages = [card for card in messages if card.buttons]
        if not messages:
            self._say("no_message", style="red")
            return None
        return messages[-1]

    def _welcome(self) -> None:
        self._say("welcome", style="bold")
        if self._backstage is not None:
            self._console.print(Text(phrase(self._persona.language, "welcome"), "bold"))
        self._show_room()
        if self._backstage is not None and self._is_seen:
            lines = self._backstage.guide.lines(self._persona.language)
            self._console.print(Text("\n".join(lines), "cyan"))

    def _show_room(self) -> None:
        self._say("you_are_in", title=self._title, style="bold")
        for card in self._room.messages[-_SHOWN_ON_ENTERING:]:
            self._show(card.message)

    def _tell_news(self) -> None:
        """What became of the bot and of Telegram."""
        if self._backstage is not None:
            for news in self._backstage.news(self._persona.language):
                self._console.print(Text(news, "magenta"))

    def _tick(self, event: Event) -> None:
        """The guide's next step, where this was one; others' reactions, as Junho's, are none."""
        if self._backstage is None or (event.kind == "reaction" and not self._is_by_us(event)):
            return
        if self._backstage.guide.note(event) and self._is_seen:
            praise = self._backstage.guide.praise(self._persona.language)
            self._console.print(Text(praise, "cyan"))

    def _is_by_us(self, event: Event) -> bool:
        return event.data["actor"] is self._persona.voice(self._room).reactor

    def _show_event(self, event: Event) -> None:
        if event.kind == "call" or event.chat is None:
            return
        self._last_event_at = asyncio.get_running_loop().time()
        is_here = event.chat is self._room.chat
        message = event.message
        if message is not None and message.is_ours:
            self._expects_answer = False
        if event.kind == "message" and message is not None:
            if is_here:
                self._show(message)
            elif message.is_ours:
                self._say("elsewhere", title=event.chat.title, style="dim")
        elif is_here:
            self._show_change(event)
        self._tick(event)

    def _show_change(self, event: Event) -> None:
        message = event.message
        if event.kind == "action":
            self._say("typing", name=self._sim.bot.first_name, style="dim")
        elif message is None:
            return
        elif event.kind == "edit":
            self._show(message, edited=True)
        elif event.kind == "reaction":
            self._show_reaction(event, message)
        elif event.kind in {"delete", "pin"}:
            key = "deleted" if event.kind == "delete" else "pinned"
            self._console.print(Text(f"[{message.id}] {self._label(key)}", "dim"))

    def _show_reaction(self, event: Event, message: Message) -> None:
        actor = event.data["actor"]
        name = actor.title if isinstance(actor, Chat) else actor.first_name
        reactions = " ".join(str(reaction) for reaction in event.data["new"])
        key = "reacted" if reactions else "withdrew"
        text = self._label(key, name=name, reactions=reactions)
        self._console.print(Text(f"[{message.id}] {text}", "yellow"))

    def _show(self, message: Message, *, edited: bool = False) -> None:
        language = self._persona.language
        self._console.print(paint_message(self._sim.world, message, language, edited=edited))

    def _say(self, key: str, *, style: str = "", **values: object) -> None:
        self._console.print(Text(self._label(key, **values), style))

    def _label(self, key: str, **values: object) -> str:
        return label(self._persona.language, key, **values)

    def _prompt(self, is_interactive: bool) -> None:  # noqa: FBT001  # one caller
        if is_interactive:
            self._console.print(Text(self._prompt_text(), "bold cyan"), end="")

    def _prompt_text(self) -> str:
        return f"{self._persona.name} @ {self._title} > "

    def _suggest(self, line: str) -> list[Suggestion]:
        """What Tab offers: commands, people, chats, topics, buttons, and what is backstage."""
        room, persona = self._room, self._persona
        own = [Choice(word) for word in (*self._orders, _LEAVE)]
        words = [*command_choices(self._sim.world, room, persona), *own]
        words += button_choices(room, "#")
        arguments = argument_choices(self._community, room, persona)
        if self._backstage is not None:
            words += self._backstage.choices(persona.language)
            arguments |= self._backstage.arguments(persona.language)
        return suggest(line, words, arguments)

    @property
    def _is_starting(self) -> bool:
        return self._backstage is not None and self._backstage.is_starting

    async def _settle(self) -> None:
        """Wait until a command is answered, no press waits and all is quiet for a moment."""
        loop = asyncio.get_running_loop()
        start = self._last_event_at = loop.time()
        while loop.time() - start < self._patience_seconds:
            if not self._is_waited_for and loop.time() - self._last_event_at >= self._quiet_seconds:
                return
            await asyncio.sleep(self._quiet_seconds / 4)
        self._expects_answer, self._is_over = False, _at_once

    @property
    def _is_waited_for(self) -> bool:
        """Whether something that was asked for has not come about yet."""
        return (
            self._expects_answer or bool(self._presses) or self._is_starting or not self._is_over()
        )


def _at_once() -> bool:
    return True
