"""When a page is published by itself: asked, said back in full, and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat_settings.typed_moments import PAST
from bot.pages.actions import HandleScheduled, encode
from bot.pages.cards import shown_title
from bot.pages.page import PROMPT_MARK, Button, Page
from bot.text.graphemes import shorten
from bot.text.inert import inert
from bot.text.rich import bold, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.errors import InputError
    from bot.locales import Texts
    from bot.pages.cards import Reader
    from bot.text.rich import Rich
    from storage.models import Draft

SCHEDULED_A_PAGE = 5
LINE_TITLE_UNITS, LINE_REMARK_UNITS, TYPED_UNITS = 80, 60, 60
_NEAR = ("today", "tomorrow", "after_tomorrow")


def said_back(reader: Reader, at: datetime, now: datetime) -> str:
    """A moment in full, with the word for its day, if any: 내일 = 12월 1일 화요일 오전 9:00."""
    texts = reader.texts
    days = (at.astimezone(reader.zone).date() - now.astimezone(reader.zone).date()).days
    said = texts.moment(at, reader.zone, now)
    return f"{texts(f'schedule.{_NEAR[days]}')} = {said}" if 0 <= days < len(_NEAR) else said


def when_page(texts: Texts) -> Page:
    """The message that asks when: whoever is asked replies to it."""
    example = texts("schedule.example")
    asked = texts("menu.prompt", ask=texts("schedule.when"), example=example)
    return Page(plain(f"{PROMPT_MARK} {asked}"), asks=example)


def unread_page(reader: Reader, error: InputError, now: datetime) -> Page:
    """The answer to what is no moment to come: what is wrong with it, and examples."""
    texts, values = reader.texts, dict(error.values)
    values["typed"] = shorten(str(values.get("typed", "")), TYPED_UNITS)
    if error.key == PAST:
        values["when"] = texts.moment(values.pop("at"), reader.zone, now)  # type: ignore[arg-type]  # parse_moment's
    lines = [inert(texts(error.key, **values)), plain(texts("schedule.examples"))]
    return Page(plain("\n").join(lines))


def scheduled_list_page(
    reader: Reader,
    scheduled: Sequence[tuple[Draft, str]],
    now: datetime,
    offset: int = 0,
    *,
    with_names: bool = False,
) -> Page:
    """What waits for its time, each with its title, the next first: a line and its buttons each."""
    texts = reader.texts
    if not scheduled:
        return Page(plain(texts("schedule.none")))
    start = offset // SCHEDULED_A_PAGE * SCHEDULED_A_PAGE if 0 <= offset < len(scheduled) else 0
    shown = list(enumerate(scheduled, 1))[start : start + SCHEDULED_A_PAGE]
    parts = [bold(texts.count("schedule.list", len(scheduled)))]
    for number, (draft, title) in shown:
        parts.append(_scheduled_lines(reader, number, draft, title, now, with_name=with_names))
    rows = [_scheduled_row(texts, number, draft, start) for number, (draft, _) in shown]
    moves = _moves(texts, start, len(scheduled))
    return Page(plain("\n\n").join(parts), (*rows, moves) if moves else tuple(rows))


def _scheduled_lines(
    reader: Reader, number: int, draft: Draft, title: str, now: datetime, *, with_name: bool
) -> Rich:
    at = now if draft.due_at is None else draft.due_at
    lines = [bold(f"{number}. {said_back(reader, at, now)}")]
    name = f" · {draft.author_name}" if with_name and draft.author_name else ""
    lines.append(inert(shown_title(reader.texts, title, LINE_TITLE_UNITS) + name))
    if draft.remark:
        words = " ".join(draft.remark.split())
        lines.append(inert(f"“{shorten(words, LINE_REMARK_UNITS)}”"))
    return plain("\n").join(lines)


def _scheduled_row(texts: Texts, number: int, draft: Draft, start: int) -> tuple[Button, ...]:
    return tuple(
        Button(
            texts(f"schedule.list.{what}", number=number),
            data=encode(HandleScheduled(start, draft.id, what)),
        )
        for what in ("now", "off")
    )


def _moves(texts: Texts, start: int, total: int) -> tuple[Button, ...]:
    before, after = start - SCHEDULED_A_PAGE, start + SCHEDULED_A_PAGE
    moves = []
    if before >= 0:
        data = encode(HandleScheduled(before, 0, "list"))
        moves.append(Button(texts("page.previous"), data=data))
    if after < total:
        data = encode(HandleScheduled(after, 0, "list"))
        moves.append(Button(texts("page.next"), data=data))
    return tuple(moves)
