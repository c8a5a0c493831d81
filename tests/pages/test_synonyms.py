from __future__ import annotations

import pytest

from bot.locales import get_texts, languages
from bot.pages.actions import SetSynonym, decode
from bot.pages.keyboards import inline_markup
from bot.pages.synonyms import MOST_ROWS, misses_page, synonyms_page
from bot.search.results import Miss, Synonym

KO = get_texts("ko")
PAIR = Synonym("김찌", "김치찌개")
KEYS = {"김찌": 7, "김치찌개": 8}


def test_a_miss_has_a_button_for_each_name_that_it_may_mean() -> None:
    page = misses_page(KO, [Miss("김찌", 3, (PAIR,)), Miss("쀍", 2)], KEYS)
    assert "• 김찌 (3)" in page.text.text
    assert "• 쀍 (2)" in page.text.text
    ((button,),) = page.keyboard
    assert button.label == "'김찌' = '김치찌개'"
    assert decode(button.data or "") == SetSynonym(7, 8, 1, "m")


def test_without_names_there_is_nothing_to_press() -> None:
    page = misses_page(KO, [Miss("쀍", 2)], {})
    assert page.keyboard == ()
    assert "눌러" not in page.text.text
    assert misses_page(KO, [], {}).text.text == KO("misses.none")


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(("yes", "key"), [(1, "synonym.added"), (0, "synonym.removed")])
def test_what_was_pressed_is_said_and_can_be_taken_back(lang: str, key: str, *, yes: int) -> None:
    texts = get_texts(lang)
    done = SetSynonym(7, 8, yes, "m")
    for page in (
        misses_page(texts, [], {}, done, PAIR),
        synonyms_page(texts, [], {}, done, PAIR),
    ):
        assert page.text.text.startswith(texts(key, left="김찌", right="김치찌개"))
        assert decode(page.keyboard[0][0].data or "") == SetSynonym(7, 8, 1 - yes, "m")


def test_synonyms_are_listed_with_buttons_that_take_them_back() -> None:
    page = synonyms_page(KO, [PAIR], KEYS)
    assert page.text.text.endswith("김찌 = 김치찌개")
    ((button,),) = page.keyboard
    assert decode(button.data or "") == SetSynonym(7, 8, 0, "s")
    assert synonyms_page(KO, [], {}).text.text == KO("synonym.none")


def test_a_page_takes_as_many_and_as_long_names_as_there_are() -> None:
    largest = 2**63 - 1
    long = Synonym("가" * 60, "👨‍👩‍👧‍👦" * 15)
    pages = (
        misses_page(
            KO,
            [Miss("가" * 300, 2, (long,) * 3)] * 20,
            dict.fromkeys((long.left, long.right), largest),
        ),
        synonyms_page(KO, [long] * 200, dict.fromkeys((long.left, long.right), largest)),
    )
    for page in pages:
        assert len(page.keyboard) == MOST_ROWS
        assert inline_markup(page.keyboard) is not None
