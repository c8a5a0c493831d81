from __future__ import annotations

from dataclasses import replace
from math import log

import pytest

from bot.search.matching import Form, Term
from bot.search.query import parse_query
from bot.search.rank import Ranked, Weighted, rank, weigh
from bot.search.terms import build_terms
from storage.models import PostId
from storage.search import FoundText


def text(title: str, body: str, *, at: int = 0, reactions: int = 0) -> FoundText:
    return FoundText(PostId(abs(hash((title, body))) % 1000), title, body, at, reactions)


def ranked(query: str, *texts: FoundText) -> list[Ranked]:
    terms = build_terms(parse_query(query).words)
    return rank(texts, [Weighted(term, weigh(term, 1, 10)) for term in terms])


def titles(query: str, *texts: FoundText) -> list[str]:
    return [one.found.title for one in ranked(query, *texts)]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("검색", text("검색 이야기", ""), text("이야기", "검색")),
        ("검색", text("가", "검색 검색"), text("나", "검색 또")),
        ("검색", text("가", "검색"), text("나", "재검색")),
        ("검색", text("가", "검색"), text("나", "검색" + "다른 말 " * 1000)),
        ("검색 시장", text("가", "검색 시장"), text("나", "시장 그리고 검색")),
        ("검색 시장", text("검색 시장", ""), text("검색과 시장", "")),
        ("검색 시장", text("가", "검색 시장"), text("검색", "검색 검색")),
        ("검색", text("검색", ""), text("오늘의 긴 제목에 있는 검색", "")),
        (
            "검색 시장",
            text("검색을 오래 하던 사람이 바라보는 먼 곳의 시장", ""),
            text("가", "검색 말 시장 말 " * 30),
        ),
        ("검색", text("가", "검색 검색 " + "말 " * 700), text("나", "검색 검색 " + "말 " * 4000)),
        ("검색", text("가", "검색 검색 " + "말 " * 700), text("나", "검색 " + "말 " * 700)),
        ("검색", text("가", "검색", at=2), text("나", "검색", at=1)),
        ("검색", text("가", "검색", reactions=50), text("나", "검색")),
        ("칩", text("가", "칩을"), text("나", "칩셋")),
        ("칩", text("가", "칩셋"), text("나", "반도체칩")),
        ("배우는 방법", text("가", "배우는 방법"), text("나", "배우는")),
        ("이유", text("가", "이유를 " + "말 " * 1400), text("이유식", "이유식 이유식")),
        ("아이", text("가", "아이들에게는"), text("아이맥스에서 본 영화", "")),
        ("검색 엔진", text("검색엔진", ""), text("검색 이야기", "엔진")),
    ],
)
def test_the_better_answer_comes_first(query: str, better: FoundText, worse: FoundText) -> None:
    assert titles(query, worse, better) == [better.title, worse.title]


def test_up_to_the_usual_length_a_long_text_counts_the_same() -> None:
    short, usual = text("가", "검색"), text("나", "검색 " + "말 " * 500)
    assert len({one.score for one in ranked("검색", short, usual)}) == 1


def test_what_has_no_word_of_the_query_is_left_out() -> None:
    assert ranked("검색", text("가", "나")) == []
    assert ranked("검색") == []


def test_a_post_without_every_required_word_is_not_complete() -> None:
    (one,) = ranked("검색 시장", text("검색", ""))
    assert not one.complete
    assert 0 < one.share < 1
    (other,) = ranked("배우는 방법", text("배우는", ""))
    assert other.complete


def test_the_same_post_repeated_without_end_counts_only_so_often() -> None:
    assert titles("검색", text("가", "검색 " * 5000)) == ["가"]


def test_rare_words_weigh_more_than_common_ones() -> None:
    (term,) = build_terms(parse_query("검색").words)
    assert weigh(term, 1, 100) > weigh(term, 90, 100) >= 0.1
    assert weigh(term, 0, 100) < weigh(term, 1, 100)
    assert weigh(term, 0, 0) == 1.0


