"""What members ask beside posts: help, their data, inline, the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulator import Person, Room, Simulator
    from tests.e2e.conftest import Bot

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
def group(sim: Simulator, minji: Person) -> Room:
    return sim.group("독서모임", members=[minji], bot_admin=True)


async def test_help_shows_a_member_what_a_member_may_do(
    sim: Simulator, minji: Person, group: Room
) -> None:
    await minji.says(group, "/help")
    page = await group.receives("/latest")
    assert "/settings" not in page.text.split("\n\n")[0]
    assert "봇 운영자" not in page.text
    room = sim.private(minji)
    await minji.says(room, "/도움말")
    assert "/settings" in (await room.receives("/latest")).text


@pytest.mark.parametrize("typed", ["/latest x", "/latest 0", "/latest -1"])
async def test_a_number_that_is_none_is_explained(minji: Person, group: Room, typed: str) -> None:
    await minji.says(group, typed)
    await group.receives("/latest 10")


async def test_latest_takes_at_most_twenty(minji: Person) -> None:
    await minji.says(minji.private, "/latest 999")
    page = await minji.private.receives("1–20")
    assert len(page.text) <= 4096


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("/post", "/post #12"), ("/post x", "/post #12"), ("/post 99999", "그 번호의 글은")],
)
async def test_a_post_that_is_none_is_explained(
    minji: Person, group: Room, typed: str, answer: str
) -> None:
    await minji.says(group, typed)
    await group.receives(answer)


async def test_search_without_words_is_explained_by_examples(minji: Person, group: Room) -> None:
    await minji.says(group, "/search")
    page = await group.receives("예를 들면")
    assert page.text.count("/search") >= 3
    word = page.buttons[0]
    await minji.presses(page, word)
    await page.changes()
    assert f"'{word}'" in page.text
    assert "찾은 결과" in page.text


@pytest.mark.parametrize(("lang", "heading"), [("ko", "이런 말로도"), ("en", "Words to try")])
@pytest.mark.parametrize("words", ["키오스쿠비", "금리 키오스코프"])
async def test_words_to_try_are_buttons_that_search_in_place(
    sim: Simulator, lang: str, heading: str, words: str
) -> None:
    sam = sim.user("샘", language=lang)
    room = sim.private(sam)
    await sam.says(room, f"/search {words}")
    page = await room.receives(heading)
    await sam.presses(page, "키오스크")
    await page.changes()
    assert "'키오스크'" in page.text
    assert heading not in page.text


async def test_search_pages_turns_and_opens(minji: Person, group: Room) -> None:
    await minji.says(group, "/search 사람")
    page = await group.receives("찾은 결과")
    await minji.presses(page, "최신순")
    await page.changes()
    await minji.presses(page, "다음")
    await page.changes()
    await minji.presses(page, page.buttons[0])
    await group.receives("아직 없어요")


@pytest.mark.parametrize(
    ("lang", "nothing", "newest"),
    [("ko", "글이 없어요", "최근 글 보기"), ("en", "Nothing found", "Newest posts")],
)
async def test_a_search_that_finds_nothing_says_so_and_what_to_try(
    sim: Simulator, lang: str, nothing: str, newest: str
) -> None:
    sam = sim.user("샘", language=lang)
    await sam.says(sam.private, "/search 쀍뛟꿻")
    page = await sam.private.receives(nothing)
    await sam.presses(page, newest)
    await page.changes()
    assert "1–5" in page.text


@pytest.mark.parametrize(
    ("lang", "near", "onward"),
    [
        ("ko", "제목이 비슷한 글이에요.", "이어 읽을 만한 글이에요."),
        ("en", "Posts with a similar title:", "Posts to read on with:"),
    ],
)
async def test_a_search_in_vain_with_a_near_title_leads_on(
    sim: Simulator, bot: Bot, lang: str, near: str, onward: str
) -> None:
    assert bot.running is not None
    await bot.running.services.search.read_on()
    sam = sim.user("샘", language=lang)
    await sam.says(sam.private, "/search 키오스쿠비")
    page = await sam.private.receives(near)
    assert onward in page.text
    await sam.presses(page, page.buttons[-2])
    await sam.private.receives(page.buttons[-2])


@pytest.mark.parametrize("typed", ["/search \"'; DROP", "/search NEAR(", "/search *%_-"])
async def test_marks_in_a_search_are_text(minji: Person, group: Room, typed: str) -> None:
    await minji.says(group, typed)
    page = await group.receives("")
    assert "문제가 생겨서" not in page.text


async def test_top_turns_to_another_period_in_place(minji: Person, group: Room) -> None:
    await minji.says(group, "/top nonsense")
    await group.receives("/top 이번 달")
    await minji.says(group, "/top")
    page = await group.receives("7일")
    await minji.presses(page, "전체")
    await page.changes()
    assert "지금까지" in page.text


async def test_stats_count_what_this_chat_gave(minji: Person, group: Room) -> None:
    await minji.says(group, "/stats")
    assert "40편" in (await group.receives("반응")).text


async def test_inline_finds_pages_and_shares_a_post(
    sim: Simulator, minji: Person, group: Room
) -> None:
    newest = await minji.asks_inline("")
    assert len(newest.results) == 20
    more = await minji.asks_inline("", offset=newest.next_offset)
    assert not set(more.titles) & set(newest.titles)
    shared = await minji.asks_inline("p1")
    assert len(shared.results) == 1
    assert (await minji.asks_inline("p99999")).results == []
    found = await minji.asks_inline("투자")
    assert found.results
    sent = await minji.chooses(found, 0, group)
    assert sent.button("카톡용 복사").kind == "copy_text"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ko", "'키오스스크' 대신 '키오스크'로 찾았어요\n"),
        ("en", "Results for '키오스크' instead of '키오스스크'\n"),
    ],
)
async def test_inline_results_show_what_matched_and_say_what_was_repaired(
    sim: Simulator, lang: str, said: str
) -> None:
    sam = sim.user("샘", language=lang)
    as_typed = await sam.asks_inline("키오스크")
    descriptions = [one["description"] for one in as_typed.results]
    assert any("키오스크" in one for one in descriptions)
    assert not any(said in one for one in descriptions)
    first, *others = (await sam.asks_inline("키오스스크")).results
    assert first["description"].startswith(said)
    assert "키오스크" in first["description"].removeprefix(said)
    assert not any(said in one["description"] for one in others)


async def test_a_member_sees_and_deletes_what_is_kept(
    sim: Simulator, minji: Person, group: Room
) -> None:
    own = sim.private(minji)
    await minji.says(group, "/post 1")
    card = await group.receives("아직 없어요")
    await minji.reacts(card, "👍")
    await minji.says(group, "/privacy")
    await group.receives("남기지 않는 것")
    await minji.says(group, "/mydata")
    assert "1개" in (await own.receives("남아 있어요")).text
    await minji.says(group, "/forgetme")
    asked = await group.receives("지울까요")
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    assert "1개" in asked.text
    await minji.says(group, "/mydata")
    await own.receives("남은 것이 없어요")


async def test_nobody_else_can_confirm_forgetting(
    sim: Simulator, minji: Person, group: Room
) -> None:
    junho = sim.user("준호", language="ko")
    await junho.joins(group)
    own = sim.private(minji)
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await minji.says(group, "/forgetme")
    asked = await group.receives("지울까요")
    assert (await junho.presses(asked, "모두 지우기")).is_alert


async def test_whoever_is_anonymous_is_asked_to_come_in_private(sim: Simulator) -> None:
    boss = sim.user("관리자", language="ko")
    room = sim.supergroup("큰모임", admins=[boss], bot_admin=True)
    await boss.anonymous(room).says(room, "/forgetme")
    await room.receives("익명")


async def test_an_unknown_command_in_private_is_named(sim: Simulator, minji: Person) -> None:
    room = sim.private(minji)
    await minji.says(room, "/nonsense")
    await room.receives("/nonsense")
