"""What can be read off a raw update before anything is parsed, and what of it is kept. Pure.

An administrator bot is shown everybody's conversation. What no handler wants is reduced to its ids
and date before it is committed. The shapes are those of the Bot API's `Update`; nothing here fails
on another one, for an update that nobody understands must not hold up the rest of its batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.pages.page import PROMPT_MARK
from bot.text.remarks import remark_in
from storage.models import ChatId, MessageId

if TYPE_CHECKING:
    from collections.abc import Container

Raw: TypeAlias = dict[str, Any]

ALLOWED_UPDATES = (
    "message",
    "channel_post",
    "inline_query",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "message_reaction_count",
    "chat_member",
)
"""Named in each getUpdates: when they are left out, the previous setting stays."""

MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
ALWAYS = frozenset(ALLOWED_UPDATES) - {*MESSAGES, "chat_member"}
ADMINISTRATING = ("creator", "administrator")
"""Bot API, ChatMember.status, of those who may set a chat."""
SERVICE = ("migrate_to_chat_id", "migrate_from_chat_id")
NEEDLESS = ("pinned_message", "external_reply", "quote", "photo", "video")
"""Parts of a wanted message that no handler reads."""
REPLIED = ("message_id", "date", "chat", "from", "message_thread_id", "is_automatic_forward")
"""What is kept of a message that was replied to: a member wrote it, perhaps to somebody else."""
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is."""

    id: int
    username: str


def update_id_of(raw: object) -> int | None:
    """The update's id, or None where there is none that could be kept."""
    return id_of(part_of(raw, "update_id"))


def chat_id_of(raw: Raw) -> ChatId | None:
    """The chat whose order an update keeps; a person's own for inline queries."""
    for name, value in raw.items():
        if not isinstance(value, dict):
            continue
        holder = part_of(value, "message") if name == "callback_query" else value
        for place in (part_of(holder, "chat"), part_of(value, "from")):
            found = id_of(part_of(place, "id"))
            if found is not None:
                return ChatId(found)
    return None


def message_id_of(raw: Raw) -> MessageId | None:
    """The id of the message that somebody else brought into the chat with this update.

    A press or a reaction is about a message, often ours, and brings none.
    """
    found = id_of(part_of(_message_in(raw), "message_id"))
    return None if found is None else MessageId(found)


def _message_in(raw: Raw) -> object:
    """The message that an update is about; None for all that is none, a flood of reactions too."""
    return next((raw[kind] for kind in MESSAGES if kind in raw), None)


def replied_of(raw: Raw) -> tuple[ChatId, MessageId] | None:
    """The message that somebody replied to with this update, in the same chat."""
    message = _message_in(raw)
    replied = part_of(message, "reply_to_message")
    if replied is None:
        return None
    chat_id = id_of(part_of(part_of(message, "chat"), "id"))
    found = id_of(part_of(replied, "message_id"))
    if chat_id is None or found is None:
        return None
    return ChatId(chat_id), MessageId(found)


def pressed_message_id_of(raw: Raw) -> MessageId | None:
    """The id of the message whose button was pressed; None where there is none that could be."""
    found = id_of(part_of(part_of(part_of(raw, "callback_query"), "message"), "message_id"))
    return None if found is None else MessageId(found)


def is_wanted(raw: Raw, me: Identity, words: frozenset[str]) -> bool:
    """Whether a handler may want the update; `words` are all names of commands, in lower case."""
    if ALWAYS.intersection(raw):
        return True
    if "channel_post" in raw:
        return has_link(raw["channel_post"]) or _is_command(raw["channel_post"], me, words)
    if "chat_member" in raw:
        return _is_of_an_administrator(raw["chat_member"])
    message = raw.get("message")
    return isinstance(message, dict) and _is_wanted_message(message, me, words)


def _is_wanted_message(message: Raw, me: Identity, words: frozenset[str]) -> bool:
    if part_of(message.get("chat"), "type") == "private":
        return True
    if message.get("is_automatic_forward") or any(name in message for name in SERVICE):
        return True
    if part_of(message.get("via_bot"), "id") == me.id:
        return True
    return _is_command(message, me, words) or _answers_prompt(message, me) or is_remark(message, me)