# -- the rules, number by number -------------------------------------------------------------------


def term(*spellings: str, required: bool = True, worth: float = 1.0, guessed: bool = False) -> Term:
    """One thing asked for, in spellings of which each is worth the same."""
    forms = tuple(Form(one, worth, tokens=((one,),), guessed=guessed) for one in spellings)
    return Term(spellings[0], forms, required)


def quoted(phrase: str) -> Term:
    (form,) = term(phrase).forms
    return Term(phrase, (replace(form, literal=True),))


SEARCH, MARKET, CHIP = term("검색"), term("시장"), term("칩")
LONG = "검색" + " 말" * 1199
"""2,400 characters: twice the usual length."""
INNER_ONCE = 0.3 * (0.7 + 0.35 / 1.95)
COMPOUND = (2 * (0.7 + 0.6 / 2.2) + 3 * (0.7 + 0.35 / 1.95)) / 5
CHIP_ONCE = 0.3 * (0.7 + 0.05 / 1.65)
EACH_PLACE = 3 * (2.2 * 0.6 + 1 / 2.6 + 0.6 * 2 / 3 + 1.2)
"""검색 in a title as 검색창, and once in the text."""
TWO_SPELLINGS = term("검색", "찾기", worth=0.5)
THREE_SPELLINGS = term("검색", "찾기", "조회")


