"""What the pages say that the bot prints is what it prints, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.locales import get_texts

ROOT = Path(__file__).parents[1]
TROUBLE, *OTHERS = (ROOT / "docs" / name for name in ("trouble.md", "upgrade.md"))
FENCE = re.compile(r"```text\n(.*?)```", re.DOTALL)
PLACE = re.compile(r"\\\{[^}]*\\\}")
MARKS = ("✓ ", "✗ ")
TITLE = re.compile("(독서모임|소식): ")
HANGUL = re.compile("[가-힣]")
LINE = "{title}: {what}"
"""A room and what it gets; anything would fit that, so it is looked at by what it gets."""


def quoted() -> list[str]:
    """The lines of the pages' examples, without their marks."""
    texts = [page.read_text(encoding="utf-8") for page in (TROUBLE, *OTHERS)]
    blocks = "".join(block for text in texts for block in FENCE.findall(text))
    return [line[2:] if line.startswith(MARKS) else line for line in blocks.splitlines() if line]


def patterns_of(language: str) -> list[re.Pattern[str]]:
    """Each message as a pattern: anything stands in its places."""
    catalogue = ROOT / "bot" / "locales" / language / "LC_MESSAGES" / "sosik.po"
    text = re.sub(r'"\n"', "", catalogue.read_text(encoding="utf-8"))
    found = re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', text, re.MULTILINE)
    said = {one.replace('\\"', '"').replace("\\n", "\n") for one in found} - {"", "{said}", LINE}
    return [re.compile(PLACE.sub("[^\n]*", re.escape(one))) for one in said if len(one) > 12]


ALL = {language: patterns_of(language) for language in ("ko", "en")}


def language_of(line: str) -> str:
    """Korean wherever there is Hangul besides the name of a room."""
    return "ko" if HANGUL.search(TITLE.sub("", line)) else "en"


def is_said(line: str) -> bool:
    """Whether a message of its language reads so, or what a room gets."""
    language = language_of(line)
    gets = get_texts(language).count("room.digests", 1)
    found = any(pattern.fullmatch(line) for pattern in ALL[language])
    return found or TITLE.sub("", line) == gets


@pytest.mark.parametrize("line", quoted())
def test_a_quoted_line_is_a_message_of_the_catalogues(line: str) -> None:
    assert is_said(line)


@pytest.mark.parametrize("line", ["봇이 쉬고 있어요.", "The bot is at rest.", "독서모임: a digest"])
def test_what_nobody_says_is_noticed(line: str) -> None:
    assert not is_said(line)


def test_each_is_quoted_in_both_languages_and_there_are_ten_causes() -> None:
    languages = [language_of(line) for line in quoted()]
    assert languages == ["ko", "en"] * (len(languages) // 2)
    headings = re.findall(r"^## (\d+)\. ", TROUBLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 11)]