def is_remark(message: Raw, me: Identity) -> bool:
    """Whether it replies to what may show a post, and says something about it.

    That is a message of ours, or what a channel posted: what members say to each other is theirs.
    """
    said, replied = message.get("text"), message.get("reply_to_message")
    is_ours = part_of(part_of(replied, "from"), "id") == me.id
    may_show = is_ours or part_of(replied, "is_automatic_forward") is True
    return may_show and isinstance(said, str) and remark_in(said) is not None


def _answers_prompt(message: Raw, me: Identity) -> bool:
    """Whether it replies to a message of ours that asks for words."""
    asked = message.get("reply_to_message")
    said = part_of(asked, "text")
    if part_of(part_of(asked, "from"), "id") != me.id or "text" not in message:
        return False
    return isinstance(said, str) and said.startswith(PROMPT_MARK)


def _is_command(message: object, me: Identity, words: frozenset[str]) -> bool:
    text = part_of(message, "text")
    return isinstance(text, str) and command_of(text, me, words) is not None


def _is_of_an_administrator(change: object) -> bool:
    """Whether a person becomes an administrator, or is one no more; all others come and go."""
    stands = [part_of(change, f"{age}_chat_member") for age in ("old", "new")]
    is_bot = part_of(part_of(stands[1], "user"), "is_bot") is True
    return not is_bot and any(part_of(one, "status") in ADMINISTRATING for one in stands)


def command_of(text: str, me: Identity, words: Container[str]) -> str | None:
    """The word in lower case of the command of ours that `text` begins with.

    None: it does not, or it is another bot's `/name@other`.
    """
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    name, at, bot = first[1:].partition("@")
    addressed = not at or bot.lower() == me.username.lower()
    is_ours = first.startswith("/") and addressed and name.lower() in words
    return name.lower() if is_ours else None


def has_link(message: object) -> bool:
    """Whether a message has an address.

    Telegram marks addresses, but not those of one's own machine or network.
    """
    said = part_of(message, "text") or part_of(message, "caption")
    if isinstance(said, str) and "://" in said:
        return True
    entities = part_of(message, "entities") or part_of(message, "caption_entities")
    return isinstance(entities, list) and any(
        part_of(one, "type") in ("url", "text_link") for one in entities
    )


def trimmed(raw: Raw) -> Raw:
    """A wanted update less what no handler reads; of a message replied to, ids and author."""
    kept = {kind: _trim(value) if kind in MESSAGES else value for kind, value in raw.items()}
    if isinstance(query := kept.get("callback_query"), dict) and "message" in query:
        kept["callback_query"] = query | {"message": _trim(query["message"])}
    return kept


def _trim(message: object) -> object:
    if not isinstance(message, dict):
        return message
    kept = {name: value for name, value in message.items() if name not in NEEDLESS}
    if "reply_to_message" in kept:
        is_private = part_of(kept.get("chat"), "type") == "private"
        kept["reply_to_message"] = _only_ids(kept["reply_to_message"], is_private=is_private)
    return kept


def _only_ids(message: object, *, is_private: bool) -> object:
    """Ids, date and author; in private also the channel that it was forwarded from."""
    if not isinstance(message, dict):
        return None
    kept = {name: message[name] for name in REPLIED if name in message}
    origin = message.get("forward_origin")
    if is_private and part_of(origin, "type") == "channel":
        kept["forward_origin"] = origin
    return kept


def part_of(holder: object, name: str) -> Any:  # noqa: ANN401  # whatever Telegram sent
    """A part of an update by its name; None where there is none."""
    return holder.get(name) if isinstance(holder, dict) else None


def id_of(value: object) -> int | None:
    """`value` where it is a whole number that a database takes; None for all else."""
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID
    return value if whole else None  # type: ignore[return-value]  # `whole` says that it is an int
