"""What a button does, in the 1-64 bytes of its callback data (Bot API, InlineKeyboardButton).

`1c:42` is version 1, action `c`, post 42; `~k3x9` behind it names the attempt that sent the button.
Buttons carry the state that they lead to, so that a second press, or a late one, does no harm
(except for `Vote`, whose press is counted once).
What is forged, of an earlier version or broken decodes to None.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from bot.search.results import Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.models import ChatId, MenuId, MessageId, PostId

VERSION = "1"
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class OpenCard:
    """Send the card of a post."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show the card in place of the full text."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class ShowFull:
    """Show a page of the full text in place; 0 is the first."""

    post_id: PostId
    page: int


@dataclass(frozen=True, slots=True)
class LatestPage:
    """Show `size` posts from the `offset` newest on."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class TopPage:
    """Show what was liked most in one of the `PERIODS`."""

    period: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Show results from `offset` on; `exact` 1: as typed."""

    query_id: int
    order: Order
    exact: int
    offset: int


@dataclass(frozen=True, slots=True)
class Choose:
    """Set a setting of this chat to a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ShowLevel:
    """Show a level of a menu of settings, or with `done` what is set and no buttons."""

    menu_id: MenuId
    level: str


@dataclass(frozen=True, slots=True)
class SetTo:
    """Set a setting, or one `item` of it (a time, a word, a source), of a menu's room."""

    menu_id: MenuId
    name: str
    item: str
    value: str


@dataclass(frozen=True, slots=True)
class AskFor:
    """Ask for a setting of a menu's room, to be typed; `level` is the one that shows it."""

    menu_id: MenuId
    level: str


@dataclass(frozen=True, slots=True)
class ListRooms:
    """List the chats that whoever presses administers, from the `offset`th on; 0 is the first."""

    offset: int


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Show what is set in a chat that was chosen in private."""

    room_id: ChatId


@dataclass(frozen=True, slots=True)
class ChooseIn:
    """Set a setting of a chat that was chosen in private to a value."""

    room_id: ChatId
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Answer how posts are to come to a group: `how` is one of the `BEGINNINGS`.

    `since` is when the bot came, in seconds since 1970: an older greeting asks for nothing.
    """

    since: int
    how: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Serve a chat.

    `since` is when the bot came, in seconds since 1970: what is decided about now is not another
    time that it came, with another who brought it.
    """

    chat_id: ChatId
    since: int


@dataclass(frozen=True, slots=True)
class AllowPublishing:
    """Serve a channel that also publishes by its own messages (`yes` 1), or that does not (0)."""

    chat_id: ChatId
    yes: int
    since: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a chat that waits."""

    chat_id: ChatId
    since: int


@dataclass(frozen=True, slots=True)
class HandleSource:
    """Poll a source now (`what` is poll), or follow it no more (end).

    Or list what it brought quietly (quiet), or all sources again (list).
    """

    source_id: int
    what: str


@dataclass(frozen=True, slots=True)
class TakeEdits:
    """Take in the edits of a source that are held back since then, in seconds since 1970."""

    source_id: int
    since: int


@dataclass(frozen=True, slots=True)
class PushQuiet:
    """Push what a source brought quietly, up to the post `last`: what was listed, and no more."""

    source_id: int
    last: PostId


@dataclass(frozen=True, slots=True)
class TakeArchive:
    """Take in an archive file of SOURCES (`yes` 1), or leave it (0).

    `since` is when somebody was asked, in seconds since 1970: of a file that has become another one
    since then, nothing is said.
    """

    file_id: int
    since: int
    yes: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish a draft (`yes` 1) or drop it (0)."""

    draft_id: int
    yes: int


@dataclass(frozen=True, slots=True)
class PublishAll:
    """Publish the open drafts that one message named (`yes` 1), or drop them (0)."""

    batch: int
    yes: int


@dataclass(frozen=True, slots=True)
class Again:
    """Push a known post once more, with the words of a draft, if it has any."""

    post_id: PostId
    draft_id: int


@dataclass(frozen=True, slots=True)
class Reword:
    """Say the words of a draft about a known post, and push nothing."""

    post_id: PostId
    draft_id: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Bundle the posts that a message lists, for KakaoTalk; 0 and 0 are the message pressed."""

    chat_id: ChatId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class BundlePage:
    """Show a block of a bundle for KakaoTalk; 0 is the first.

    `what` is `today` or `week`, or `shown`: the posts that the message has already.
    """

    what: str
    page: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Publish a draft by itself at a moment, in seconds since 1970."""

    draft_id: int
    at: int


@dataclass(frozen=True, slots=True)
class AskWhen:
    """Ask when a draft is to be published, to be typed in a reply."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class Correct:
    """Show, in place, what can be corrected about a post that was published by hand."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class Reread:
    """Fetch the page of a post again, and take in what it says now."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class AskRemark:
    """Ask, by a message to reply to, what is to be said about a post."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Take a post down (`yes` 1), or ask whether to (0)."""

    post_id: PostId
    yes: int


@dataclass(frozen=True, slots=True)
class PutBack:
    """Bring back and push a post that was taken down, with the words of a draft (0: none)."""

    post_id: PostId
    draft_id: int


@dataclass(frozen=True, slots=True)
class CallOff:
    """Publish a draft only once somebody says so, and show it again."""

    draft_id: int


