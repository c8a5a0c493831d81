import re

import pytest

from bot.demo.phrases import PHRASES, STEPS, phrase
from bot.demo.suggestions import Choice, suggest

WORDS = [Choice("/latest", "newest"), Choice("/in"), Choice("!trouble")]
ARGUMENTS = {"/in": [Choice("독서모임", also=("모임", "group")), Choice("익명 관리자")]}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", []),
        ("안녕", []),
        ("/", ["/latest", "/in"]),
        ("/L", ["/latest"]),
        ("  !t", ["!trouble"]),
        ("/in ", ["독서모임", "익명 관리자"]),
        ("/in 모", ["독서모임"]),
        ("/in GR", ["독서모임"]),
        ("/in 익명 관", ["익명 관리자"]),
        ("/in 없는", []),
        ("/latest ", []),
    ],
)
def test_a_line_goes_on_with_what_begins_so(line: str, found: list[str]) -> None:
    suggested = suggest(line, WORDS, ARGUMENTS)
    assert [one.word for one in suggested] == found
    begun = line.lstrip().partition(" ")[2] if " " in line.lstrip() else line.strip()
    assert all(one.replaced == len(begun) for one in suggested)


def test_a_suggestion_says_what_it_means() -> None:
    assert suggest("/l", WORDS, ARGUMENTS)[0].about == "newest"


def test_phrases_are_there_in_both_languages_with_the_same_places() -> None:
    korean, english = PHRASES["ko"], PHRASES["en"]
    assert korean.keys() == english.keys()
    for key, text in korean.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
    assert {f"step_{step}" for step in STEPS} <= korean.keys()


def test_other_languages_read_english() -> None:
    assert phrase("ja", "copies", chat="모임", n=1) == phrase("en", "copies", chat="모임", n=1)
    assert phrase("ko", "no_word", word="!x") != phrase("en", "no_word", word="!x")