@pytest.mark.parametrize(
    ("asked", "title", "body", "earned", "share"),
    [
        # A title earns 2.2 times the weight, a text 1.0 times n / (n + 1.6) of it. A title with the
        # query in it earns 0.6 of its share that was asked for, and 1.2, or 2.4 if it is all.
        ([(SEARCH, 3)], "검색", "", 3 * (2.2 + 0.6 + 2.4), 1),
        ([(SEARCH, 3)], "검 색", "", 3 * (2.2 + 0.6 + 2.4), 1),
        ([(SEARCH, 3)], "이야기 검색", "", 3 * (2.2 + 0.6 * 2 / 5 + 1.2), 1),
        ([(SEARCH, 3)], "검색 검색", "", 3 * (2.2 + 0.6 * 2 / 4 + 1.2), 1),
        ([(SEARCH, 3)], "이야기 검색", "검색", 3 * (2.2 + 1 / 2.6 + 0.6 * 2 / 5 + 1.2), 1),
        ([(SEARCH, 1)], "", "검색", 1 / 2.6, 1),
        ([(SEARCH, 3)], "가", "검색 또 검색", 3 * 2 / 3.6, 1),
        # Only 24 places count.
        ([(SEARCH, 3)], "가", "검색 " * 24, 3 * 24 / 25.6, 1),
        ([(SEARCH, 3)], "가", "검색 " * 30, 3 * 24 / 25.6, 1),
        # Twice the usual length stretches the 1.6 by 0.35; one and a half times, by half of that.
        ([(SEARCH, 3)], "가", LONG, 3 / (1 + 1.6 * 1.35), 1),
        ([(SEARCH, 3)], "가", LONG[:1800], 3 / (1 + 1.6 * 1.175), 1),
        ([(SEARCH, 3)], "가", LONG[:1200], 3 / 2.6, 1),
        # Inside a word it counts 0.35, and covers 0.3 of what it would: 0.7 and what it is worth in
        # a text. The share that is covered counts to the power of 2.5.
        ([(SEARCH, 3)], "가", "재검색", 3 * 0.35 / 1.95 * INNER_ONCE**2.5, INNER_ONCE),
        ([(SEARCH, 3)], "가", "재검색 재검색", 3 * 0.7 / 2.3 * 0.3**2.5, 0.3),
        ([(SEARCH, 3)], "재검색", "", 3 * (2.2 * 0.35 + 0.6 * 2 / 3 + 1.2) * 0.3**2.5, 0.3),
        # Where it opens a longer word it counts 0.6, and covers 0.35; particles leave it whole.
        ([(SEARCH, 3)], "가", "검색창 검색창", 3 * 1.2 / 2.8 * 0.35**2.5, 0.35),
        ([(SEARCH, 3)], "검색창", "", 3 * (2.2 * 0.6 + 0.6 * 2 / 3 + 1.2) * 0.35**2.5, 0.35),
        ([(SEARCH, 3)], "검색창", "검색", EACH_PLACE, 1),
        ([(SEARCH, 3)], "가", "검색에서만 검색하는", 3 * 2 / 3.6, 1),
        # A guess at what the word may stand for covers 0.3.
        ([(term("검색", guessed=True), 3)], "가", "검색 검색", 3 * 2 / 3.6 * 0.3**2.5, 0.3),
        # A single syllable counts where it is a whole word, particles aside; where it opens one,
        # 0.35; inside, 0.05. It is no whole query.
        ([(CHIP, 3)], "가", "칩을", 3 / 2.6, 1),
        ([(CHIP, 3)], "가", "칩셋 칩셋", 3 * 0.7 / 2.3 * 0.35**2.5, 0.35),
        ([(CHIP, 3)], "가", "반도체칩", 3 * 0.05 / 1.65 * CHIP_ONCE**2.5, CHIP_ONCE),
        ([(CHIP, 3)], "칩", "", 3 * (2.2 + 0.6), 1),
        ([(CHIP, 3)], "칩 값", "", 3 * (2.2 + 0.6 / 2), 1),
        # A spelling is worth its weight, and each of several takes away of what lacks; the longest
        # counts for the share of the title.
        ([(TWO_SPELLINGS, 3)], "찾기 끝", "", 3 * (2.2 * 0.5 + 0.6 * 2 / 3), 1),
        ([(TWO_SPELLINGS, 3)], "찾기 검색", "", 3 * (2.2 * 0.75 + 0.6 * 2 / 4 + 1.2), 1),
        ([(TWO_SPELLINGS, 3)], "가", "찾기 검색", 3 / 2.6, 1),
        ([(term("검색", "검색엔진"), 3)], "검색엔진 값", "", 3 * (2.2 + 0.6 * 4 / 5 + 1.2), 1),
        # A phrase keeps its spaces.
        ([(quoted("검색 시장"), 3)], "가", "검색 시장", 3 / 2.6, 1),
        # Two words: side by side they earn 0.9 of the lesser weight, in the title twice that.
        ([(SEARCH, 2), (MARKET, 3)], "가", "시장 또 검색", 5 / 2.6, 1),
        ([(SEARCH, 2), (MARKET, 3)], "가", "검색 시장", 5 / 2.6 + 0.9 * 2, 1),
        ([(SEARCH, 2), (MARKET, 3)], "검색 시장", "", 5 * (2.2 + 0.6 + 2.4) + 2 * 0.9 * 2, 1),
        ([(SEARCH, 2), (MARKET, 3)], "검색 또 시장", "", 5 * (2.2 + 0.6 * 4 / 5), 1),
        ([(SEARCH, 5), (MARKET, 3)], "가", "검색 시장", 8 / 2.6 + 0.9 * 3, 1),
        # What names the same place twice is no more than the title.
        (
            [(SEARCH, 2), (term("색"), 3)],
            "검색",
            "",
            (2 * 2.2 + 3 * 2.2 * 0.05 + 5 * 0.6) * 0.58**2.5,
            0.58,
        ),
        # Side by side in one compound, both are what was meant.
        (
            [(SEARCH, 2), (term("엔진"), 3)],
            "가",
            "검색엔진",
            (2 * 0.6 / 2.2 + 3 * 0.35 / 1.95 + 0.9 * 2) * COMPOUND**2.5,
            COMPOUND,
        ),
        # The first two spellings of each may stand side by side.
        (
            [(THREE_SPELLINGS, 2), (MARKET, 3)],
            "가",
            "찾기 시장",
            2 / 2.6 + 3 / 2.6 + 0.9 * 2,
            1,
        ),
        ([(THREE_SPELLINGS, 2), (MARKET, 3)], "가", "조회 시장", 5 / 2.6, 1),
        ([(MARKET, 3), (THREE_SPELLINGS, 2)], "가", "시장 찾기", 5 / 2.6 + 0.9 * 2, 1),
        ([(MARKET, 3), (THREE_SPELLINGS, 2)], "가", "시장 조회", 5 / 2.6, 1),
        (
            [(THREE_SPELLINGS, 2), (MARKET, 3)],
            "찾기 시장",
            "",
            5 * (2.2 + 0.6) + 2 * 0.9 * 2,
            1,
        ),
        # One of two words, which weighs 2 of 5.
        ([(SEARCH, 2), (MARKET, 3)], "가", "검색", 2 / 2.6 * 0.4**2.5, 0.4),
        (
            [(SEARCH, 2), (MARKET, 3)],
            "검색 끝",
            "",
            (2 * 2.2 + 5 * 0.6 * 2 / 3) * 0.4**2.5,
            0.4,
        ),
        # A word that is not required covers its weight, wherever it is.
        ([(term("방법", required=False), 3)], "가", "새방법", 1.05 / 1.95 * 0.3**2.5, 0.3),
    ],
)
def test_a_post_earns_what_the_rules_say(
    asked: list[tuple[Term, float]], title: str, body: str, earned: float, share: float
) -> None:
    """Alone, it is also the newest, which is half of the 0.15 that decide between equals."""
    (one,) = rank([text(title, body)], [Weighted(*each) for each in asked])
    assert one.score == pytest.approx(earned + 0.15 * 0.5, rel=1e-12)
    assert one.share >= share - 1e-12


