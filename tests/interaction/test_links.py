from __future__ import annotations

import pytest
from telegram import Chat, Message, MessageEntity

from bot.interaction.links import Named, links_of, named_in, timed_in
from tests.clock import FakeClock

NOW = FakeClock().now()
POST = "https://blog.example/p/1"
AROUND = [
    ("", ""),
    ("새 글이에요: ", "."),
    ("(", ")"),
    ("[글](", ")"),
    ("🌊🌊 ", ", 꼭 보세요"),
    ("「", "」"),
    ("“", "”예요"),
    ('"', '"'),
    ("'", "'"),
    ("<", ">"),
    ("**", "**"),
    ("보셨어요? ", "?!…"),
    ("{[(", ")]};"),
]


def a_message(text: str, *marked: str, is_caption: bool = False) -> Message:
    """As Telegram gives it: offsets in UTF-16 code units."""
    entities = [
        MessageEntity(MessageEntity.URL, _units(text[: text.index(one)]), _units(one))
        for one in marked
    ]
    chat = Chat(1, Chat.PRIVATE)
    if is_caption:
        return Message(1, NOW, chat, caption=text, caption_entities=entities)
    return Message(1, NOW, chat, text=text, entities=entities)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("is_caption", [False, True])
@pytest.mark.parametrize("is_marked", [False, True])
@pytest.mark.parametrize(("before", "behind"), [one for one in AROUND if "예요" not in one[1]])
def test_a_link_is_one_whatever_stands_around_it(
    before: str, behind: str, *, is_marked: bool, is_caption: bool
) -> None:
    text = f"{before}{POST}{behind}"
    message = a_message(text, *[POST] * is_marked, is_caption=is_caption)
    assert links_of(message) == [POST]


@pytest.mark.parametrize(("before", "behind"), AROUND)
def test_telegram_knows_where_a_link_ends(before: str, behind: str) -> None:
    assert links_of(a_message(f"{before}{POST}{behind}", POST)) == [POST]


@pytest.mark.parametrize(
    ("text", "marked", "links"),
    [
        ("글이 없어요", [], []),
        ("blog.example/p/1.", ["blog.example/p/1"], [POST]),
        (
            "blog.example/?to=https://x.example/a",
            ["blog.example/?to=https://x.example/a"],
            ["https://blog.example/?to=https://x.example/a"],
        ),
        (
            f"{POST} {POST}/?utm_source=x {POST}#a",
            [f"{POST}/?utm_source=x"],
            [f"{POST}/?utm_source=x"],
        ),
        (f"{POST}. https://blog.example/p/2.", [POST], [POST, "https://blog.example/p/2"]),
        (
            "(https://ko.wiki.example/글_(문학))",
            [],
            ["https://ko.wiki.example/글_(문학)"],
        ),
        (f"{POST} https://x.example/a {POST}/", [], [POST, "https://x.example/a"]),
        ("https://bit.ly/a https://bit.ly/b", [], ["https://bit.ly/a", "https://bit.ly/b"]),
    ],
)
def test_each_post_is_linked_once(text: str, marked: list[str], links: list[str]) -> None:
    assert links_of(a_message(text, *marked)) == links


@pytest.mark.parametrize(("offset", "length"), [(0, 2**62), (-5, 2**62), (2**62, 3), (3, -9)])
def test_an_entity_is_as_long_as_its_text_whatever_it_says(offset: int, length: int) -> None:
    """Two thousand million units of it were twelve gigabytes of blanks."""
    text = f"{POST} 그리고"
    marked = [MessageEntity(MessageEntity.BOLD, 0, 3), MessageEntity("url", offset, length)]
    message = Message(1, NOW, Chat(1, Chat.PRIVATE), text=text, entities=marked)
    assert sum(map(len, links_of(message))) <= 4 * len(text)


def test_a_word_leads_where_its_link_does() -> None:
    link = MessageEntity(MessageEntity.TEXT_LINK, 0, len(POST), url="https://other.example/a")
    message = Message(1, NOW, Chat(1, Chat.PRIVATE), text=POST, entities=[link])
    assert links_of(message) == ["https://other.example/a"]
    assert links_of(None) == []


A, B = "https://a.example/1", "https://b.example/2"


