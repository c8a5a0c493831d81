from __future__ import annotations

from bot.search.initials import read_initials
from tests.search.lexicon import FakeLexicon


def test_a_word_of_the_vocabulary() -> None:
    assert read_initials(["ㅇㅈㅇ"], FakeLexicon("애자일", "검색")) == ["애자일"]


def test_part_of_a_title_is_surer_than_a_word() -> None:
    lexicon = FakeLexicon("가수", titles=("오늘의 검색 시장", "긴 것 사이"))
    assert read_initials(["ㄱㅅ"], lexicon) == ["검색"]


def test_in_a_title_only_what_starts_with_a_word() -> None:
    assert read_initials(["ㅅㅅ"], FakeLexicon(titles=("검색 시장",))) == []


def test_what_ends_inside_a_word_is_less_sure() -> None:
    lexicon = FakeLexicon(titles=("검색이 답이다", "가수왕국"))
    assert read_initials(["ㄱㅅ"], lexicon) == ["검색"]


def test_several_groups_are_words_side_by_side() -> None:
    lexicon = FakeLexicon("투자", "토지", "전략", texts=("투자 전략",))
    assert read_initials(["ㅌㅈ", "ㅈㄹ"], lexicon) == ["투자 전략"]


def test_one_group_may_be_two_words() -> None:
    lexicon = FakeLexicon("데이터", "센터", texts=("데이터 센터",))
    assert read_initials(["ㄷㅇㅌㅅㅌ"], lexicon) == ["데이터 센터"]


def test_the_beginning_of_a_longer_word() -> None:
    assert read_initials(["ㅍㄹㅍ"], FakeLexicon("프롬프트")) == ["프롬프트"]


def test_nothing_fits() -> None:
    assert read_initials(["ㅋㅋㅋㅋ"], FakeLexicon("검색")) == []
    assert read_initials(["ㅋㅋ", "ㅎㅎ"], FakeLexicon("검색")) == []


def test_a_long_row_is_not_taken_apart() -> None:
    lexicon = FakeLexicon("데이터", "센터", texts=("데이터 센터" * 4,))
    assert read_initials(["ㄷㅇㅌㅅㅌ" * 3], lexicon) == []


def test_out_of_time_compounds_are_not_tried() -> None:
    lexicon = FakeLexicon("데이터", "센터", texts=("데이터 센터",))
    lexicon.in_time = False
    assert read_initials(["ㄷㅇㅌㅅㅌ"], lexicon) == []
