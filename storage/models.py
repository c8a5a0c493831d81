"""What goes into the database and what comes out: frozen values, no behaviour.

Times are aware datetimes in UTC. `New…` types go in, their namesakes come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ChatId = NewType("ChatId", int)
UserId = NewType("UserId", int)
ActorId = NewType("ActorId", int)
"""Who reacted: a user's id, or a chat's, which is negative: a channel that somebody speaks as, or
for anonymous administrators the group itself."""
MessageId = NewType("MessageId", int)
ThreadId = NewType("ThreadId", int)
PostId = NewType("PostId", int)
SourceId = NewType("SourceId", int)
OutboxId = NewType("OutboxId", int)
UpdateId = NewType("UpdateId", int)
MenuId = NewType("MenuId", int)


class SourceKind(StrEnum):
    """Where posts come from."""

    ARCHIVE = "archive"
    FEED = "feed"
    SLASHPAGE = "slashpage"
    HAND = "hand"


class NewestEnd(StrEnum):
    """Where in its answer a source puts what is new."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a source's earlier answers held: what is new is held against it."""

    filled_at: datetime | None = None
    """When it first gave entries."""
    oldest_at: datetime | None = None
    """The oldest date of those; None where they had none."""
    newest_end: NewestEnd | None = None
    """Where it has been seen to grow."""
    shown: int | None = None
    """How many entries its last answer had."""


@dataclass(frozen=True, slots=True)
class Source:
    """A blog, or a file, that posts come from, and how its last polls went."""

    id: SourceId
    address: str
    kind: SourceKind
    title: str
    tagline: str
    etag: str | None
    last_modified: str | None
    next_poll_at: datetime | None
    first_fetched_at: datetime | None
    last_fetched_at: datetime | None
    failures: int
    last_error: str | None
    error_told_at: datetime | None
    ended_at: datetime | None
    fetched_from: str | None
    """The feed's own address, where `address` is the site's or has moved for good."""
    baseline: Baseline = Baseline()
    reading: int = 0
    """The version of the parsers that read its last answer."""
    read_anew_at: datetime | None = None
    """From then on its answer is looked at even if it is the same."""
    held_at: datetime | None = None
    """Since when its edits are held back: they would have spoilt what was sent."""
    is_accepted: bool = False
    """An operator wants those edits all the same."""


@dataclass(frozen=True, slots=True)
class BlogCounts:
    """What the blog itself reports of a post; kept apart from what members gave here."""

    emoji: tuple[str, ...] = ()
    reactions: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an author has to say about a post, and the name that they say it under."""

    words: str
    name: str


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post as a source gives it. `body` is plain text in NFC; `html` what it was made of."""

    title: str
    body: str
    author: str = ""
    html: str | None = None
    link: str | None = None
    guid: str | None = None
    published_at: datetime | None = None
    position: int | None = None
    """Place in an archive file, 0 the newest."""
    cut: bool = False
    """The listing stopped in the middle of the text."""
    blog: BlogCounts = BlogCounts()


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the archive holds it."""

    id: PostId
    source_id: SourceId
    title: str
    author: str
    body: str
    html: str | None
    link: str | None
    guid: str | None
    published_at: datetime | None
    first_seen_at: datetime
    sort_at: datetime
    """Orders the archive: the date, or for an undated post one that keeps its place."""
    position: int | None
    cut: bool
    edited_at: datetime | None
    removed_at: datetime | None
    blog: BlogCounts
    remark: Remark | None = None
    publisher_id: int | None = None
    """Who published it by hand: a user's id."""
    taken_down_at: datetime | None = None
    """Since when somebody has it down; then it is removed, and no source brings it back."""


class ChatKind(StrEnum):
    """The Bot API's `Chat.type`."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class ChatState(StrEnum):
    """Whether a chat is served."""

    WAITING = "waiting"
    """The bot is in, and no operator has approved it."""
    HELD = "held"
    """Served by the rule of an older version; what comes for it is kept until an operator says."""
    SERVED = "served"
    LEFT = "left"
    """Kicked, blocked or gone; settings are kept for a return."""


class PushMode(StrEnum):
    """What comes to a chat by itself."""

    ON = "on"
    DIGEST = "digest"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes after local midnight; `start` may lie after `end` (22:00-08:00)."""

    start: int
    end: int


