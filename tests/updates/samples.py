"""Raw updates as Telegram sends them, with the ids of made-up people."""

from __future__ import annotations

from typing import Any

GROUP = -1001
MEMBER = 42
DATE = 1_790_000_000


def person(user_id: int = MEMBER) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "민지"}


def message(
    text: str | None,
    *,
    chat_id: int = GROUP,
    message_id: int = 1,
    sender: int = MEMBER,
    **parts: object,
) -> dict[str, Any]:
    """A Message; `parts` are more of its fields."""
    kind = "private" if chat_id > 0 else "supergroup"
    body: dict[str, Any] = {
        "message_id": message_id,
        "date": DATE,
        "chat": {"id": chat_id, "type": kind},
        "from": person(sender),
        **parts,
    }
    return body if text is None else body | {"text": text}


def said(update_id: int, text: str, **parts: Any) -> dict[str, Any]:  # noqa: ANN401  # what `message` takes
    """A member wrote `text`."""
    return {"update_id": update_id, "message": message(text, **parts)}


def press(update_id: int, data: str, *, sender: int = MEMBER, **parts: Any) -> dict[str, Any]:  # noqa: ANN401  # likewise
    """A member pressed a button of ours."""
    return {
        "update_id": update_id,
        "callback_query": {
            "id": "1",
            "from": person(sender),
            "chat_instance": "1",
            "message": message("a card", sender=700, **parts),
            "data": data,
        },
    }


def reaction(
    update_id: int, *emoji: str, chat_id: int = GROUP, message_id: int = 1, user_id: int = MEMBER
) -> dict[str, Any]:
    """The set of emoji that a member has on a message now."""
    return {
        "update_id": update_id,
        "message_reaction": {
            "chat": {"id": chat_id, "type": "supergroup"},
            "message_id": message_id,
            "user": person(user_id),
            "date": DATE,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        },
    }
