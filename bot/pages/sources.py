"""Where posts come from, as an operator sees it: state, next poll, last error."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.pages.actions import HandleSource, PushQuiet, TakeEdits, encode
from bot.pages.greetings import publishing_button
from bot.pages.page import Button, Page
from bot.redaction import redact, shown_address, shown_values
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import Rich, bold, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import tzinfo

    from bot.locales import Texts
    from storage.models import Chat, Post, Source, SourceId, SourceKind

LABEL_UNITS = 30
MOST_LISTED = 30
"""Quiet posts that are listed by their titles."""
TITLE_UNITS = 80


@dataclass(frozen=True, slots=True)
class Follows:
    """What brings posts: sources, channels that are served; and which kinds are polled."""

    sources: Sequence[Source]
    channels: Sequence[Chat]
    polled: Collection[SourceKind]
    quiet: Mapping[SourceId, int] = field(default_factory=dict)
    """How many posts of a source came in quietly and may be pushed."""

    def is_polled(self, source: Source) -> bool:
        """Whether the source is asked again."""
        return source.kind in self.polled and source.ended_at is None

    def is_undone(self, source: Source) -> bool:
        """Whether it is a file whose import was undone, of which nothing is left."""
        return source.kind not in self.polled and source.ended_at is not None


def sources_page(texts: Texts, follows: Follows, zone: tzinfo) -> Page:
    """A paragraph for each source; those that are polled have buttons.

    Then the channels: each may be let publish, or no more.
    """
    sources = [one for one in follows.sources if not follows.is_undone(one)]
    channels = follows.channels
    parts = [_paragraph(texts, source, zone, follows) for source in sources]
    parts += [_channel(texts, channel) for channel in channels]
    parts.append(plain(texts("sources.add" if sources else "sources.none")))
    rows = [row for source in sources for row in _rows(texts, source, follows)]
    rows += [(_publishing(texts, channel),) for channel in channels]
    return Page(plain("\n\n").join(parts), tuple(rows))


def quiet_page(texts: Texts, source_id: SourceId, offered: Sequence[Post], *, days: int) -> Page:
    """Posts that a source brought quietly, the oldest first, with the button that pushes them."""
    lines = [bold(texts.count("sources.quiet", len(offered)))]
    lines += [inert(plain(f"• {shorten(one.title, TITLE_UNITS)}")) for one in offered[:MOST_LISTED]]
    if (more := len(offered) - MOST_LISTED) > 0:
        lines.append(plain(texts.count("sources.quiet.more", more)))
    lines.append(plain(texts("sources.quiet.about", days=days)))
    push = PushQuiet(source_id, max(one.id for one in offered))
    label = texts.count("sources.quiet.push", len(offered))
    return Page(
        plain("\n").join(lines),
        (
            (Button(label, data=encode(push), style="primary"),),
            (Button(texts("sources.back"), data=encode(HandleSource(source_id, "list"))),),
        ),
    )


def last_error(texts: Texts, source: Source) -> str:
    """What went wrong last, in the reader's language; nothing where nothing did."""
    if source.last_error is None:
        return ""
    problem = json.loads(source.last_error)
    return redact(texts(problem["key"], **shown_values(problem["values"])))


def source_name(source: Source) -> str:
    """Its title, or else its address, without what opens it."""
    return source.title or shown_address(source.address)


def _paragraph(texts: Texts, source: Source, zone: tzinfo, follows: Follows) -> Rich:
    lines = [inert(bold(source_name(source)))]
    if source.title:
        lines.append(plain(shown_address(source.address)))
    if source.kind not in follows.polled:
        lines.append(plain(texts(f"sources.kind.{source.kind}")))
    elif source.ended_at is not None:
        lines.append(plain(texts("sources.ended")))
    elif source.next_poll_at is not None:
        lines.append(plain(texts("sources.next", at=texts.datetime(source.next_poll_at, zone))))
    if source.held_at is not None:
        lines.append(plain(texts("sources.held")))
    if quiet := follows.quiet.get(source.id):
        lines.append(plain(texts.count("sources.quiet", quiet)))
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


def _rows(texts: Texts, source: Source, follows: Follows) -> list[tuple[Button, ...]]:
    rows = [_buttons(texts, source)] if follows.is_polled(source) else []
    if source.held_at is not None and follows.is_polled(source):
        take = TakeEdits(source.id, int(source.held_at.timestamp()))
        rows.append((Button(texts("sources.held.take"), data=encode(take)),))
    if quiet := follows.quiet.get(source.id):
        label = texts.count("sources.quiet.show", quiet)
        rows.append((Button(label, data=encode(HandleSource(source.id, "quiet"))),))
    return rows


def _buttons(texts: Texts, source: Source) -> tuple[Button, ...]:
    name = shorten(source_name(source), LABEL_UNITS)
    return (
        Button(texts("sources.poll", name=name), data=encode(HandleSource(source.id, "poll"))),
        Button(texts("sources.end"), data=encode(HandleSource(source.id, "end")), style="danger"),
    )
