"""What an update wants of the bot, and who wants it, read off the raw update. Pure.

The shapes are those of the Bot API's `Update`; nothing here fails on another one. Who speaks as a
chat (an anonymous administrator, a channel) is that chat: Bot API, `Message.sender_chat`.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.chat_settings.room_names import parse_room
from bot.pages import actions
from bot.updates.raw import (
    SERVICE,
    chat_id_of,
    command_of,
    has_link,
    id_of,
    is_remark,
    part_of,
    pressed_message_id_of,
)
from bot.updates.turns import Ask, Crowd, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.updates.raw import Identity, Raw

PATIENCE = timedelta(minutes=5)
"""A question that was older when it came (after an outage) is not answered."""
GONE = ("left", "kicked")


class Weight(Enum):
    """What becomes of a command or a press where too many of one person wait."""

    QUESTION = "question"
    """Each is answered, or left out."""
    PAGE = "page"
    """Turns a page in place: on one message, only the last counts."""
    STATE = "state"
    """Sets something: only the last counts, and it is never left out."""
    DEED = "deed"
    """Each counts, and none is left out; the very same again is one with it."""
    TURN = "turn"
    """As a deed, but the very same again is another one: it takes the first back."""


PRESSES: Mapping[type[actions.Action], Weight] = {
    actions.OpenCard: Weight.QUESTION,
    actions.ShowCard: Weight.PAGE,
    actions.ShowFull: Weight.PAGE,
    actions.LatestPage: Weight.PAGE,
    actions.TopPage: Weight.PAGE,
    actions.SearchPage: Weight.PAGE,
    actions.Choose: Weight.STATE,
    actions.ShowLevel: Weight.PAGE,
    actions.SetTo: Weight.STATE,
    actions.AskFor: Weight.DEED,
    actions.ListRooms: Weight.PAGE,
    actions.OpenRoom: Weight.PAGE,
    actions.ChooseIn: Weight.STATE,
    actions.Approve: Weight.DEED,
    actions.AllowPublishing: Weight.DEED,
    actions.Leave: Weight.DEED,
    actions.HandleSource: Weight.DEED,
    actions.TakeEdits: Weight.DEED,
    actions.PushQuiet: Weight.DEED,
    actions.TakeArchive: Weight.DEED,
    actions.Publish: Weight.DEED,
    actions.PublishAll: Weight.DEED,
    actions.Again: Weight.DEED,
    actions.Reword: Weight.DEED,
    actions.Bundle: Weight.QUESTION,
    actions.BundlePage: Weight.PAGE,
    actions.Schedule: Weight.STATE,
    actions.AskWhen: Weight.DEED,
    actions.CallOff: Weight.DEED,
    actions.HandleScheduled: Weight.DEED,
    actions.Correct: Weight.PAGE,
    actions.Reread: Weight.DEED,
    actions.AskRemark: Weight.DEED,
    actions.TakeDown: Weight.DEED,
    actions.PutBack: Weight.DEED,
    actions.About: Weight.QUESTION,
    actions.Forget: Weight.DEED,
    actions.SetSynonym: Weight.DEED,
    actions.Begin: Weight.STATE,
    actions.Remember: Weight.DEED,
    actions.Vote: Weight.TURN,
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command that a word stands for, and what it weighs: a question, a state or a deed."""

    name: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The commands by their words in lower case, and whom they are addressed to."""

    me: Identity
    commands: Mapping[str, Spoken]

    def ask_of(self, raw: Raw, now: datetime) -> Ask:
        """What an update wants that came now."""
        message = part_of(raw, "message")
        if "inline_query" in raw:
            person = _sender(raw["inline_query"])
            return Ask(Place(person or 0, Crowd.INLINE), person, thing="query")
        if "callback_query" in raw:
            return _pressed(raw)
        if not isinstance(message, dict) or _is_event(message):
            return in_order(raw, now)
        return self._said(place_of(raw), message, now)

    def _said(self, place: Place, message: Raw, now: datetime) -> Ask:
        person, text = _sender(message), message.get("text")
        said = text if isinstance(text, str) else ""
        word = command_of(said, self.me, self.commands)
        if word is not None:
            return _commanded(self.commands[word], place, message, now)
        if place.crowd is Crowd.PRIVATE and has_link(message):  # an operator's is an offer
            link = ("link", said or str(message.get("caption")))
            return Ask(place, person, thing=link, question=link)
        if place.crowd is Crowd.PRIVATE and said and not is_remark(message, self.me):
            return Ask(place, person, is_question=True, question=said)
        if is_remark(message, self.me):
            remark = ("remark", id_of(part_of(message["reply_to_message"], "message_id")), said)
            return Ask(place, person, thing=remark, question=remark)
        replied = _replied_id(message, self.me)
        if said and replied is not None:  # to what a menu asked
            reply = ("reply", replied)
            return Ask(place, person, thing=reply, is_passing=True, question=(reply, said))
        return Ask(place, person, thing="unanswered", is_passing=True)


def _replied_id(message: Raw, me: Identity) -> int | None:
    """The id of our message that this one replies to."""
    replied = part_of(message, "reply_to_message")
    is_ours = part_of(part_of(replied, "from"), "id") == me.id
    return id_of(part_of(replied, "message_id")) if is_ours else None


def in_order(raw: Raw, _: datetime) -> Ask:
    """As if the chat itself wanted it: in its turn, and never left out.

    Of one person's changes to the bot's membership that are alike (it comes, it goes, or its rights
    change), only the last counts.
    """
    change = part_of(raw, "my_chat_member")
    if change is None:
        return Ask(place_of(raw))
    was_gone, is_gone = (_is_gone(part_of(change, f"{age}_chat_member")) for age in ("old", "new"))
    return Ask(place_of(raw), thing=("member", _sender(change), was_gone, is_gone))


def place_of(raw: Raw) -> Place:
    """The chat where an update is handled; groups and channels have negative ids."""
    return chat_place(chat_id_of(raw) or 0)


def chat_place(chat_id: int) -> Place:
    """The place that a chat is."""
    return Place(chat_id, Crowd.GROUP if chat_id < 0 else Crowd.PRIVATE)


def _pressed(raw: Raw) -> Ask:
    query, place = raw["callback_query"], place_of(raw)
    person, data = _sender(query), part_of(query, "data")
    action = actions.decode(data) if isinstance(data, str) else None
    weight = Weight.QUESTION if action is None else PRESSES[type(action)]
    if action is None or weight is Weight.QUESTION:
        return Ask(place, person, is_question=True, question=("press", str(data)))
    if weight is Weight.TURN:
        return Ask(place, person)
    if weight is Weight.PAGE:
        page = ("page", pressed_message_id_of(raw))
        return Ask(place, person, thing=page, is_passing=True, question=page)
    says = astuple(action)
    of = says[:-1] if weight is Weight.STATE else says  # what is set comes first, then its value
    return Ask(place, person, thing=(type(action), *of))


def _commanded(command: Spoken, place: Place, message: Raw, now: datetime) -> Ask:
    person, question = _sender(message), (command.name, *message["text"].split()[1:])
    if command.weight is Weight.QUESTION:
        return Ask(
            place, person, is_question=True, is_stale=_is_old(message, now), question=question
        )
    if command.weight is Weight.STATE:
        room, _ = parse_room(" ".join(question[1:]))  # in private, each chat has its own
        return Ask(place, person, thing=(command.name, room), question=question)
    return Ask(place, person, thing=question, question=question)


def _is_old(message: Raw, now: datetime) -> bool:
    sent_at = id_of(message.get("date"))
    return sent_at is not None and now.timestamp() - sent_at > PATIENCE.total_seconds()


def _sender(holder: object) -> int | None:
    found = id_of(part_of(part_of(holder, "sender_chat"), "id"))
    return found if found is not None else id_of(part_of(part_of(holder, "from"), "id"))


def _is_event(message: Raw) -> bool:
    return bool(message.get("is_automatic_forward")) or any(name in message for name in SERVICE)


def _is_gone(member: object) -> bool:
    status = part_of(member, "status")
    return status in GONE or (status == "restricted" and part_of(member, "is_member") is False)