class Night(StrEnum):
    """What becomes of a push in quiet hours."""

    WAIT = "wait"
    """It comes when they are over."""
    SILENT = "silent"
    """It comes at once, without a sound."""


class Repeats(StrEnum):
    """How a digest shows posts that came to the chat as cards."""

    FULL = "full"
    """Like any other post."""
    BRIEF = "brief"
    """In a short line each, with a link to the card."""
    NONE = "none"
    """Not at all: only what was not pushed."""


class VoteButtons(StrEnum):
    """When cards carry buttons to vote by."""

    AUTO = "auto"
    """Where the bot cannot see reactions."""
    ALWAYS = "always"
    NEVER = "never"


class Sight(StrEnum):
    """Whether the bot is shown a chat's reactions: administrators are (Bot API, Update)."""

    UNKNOWN = "unknown"
    SEEN = "seen"
    HIDDEN = "hidden"
    TOLD = "told"
    """They are hidden, and the chat's administrators were told."""


@dataclass(frozen=True, slots=True)
class Edition:
    """When a weekly edition comes: the day, 0 Monday to 6 Sunday, and minutes after midnight."""

    day: int
    minute: int


class Period(StrEnum):
    """What an edition looks back on."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """The words that posts of one source must have, or must not, in place of the chat's own."""

    source_id: SourceId
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat's administrators chose."""

    language: str
    timezone: str
    push: PushMode
    quiet: QuietHours | None
    digest_times: tuple[int, ...]
    """Minutes after local midnight, ascending; empty: no digest."""
    digest_days: frozenset[int]
    """0 Monday to 6 Sunday."""
    thread_id: ThreadId | None
    """The topic that pushes and digests go to."""
    words: tuple[str, ...] = ()
    """`/filter`: only posts with one of these words come; empty: all."""
    without: tuple[str, ...] = ()
    """No post with one of these words comes."""
    source_filters: tuple[SourceFilter, ...] = ()
    """Sources with words of their own."""
    left_out: frozenset[SourceId] = frozenset()
    """Sources of which nothing comes."""
    night: Night = Night.WAIT
    repeats: Repeats = Repeats.FULL
    weekly: Edition | None = None
    monthly: int | None = None
    """Minutes after midnight on the first of the month at which its edition comes."""
    holidays: str | None = None
    """The country on whose public holidays no digest comes (ISO 3166-1); None: they come."""
    votes: VoteButtons = VoteButtons.AUTO
    silent: bool = False
    """What comes by itself makes no sound."""
    pin: bool = False
    """What comes by itself is pinned."""
    previews: bool = True
    """Cards show the preview of their link."""
    cleanup_minutes: int | None = None
    """After so many minutes an answer to one person is deleted; None: it stays."""
    full_here: bool = True
    """Full texts are shown in the room itself."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that the bot is, or was, in."""

    id: ChatId
    kind: ChatKind
    title: str
    state: ChatState
    can_write: bool
    is_forum: bool
    settings: ChatSettings
    joined_at: datetime
    """Posts seen before it are backlog, and never pushed."""
    digest_due_at: datetime | None
    last_digest_at: datetime | None
    may_publish: bool = False
    """An operator lets this channel publish by its own messages."""
    username: str | None = None
    """The public name of a group or channel, without `@`; None where it has none."""
    weekly_due_at: datetime | None = None
    monthly_due_at: datetime | None = None
    sight: Sight = Sight.UNKNOWN


@dataclass(frozen=True, slots=True)
class Taker:
    """What of a chat says whether and when a post is pushed to it: many are read at once."""

    id: ChatId
    state: ChatState
    settings: ChatSettings
    joined_at: datetime


class View(StrEnum):
    """How a message shows a post. Cards and full texts are ours to edit."""

    CARD = "card"
    FULL = "full"
    """A page of the post's text."""
    OWN = "own"
    """Somebody's message with the post's link, which the post takes as its own."""
    FORWARD = "forward"
    """The automatic forward of a channel's post to its discussion."""
    PROMPT = "prompt"
    """It asks for words about the post, to be replied to it."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that shows a post; `page` counts from 0 and is of a full text."""

    chat_id: ChatId
    message_id: MessageId
    post_id: PostId
    view: View
    page: int
    language: str
    sent_at: datetime
    refresh_at: datetime | None
    """When it is to be brought up to date."""


