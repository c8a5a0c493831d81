"""What the operators read when a source is in trouble: from the poll's words to the message."""

from __future__ import annotations

import pytest

from bot.delivery.compose import _notice
from bot.locales import get_texts, languages
from storage.models import NoticePush

PROBLEM = {"key": "source.fetch.status", "values": {"host": "blog.example", "status": 503}}


def a_notice(key: str, problem: object) -> NoticePush:
    return NoticePush(key, {"address": "https://blog.example/rss", "problem": problem})


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "key", ["notice.source.failing", "notice.source.ended", "notice.source.held"]
)
def test_trouble_says_which_source_and_what_is_wrong(key: str, language: str) -> None:
    text = _notice(get_texts(language), a_notice(key, PROBLEM)).text
    assert "https://blog.example/rss" in text
    assert "503" in text


@pytest.mark.parametrize("language", languages())
def test_the_end_of_trouble_says_which_source(language: str) -> None:
    said = _notice(get_texts(language), a_notice("notice.source.over", None))
    assert "https://blog.example/rss" in said.text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", ["damage", "many"])
def test_what_is_held_back_says_why_and_what_to_do(reason: str, language: str) -> None:
    problem = {"key": f"source.held.{reason}", "values": {"count": 7}}
    text = _notice(get_texts(language), a_notice("notice.source.held", problem)).text
    assert "7" in text
    assert "/sources" in text
    over = _notice(get_texts(language), a_notice("notice.source.released", None)).text
    assert "https://blog.example/rss" in over
