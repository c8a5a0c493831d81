"""What the page is told: chats, messages, people, calls, the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.brought import is_card
from bot.simulator.chats import Chat
from bot.simulator.people.cards import Card

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.demo.community import Community
    from bot.demo.stage import Stage
    from bot.simulator.api.calls import Call
    from bot.simulator.chats import User
    from bot.simulator.messages import Message
    from bot.simulator.world import World

PAGE_SIZE = 40
"""Messages of a chat given at once."""
_KINDS_OF_MEDIA = ("photo", "document")
_SERVICE_KINDS = (
    "forum_topic_created",
    "new_chat_member",
    "left_chat_member",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)
_SNIPPET = 120
_LONGEST_SHOWN = 4000


def world_view(stage: Stage) -> dict[str, Any]:
    """All that a page needs to begin."""
    world = stage.sim.world
    return {
        "kind": "world",
        "bot": _user_view(world.bot),
        "personas": personas_view(stage.community),
        "chats": [chat_view(chat) for chat in _chats(stage)],
        "pages": {str(chat.id): page_view(world, chat, before=0) for chat in _chats(stage)},
        "calls": [call_view(call) for call in list(stage.sim.calls)[-PAGE_SIZE:]],
        "stage": stage_view(stage),
    }


def personas_view(community: Community) -> list[dict[str, Any]]:
    """Those whom one can be, in order; `key` names them in orders."""
    return [
        {
            "key": str(number),
            "name": persona.person.name,
            "names": {"ko": persona.names[0], "en": persona.names[-1]},
            "user": persona.person.id,
            "anonymous": persona.is_anonymous,
            "language": persona.language,
            "operator": persona.person is community.operator,
            "author": persona.person is community.author,
        }
        for number, persona in enumerate(community.personas)
    ]


def chat_view(chat: Chat) -> dict[str, Any]:
    """A chat without its messages."""
    present = [member for member in chat.members.values() if member.is_present]
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "username": chat.username,
        "forum": chat.is_forum,
        "user": chat.user.id if chat.user is not None else 0,
        "started": chat.user.started if chat.user is not None else True,
        "topics": [{"id": topic.id, "name": topic.name} for topic in chat.topics.values()],
        "members": {str(member.user.id): member.status for member in present},
        "linked": (chat.discussion or chat.linked or chat).id,
    }


def page_view(world: World, chat: Chat, *, before: int, limit: int = PAGE_SIZE) -> dict[str, Any]:
    """The newest messages older than the id `before` (0: the newest of all), oldest first."""
    found: list[Message] = []
    for message in reversed(chat.messages.values()):
        if message.is_deleted or (before and message.id >= before):
            continue
        if len(found) == limit:
            return _page(world, found, more=True)
        found.append(message)
    return _page(world, found, more=False)


def message_view(world: World, message: Message) -> dict[str, Any]:
    """A message as everybody in its chat sees it; who reacted only where Telegram shows it."""
    origin = message.origin
    return {
        "chat": message.chat.id,
        "id": message.id,
        "at": message.date,
        "edited": bool(message.edit_date),
        "revision": message.revision,
        "from": _sender_view(message),
        "ours": message.is_ours,
        "text": message.text,
        "entities": message.entities,
        "preview": message.content.get("link_preview_options") or {},
        "media": _media_view(world, message),
        "rows": _rows_view(world, message),
        "reply": _reply_view(message.reply_to),
        "topic": message.thread_id if message.is_topic else 0,
        "via": message.via_bot.username if message.via_bot is not None else "",
        "forward": _origin_name(origin) if origin is not None else "",
        "card": is_card(world, message),
        "automatic": message.is_automatic_forward,
        "service": _service_view(message),
        "reactions": _reactions_view(world, message),
    }


def call_view(call: Call) -> dict[str, Any]:
    """One call of the bot for the log; long values are cut."""
    return {
        "at": call.at,
        "method": call.method,
        "chat": call.chat_id,
        "status": call.status,
        "parameters": {name: _cut(value) for name, value in call.parameters.items()},
        "answer": _cut(call.answer),
    }


def stage_view(stage: Stage) -> dict[str, Any]:
    """The bot's process, the clock, Telegram's trouble and the blog."""
    bot = stage.bot
    state = "stopped" if not bot.is_running else "running" if stage.is_awake else "starting"
    return {
        "kind": "stage",
        "bot": {"state": state, "number": bot.number, "ends": stage.ends[-1:]},
        "now": stage.sim.clock.now(),
        "offset": stage.offset_seconds,
        "trouble": stage.troubles.now,
        "trouble_seconds": stage.troubles.seconds_left,
        "blog": stage.blog.address,
        "blog_title": stage.blog.title,
        "posts": _posts_view(stage),
    }


def _posts_view(stage: Stage) -> list[dict[str, Any]]:
    """The blog's posts, with how often the bot brought each to each chat."""
    rooms = [place.room for place in stage.community.places if place.room is not None]
    brought = {str(room.id): stage.brought.counts(room.chat) for room in rooms}
    return [
        {
            "number": post.number,
            "title": post.title,
            "text": post.text,
            "copies": {
                chat: counts[address] for chat, counts in brought.items() if counts[address]
            },
        }
        for post in stage.blog.posts.values()
        for address in [stage.blog.address_of(post.number)]
    ]


