from __future__ import annotations

import pytest

from bot.search.guesses import guess_typo
from bot.search.inner_slips import mend_inside
from tests.search.lexicon import FakeLexicon

LEXICON = FakeLexicon(
    texts=("신생아중환자실에서 일한다", "국민연금공단", "병원 중환자실", "환자실")
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("중환쟈실", "중환자실"),
        ("중한자실", "중환자실"),
        ("민연굼공", "민연금공"),
        ("국민영금공단", "국민연금공단"),
        ("중환자실", None),
        ("중환실실", None),
        ("환쟈실", None),
        ("abcd", None),
        ("가나다라", None),
    ],
)
def test_a_slip_in_a_part_of_a_compound_is_mended_by_the_texts(
    typed: str, meant: str | None
) -> None:
    assert mend_inside(typed, LEXICON) == meant


def test_it_is_a_slip_like_others() -> None:
    guess = guess_typo("중환쟈실", LEXICON)
    assert guess is not None
    assert guess.text == "중환자실"
