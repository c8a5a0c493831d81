"""Where cards carry buttons to vote by."""

from __future__ import annotations

import pytest

from bot.chat_settings.votes import blindness_key, has_vote_buttons, is_blind
from storage.models import Sight, VoteButtons
from tests.storage.rows import chat


@pytest.mark.parametrize("sight", Sight)
@pytest.mark.parametrize("votes", VoteButtons)
def test_buttons_are_there_as_was_chosen_or_where_reactions_are_hidden(
    votes: VoteButtons, sight: Sight
) -> None:
    one = chat(-1, votes=votes, sight=sight)
    is_hidden = sight in {Sight.HIDDEN, Sight.TOLD}
    assert is_blind(one) is is_hidden
    chosen = {VoteButtons.ALWAYS: True, VoteButtons.NEVER: False}
    assert has_vote_buttons(one) is chosen.get(votes, is_hidden)


def test_buttons_are_promised_where_they_are() -> None:
    hidden = chat(-1, sight=Sight.HIDDEN)
    assert blindness_key(hidden) == "sight.hidden.votes"
    never = chat(-1, sight=Sight.HIDDEN, votes=VoteButtons.NEVER)
    assert blindness_key(never) == "sight.hidden"