@dataclass(frozen=True, slots=True)
class HandleScheduled:
    """List what is scheduled, from the `offset`th on; first call a draft off, or publish it now.

    `what` is list, off or now; `draft_id` counts for the last two.
    """

    offset: int
    draft_id: int
    what: str


@dataclass(frozen=True, slots=True)
class About:
    """Say, to whoever presses, why a message came: `what` is one of `PUSHED`."""

    what: str


PUSHED = ("posts", "digest", "notice", "edition")
"""What comes unasked."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget all about whoever presses; `user_id` is who was asked."""

    user_id: int


@dataclass(frozen=True, slots=True)
class SetSynonym:
    """Make two names one (`yes` 1) or two again (0); they are kept as queries, by these numbers.

    `page` is the one that is shown then: the searches in vain (m), or the synonyms (s).
    """

    left_id: int
    right_id: int
    yes: int
    page: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Forget nothing after all; `user_id` is who was asked."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Vote:
    """Turn over the vote of whoever presses for one emoji, on the message that was pressed.

    The one button that leads to no state: all who see a card share it.
    """

    emoji: str


Action: TypeAlias = (
    OpenCard
    | ShowCard
    | ShowFull
    | LatestPage
    | TopPage
    | SearchPage
    | Choose
    | ShowLevel
    | SetTo
    | AskFor
    | ListRooms
    | OpenRoom
    | ChooseIn
    | Approve
    | AllowPublishing
    | Leave
    | HandleSource
    | TakeEdits
    | PushQuiet
    | TakeArchive
    | Publish
    | PublishAll
    | Again
    | Reword
    | Bundle
    | BundlePage
    | Schedule
    | AskWhen
    | CallOff
    | HandleScheduled
    | Correct
    | Reread
    | AskRemark
    | TakeDown
    | PutBack
    | About
    | Forget
    | SetSynonym
    | Begin
    | Remember
    | Vote
)

Opening: TypeAlias = ShowFull | LatestPage | TopPage | Bundle | BundlePage
"""What may be asked by a link into the private chat."""

_LETTERS: dict[str, type[Action]] = {
    "c": OpenCard,
    "b": ShowCard,
    "f": ShowFull,
    "l": LatestPage,
    "t": TopPage,
    "s": SearchPage,
    "k": Choose,
    "m": ShowLevel,
    "n": SetTo,
    "e": AskFor,
    "r": ListRooms,
    "d": OpenRoom,
    "y": ChooseIn,
    "a": Approve,
    "w": AllowPublishing,
    "x": Leave,
    "o": HandleSource,
    "h": TakeEdits,
    "q": PushQuiet,
    "I": TakeArchive,
    "p": Publish,
    "A": PublishAll,
    "P": Again,
    "R": Reword,
    "K": Bundle,
    "L": BundlePage,
    "S": Schedule,
    "T": AskWhen,
    "U": CallOff,
    "W": HandleScheduled,
    "D": Correct,
    "E": Reread,
    "F": AskRemark,
    "G": TakeDown,
    "H": PutBack,
    "i": About,
    "g": Forget,
    "z": SetSynonym,
    "j": Begin,
    "u": Remember,
    "v": Vote,
}
_NAMES = {kind: letter for letter, kind in _LETTERS.items()}
_ORDERS = {Order.BEST: "b", Order.NEWEST: "n"}


def encode(action: Action) -> str:
    """The callback data of an action; its values hold no `~`, and all but the last no `:`."""
    return ":".join([VERSION + _NAMES[type(action)], *map(_written, astuple(action))])


def decode(data: str) -> Action | None:
    """The action, or None where the data is not of this version's making."""
    body = data.partition("~")[0]
    head, _, rest = body.partition(":")
    kind = _LETTERS.get(head[1:]) if head[:1] == VERSION else None
    if kind is None:
        return None
    names = fields(kind)
    values = rest.split(":", len(names) - 1)
    if len(values) != len(names):
        return None
    read = [
        _READERS.get(str(one.type), _number)(value)
        for one, value in zip(names, values, strict=True)
    ]
    build: Callable[..., Action] = kind
    return None if None in read else build(*read)


def as_start(action: Opening) -> str:
    """What a link into the private chat carries of an action: `1f_42_0` (Bot API, deep linking).

    1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`, of which an opening action has no `_`.
    """
    return encode(action).replace(":", "_")


def from_start(text: str) -> Opening | None:
    """The action that a link into the private chat carries; None for other words."""
    action = decode(text.replace("_", ":"))
    return action if isinstance(action, Opening) else None


def with_attempt(data: str, token: str) -> str:
    """Callback data that also names the attempt to send it."""
    return f"{data.partition('~')[0]}~{token}"


def _written(value: str | int) -> str:
    return _ORDERS[value] if isinstance(value, Order) else str(value)


def _order(letter: str) -> Order | None:
    return next((order for order, known in _ORDERS.items() if known == letter), None)


def _number(value: str) -> int | None:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or abs(number := int(digits[:20])) > LARGEST:
        return None
    return -number if value.startswith("-") else number


_READERS: dict[str, Callable[[str], str | int | None]] = {"str": str, "Order": _order}
"""How a field is read, by the name of its type; the other types are numbers."""
