"""The line being typed at a terminal, which stays whole while what happens is printed above it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from bot.demo.suggestions import Suggestion

_MENU_LINES = 6
_PROMPT_STYLE = "bold ansicyan"


class TypedLine:
    """One line after the other; `prompt` stands before it, Tab takes what `suggest` has for it."""

    def __init__(
        self, prompt: Callable[[], str], suggest: Callable[[str], Iterable[Suggestion]], leave: str
    ) -> None:
        self._leave = leave
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._session: PromptSession[str] = PromptSession(
            lambda: FormattedText([(_PROMPT_STYLE, prompt())]),
            completer=_Completions(suggest),
            complete_while_typing=False,
            reserve_space_for_menu=_MENU_LINES,
        )

    async def lines(self) -> AsyncGenerator[str, None]:
        """Each line, until `leave`, Ctrl-D, or Ctrl-C where nothing is typed.

        One can type on while the last line is worked on.
        """
        typing = asyncio.create_task(self._type())
        try:
            while (line := await self._lines.get()) is not None:
                yield line
                self._session.app.invalidate()
        finally:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)

    async def _type(self) -> None:
        try:
            with patch_stdout(raw=True):
                while (line := await self._read()) is not None:
                    self._lines.put_nowait(line)
                    if line.strip() == self._leave:
                        break
        finally:
            self._lines.put_nowait(None)

    async def _read(self) -> str | None:
        while True:
            try:
                return await self._session.prompt_async()
            except EOFError:
                return None
            except KeyboardInterrupt:
                if not self._session.default_buffer.text:
                    return None


class _Completions(Completer):
    """What is suggested, as prompt_toolkit asks for it."""

    def __init__(self, suggest: Callable[[str], Iterable[Suggestion]]) -> None:
        self._suggest = suggest

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002  # whether by Tab or while typing
    ) -> Iterable[Completion]:
        for one in self._suggest(document.text_before_cursor):
            yield Completion(one.word, start_position=-one.replaced, display_meta=one.about)
