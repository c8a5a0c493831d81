from __future__ import annotations

import pytest

from bot.search.guesses import guess_shortened
from bot.search.results import RepairKind
from bot.search.shortened import read_short
from tests.search.lexicon import FakeLexicon

TITLES = ("국민연금 고지서", "코드 리뷰는 시험이 아니다", "국토종합계획 이야기")
TEXTS = ("데이터 센터를 지었다", "데이터 센터의 전기", "어느 원격 근무", "데이터 조직의 센티미터")
LEXICON = FakeLexicon(
    *("국민", "국민연금", "연금", "코드", "리뷰", "데이터", "센터", "원격", "근무", "국토"),
    *("양자컴퓨터", "컴퓨터", "국토종합계획"),
    texts=(*TEXTS, "양자컴퓨터"),
    titles=TITLES,
)


@pytest.mark.parametrize(
    ("short", "meant"),
    [
        ("국연", "국민연금"),
        ("코리", "코드 리뷰"),
        ("데센", "데이터 센터"),
        ("국종계", "국토종합계획"),
        ("원근", "원격 근무"),
        ("데센티", None),
        ("바나", None),
        ("국민", None),
        ("국", None),
        ("데이터센터가", None),
        ("ab", None),
    ],
)
def test_a_short_form_opens_the_parts_of_what_it_stands_for(short: str, meant: str | None) -> None:
    assert read_short(short, LEXICON) == meant


def test_a_part_of_a_compound_has_two_syllables_or_follows_a_word() -> None:
    guess = guess_shortened("양컴", FakeLexicon("양자컴퓨터", "컴퓨터"))
    assert guess is not None
    assert (guess.kind, guess.text) == (RepairKind.SHORTENED, "양자컴퓨터")
    assert guess_shortened("양터", FakeLexicon("양자컴퓨터")) is None
    assert guess_shortened("배앱", FakeLexicon("배달앱")) is None
    assert guess_shortened("종소세", FakeLexicon("종합소득세")) is not None
    assert guess_shortened("배앱", FakeLexicon("배달앱", "배달")) is not None


@pytest.mark.parametrize(
    ("short", "long"),
    [("방통위", "방송통신위원회"), ("금융위", "금융정보위원회"), ("행안부", "행정안전부")],
)
def test_of_three_syllables_the_first_part_may_be_whole(short: str, long: str) -> None:
    assert read_short(short, FakeLexicon(long)) == long
    assert read_short(short[:2] + "칸", FakeLexicon(long)) is None


def test_out_of_time_nothing_is_tried() -> None:
    lexicon = FakeLexicon("국민연금", "연금", titles=TITLES)
    lexicon.in_time = False
    assert read_short("국연", lexicon) is None
