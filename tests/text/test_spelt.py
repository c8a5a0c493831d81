from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.text.rich import Rich, bold, link, plain
from bot.text.spelt import spelt_out
from tests.text.strategies import any_rich

A, B = "https://a.example/1", "https://b.example/글"


def test_an_address_stands_behind_its_words() -> None:
    rich = bold(link("제목", A)) + " 그리고 " + link("둘", B) + "."
    assert spelt_out(rich, 4096).text == f"제목 ({A}) 그리고 둘 ({B})."


def test_one_that_can_be_read_already_is_not_repeated() -> None:
    rich = link("하나", A) + " " + link("또", A) + " " + link(B, B)
    assert spelt_out(rich, 4096).text == f"하나 ({A}) 또 {B}"


def test_what_finds_no_room_is_counted() -> None:
    links = [link("글", f"https://a.example/{n}" + "x" * 100) for n in range(9)]
    said = spelt_out(Rich.join(plain(" "), links), 400)
    assert said.text.count("https://") == 3
    assert said.text.endswith("\n🔗 +6")
    assert said.length <= 400


@given(any_rich(), st.integers(0, 200))
def test_every_address_is_written_or_counted_and_the_words_stay(rich: Rich, units: int) -> None:
    said = spelt_out(rich, rich.length + units)
    urls = {one.url for one in rich.entities if one.url}
    lost = sum(url not in said.text for url in urls)
    assert said.text.endswith(f"🔗 +{lost}") or not lost
    assert said.length <= rich.length + max(units, 12)
