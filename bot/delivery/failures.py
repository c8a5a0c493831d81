"""What became of a call to Telegram, as values that need no Telegram to be understood. Pure.

- Failure
  - NotSent: it never left, or was refused for now; the same call may be made again
  - Ambiguous: it may have been carried out, or may be yet
  - Throttled: the chat is over its limit
  - CannotWrite: the chat does not take our messages (any more)
  - Migrated: the group is a supergroup now, under another id
  - ThreadGone, BadFormat, TooLong: the call has to be made differently
  - NotModified: an edit changed nothing, which is a success
  - EditTargetGone, CannotEdit: an edit had nothing to act on
  - NoLiveLocation: a message of ours had none to stop, which tells that it is ours
  - QueryTooOld: nobody waits for this answer any more
  - TokenRejected, AnotherInstance: the operator has to act
  - Other: none of these; making the same call again would fail the same way
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from storage.models import ChatId


TOPIC_CLOSED = "topic closed"
"""Why nothing can be written where the topic that stands for the whole group is closed."""


class Loss(StrEnum):
    """Why a chat cannot be written to."""

    KICKED = "kicked"
    """The bot is no member (any more): the chat is left until the bot is added again."""
    BLOCKED = "blocked"
    """The person stopped the bot, or never started it."""
    GONE = "gone"
    """The chat or the account does not exist any more."""
    FORBIDDEN = "forbidden"
    """The bot is in, without the right to write: it may be given back at any time."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not carried out, for a passing reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The request left, and no answer that could be trusted came back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Refused for flooding; the chat takes nothing for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CannotWrite:
    """The chat does not take our messages."""

    loss: Loss
    reason: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group became the supergroup `chat_id`."""

    chat_id: ChatId


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """The topic was deleted, or closed to whom may not manage it."""

    is_deleted: bool = True


@dataclass(frozen=True, slots=True)
class NotModified:
    """The message already looks like this."""


@dataclass(frozen=True, slots=True)
class EditTargetGone:
    """There is no such message for us."""


@dataclass(frozen=True, slots=True)
class CannotEdit:
    """The message is another's, too old, or of a kind that takes no edit."""


@dataclass(frozen=True, slots=True)
class NoLiveLocation:
    """A message that is ours to edit, and no live location."""


@dataclass(frozen=True, slots=True)
class QueryTooOld:
    """A callback or inline query that nobody waits for any more."""


@dataclass(frozen=True, slots=True)
class BadFormat:
    """The entities, the link preview or the keyboard were refused; plain text would pass."""

    reason: str
    is_of_buttons: bool = field(default=False, repr=False)
    """The words are as Telegram wants them."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """More text than a message holds."""


@dataclass(frozen=True, slots=True)
class TokenRejected:
    """Telegram does not know the bot's token."""


@dataclass(frozen=True, slots=True)
class AnotherInstance:
    """Another instance, or a webhook, takes the updates."""


@dataclass(frozen=True, slots=True)
class Other:
    """A refusal that a repetition would not change."""

    reason: str


Failure: TypeAlias = (
    NotSent
    | Ambiguous
    | Throttled
    | CannotWrite
    | Migrated
    | ThreadGone
    | NotModified
    | EditTargetGone
    | CannotEdit
    | NoLiveLocation
    | QueryTooOld
    | BadFormat
    | TooLong
    | TokenRejected
    | AnotherInstance
    | Other
)


REFUSED = (BadFormat, TooLong, Other)
"""The program's fault, or news of Telegram's: nobody in the chat can do anything about it."""


class DeliveryError(Exception):
    """A message could not be sent or edited; `failure` says how it stands."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class CalledOffError(Exception):
    """By the time of its turn, the message was not to be sent, or edited, any more."""