def test_recency_and_reactions_are_worth_half_of_the_tie_each() -> None:
    """From the newest to the oldest it falls evenly; five reactions are half of what many are."""
    found = {
        one.found.sort_at: one.score - 1 / 2.6
        for one in rank(
            [
                text("가", "검색", at=100),
                text("나", "검색", at=175, reactions=10),
                text("다", "검색", at=200, reactions=5),
            ],
            [Weighted(SEARCH, 1)],
        )
    }
    assert found == {
        100: pytest.approx(0, abs=1e-12),
        175: pytest.approx(0.15 * (0.5 * 0.75 + 0.5 * (1 - 1 / 3)), rel=1e-9),
        200: pytest.approx(0.15 * (0.5 + 0.5 * 0.5), rel=1e-9),
    }


def test_a_second_is_a_difference() -> None:
    newer, older = rank([text("가", "검색", at=1), text("나", "검색", at=2)], [Weighted(SEARCH, 1)])
    assert newer.score - older.score == pytest.approx(0.15 * 0.5, rel=1e-9)


@pytest.mark.parametrize(
    ("matching", "posts", "weight"),
    [
        (3, 20, log(1 + 17.5 / 3.5)),
        (1, 2, log(1 + 1.5 / 1.5)),
        (0, 20, log(1 + 17.5 / 3.5)),  # as if 15 % had it
        (0, 7, log(1 + 5.5 / 2.5)),  # 1.05 of 7, rounded up
        (20, 20, 0.1),
        (0, 0, 1.0),
    ],
)
def test_a_word_weighs_by_how_many_posts_have_it(matching: int, posts: int, weight: float) -> None:
    assert weigh(SEARCH, matching, posts) == pytest.approx(weight, rel=1e-12)
    optional = replace(SEARCH, required=False)
    assert weigh(optional, matching, posts) == pytest.approx(weight / 4, rel=1e-12)


def test_what_was_not_ranked_lacks_nothing_of_the_query() -> None:
    """The newest posts are listed without a query, and none of them is a partial answer."""
    assert Ranked(text("가", ""), 0.0, complete=True).share == 1
