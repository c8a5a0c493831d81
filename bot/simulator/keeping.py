"""The world as JSON's types and back, so that it goes on after the process has ended.

Messages are written one by one, because most of them never change again; everything else is small.
What only waits within the process (presses that nobody answered yet, faults, who watches) is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.chats import Chat, Member, Topic, User
from bot.simulator.messages import Message
from bot.simulator.reactions import Reaction
from bot.simulator.rules.keyboards import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulator.world import World

_USER_FIELDS = ("username", "is_bot", "started", "blocked", "deactivated")
_CHAT_FIELDS = (
    "kind",
    "username",
    "is_forum",
    "is_deleted",
    "is_signed",
    "allows_writing",
    "refuses_writing",
    "slow_mode_seconds",
    "last_bot_id",
    "last_id",
)
_CHAT_LINKS = ("linked", "discussion", "migrated_to")
_MESSAGE_FIELDS = (
    "id",
    "date",
    "content",
    "signature",
    "thread_id",
    "is_topic",
    "origin",
    "is_automatic_forward",
    "is_service",
    "is_ours",
    "is_known",
    "is_deleted",
    "is_silent",
    "edit_date",
    "revision",
    "inline_id",
)


def world_state(world: World) -> dict[str, Any]:
    """Everything but the messages and the files."""
    return {
        "at": world.clock.now(),
        "users": [_user_state(user) for user in world.users.values()],
        "chats": [_chat_state(chat) for chat in world.chats.values()],
        "counters": world.counters(),
        "queries": world.queries.next_id,
        "updates": world.updates.state(),
        "commands": world.commands.state(),
        "profile": [(*key, text) for key, text in world.profile.items()],
    }


def message_state(message: Message) -> dict[str, Any]:
    """One message; others are named by chat and id."""
    return {
        **{name: getattr(message, name) for name in _MESSAGE_FIELDS},
        "sender": message.sender.id if message.sender is not None else None,
        "sender_chat": message.sender_chat.id if message.sender_chat is not None else None,
        "via_bot": message.via_bot.id if message.via_bot is not None else None,
        "markup": [message.markup.rows, message.markup.other],
        "reply_to": _place(message.reply_to) if message.reply_to is not None else None,
        "forwards": [_place(copy) for copy in message.forwards],
        "reactions": [
            (actor, [(one.kind, one.value) for one in given])
            for actor, given in message.reactions.items()
        ],
    }


def restore_world(
    world: World, state: dict[str, Any], messages: Iterable[tuple[int, dict[str, Any]]]
) -> None:
    """Make a world be as it was; who and what is in it already stays the same object.

    `messages` are pairs of a chat's id and a state, in the order of ids. The clock stays as it is.
    """
    for user in state["users"]:
        _restore_user(world, user)
    for chat in state["chats"]:
        _restore_chat(world, chat)
    for chat in state["chats"]:
        for name in _CHAT_LINKS:
            other = chat[name]
            setattr(world.chats[chat["id"]], name, None if other is None else world.chats[other])
    _restore_messages(world, list(messages))
    world.count_from(state["counters"])
    world.queries.count_from(state["queries"])
    world.updates.restore(state["updates"])
    world.commands.restore(state["commands"])
    world.profile = {(kind, language): text for kind, language, text in state["profile"]}


def _user_state(user: User) -> dict[str, Any]:
    fields = {name: getattr(user, name) for name in _USER_FIELDS}
    return {"id": user.id, "name": user.first_name, "language": user.language, **fields}


def _restore_user(world: World, state: dict[str, Any]) -> None:
    user = world.users.setdefault(state["id"], User(state["id"], state["name"]))
    for name in _USER_FIELDS:
        setattr(user, name, state[name])
    user.speaks(state["language"])


def _chat_state(chat: Chat) -> dict[str, Any]:
    links = ((name, getattr(chat, name)) for name in _CHAT_LINKS)
    return {
        "id": chat.id,
        "title": chat.title,
        **{name: getattr(chat, name) for name in _CHAT_FIELDS},
        **{name: None if other is None else other.id for name, other in links},
        "user": chat.user.id if chat.user is not None else None,
        "members": [
            (one.user.id, one.status, sorted(one.rights), one.is_anonymous, one.can_write)
            for one in chat.members.values()
        ],
        "topics": [
            (topic.id, topic.name, topic.is_closed, topic.is_deleted)
            for topic in chat.topics.values()
        ],
        "pinned": chat.pinned,
    }


def _restore_chat(world: World, state: dict[str, Any]) -> None:
    known = world.chats.get(state["id"])
    chat = known or Chat(state["id"], state["kind"], state["title"])
    world.chats[chat.id] = chat
    for name in _CHAT_FIELDS:
        setattr(chat, name, state[name])
    chat.renamed(state["title"])
    chat.user = None if state["user"] is None else world.users[state["user"]]
    chat.members = {
        user_id: Member(world.users[user_id], status, frozenset(rights), is_anonymous, can_write)
        for user_id, status, rights, is_anonymous, can_write in state["members"]
    }
    chat.topics = {values[0]: Topic(*values) for values in state["topics"]}
    chat.pinned = list(state["pinned"])
    chat.messages, chat.unread = {}, []


def _restore_messages(world: World, states: list[tuple[int, dict[str, Any]]]) -> None:
    for chat_id, state in states:
        message = _message(world, world.chats[chat_id], state)
        message.chat.messages[message.id] = message
        if message.inline_id:
            world.inline_messages[message.inline_id] = message
    for chat_id, state in states:
        message = world.chats[chat_id].messages[state["id"]]
        message.reply_to = _find(world, state["reply_to"])
        copies = (_find(world, place) for place in state["forwards"])
        message.forwards = [copy for copy in copies if copy is not None]


def _message(world: World, chat: Chat, state: dict[str, Any]) -> Message:
    rows, other = state["markup"]
    sender, via_bot = state["sender"], state["via_bot"]
    return Message(
        chat=chat,
        **{name: state[name] for name in _MESSAGE_FIELDS},
        sender=None if sender is None else world.users[sender],
        sender_chat=None if state["sender_chat"] is None else world.chats[state["sender_chat"]],
        via_bot=None if via_bot is None else world.users[via_bot],
        markup=Markup(rows, other),
        reactions={
            actor: tuple(Reaction(kind, value) for kind, value in given)
            for actor, given in state["reactions"]
        },
    )


def _place(message: Message) -> tuple[int, int]:
    return message.chat.id, message.id


def _find(world: World, place: list[int] | None) -> Message | None:
    if place is None or place[0] not in world.chats:
        return None
    return world.chats[place[0]].messages.get(place[1])
