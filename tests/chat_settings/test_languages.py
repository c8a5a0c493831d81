from __future__ import annotations

import pytest

from bot.chat_settings.languages import names, parse_language
from bot.chat_settings.words import normal
from bot.errors import InputError
from bot.locales import get_texts, languages


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("ko", "ko"),
        ("KO", "ko"),
        ("한국어", "ko"),
        ("한글", "ko"),
        ("Korean", "ko"),
        ("en", "en"),
        ("english", "en"),
        ("영어", "en"),
    ],
)
def test_a_language_is_known_by_its_tag_and_its_names(typed: str, language: str) -> None:
    assert parse_language(typed) == language


def test_what_is_none_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(InputError) as caught:
        parse_language("에스페란토")
    listed = str(caught.value.values["languages"]).split(", ")
    assert {"한국어 (ko)", "English (en)"} <= {*listed}
    assert len(listed) == len(languages())
    assert caught.value.values["typed"] == "에스페란토"


@pytest.mark.parametrize("lang", languages())
def test_a_language_is_found_by_each_name_that_it_gives_itself(lang: str) -> None:
    """A name that two languages claim is found for one of them only."""
    texts = get_texts(lang)
    own = [texts("language.name"), *texts("language.other_names").split(",")]
    assert {names()[normal(name)] for name in own} == {lang}
    assert {parse_language(name) for name in own} == {lang}