class ReactionSet(NamedTuple):
    """Every emoji that one actor has on one message now; an empty set is a withdrawal."""

    chat_id: ChatId
    message_id: MessageId
    actor_id: ActorId
    emoji: frozenset[str]
    changed_at: datetime
    update_id: UpdateId


@dataclass(frozen=True, slots=True)
class VotePress:
    """A person pressed the button of an emoji under a card: it turns their vote over."""

    chat_id: ChatId
    message_id: MessageId
    actor_id: ActorId
    emoji: str
    pressed_at: datetime
    update_id: UpdateId


@dataclass(frozen=True, slots=True)
class ReactionTotals:
    """Counts without users: channels and automatic forwards."""

    chat_id: ChatId
    message_id: MessageId
    counts: tuple[tuple[str, int], ...]
    changed_at: datetime
    update_id: UpdateId


@dataclass(frozen=True, slots=True)
class Given:
    """What members gave a post here: emoji by count, and how many people."""

    emoji: tuple[tuple[str, int], ...] = ()
    members: int = 0
    channels: int = 0
    """How many channels besides, with emoji that are not counted: one person can have thirty."""


class OutboxState(StrEnum):
    """`pending -> sending -> sent | pending (later) | failed | unknown | resent_unproven`.

    From `failed` and `dropped` back to `pending`, where an operator has it tried again.

    From `resent_unproven`, once the first one was seen: `sent`, with one of the two; or `doubled`.

    From `pending` also `merged`: it went as part of another; and `dropped`: nobody wants it any
    more, because the chat was left, the setting changed, or the post was removed.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RESENT_UNPROVEN = "resent_unproven"
    """It went once more, and nobody has seen the first one."""
    DOUBLED = "doubled"
    """Both were seen, and neither could be taken back."""
    MERGED = "merged"
    DROPPED = "dropped"


class OutboxKind(StrEnum):
    """What a push is; those of one kind keep their order in a chat."""

    POST = "post"
    DIGEST = "digest"
    NOTICE = "notice"
    EDITION = "edition"


@dataclass(frozen=True, slots=True)
class PostPush:
    """New posts: the card of one, or a list of several."""

    posts: tuple[PostId, ...]


@dataclass(frozen=True, slots=True)
class DigestPush:
    """A digest: what is new, the oldest first, and what was liked most."""

    new: tuple[PostId, ...]
    liked: tuple[PostId, ...]
    brief: tuple[PostId, ...] = ()
    """What came to the chat as cards, for a short line each."""
    passed: tuple[PostId, ...] = ()
    """What is not said, and not taken up by the next one: it came as a card a moment ago."""


@dataclass(frozen=True, slots=True)
class EditionPush:
    """What a week or a month was like: what was liked most here, what is new, one from earlier."""

    period: Period
    best: tuple[tuple[PostId, int], ...]
    """Each with how many people of the chat reacted to it, the most first."""
    new: tuple[PostId, ...]
    """The oldest first."""
    above: int = 0
    """How many new posts are left out, because a digest lists them right above."""
    earlier: tuple[PostId, int] | None = None
    """A post of the same days so many years ago."""


@dataclass(frozen=True, slots=True)
class NoticePush:
    """A message of the catalogue: `key` with `values`; about the chat `chat_id`, if any."""

    key: str
    values: Mapping[str, object]
    chat_id: ChatId | None = None


@dataclass(frozen=True, slots=True)
class UnreadablePush:
    """What this version cannot read, as it is kept: a later one queued it, or it is damaged."""

    kind: str
    payload: str


Push: TypeAlias = PostPush | DigestPush | NoticePush | EditionPush
"""What to render: ids, never rendered text."""


@dataclass(frozen=True, slots=True)
class GivenBy:
    """How many emoji somebody gave by reactions and votes."""

    posts: int
    """On messages that show a post."""
    others: int
    """On lists, digests and all else, of which it is forgotten soon."""


@dataclass(frozen=True, slots=True)
class NewOutboxRow:
    """A push to be made once: unique on (chat, kind, item)."""

    chat_id: ChatId
    item: str
    push: Push
    not_before: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A push and how far it came."""

    id: OutboxId
    chat_id: ChatId
    item: str
    push: Push | UnreadablePush
    state: OutboxState
    not_before: datetime
    attempts: int
    token: str | None
    """Names this attempt in its keyboard's callback data."""
    message_id: MessageId | None
    error: str | None
    created_at: datetime
    changed_at: datetime
    doubts: int
    """How many attempts may have arrived without a proof."""


