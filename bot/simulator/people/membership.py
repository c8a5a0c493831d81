"""People and the bot coming, going and getting rights, with what Telegram says about it.

Bot API, "ChatMemberUpdated", and the service fields of "Message" (new_chat_members,
left_chat_member, migrate_to_chat_id, migrate_from_chat_id). A bot gets `chat_member` only as an
administrator who asked for it (Bot API, "Update").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulator.chats import USUAL_RIGHTS, Chat, Member, User

if TYPE_CHECKING:
    from bot.simulator.messages import Message
    from bot.simulator.world import World


def set_member(world: World, chat: Chat, actor: User, new: Member) -> None:
    """Give somebody another standing and tell the bot as far as it may know."""
    user = new.user
    old = chat.member(user)
    chat.members[user.id] = new
    update: dict[str, Any] = {
        "chat": chat.json(),
        "from": actor.json(),
        "date": world.clock.date(),
        "old_chat_member": old.json(chat.kind),
        "new_chat_member": new.json(chat.kind),
    }
    if user is world.bot:
        world.updates.push("my_chat_member", update)
    elif world.me(chat).is_admin:
        world.updates.push("chat_member", update)
    world.tell("member", chat, user=user, status=new.status)


def join(world: World, chat: Chat, actor: User, member: Member) -> None:
    """Somebody comes, or is brought; groups say so with a service message."""
    was_present = chat.member(member.user).is_present
    set_member(world, chat, actor, member)
    if chat.is_group and not was_present:
        users = [member.user.json()]
        content = {"new_chat_member": users[0], "new_chat_members": users}
        world.post(chat, content, sender=actor, is_service=True)


def leave(world: World, chat: Chat, actor: User, user: User) -> None:
    """Somebody goes (`actor` is the user) or is removed; groups say so."""
    is_bot_itself = user is world.bot
    if chat.is_group and not is_bot_itself:
        _say_left(world, chat, actor, user)
    set_member(world, chat, actor, Member(user, "left" if actor is user else "kicked"))
    if chat.is_group and is_bot_itself:
        _say_left(world, chat, actor, user, is_own_leaving=True)


def migrate(world: World, old: Chat) -> Chat:
    """A basic group becomes a supergroup, which gets the members and a new id."""
    new = world.add_chat("supergroup", old.title)
    new.last_id = 0
    new.members = {
        user_id: Member(member.user, member.status, member.rights, member.is_anonymous)
        for user_id, member in old.members.items()
    }
    new.allows_writing = old.allows_writing
    actor = next((m.user for m in old.members.values() if m.status == "creator"), world.bot)
    world.post(old, {"migrate_to_chat_id": new.id}, sender=actor, is_service=True)
    world.post(
        new,
        {"migrate_from_chat_id": old.id},
        sender=world.anonymous_admin,
        sender_chat=new,
        is_service=True,
    )
    old.migrated_to = new
    return new


def block(world: World, user: User, *, blocked: bool) -> None:
    """Somebody blocks or unblocks the bot, which shows as `my_chat_member` in their chat."""
    chat = world.private_chat(user)
    old, new = Member(world.bot, "member"), Member(world.bot, "kicked")
    if not blocked:
        old, new = new, old
    user.blocked = blocked
    update = {
        "chat": chat.json(),
        "from": user.json(),
        "date": world.clock.date(),
        "old_chat_member": old.json(chat.kind),
        "new_chat_member": new.json(chat.kind),
    }
    world.updates.push("my_chat_member", update)
    world.tell("member", chat, user=user, status=new.status)


def administrator(user: User, rights: frozenset[str] | None = None) -> Member:
    """An administrator with the usual rights, or with those given."""
    return Member(user, "administrator", USUAL_RIGHTS if rights is None else rights)


def _say_left(
    world: World, chat: Chat, actor: User, user: User, *, is_own_leaving: bool = False
) -> None:
    content = {"left_chat_member": user.json()}
    message: Message = world.post(chat, content, sender=actor, is_service=True)
    if is_own_leaving and not message.is_known:
        # need_skip_update_message: the one message a bot still gets from a chat it was put out of
        world.updates.push("message", message.json())
