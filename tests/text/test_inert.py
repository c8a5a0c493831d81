from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.rules.finding import found_spans
from bot.text.inert import UNSEEN, bared, inert
from bot.text.rich import Kind, Rich, bold, code, concat, link, plain, quote

ACTS = {"mention", "bot_command"}
WORDS = st.lists(
    st.sampled_from(
        (
            *("@admin", "/forgetme", "/stop@bot", "안녕", "a@b.com", "https://a.zz/@x/y"),
            *("medium.com/@y", "http://a.b_/@admin", "x.@admin", "and/or", "//", "@@me"),
            *("(", "🙂", "\n", " ", "<", "."),
        )
    )
)


def acting(text: str) -> list[str]:
    """What in a text Telegram would let people tap, by the simulator's own rules."""
    data = text.encode("utf-16-le")
    return [
        data[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le")
        for one in found_spans(text, commands=True)
        if one.kind in ACTS
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@admin 보세요", "@|admin 보세요"),
        ("여기: @admin, (/forgetme)", "여기: @|admin, (/|forgetme)"),
        ("/stop@sosik_bot", "/|stop@sosik_bot"),
        ("me@example.com", "me@example.com"),
        ("https://medium.com/@minji/a", "https://medium.com/@minji/a"),
        ("medium.com/@minji", "medium.com/@minji"),
        ("http://nowhere/@admin", "http://nowhere/@|admin"),
        ('https://a.com/"@admin', 'https://a.com/"@|admin'),
        ("없는곳.없음/@admin", "없는곳.없음/@|admin"),
        ("그리고/또는 and/or 1/2", "그리고/또는 and/or 1/2"),
        ("글@admin", "글@admin"),
        ("@ admin / forgetme @관리자 /도움말", "@ admin / forgetme @관리자 /도움말"),
        ("", ""),
    ],
)
def test_what_would_act_is_broken_and_all_else_is_exact(text: str, shown: str) -> None:
    assert inert(text).text == shown.replace("|", UNSEEN)
    assert acting(inert(text).text) == []


@given(WORDS)
def test_nothing_acts_and_nothing_looks_different(words: list[str]) -> None:
    text = plain("".join(words)).text
    made = inert(text)
    assert acting(made.text) == []
    assert made.text.replace(UNSEEN, "") == text
    assert inert(made) == made


PIECES = st.lists(
    st.builds(
        lambda style, words: style("".join(words)),
        st.sampled_from([plain, bold, quote, code, lambda text: link(text, "https://a.com")]),
        WORDS,
    )
)


@given(PIECES)
def test_entities_stay_on_their_words_and_what_sleeps_stays_exact(pieces: list[Rich]) -> None:
    rich = concat(pieces)
    made = inert(rich)
    for before, after in zip(rich.entities, made.entities, strict=True):
        old = rich.slice(before.offset, before.end).text
        new = made.slice(after.offset, after.end).text
        asleep = before.kind in {Kind.LINK, Kind.CODE}
        assert (new if asleep else new.replace(UNSEEN, "")) == old
        assert (after.kind, after.url) == (before.kind, before.url)


@given(PIECES)
def test_without_its_entities_a_page_acts_no_more_than_with_them(pieces: list[Rich]) -> None:
    made = bared(inert(concat(pieces)))
    assert made.entities == ()
    assert acting(made.text) == []


def test_a_page_of_ours_keeps_its_own_commands_when_it_is_bared() -> None:
    page = concat(["/help ", link("@admin", "https://a.com"), " ", code("/forgetme")])
    assert bared(page).text == f"/help @{UNSEEN}admin /{UNSEEN}forgetme"


def test_the_end_of_an_entity_at_a_sign_does_not_grow() -> None:
    made = inert(concat([bold("보기 @"), plain("admin")]))
    assert [(one.offset, one.length) for one in made.entities] == [(0, 4)]
    nested = Rich("@a", (*link(Rich("@a"), "https://a.com").entities, *code("@a").entities))
    assert inert(nested) == nested


@pytest.mark.parametrize(
    "text",
    [
        "https://a.com/)@durov",
        "a.com/)@durov",
        "https://a.com/)/start",
        "https://a.com:0/@durov",
        "https://a.com:99999/@durov",
        "https://a-.com/@durov",
        "https://a_b.com/@durov",
        "https://a..com/@durov",
        "https://teiegram.org/@durov",
        f"https://{'a' * 64}.com/@durov",
    ],
)
def test_where_telegram_ends_an_address_a_name_is_a_name(text: str) -> None:
    assert UNSEEN in inert(text).text


@pytest.mark.parametrize(
    "text",
    [
        "https://medium.com/@durov/post",
        "http://a.b-c.example.org:8080/@x?y=/z#/w",
        "blog.example.com/@x",
        "https://한글.kr/@x",
    ],
)
def test_an_address_stays_exact(text: str) -> None:
    assert inert(f"글 {text} 끝").text == f"글 {text} 끝"
