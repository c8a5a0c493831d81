"""Verbs, as they are typed and as posts write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.conjugation import (
    changed_forms,
    is_short_predicate,
    read_fused_stems,
    read_short_stems,
    read_stems,
    short_beginnings,
)
from bot.search.service import SearchService
from tests.search.posts import add_posts, titles

if TYPE_CHECKING:
    from storage.database import Database
    from tests.clock import FakeClock

STEMS = {
    "심었어요": "심",
    "물렸어요": "물리",
    "떨어뜨렸습니다": "떨어뜨리",
    "갔었어요": "가",
    "먹겠습니다": "먹",
    "있었어요": "있",
    "썼는데": "쓰",
    "바빴지만": "바쁘",
    "모았어요": "모으",
    "몰랐네요": "모르",
    "들었어요": "듣",
    "지었습니다": "짓",
    "추웠어요": "춥",
    "도왔어요": "돕",
    "변했어요": "변하",
    "됐어요": "되",
    "쉬었어요": "쉬",
    "어려워서": "어렵",
    "불러요": "부르",
    "커서": "크",
    "깨달아서": "깨닫",
    "물립니다": "물리",
    "물린다": "물리",
    "만듭니다": "만들",
    "물릴까요": "물리",
}


@pytest.mark.parametrize(("typed", "stem"), STEMS.items())
def test_a_predicate_is_read_back_to_its_stem(typed: str, stem: str) -> None:
    assert stem in read_stems(typed)


@pytest.mark.parametrize(
    "word",
    [
        "바다",
        "국어",
        "노래",
        "수요",
        "가요",
        "책입니다",
        "있다",
        "집에서",
        "곰팡이",
        "겠다",
        "샀다ㅋㅋ",
        "각서",
    ],
)
def test_a_noun_is_not(word: str) -> None:
    assert read_stems(word) == ()


@pytest.mark.parametrize(
    ("typed", "stem"),
    [
        ("심기", "심"),
        ("들으면", "듣"),
        ("지어서", "짓"),
        ("여는", "열"),
        ("심었어요", "심"),
        ("있는", "있"),
    ],
)
def test_a_stem_of_one_syllable_is_read_where_a_noun_may_be_meant(typed: str, stem: str) -> None:
    assert stem in read_short_stems(typed)
    assert is_short_predicate(typed)


def test_but_not_of_half_a_form() -> None:
    assert not is_short_predicate("썼면")
    assert not is_short_predicate("심리")


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        ("물리", "물린 물릴 물립 물림 물려 물렸"),
        ("보내", "보낸 보낼 보냅 보냄 보내 보냈"),
        ("바꾸", "바꾼 바꿔 바꿨"),
        ("변하", "변한 변해 변했"),
        ("바쁘", "바쁜 바빠 바빴"),
        ("기쁘", "기쁜 기뻐 기뻤"),
        ("모르", "모른 몰라 몰랐"),
        ("흐르", "흐른 흘러 흘렀"),
        ("들르", "들른 들러 들렀"),
        ("쉬", "쉰 쉬어 쉬었"),
        ("만들", "만든 만듭 만드는"),
        ("깨닫", "깨달은 깨달아 깨달았"),
        ("이어짓", "이어지은 이어지어 이어지었"),
        ("어렵", "어려운 어려워 어려웠"),
        ("돕", "도운 도와 도왔"),
        ("추우", "추운 추워 추웠 춥고 춥다"),
        ("어려우", "어려운 어려워 어렵"),
        ("겨루", "겨룬 겨뤄"),
        ("굳우", "굳운"),
    ],
)
def test_a_stem_changes_before_some_endings(stem: str, forms: str) -> None:
    assert set(forms.split()) <= set(changed_forms(stem))
    assert changed_forms("먹") == ()


@pytest.mark.parametrize(
    ("stem", "telling", "nounlike"),
    [
        ("심", "심는 심던 심었 심어서 심습", "심은 심을 심고 심기 심어"),
        ("쓰", "썼다 써서 쓴다 씁니다 쓸까 쓰던", "쓰는 쓰고 쓰기 쓰면"),
        ("가", "갔다 갔어 간다 갈까 가려고", "가는 가지 가면"),
        ("춥", "추운 추워 추웠 춥던", "춥고 춥다"),
        ("듣", "들었 들어서 듣는", "들은 들어 듣기"),
    ],
)
def test_what_a_noun_may_be_tells_no_verb(stem: str, telling: str, nounlike: str) -> None:
    found = short_beginnings(stem)
    assert set(telling.split()) <= set(found.telling)
    assert set(nounlike.split()) <= set(found.nounlike)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8))
def test_any_word_has_its_stems_and_they_their_forms(word: str) -> None:
    for stem in read_stems(word):
        assert stem
        assert changed_forms(stem) == tuple(changed_forms(stem))
    for stem in read_short_stems(word):
        forms = [*short_beginnings(stem).telling, *short_beginnings(stem).nounlike]
        assert all(len(one) > 1 for one in forms)
        assert len(forms) == len(set(forms))


VERBS = [
    ("담갔어요", "오이를 소금물에 담근 날"),
    ("구웠어요", "고등어를 굽는 저녁"),
    ("주웠어요", "공원에서 주운 지갑"),
    ("걸었어요", "매일 걷는 사람"),
    ("나았어요", "감기가 낫는 동안"),
    ("열었습니다", "창문을 여는 아침 문을 열던 손"),
    ("고쳤어요", "자전거 고치기"),
    ("빌렸는데", "책을 빌려 오는 길"),
    ("옮겼지만", "짐을 옮기고 나서"),
    ("끓였어요", "국을 끓이는 법"),
    ("씻었어요", "쌀을 씻고 씻던 물"),
    ("잃어버렸어요", "우산을 잃어버린 날"),
    ("꿨어요", "이상한 꿈을 꾸던 밤"),
    ("지웠는데", "파일을 지우고"),
    ("눌렀어요", "초인종을 누르는 소리"),
    ("골랐습니다", "수박을 고르는 눈"),
    ("더웠어요", "더운 여름밤"),
    ("쟀어요", "키를 재던 기둥"),
    ("부쳤어요", "전을 부치는 할머니"),
    ("만들려고", "빵을 만든 아침"),
    ("도와주었어요", "이웃을 도와준 사람"),
    ("쏟아진다", "비가 쏟아졌던 밤"),
    ("잠급니다", "문을 잠그는 버릇"),
    ("헤엄쳤어요", "강에서 헤엄치는 개"),
]


@pytest.mark.parametrize(("typed", "title"), VERBS)
async def test_a_verb_in_the_past_finds_its_other_forms(
    database: Database, clock: FakeClock, typed: str, title: str
) -> None:
    await add_posts(database, [(title, "글입니다."), ("물리학과 심리학", "국어와 사고와 경기.")])
    service = SearchService(database, clock=clock, glossary={}, seconds=5)
    assert await titles(service, typed) == [title]


@pytest.mark.parametrize(
    "typed", ["물렸어요", "심었어요", "샀어요", "썼습니다", "집었어요", "배웠는데"]
)
async def test_and_no_noun_that_begins_alike(
    database: Database, clock: FakeClock, typed: str
) -> None:
    nouns = [
        ("물리학과 심리학", "물리치료. 사고를 냈다. 집은 멀고 집을 샅샅이."),
        ("배우가 배우를", "쓰기"),
    ]
    await add_posts(database, nouns)
    service = SearchService(database, clock=clock, glossary={}, seconds=5)
    assert await titles(service, typed) == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("빨간", "빨개졌다"),
        ("하얗게", "하얀"),
        ("노랗다", "노란"),
        ("까매서", "까만"),
        ("누런", "누렇게"),
        ("새빨개진", "새빨갛고"),
        ("시커먼", "시커멓다"),
        ("커다란", "커다랗게"),
        ("허예졌다", "허연"),
        ("뽀얀", "뽀얗고"),
    ],
)
def test_what_loses_its_h_is_read_back(typed: str, written: str) -> None:
    stems = [stem for stem in read_stems(typed) if len(stem) > 1]
    assert any(written.startswith(form) for stem in stems for form in changed_forms(stem))


@pytest.mark.parametrize(
    "noun", ["노래", "파래", "시간", "공간", "발간", "인간", "가만", "이런", "파란만장"]
)
def test_a_noun_is_not_of_a_stem_that_loses_its_h(noun: str) -> None:
    assert not any(stem.endswith(("갛", "랗", "맣", "렇")) for stem in read_stems(noun))


def test_a_song_is_not_yellow() -> None:
    assert "노래" not in changed_forms("노랗")


@pytest.mark.parametrize(
    ("word", "stems"),
    [("아만다", ("아마", "아말")), ("물린다", ("물리", "물릴")), ("심었다", ()), ("사과", ())],
)
def test_what_only_its_last_syllables_tell_may_be_a_name(word: str, stems: tuple[str, ...]) -> None:
    assert read_fused_stems(word) == stems
