from __future__ import annotations

import pytest

from bot.sources.entries import title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("애자일(Agile)", "애자일（ＡＧＩＬＥ）"),
        ("“국내 최초”의 매력", '"국내 최초"의  매력 '),
        ("한글", "한글"),  # noqa: RUF100  # the one composed, the other not
    ],
)
def test_spellings_of_one_title_share_a_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_different_titles_have_different_keys() -> None:
    assert title_key("스터디 1/3") != title_key("스터디 2/3")