def _chats(stage: Stage) -> Iterable[Chat]:
    return [chat for chat in stage.sim.world.chats.values() if not chat.is_deleted]


def _page(world: World, newest_first: list[Message], *, more: bool) -> dict[str, Any]:
    shown = [message_view(world, message) for message in reversed(newest_first)]
    return {"messages": shown, "more": more}


def _user_view(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.first_name, "username": user.username}


def _sender_view(message: Message) -> dict[str, Any]:
    if message.sender_chat is not None:
        chat = message.sender_chat
        return {"id": chat.id, "name": chat.title, "bot": False, "signature": message.signature}
    user = message.sender
    if user is None:
        return {"id": message.chat.id, "name": message.chat.title, "bot": message.is_ours}
    return {"id": user.id, "name": user.first_name, "bot": user.is_bot}


def _media_view(world: World, message: Message) -> dict[str, Any] | None:
    for kind in _KINDS_OF_MEDIA:
        value = message.content.get(kind)
        if value:
            file = value[-1] if isinstance(value, list) else value
            known = file["file_id"] in world.files
            name = file.get("file_name", "")
            return {"kind": kind, "file": file["file_id"] if known else "", "name": name}
    return None


def _rows_view(world: World, message: Message) -> list[list[dict[str, Any]]]:
    return [
        [
            {"label": one.label, "kind": one.kind, "value": one.value, "style": one.style}
            for one in row
        ]
        for row in Card(world, message).rows
    ]


def _reply_view(answered: Message | None) -> dict[str, Any] | None:
    if answered is None or answered.is_deleted or answered.is_service:
        return None
    return {
        "id": answered.id,
        "name": _sender_view(answered)["name"],
        "text": answered.text[:_SNIPPET],
    }


def _origin_name(origin: dict[str, Any]) -> str:
    if "sender_user" in origin:
        return str(origin["sender_user"].get("first_name", ""))
    chat = origin.get("chat") or origin.get("sender_chat") or {}
    return str(chat.get("title", ""))


def _service_view(message: Message) -> dict[str, str] | None:
    if not message.is_service:
        return None
    for kind in _SERVICE_KINDS:
        value = message.content.get(kind)
        if value:
            named = value if isinstance(value, dict) else {}
            return {"kind": kind, "name": str(named.get("name") or named.get("first_name") or "")}
    return {"kind": "other", "name": ""}


def _reactions_view(world: World, message: Message) -> list[dict[str, Any]]:
    actors: dict[str, list[int]] = {}
    for actor, reactions in message.reactions.items():
        for reaction in reactions:
            actors.setdefault(str(reaction), []).append(actor)
    is_open = not (message.chat.is_channel or message.is_automatic_forward)
    return [
        {"emoji": emoji, "by": by, "names": [_name(world, one) for one in by] if is_open else []}
        for emoji, by in actors.items()
    ]


def _name(world: World, actor: int) -> str:
    known = world.chats.get(actor) if actor < 0 else world.users.get(actor)
    if known is None:
        return ""
    return known.title if isinstance(known, Chat) else known.first_name


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return value[:_LONGEST_SHOWN] + "…"
    return value if isinstance(value, str | int | float | bool | dict | list) else str(value)
