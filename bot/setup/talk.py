"""Questions and answers at a terminal, or from a pipe: one answer a line."""

from __future__ import annotations

import asyncio
import getpass
import io
import sys
from typing import TYPE_CHECKING, TextIO

from bot.errors import SosikError
from bot.redaction import redact

if TYPE_CHECKING:
    from bot.locales import Texts

MOST_WRONG = 20
"""In a row, of a pipe: `yes` would never end."""
LONGEST_ANSWER = 10_000


class Talk:
    """Says and asks, in one language. Where the input ends, asking raises EOFError."""

    def __init__(
        self, texts: Texts, reading: TextIO | None = None, writing: TextIO | None = None
    ) -> None:
        self.texts = texts
        self._in = reading or sys.stdin or io.StringIO()  # a shell may close it
        self._out = writing or sys.stdout
        for one in (self._in, self._out):
            if isinstance(one, io.TextIOWrapper):  # a name that this terminal cannot show
                one.reconfigure(errors="replace")
        self.is_terminal = self._in.isatty()
        self._wrong = 0

    def say(self, key: str, **values: object) -> None:
        """A message of the catalogues, on lines of its own."""
        self.show(self.texts(key, **values))

    def show(self, text: str) -> None:
        """What is in somebody's language already."""
        self._write(f"{text}\n")

    def approve(self, key: str, **values: object) -> None:
        """What an answer came to."""
        self._wrong = 0
        self.show(f"✓ {self.texts(key, **values)}")

    def reject(self, error: SosikError) -> None:
        """Say what is wrong with an answer; the same is asked again.

        Raises SosikError where a pipe goes on and on.
        """
        self._wrong += 1
        self.show(f"✗ {self.texts(error.key, **error.values)}")
        if self._wrong >= MOST_WRONG and not self.is_terminal:
            raise SosikError("setup.wrong")

    def ask(self, key: str, **values: object) -> str:
        """One line, without the blanks around it."""
        self.prompt(key, **values)
        return self._answer()

    def prompt(self, key: str, **values: object) -> None:
        """What is asked, where somebody may answer elsewhere, too."""
        self._write(f"{self.texts(key, **values)} ")

    def ask_hidden(self, key: str, **values: object) -> str:
        """Likewise, of which a terminal shows nothing while it is typed."""
        if not self.is_terminal:
            return self.ask(key, **values)
        prompt = redact(f"{self.texts(key, **values)} ")
        return getpass.getpass(prompt, self._out).strip()

    async def typed(self, *, skips_empty: bool) -> str:
        """The next line at a terminal, while something else is waited for, too."""
        try:
            while True:
                await self._line_is_there()
                answer = self._answer()
                if answer or not skips_empty:
                    return answer
        except asyncio.CancelledError:
            self.show("")  # something else came: it is said below the line that was asked for
            raise

    async def _line_is_there(self) -> None:
        """Return once a line can be read; heard of once, or reading would wait for another."""
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        file = self._in.fileno()

        def note() -> None:
            loop.remove_reader(file)
            there.set()

        loop.add_reader(file, note)
        try:
            await there.wait()
        finally:
            loop.remove_reader(file)

    def _answer(self) -> str:
        try:
            line = self._in.readline(LONGEST_ANSWER)
        except OSError:  # the terminal is gone
            line = ""
        if not self.is_terminal:
            self._write("\n")
        if not line:
            raise EOFError
        return line.strip()

    def _write(self, text: str) -> None:
        self._out.write(redact(text))
        self._out.flush()
