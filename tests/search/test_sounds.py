from __future__ import annotations

import pytest

from bot.search.sounds import has_tense, is_spelt, partings, sound, sounds_alike, word_sound


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("엔비디아", "nvidia"),
        ("프로듀서", "producer"),
        ("딥페이크", "deepfake"),
        ("리텐션", "retention"),
        ("뉴럴링크", "neuralink"),
        ("오케스트레이션", "orchestration"),
        ("쿠버네티스", "kubernetes"),
        ("코딩", "coding"),
        ("나이트클럽", "nightclub"),
        ("하이라이트", "highlight"),
        ("터프니스", "toughness"),
    ],
)
def test_a_name_sounds_the_same_in_either_script(hangul: str, latin: str) -> None:
    assert sound(hangul) == sound(latin) is not None
    assert sounds_alike(hangul, latin)
    assert sounds_alike(latin, hangul)


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [("캠핑", "company"), ("구별", "qwpoeiru"), ("넓다", "nvidia"), ("직시", "zzxxyy")],
)
def test_agreeing_consonants_are_not_enough(hangul: str, latin: str) -> None:
    assert not (sound(hangul) == sound(latin) and sounds_alike(hangul, latin))


def test_only_whole_words_of_one_script_have_a_sound() -> None:
    assert sound("오픈ai") is None
    assert sound("애자일") is None
    assert not sounds_alike("검색", "투자")
    assert not sounds_alike("그룹웨어", "mnst")
    assert not sounds_alike("커뮤니티", "community's")
    assert not sounds_alike("카피", "copying")


def test_short_words_are_kept_for_phrases_only() -> None:
    assert sound("code") is None
    assert word_sound("code") == word_sound("코드") == "~KT"
    assert word_sound("리뷰") == word_sound("review") == "~LP"
    assert word_sound("아이") is None
    assert ("~KT", "~LP") in partings(sound("codereview") or "")
    assert partings("KTL") == []
    assert partings("KTLPKTLPK") == []


@pytest.mark.parametrize(
    ("latin", "hangul"),
    [
        ("guitar", "기타"),
        ("cafe", "카페"),
        ("video", "비디오"),
        ("google", "구글"),
        ("taxi", "택시"),
        ("user", "유저"),
        ("team", "팀"),
        ("logo", "로고"),
        ("cake", "케이크"),
    ],
)
def test_a_short_name_is_written_letter_by_letter(latin: str, hangul: str) -> None:
    assert word_sound(latin) == word_sound(hangul) or len(hangul) == 1
    assert is_spelt(latin, hangul)


@pytest.mark.parametrize(
    ("latin", "hangul"),
    [
        ("guitar", "곳이"),
        ("guitar", "갔다"),
        ("tony", "단의"),
        ("meta", "매대"),
        ("data", "되었다"),
    ],
)
def test_what_only_sounds_alike_is_not_spelt_so(latin: str, hangul: str) -> None:
    assert not is_spelt(latin, hangul)


def test_foreign_names_have_no_tense_consonants() -> None:
    assert has_tense("빨간")
    assert not has_tense("팰컨")
    assert not has_tense("falcon")