@dataclass(frozen=True, slots=True)
class Came:
    """How a post came to a chat by itself, or is to come."""

    at: datetime
    """When it came; where it waits, when it may come."""
    message_id: MessageId | None
    """The message that shows it; None where that is not known, or not there yet."""


@dataclass(frozen=True, slots=True)
class Overnight:
    """What waits for the end of a chat's quiet hours: how many posts, and when the first may go."""

    chat_id: ChatId
    posts: int
    until: datetime


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A message that leaves now, and what will prove that it arrived."""

    token: str
    """Names the attempt in its buttons' data."""
    chat_id: ChatId
    keyboard: str
    """The reply markup in Telegram's JSON; empty where it had none."""
    text_digest: str
    outbox_id: OutboxId | None = None
    """None: an answer to a member."""
    post_id: PostId | None = None
    """The post whose card it is."""
    language: str = ""
    update_id: UpdateId | None = None
    """The update that it answers; None: a push."""


@dataclass(frozen=True, slots=True)
class Attempt(NewAttempt):
    """An attempt that may have arrived, or did."""

    begun_at: datetime = field(kw_only=True)
    last_id: MessageId | None = field(kw_only=True)
    """Its own is above this one; None where nothing of ours is known there."""
    message_id: MessageId | None = field(kw_only=True)
    """Once it was found."""
    is_touched: bool = field(kw_only=True)
    """Somebody pressed a button of it or replied."""
    calls: int = field(kw_only=True)
    """How often Telegram was asked about it."""


@dataclass(frozen=True, slots=True)
class Cleanup:
    """An answer that is deleted at `due_at`, and the command that it answers, if that goes too."""

    chat_id: ChatId
    message_id: MessageId
    asked_id: MessageId | None
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Pin:
    """A message that is to be pinned in a chat, and the one that the bot pinned before."""

    chat_id: ChatId
    wanted_id: MessageId
    pinned_id: MessageId | None
    tried_id: MessageId | None = None
    """The one that was to be pinned last: it may be, where nobody heard what came of it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did that is not done twice, and that they may not have been told of."""

    update_id: UpdateId
    chat_id: ChatId
    person_id: int
    """A user, or the chat that they speak as."""
    command: str
    """Its name; empty for a button."""
    done_at: datetime
    is_done: bool
    """Whether what it changes is changed; otherwise it may be."""
    is_kept: bool = True
    """Whether it is written down; what whoever is forgotten did is told in this run alone."""


class InboxRow(NamedTuple):
    """A raw update that no handler has finished.

    A tuple, like `ReactionSet`: these come in floods, and a tuple is made in a third of the time.
    """

    update_id: UpdateId
    chat_id: ChatId | None
    message_id: MessageId | None
    received_at: datetime
    body: str
    """JSON, as Telegram sent it; empty where nobody here wants more than the ids and the date."""


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A page that an author named, to be published once they say so."""

    link: str
    entry: str
    """What was read there, in JSON."""
    author_id: int | None
    """A user; None in drafts of older versions."""
    author_name: str
    chat_id: ChatId | None
    """Where they were asked."""
    remark: str = ""
    batch: UpdateId | None = None
    """The update that named several pages, which may be published together."""


@dataclass(frozen=True, slots=True)
class Draft(NewDraft):
    """A draft that is neither published nor dropped."""

    id: int = field(kw_only=True)
    due_at: datetime | None = field(kw_only=True)
    """When it is published by itself."""
    prompt_id: MessageId | None = field(kw_only=True)
    """The message that asks when; a reply to it says so."""


@dataclass(frozen=True, slots=True)
class NewMenu:
    """A menu of a room's settings, as it is opened."""

    room_id: ChatId
    """Whose settings it shows."""
    place_id: ChatId
    """The chat in which it stands."""
    opener_id: int
    """A user; for anonymous administrators, the chat that they speak as."""
    opened_at: datetime
    asked_id: MessageId | None = None
    """Their message that it answers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a menu asked for, to be typed."""

    what: str
    """The setting, in the words of its level."""
    message_id: MessageId
    """The message that shows the menu."""
    prompt_id: MessageId
    """The message that asks: words that reply to it count."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Menu(NewMenu):
    """A menu that stands in a chat."""

    id: MenuId = field(kw_only=True)
    asked: Asked | None = field(kw_only=True)
    """None: it waits for no words."""
