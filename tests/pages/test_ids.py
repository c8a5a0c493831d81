from __future__ import annotations

import pytest

from bot.locales import get_texts, languages
from bot.pages.ids import chat_page, own_page
from bot.text.rich import Kind

GROUP, TOPIC, PERSON, CHANNEL = -1001234567890, 12, 5_000_000_001, -1009876543210


@pytest.mark.parametrize("lang", languages())
def test_each_number_stands_apart_to_be_copied(lang: str) -> None:
    texts = get_texts(lang)
    for page, numbers in (
        (chat_page(texts, GROUP), [GROUP]),
        (chat_page(texts, GROUP, TOPIC), [GROUP, TOPIC]),
        (own_page(texts, PERSON), [PERSON]),
        (own_page(texts, PERSON, (CHANNEL, "우리 <b> 채널")), [CHANNEL, PERSON]),
    ):
        codes = [one for one in page.text.entities if one.kind is Kind.CODE]
        cut = [page.text.slice(one.offset, one.end).text for one in codes]
        assert cut == [str(number) for number in numbers]


def test_how_to_learn_another_number_is_said() -> None:
    ko = get_texts("ko")
    assert "/id" in own_page(ko, PERSON).text.text
    assert "/id" in chat_page(ko, GROUP).text.text
    assert "우리 <b> 채널" in own_page(ko, PERSON, (CHANNEL, "우리 <b> 채널")).text.text
