"""Users, chats, topics and membership: the state and its JSON.

Bot API, "User", "Chat", "ChatFullInfo", "ChatMember"; the fields written are those of JsonUser,
JsonChat and JsonChatMember in telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.simulator.messages import Message

Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

ANONYMOUS_ADMIN_ID = 1087968824
"""GroupAnonymousBot, the `from` of anonymous administrators (Bot API, "Message")."""
CHANNEL_SENDER_ID = 136817688
"""Channel_Bot, the `from` of messages sent as a channel (likewise)."""
SERVICE_ID = 777000
"""Telegram, the `from` of automatic forwards to discussion groups (likewise)."""

COMMON_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",  # newer than Bot API 10.0; aiogram 3.31 requires it
)
RIGHTS: dict[str, tuple[str, ...]] = {
    "group": (*COMMON_RIGHTS, "can_pin_messages", "can_manage_tags"),
    "supergroup": (*COMMON_RIGHTS, "can_pin_messages", "can_manage_topics", "can_manage_tags"),
    "channel": (
        *COMMON_RIGHTS,
        "can_post_messages",
        "can_edit_messages",
        "can_manage_direct_messages",
    ),
}
USUAL_RIGHTS = frozenset({"can_manage_chat", "can_delete_messages", "can_post_messages"})
"""What a bot that asks for little is given."""

_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)
_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True, eq=False)
class User:
    """A person or a bot; `started` and `blocked` are its relation to the simulated bot."""

    id: int
    first_name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    _json: dict[str, Any] | None = None

    def speaks(self, language: str) -> None:
        """Set their app to another language."""
        self.language = language
        self._json = None

    def json(self) -> dict[str, Any]:
        """The User object; shared, do not change it."""
        if self._json is None:
            self._json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
            if self.username:
                self._json["username"] = self.username
            if self.language:
                self._json["language_code"] = self.language
        return self._json


@dataclass(slots=True, eq=False)
class Member:
    """One user's standing in one chat."""

    user: User
    status: Status = "member"
    rights: frozenset[str] = frozenset()
    is_anonymous: bool = False
    can_write: bool = True

    @property
    def is_admin(self) -> bool:
        """Whether it administers the chat."""
        return self.status in {"creator", "administrator"}

    @property
    def is_present(self) -> bool:
        """Whether it is in the chat."""
        return self.status not in {"left", "kicked"}

    def may(self, right: str) -> bool:
        """Whether it has a right of administrators."""
        return self.status == "creator" or (self.is_admin and right in self.rights)

    def json(self, kind: str) -> dict[str, Any]:
        """The ChatMember object in a chat of that kind."""
        answer: dict[str, Any] = {"user": self.user.json(), "status": self.status}
        if self.status == "creator":
            answer["is_anonymous"] = self.is_anonymous
        elif self.status == "administrator":
            answer["can_be_edited"] = False
            answer |= {right: right in self.rights for right in RIGHTS.get(kind, COMMON_RIGHTS)}
            answer["is_anonymous"] = self.is_anonymous
        elif self.status == "restricted":
            answer |= dict.fromkeys(_PERMISSIONS, self.can_write)
            answer |= {"until_date": 0, "is_member": True, "can_edit_tag": False}
        elif self.status == "kicked":
            answer["until_date"] = 0
        return answer


@dataclass(slots=True, eq=False)
class Topic:
    """A forum topic; its id is the id of the message that created it."""

    id: int
    name: str
    is_closed: bool = False
    is_deleted: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A chat with its messages by id, in order; `unread` are the bot's that no test took yet."""

    id: int
    kind: Kind
    title: str
    username: str = ""
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    unread: list[Message] = field(default_factory=list)
    linked: Chat | None = None
    discussion: Chat | None = None
    user: User | None = None
    migrated_to: Chat | None = None
    is_deleted: bool = False
    is_signed: bool = False
    allows_writing: bool = True
    refuses_writing: bool = False
    slow_mode_seconds: int = 0
    last_bot_id: int = 0
    last_id: int = 0
    _json: dict[str, Any] | None = None

    @property
    def is_channel(self) -> bool:
        """Whether it is a broadcast channel."""
        return self.kind == "channel"

    @property
    def is_group(self) -> bool:
        """Whether it is a basic group or a supergroup."""
        return self.kind in {"group", "supergroup"}

    def member(self, user: User) -> Member:
        """The user's standing here; one who was never here has left."""
        return self.members.get(user.id) or Member(user, "left")

    def renamed(self, title: str) -> None:
        """Take another title."""
        self.title = title
        self._json = None

    def json(self) -> dict[str, Any]:
        """The Chat object; shared, do not change it."""
        if self._json is None:
            self._json = self._short()
        return self._json

    def _short(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id}
        if self.user is not None:
            answer["first_name"] = self.user.first_name
            if self.user.username:
                answer["username"] = self.user.username
        else:
            answer["title"] = self.title
            if self.username:
                answer["username"] = self.username
        if self.is_forum:
            answer["is_forum"] = True
        answer["type"] = self.kind
        if self.kind == "group":
            answer["all_members_are_administrators"] = False
        return answer

    def full_json(self) -> dict[str, Any]:
        """The ChatFullInfo object."""
        answer = {**self.json(), "accepted_gift_types": _GIFTS}
        if self.username:
            answer["active_usernames"] = [self.username]
        if self.is_group:
            answer["permissions"] = {
                name: self.allows_writing or not name.startswith("can_send")
                for name in (*_PERMISSIONS, "can_edit_tag")
            }
        if self.slow_mode_seconds:
            answer["slow_mode_delay"] = self.slow_mode_seconds
        other = self.discussion or self.linked
        if other is not None:
            answer["linked_chat_id"] = other.id
        if self.pinned:
            pinned = self.messages[self.pinned[-1]]
            answer["pinned_message"] = pinned.json(with_reply=False)
        return answer | {"max_reaction_count": 11, "accent_color_id": 0}
