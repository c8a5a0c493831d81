"""Posts as plain text to be pasted into KakaoTalk, in blocks that a tap copies whole. Pure.

KakaoTalk has no bots for rooms. Telegram copies a `pre` entity whole at a tap; the text to copy of
a button stops at 256 units (Bot API, CopyTextButton).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.pages.actions import Bundle, BundlePage, LatestPage, encode
from bot.pages.cards import TITLE_UNITS, quoted, short_address, shown_title
from bot.pages.page import Button, Page
from bot.pages.periods import parse_period
from bot.text.characters import clean_line, utf16_length
from bot.text.rich import Kind, Rich, plain
from storage.models import ChatId, MessageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.locales import Texts
    from bot.pages.cards import Reader
    from bot.pages.page import Keyboard
    from storage.models import Post

MOST_BUNDLED = 100
"""Posts in a bundle of a day or a week: the newest."""
BLOCK_UNITS = 1_000
ADDRESS_UNITS = 700
"""Leaves room in a block of its own for a title of TITLE_UNITS and something to say."""
BETWEEN = "\n\n"
_QUOTES, _BREAKS = utf16_length("“”"), 2
TODAY, WEEK, SHOWN = "today", "week", "shown"
"""What a bundle is of: since midnight, of seven days, or what its own message has already."""
_PERIODS = {TODAY: TODAY, WEEK: WEEK, "thisweek": WEEK}
_LATEST = 5
_OF_THIS_MESSAGE = Bundle(ChatId(0), MessageId(0))


def parse_bundled(texts: Texts, typed: str) -> str | None:
    """TODAY (for nothing, too) or WEEK, as somebody typed it in either language; or None."""
    return _PERIODS.get(parse_period(texts, typed) or "") if typed.strip() else TODAY


def bundle_rows(texts: Texts) -> Keyboard:
    """The button under a list that bundles the posts of its message."""
    return ((Button(texts("button.bundle"), data=encode(_OF_THIS_MESSAGE)),),)


def bundle_page(reader: Reader, posts: Sequence[Post], number: int) -> Page:
    """Block `number` of a bundle, the nearest that there is; 0 is the first.

    `posts` are one or more. All of them are kept as what the message lists, with these numbers.
    """
    blocks = kakao_blocks(reader, posts)
    number = max(0, min(number, len(blocks) - 1))
    texts = reader.texts
    key = "kakao.head" if len(posts) < MOST_BUNDLED else "kakao.head.newest"
    head = [texts.count(key, len(posts))]
    if len(blocks) > 1:
        head.append(texts("page.place", page=number + 1, pages=len(blocks)))
    text = plain(" · ".join(head) + "\n") + Rich(blocks[number]).styled(Kind.PRE)
    moves = []
    if number > 0:
        moves.append(_turn(texts("page.previous"), number - 1))
    if number < len(blocks) - 1:
        moves.append(_turn(texts("page.next"), number + 1))
    ids = tuple(post.id for post in posts)
    return Page(text, (tuple(moves),) if moves else (), items=ids)


def no_bundle_page(texts: Texts, period: str) -> Page:
    """There was nothing in that period; a longer one is offered, or the newest posts."""
    if period == TODAY:
        button = Button(texts("kakao.week"), data=encode(BundlePage(WEEK, 0)))
    else:
        button = Button(texts("search.latest"), data=encode(LatestPage(0, _LATEST)))
    return Page(plain(texts(f"kakao.none.{period}")), ((button,),))


def kakao_blocks(reader: Reader, posts: Iterable[Post]) -> list[str]:
    """The posts, numbered and in order, in texts of at most BLOCK_UNITS UTF-16 units."""
    blocks: list[str] = []
    for number, post in enumerate(posts, 1):
        entry = _entry(reader, number, post)
        longer = blocks[-1] + BETWEEN + entry if blocks else ""
        if longer and utf16_length(longer) <= BLOCK_UNITS:
            blocks[-1] = longer
        else:
            blocks.append(entry)
    return blocks


def _entry(reader: Reader, number: int, post: Post) -> str:
    """Title, what its author has to say, and the link, a line each."""
    address = short_address(post.link, ADDRESS_UNITS) or reader.post_link(post)
    title = f"{number}. {shown_title(reader.texts, post.title, TITLE_UNITS)}"
    lines = [title, address]
    if post.remark is not None and clean_line(post.remark.words):
        room = BLOCK_UNITS - utf16_length(title) - utf16_length(address) - _BREAKS - _QUOTES
        lines.insert(1, quoted(post.remark, room))
    return "\n".join(lines)


def _turn(label: str, number: int) -> Button:
    return Button(label, data=encode(BundlePage(SHOWN, number)))
