"""Where posts come from, as an operator sees it: state, next poll, last error."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.pages.actions import HandleSource, encode
from bot.pages.greetings import publishing_button
from bot.pages.page import Button, Page
from bot.redaction import redact
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import Rich, bold, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import tzinfo

    from bot.locales import Texts
    from storage.models import Chat, Source, SourceKind

LABEL_UNITS = 30


@dataclass(frozen=True, slots=True)
class Follows:
    """What brings posts: sources, channels that are served; and which kinds are polled."""

    sources: Sequence[Source]
    channels: Sequence[Chat]
    polled: Collection[SourceKind]

    def is_polled(self, source: Source) -> bool:
        """Whether the source is asked again."""
        return source.kind in self.polled and source.ended_at is None


def sources_page(texts: Texts, follows: Follows, zone: tzinfo) -> Page:
    """A paragraph for each source; those that are polled have buttons.

    Then the channels: each may be let publish, or no more.
    """
    sources, channels = follows.sources, follows.channels
    parts = [_paragraph(texts, source, zone, follows.polled) for source in sources]
    parts += [_channel(texts, channel) for channel in channels]
    parts.append(plain(texts("sources.add" if sources else "sources.none")))
    rows = [_buttons(texts, source) for source in sources if follows.is_polled(source)]
    rows += [(_publishing(texts, channel),) for channel in channels]
    return Page(plain("\n\n").join(parts), tuple(rows))


def last_error(texts: Texts, source: Source) -> str:
    """What went wrong last, in the reader's language; nothing where nothing did."""
    if source.last_error is None:
        return ""
    problem = json.loads(source.last_error)
    return redact(texts(problem["key"], **problem["values"]))


def _paragraph(texts: Texts, source: Source, zone: tzinfo, polled: Collection[SourceKind]) -> Rich:
    lines = [inert(bold(source.title or source.address))]
    if source.title:
        lines.append(plain(source.address))
    if source.kind not in polled:
        lines.append(plain(texts(f"sources.kind.{source.kind}")))
    elif source.ended_at is not None:
        lines.append(plain(texts("sources.ended")))
    elif source.next_poll_at is not None:
        lines.append(plain(texts("sources.next", at=texts.datetime(source.next_poll_at, zone))))
    if source.failures:
        lines.append(plain(texts.count("sources.failing", source.failures)))
    if error := last_error(texts, source):
        lines.append(plain(f"⚠️ {error}"))
    return plain("\n").join(lines)


def _channel(texts: Texts, channel: Chat) -> Rich:
    key = "sources.channel.publishing" if channel.may_publish else "sources.channel"
    return texts.rich(key, title=inert(bold(channel.title or str(channel.id))))


def _publishing(texts: Texts, channel: Chat) -> Button:
    button = publishing_button(texts, channel)
    name = shorten(channel.title or str(channel.id), LABEL_UNITS)
    return replace(button, label=f"{name} · {button.label}")


def _buttons(texts: Texts, source: Source) -> tuple[Button, ...]:
    name = shorten(source.title or source.address, LABEL_UNITS)
    return (
        Button(texts("sources.poll", name=name), data=encode(HandleSource(source.id, "poll"))),
        Button(texts("sources.end"), data=encode(HandleSource(source.id, "end")), style="danger"),
    )
