"""One message and its JSON (Bot API, "Message"; JsonMessage in telegram-bot-api/Client.cpp)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from bot.simulator.rules.keyboards import NO_MARKUP, Markup

if TYPE_CHECKING:
    from bot.simulator.chats import Chat, User
    from bot.simulator.reactions import Reaction

Content = dict[str, Any]
"""The fields of a message that say what it is: text and entities, photo and caption, or service."""


class MessageFields(TypedDict, total=False):
    """What a message may have besides its place, its time and its content."""

    sender: User | None
    sender_chat: Chat | None
    signature: str
    markup: Markup
    reply_to: Message | None
    via_bot: User | None
    origin: dict[str, Any] | None
    is_automatic_forward: bool
    is_service: bool
    is_ours: bool
    is_silent: bool
    inline_id: str


@dataclass(slots=True, eq=False)
class Message:
    """A message; `is_ours` when the simulated bot sent it, `is_known` when it may see it."""

    id: int
    chat: Chat
    date: int
    content: Content
    sender: User | None = None
    sender_chat: Chat | None = None
    signature: str = ""
    markup: Markup = NO_MARKUP
    reply_to: Message | None = None
    thread_id: int = 0
    is_topic: bool = False
    via_bot: User | None = None
    origin: dict[str, Any] | None = None
    is_automatic_forward: bool = False
    is_service: bool = False
    is_ours: bool = False
    is_known: bool = False
    is_deleted: bool = False
    is_silent: bool = False
    edit_date: int = 0
    revision: int = 0
    inline_id: str = ""
    forwards: list[Message] = field(default_factory=list)
    reactions: dict[int, tuple[Reaction, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Its text or caption."""
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        """The entities of its text or caption."""
        return list(self.content.get("entities") or self.content.get("caption_entities") or [])

    def json(self, *, with_reply: bool = True) -> dict[str, Any]:
        """The Message object; `reply_to_message` has no reply of its own."""
        answer = self._head()
        if with_reply and self.reply_to is not None and not self.reply_to.is_deleted:
            answer["reply_to_message"] = self.reply_to.json(with_reply=False)
        answer |= self.content
        if self.markup.rows:
            answer["reply_markup"] = {"inline_keyboard": self.markup.rows}
        if self.via_bot is not None:
            answer["via_bot"] = self.via_bot.json()
        if self.is_topic:
            answer["is_topic_message"] = True
        return answer

    def _head(self) -> dict[str, Any]:
        """Who, where, when."""
        answer: dict[str, Any] = {"message_id": self.id}
        if self.sender is not None:
            answer["from"] = self.sender.json()
        if self.signature:
            answer["author_signature"] = self.signature
        if self.sender_chat is not None:
            answer["sender_chat"] = self.sender_chat.json()
        answer |= {"chat": self.chat.json(), "date": self.date}
        if self.edit_date:
            answer["edit_date"] = self.edit_date
        if self.thread_id:
            answer["message_thread_id"] = self.thread_id
        if self.origin is not None:
            answer |= _origin_fields(self.origin)
        if self.is_automatic_forward:
            answer["is_automatic_forward"] = True
        return answer

    def inaccessible_json(self) -> dict[str, Any]:
        """The InaccessibleMessage object."""
        return {"message_id": self.id, "chat": self.chat.json(), "date": 0}

    def as_origin(self) -> dict[str, Any]:
        """The MessageOrigin of a forward of this message."""
        if self.origin is not None:
            return self.origin
        if self.chat.is_channel:
            origin = {"type": "channel", "chat": self.chat.json(), "message_id": self.id}
            if self.signature:
                origin["author_signature"] = self.signature
        elif self.sender_chat is not None:
            origin = {"type": "chat", "sender_chat": self.sender_chat.json()}
        else:
            origin = {"type": "user", "sender_user": self.sender.json() if self.sender else {}}
        return {**origin, "date": self.date}


def _origin_fields(origin: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"forward_origin": origin, "forward_date": origin["date"]}
    if "sender_user" in origin:
        fields["forward_from"] = origin["sender_user"]
    elif "sender_chat" in origin:
        fields["forward_from_chat"] = origin["sender_chat"]
    else:
        fields["forward_from_chat"] = origin["chat"]
        fields["forward_from_message_id"] = origin["message_id"]
    return fields
