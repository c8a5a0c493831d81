from __future__ import annotations

from importlib.resources import files

import pytest

from bot.errors import InputError
from bot.search.synonyms import GLOSSARIES, load_glossary, parse_glossary, parse_synonym


def test_a_line_names_one_thing() -> None:
    glossary = parse_glossary("# words\nAI = 인공지능 = A.I.\nai = 에이아이 # again\n\n")
    assert glossary["ai"] == ("인공지능", "A.I.", "에이아이")
    assert glossary["인공지능"] == ("AI", "A.I.")


def test_the_glossary_that_ships_is_sound() -> None:
    glossary = load_glossary()
    assert len(glossary) > 1000
    assert all(others for others in glossary.values())
    assert "Nvidia" in glossary["엔비디아"]
    assert "핸드폰" in glossary["휴대전화"]


@pytest.mark.parametrize("name", GLOSSARIES)
def test_a_line_of_a_glossary_that_ships_is_a_group_and_stands_once(name: str) -> None:
    text = files("bot.search").joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(len(parse_glossary(line)) > 1 for line in lines)
    assert len(lines) == len(set(lines))


def test_a_synonym_is_two_names() -> None:
    assert parse_synonym(" 엔비디아  = nvidia") == ("엔비디아", "nvidia")


@pytest.mark.parametrize(
    "text", ["", "엔비디아", "a = b = c", "= b", "!! = ??", "GPT = gpt", f"{'가' * 61} = b"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"synonym\.usage"):
        parse_synonym(text)
