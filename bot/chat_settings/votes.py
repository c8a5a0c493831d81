"""Whether a chat's cards have buttons to vote by, and what is said of hidden reactions. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import Sight, VoteButtons

if TYPE_CHECKING:
    from storage.models import Chat


def is_blind(chat: Chat) -> bool:
    """Whether the bot is certainly not shown the reactions in a chat."""
    return chat.sight in {Sight.HIDDEN, Sight.TOLD}


def has_vote_buttons(chat: Chat) -> bool:
    """Whether cards carry vote buttons: as was chosen, or else where reactions are hidden."""
    if chat.settings.votes is VoteButtons.NEVER:
        return False
    return chat.settings.votes is VoteButtons.ALWAYS or is_blind(chat)


def blindness_key(chat: Chat) -> str:
    """The message that says that reactions are hidden, and what to do."""
    return "sight.hidden.votes" if has_vote_buttons(chat) else "sight.hidden"
