from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.particles import PARTICLES, Final, choose_particle, final_sound
from tests.text.strategies import hostile_text


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        # Hangul
        ("검색으로", "로"),
        ("투자로", "으로"),
        ("서울로", "으로"),
        ("소식은", "는"),
        ("해봄의 아카이브는", "은"),
        ("글을", "를"),
        ("자료를", "을"),
        ("글이", "가"),
        ("사람과", "와"),
        ("나와", "과"),
        ("월요일이에요", "예요"),
        ("화요일 오후예요", "이에요"),
        ("제목이라", "라"),
        ("ㅋㅋ이", "가"),
        ("자음 ㄹ로", "으로"),
        ("모음 ㅏ로", "으로"),
        # numbers
        ("3월로", "으로"),
        ("10으로", "로"),
        ("3으로", "로"),
        ("1로", "으로"),
        ("2로", "으로"),
        ("7로", "으로"),
        ("8로", "으로"),
        ("0으로", "로"),
        ("100을", "를"),
        ("1,000으로", "로"),
        ("20,000이", "가"),
        ("1000000000000를", "을"),
        ("10000000000000000을", "를"),
        ("100000000000000000000를", "을"),
        ("2026으로", "로"),
        ("3.5를", "을"),
        ("2.0이", "가"),
        ("10%로", "으로"),
        ("５를", "을"),
        ("①로", "으로"),
        ("x²를", "을"),
        ("5km를", "을"),
        ("70 kg을", "를"),
        # letters
        ("AI로", "으로"),
        ("GPT를", "을"),
        ("ChatGPT는", "은"),
        ("SQL이", "가"),
        ("SQL로", "으로"),
        ("HTML로", "으로"),
        ("LLM으로", "로"),
        ("VPN을", "를"),
        ("HR로", "으로"),
        ("npm을", "를"),
        ("GPT-4로", "으로"),
        ("GPT-4o를", "을"),
        ("MP3를", "을"),
        ("M1으로", "로"),
        ("C++로", "으로"),
        ("C#으로", "로"),
        ("R&D를", "을"),
        # words
        ("Google로", "으로"),
        ("Google을", "를"),
        ("Apple이", "가"),
        ("Amazon은", "는"),
        ("Telegram으로", "로"),
        ("Chrome으로", "로"),
        ("Samsung이", "가"),
        ("Slack으로", "로"),
        ("TikTok을", "를"),
        ("Facebook으로", "로"),
        ("Anthropic은", "는"),
        ("app을", "를"),
        ("Startup이", "가"),
        ("bot이", "가"),
        ("Internet으로", "로"),
        ("Layout을", "를"),
        ("Bitbit를", "을"),
        ("Web으로", "로"),
        ("GitHub를", "을"),
        ("GitLab을", "를"),
        ("Claude로", "으로"),
        ("Docker를", "을"),
        ("Rust를", "을"),
        ("Notion으로", "로"),
        ("prototype을", "를"),
        ("GOOGLE로", "으로"),
        ("café를", "을"),
        # what is not read
        ("'검색'으로", "로"),
        ("“투자”로", "으로"),
        ("〈소식〉을", "를"),
        ("정말?은", "는"),
        ("AI(인공지능)로", "으로"),
        ("삼성전자(005930)를", "을"),
        ("'AI(인공지능)'로", "으로"),
        ("(검색)으로", "로"),
        ("검색)으로", "로"),
        ("불꽃🔥이", "가"),
        ("하트❤️를", "을"),
        ("👨‍👩‍👧로", "으로"),
        ("ラーメン을", "를"),
        ("すし를", "을"),
        ("漢字를", "을"),
    ],
)
def test_the_particle_follows_the_sound(sentence: str, form: str) -> None:
    pair = PARTICLES[form]
    particle = max((one for one in pair if sentence.endswith(one)), key=len)
    assert choose_particle(sentence.removesuffix(particle), form) == particle


@pytest.mark.parametrize("form", PARTICLES)
def test_both_names_of_a_pair_mean_the_same(form: str) -> None:
    pair = PARTICLES[form]
    assert {choose_particle("소식", name) for name in pair} == {pair[0]}
    assert {choose_particle("나무", name) for name in pair} == {pair[1]}


@given(st.integers(0, 10**8 - 1))
def test_numbers_end_like_their_last_nonzero_place(number: int) -> None:
    last = str(number)[-1]
    expected = {"1": Final.RIEUL, "7": Final.RIEUL, "8": Final.RIEUL}
    vowels = dict.fromkeys("2459", Final.VOWEL)
    assert final_sound(str(number)) is (expected | vowels).get(last, Final.CONSONANT)


@given(
    st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), st.sampled_from("'\")]」!…")
)
def test_a_syllable_keeps_its_sound_behind_punctuation(syllable: str, mark: str) -> None:
    assert final_sound(syllable + mark) is final_sound(syllable)


@given(hostile_text(), st.sampled_from(sorted(PARTICLES)))
def test_any_text_takes_one_of_the_two_forms(text: str, form: str) -> None:
    assert choose_particle(text, form) in PARTICLES[form]


def test_an_unknown_particle_is_an_error() -> None:
    with pytest.raises(KeyError):
        choose_particle("소식", "까지")