@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"/publish {A} 왜 읽을 만한지", [(A, "왜 읽을 만한지")]),
        (f"/publish@sosik_bot {A}", [(A, "")]),
        (f"🌊🌊 이 글이요: {A} — 꼭 보세요", [(A, "🌊🌊 이 글이요 꼭 보세요")]),
        (f"{A}\n첫 줄\n둘째 줄", [(A, "첫 줄\n둘째 줄")]),
        (f"모두 좋아요\n{A} 으뜸\n{B}", [(A, "으뜸"), (B, "모두 좋아요")]),
        (f"{A} {A} 같은 글", [(A, "같은 글")]),
        (f"{B} 🌊 나중에\n{A} 먼저", [(B, "🌊 나중에"), (A, "먼저")]),
        (f"첫 글 {A}\n둘째 글 {B}", [(A, "첫 글"), (B, "둘째 글")]),
        (f"첫 글: {A}\n\n둘째 글: {B}\n", [(A, "첫 글"), (B, "둘째 글")]),
        (f"1. {A} 먼저\n2. {B} 나중", [(A, "먼저"), (B, "나중")]),
        (f"1) 첫 글 {A} 먼저\n• 둘째 글 {B}", [(A, "먼저"), (B, "둘째 글")]),
        (f"모두 좋아요\n{A}\n첫 글\n{B}\n둘째 글", [(A, "첫 글"), (B, "둘째 글")]),
        (f"모두 좋아요\n- {A}\n- {B}", [(A, "모두 좋아요"), (B, "모두 좋아요")]),
        (f"{A} 먼저 {B} 나중", [(A, "먼저"), (B, "나중")]),
        (f"좋은 글 ({A})", [(A, "좋은 글")]),
        (f"좋은 글 <{A}> (정말)", [(A, "좋은 글 (정말)")]),
        (f"“{A}”", [(A, "")]),
        (f"2026년 {A} 3. 이유", [(A, "2026년 3. 이유")]),
    ],
)
def test_words_belong_to_the_link_that_they_stand_beside(
    text: str, named: list[tuple[str, str]], *, is_marked: bool
) -> None:
    message = a_message(text, *[one for one, _ in named if is_marked])
    assert [(one.address, one.words) for one in named_in(message)] == named


def test_words_that_a_link_lies_behind_are_words() -> None:
    entities = [MessageEntity(MessageEntity.TEXT_LINK, 0, 4, url=A)]
    message = Message(1, NOW, Chat(1, Chat.PRIVATE), text="좋은 글 읽어요", entities=entities)
    assert [(one.address, one.words) for one in named_in(message)] == [(A, "좋은 글 읽어요")]
    assert named_in(None) == []
    assert named_in(a_message("주소가 없어요")) == []


@pytest.mark.parametrize(
    ("text", "before", "named"),
    [
        (f"/schedule 내일 9시 {POST} 꼭 보세요", "내일 9시", [(POST, "꼭 보세요")]),
        (f"/예약@sosik_bot 내일 9시\n{POST}", "내일 9시", [(POST, "")]),
        (f"/schedule {POST}", "", [(POST, "")]),
        (f"내일: {POST} 하나 {POST}2 - 둘", "내일", [(POST, "하나"), (f"{POST}2", "둘")]),
        (f"내일 {POST} 하나 {POST}#top 둘", "내일", [(POST, "하나 둘")]),
        ("/schedule 내일 9시", "내일 9시", []),
    ],
)
def test_what_stands_before_the_first_link_is_apart(
    text: str, before: str, named: list[tuple[str, str]]
) -> None:
    assert timed_in(a_message(text)) == (before, [Named(*one) for one in named])
    assert timed_in(None) == ("", [])


@pytest.mark.parametrize("mark", ["1.", "1)", "•"])
def test_a_list_below_a_moment_begins_with_its_mark(mark: str) -> None:
    text = f"/schedule 내일 9시\n{mark} {POST} 하나\n{mark} {POST}2 둘"
    assert timed_in(a_message(text)) == ("내일 9시", [Named(POST, "하나"), Named(f"{POST}2", "둘")])
    assert timed_in(a_message(f"/schedule 12. 3. {POST}"))[0] == "12. 3."
