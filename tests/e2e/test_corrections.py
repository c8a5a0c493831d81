"""A post that somebody published by hand: corrected, taken down everywhere, brought back."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from bot.delivery.cleaning import DELETABLE
from storage import outbox, sources
from storage.models import OutboxState, PostId
from tests.e2e.conftest import SAMPLE, choose
from tests.e2e.test_authors import TEXT, TEXTS, author, blog, boss, group, other, run_bot
from tests.e2e.test_pushing import database_of
from tests.waiting import until

if TYPE_CHECKING:
    from bot.demo.blog import Blog
    from bot.simulator import Person, Room, Simulator
    from bot.simulator.people.cards import Card
    from bot.sources.entries import Entry
    from storage.models import Post
    from tests.e2e.conftest import Bot

__all__ = ["author", "blog", "boss", "group", "other", "run_bot"]

KO = TEXTS["ko"]
TITLE = "시장의 새벽"
CORRECT, TAKE_DOWN, PUT_BACK = "고치기", "내리기", "다시 올리기"


async def published(home: Room, author: Person, blog: Blog, language: str = "ko") -> Card:
    """The message that says so; the page is the blog's newest."""
    texts = TEXTS[language]
    post = blog.publish(TITLE, TEXT)
    await author.says(home, f"{blog.address}/posts/{post.number}")
    draft = await home.receives(texts("publish.ask"))
    await author.presses(draft, texts("publish.yes"))
    return await draft.changes()


async def speaks(home: Room, person: Person, language: str) -> None:
    await person.says(home, "/start")
    await home.receives("")
    await person.says(home, f"/language {language}")
    await home.receives("")


def says(card: Card, *words: str) -> bool:
    return all(one in card.text for one in words)


async def id_of(bot: Bot) -> PostId:
    async with database_of(bot).reader() as db:
        rows = await db.fetch_all("SELECT id FROM posts WHERE title LIKE ?", (f"{TITLE}%",))
    return PostId(rows[0]["id"])


async def is_in(bot: Bot, state: OutboxState, error: str) -> bool:
    """Whether the post's push to the group stands so."""
    async with database_of(bot).reader() as db:
        rows = await db.fetch_all(
            "SELECT error FROM outbox WHERE kind = 'post' AND state = ?", (state,)
        )
    return any(error in (row["error"] or "") for row in rows)


async def is_polled(bot: Bot, address: str) -> bool:
    async with database_of(bot).reader() as db:
        source = await sources.get_by_address(db, address)
    return source is not None and source.last_fetched_at is not None


async def taken_down(done: Card, person: Person) -> Card:
    await person.presses(done, TAKE_DOWN)
    await done.changes()
    await person.presses(done, TAKE_DOWN)
    return await done.changes()


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_an_author_takes_a_post_down_and_every_card_and_text_goes(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, language: str
) -> None:
    texts, home = TEXTS[language], sim.private(author)
    await speaks(home, author, language)
    done = await published(home, author, blog, language)
    assert done.buttons == [texts("button.correct"), texts("button.take_down")]
    card = await group.receives(TITLE)
    assert texts("button.take_down") not in card.buttons
    await author.joins(group)
    await author.says(group, f"/post {await id_of(run_bot)}")
    second = await group.receives(TITLE)
    assert TAKE_DOWN not in second.buttons
    await run_bot.rests()
    await author.presses(done, texts("button.take_down"))
    await done.changes()
    assert texts.count("takedown.where", 1) in done.text
    await author.presses(done, texts("button.take_down"))
    await done.changes()
    assert texts.count("takedown.deleting", 1) in done.text
    await card.disappears()
    await second.disappears()
    for asked in (f"/post {await id_of(run_bot)}", "/search 고등어 값", "/latest"):
        await author.says(group, asked)
        await run_bot.rests()
        assert TITLE not in group.bot_messages[-1].text
    assert not done.is_deleted


async def test_the_card_in_private_leads_there_and_stopping_leads_back(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    await published(home, author, blog)
    await group.receives(TITLE)
    await author.says(home, f"/post {await id_of(run_bot)}")
    card = await home.receives(TITLE)
    assert card.buttons[-2:] == [CORRECT, TAKE_DOWN]
    await author.presses(card, TAKE_DOWN)
    await card.changes()
    assert "정말" in card.text
    await author.presses(card, "그만두기")
    await card.changes()
    assert card.buttons[-2:] == [CORRECT, TAKE_DOWN]
    await author.presses(card, "전체 보기")
    await card.changes()
    await author.presses(card, "접기")
    await card.changes()
    done = await taken_down(card, author)
    assert "지우고 있어요" in done.text
    await until(lambda: all(TITLE not in one.text for one in group.bot_messages))
    await run_bot.rests()
    assert not done.is_deleted


@pytest.mark.parametrize("is_known_to_be_old", [True, False])
async def test_what_is_too_old_to_be_deleted_is_marked(
    sim: Simulator,
    run_bot: Bot,
    group: Room,
    blog: Blog,
    author: Person,
    *,
    is_known_to_be_old: bool,
) -> None:
    done = await published(sim.private(author), author, blog)
    card = await group.receives(TITLE)
    await run_bot.rests()
    sim.clock.advance(2 * 86_400 + 60)
    if is_known_to_be_old:
        seconds = int(DELETABLE.total_seconds())
        async with database_of(run_bot).transaction() as tx:
            await tx.execute(f"UPDATE messages SET sent_at = sent_at - {seconds}")  # noqa: S608  # a number
    await author.says(sim.private(author), f"/post {await id_of(run_bot)}")
    done = await taken_down(await sim.private(author).receives(TITLE), author)
    assert ("표시를 남겨요" in done.text) is is_known_to_be_old
    await until(lambda: "내린 글" in card.text)
    assert TEXT[:10] not in card.text
    assert not card.buttons
    assert not card.is_deleted


@pytest.mark.parametrize("trouble", ["429", "outage", "restart"])
async def test_it_goes_whatever_comes_between(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, trouble: str
) -> None:
    done = await published(sim.private(author), author, blog)
    card = await group.receives(TITLE)
    await run_bot.rests()
    if trouble == "429":
        fault = sim.faults.answers(
            HTTPStatus.TOO_MANY_REQUESTS, method="deleteMessages", retry_after=1, times=None
        )
    else:
        fault = sim.faults.cuts(after=False, method="deleteMessages", times=None)
    await taken_down(done, author)
    await until(lambda: fault.hits > 0)
    assert not card.is_deleted
    if trouble == "restart":
        await run_bot.crash()
    sim.faults.remove(fault)
    if trouble == "restart":
        await run_bot.start()
    if trouble != "429":  # it is tried again after thirty seconds
        async with database_of(run_bot).transaction() as tx:
            await tx.execute("UPDATE messages SET delete_at = 1 WHERE delete_at IS NOT NULL")
    await card.disappears()


async def test_a_push_that_waits_never_comes(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person
) -> None:
    await choose(run_bot, group, quiet=None)
    fault = sim.faults.answers(
        HTTPStatus.TOO_MANY_REQUESTS, chat_id=group.id, retry_after=60, times=None
    )
    done = await published(sim.private(author), author, blog)
    await until(lambda: fault.hits > 0)
    await until(lambda: is_in(run_bot, OutboxState.PENDING, "flooded"))
    await taken_down(done, author)
    assert "보내지 않아요" in done.text
    assert await is_in(run_bot, OutboxState.DROPPED, "taken down")


async def test_it_stays_down_until_a_hand_brings_it_back(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    done = await published(home, author, blog)
    card = await group.receives(TITLE)
    address = f"{blog.address}/posts/{max(blog.posts)}"
    await run_bot.rests()
    await taken_down(done, author)
    await card.disappears()
    await run_bot.stop()
    await run_bot.start(sources=f"{SAMPLE} {blog.feed_address}")
    await until(lambda: is_polled(run_bot, blog.feed_address))
    await run_bot.rests()
    count = len(group.bot_messages)
    await author.says(home, f"{address} 다시 읽어도 좋아요")
    known = await home.receives("내린 글")
    assert known.buttons == [PUT_BACK]
    await author.presses(known, PUT_BACK)
    await known.changes()
    assert "방 1곳" in known.text
    again = await group.receives(TITLE)
    assert again.text.startswith("다시 읽어도 좋아요")
    await run_bot.rests()
    assert len(group.bot_messages) == count + 1
    stale = await author.presses_data(known, f"1H:{await id_of(run_bot)}:0")
    assert "이미 정해진" in stale.text


async def test_a_draft_of_before_brings_nothing_back(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, boss: Person
) -> None:
    office = sim.private(boss)
    post = blog.publish(TITLE, TEXT)
    address = f"{blog.address}/posts/{post.number}"
    await author.says(sim.private(author), address)
    waiting = await sim.private(author).receives("이 글을 올릴까요")
    await boss.says(office, address)
    draft = await office.receives("이 글을 올릴까요")
    await boss.presses(draft, "올리기")
    await draft.changes()
    card = await group.receives(TITLE)
    await run_bot.rests()
    await taken_down(draft, boss)
    await card.disappears()
    await author.presses(waiting, "올리기")
    await waiting.changes()
    assert "내린 글" in waiting.text
    assert not waiting.buttons
    await author.says(sim.private(author), address)
    assert not (await sim.private(author).receives("내린 글")).buttons
    async with database_of(run_bot).reader() as db:
        assert (await outbox.count_by_state(db)).get(OutboxState.PENDING) is None


async def test_of_what_is_down_nothing_is_said_and_the_reason_is_told(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, boss: Person
) -> None:
    office, home = sim.private(boss), sim.private(author)
    address = f"{blog.address}/posts/{blog.publish(TITLE, TEXT).number}"
    await author.says(home, f"{address} 값을 아는 글")
    waiting = await home.receives("이 글을 올릴까요")
    await boss.says(office, address)
    done = await office.receives("이 글을 올릴까요")
    await boss.presses(done, "올리기")
    await done.changes()
    card = await group.receives(TITLE)
    await boss.says(office, f"{address} 다시 보아요")
    known = await office.receives("이미 있는 글")
    await boss.presses(done, CORRECT)
    await done.changes()
    await boss.presses(done, "한마디")
    asked = await office.receives("한마디를 달아요")
    await boss.presses(done, "‹ 뒤로")
    await done.changes()
    await taken_down(done, boss)
    await card.disappears()
    told = KO("publish.known.taken_down")
    await boss.says(office, "꼭 보세요", reply_to=asked)
    await office.receives(told)
    assert (await boss.presses(known, "다시 알리기")).text == told
    assert (await author.presses(waiting, "올리기")).text == ""
    await waiting.changes()
    assert waiting.text == told


async def test_what_was_taken_down_while_it_was_read_again_is_told(
    run_bot: Bot,
    sim: Simulator,
    blog: Blog,
    author: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = await published(sim.private(author), author, blog)
    await author.presses(done, CORRECT)
    await done.changes()
    assert run_bot.running is not None
    publisher = run_bot.running.services.publisher
    read_again = publisher.read_again

    async def slowly(post: Post) -> Entry:
        async with database_of(run_bot).transaction() as tx:
            assert await publisher.take_down(tx, post.id)
        return await read_again(post)

    monkeypatch.setattr(publisher, "read_again", slowly)
    assert (await author.presses(done, "다시 읽기")).text == KO("post.gone")


async def test_somebody_elses_words_stay_when_it_comes_back_and_that_is_told(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, boss: Person
) -> None:
    home = sim.private(author)
    done = await published(home, author, blog)
    card = await group.receives(TITLE)
    await run_bot.rests()
    await boss.says(group, "한마디: 운영자도 읽었어요", reply_to=card)
    await group.receives("한마디를 달았어요")
    await taken_down(done, author)
    await card.disappears()
    await author.says(home, f"{blog.address}/posts/{max(blog.posts)} 저도 한마디")
    known = await home.receives("내린 글")
    assert (await author.presses(known, PUT_BACK)).text == KO("remark.not_yours")
    assert (await group.receives(TITLE)).text.startswith("운영자도 읽었어요")


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_page_is_read_again_and_what_was_sent_follows(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, language: str
) -> None:
    texts, home = TEXTS[language], sim.private(author)
    await speaks(home, author, language)
    done = await published(home, author, blog, language)
    card, number = await group.receives(TITLE), max(blog.posts)
    await author.says(home, f"/post {await id_of(run_bot)}")
    own = await home.receives(TITLE)
    await author.presses(done, texts("button.correct"))
    await done.changes()
    again, back = texts("button.reread"), texts("menu.back")
    assert done.buttons == [again, texts("button.remark"), back]
    await author.presses(done, again)
    await done.changes()
    assert texts("correct.same") in done.text
    blog.edit(number, title=f"{TITLE} (고침)", text="고등어 값을 바로잡습니다. 두 번째 문장입니다.")
    await author.presses(done, again)
    await done.changes()
    assert f"{texts('correct.field.title')}, {texts('correct.field.body')}" in done.text
    for one in (card, own):
        await until(partial(says, one, f"{TITLE} (고침)", "바로잡습니다"))
    assert own.buttons[-2:] == [texts("button.correct"), texts("button.take_down")]
    blog.remove(number)
    await author.presses(done, again)
    await done.changes()
    assert "404" in done.text
    assert f"{TITLE} (고침)" in card.text
    await author.presses(done, back)
    await done.changes()
    assert done.buttons[-2:] == [texts("button.correct"), texts("button.take_down")]


async def test_what_is_said_about_it_answers_a_question_for_it(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    done = await published(home, author, blog)
    card = await group.receives(TITLE)
    await author.presses(done, CORRECT)
    await done.changes()
    await author.presses(done, "한마디")
    asked = await home.receives("한마디를 달아요")
    await author.says(home, "꼭 읽어 보세요", reply_to=asked)
    await home.receives("한마디를 달았어요")
    await until(lambda: card.text.startswith("꼭 읽어 보세요\n— 해봄"))
    await author.says(home, "-", reply_to=asked)
    await home.receives("한마디를 지웠어요")
    await until(lambda: card.text.startswith(TITLE))


async def test_nobody_else_corrects_or_takes_down(
    sim: Simulator, run_bot: Bot, group: Room, blog: Blog, author: Person, boss: Person
) -> None:
    office, minji = sim.private(boss), sim.user("민지", language="ko")
    junho = sim.user("준호", language="ko")
    await junho.joins(group)
    await boss.promotes(group, junho)
    await boss.says(office, f"/publish {blog.address}/posts/{blog.publish(TITLE, TEXT).number}")
    draft = await office.receives("이 글을 올릴까요")
    await boss.presses(draft, "올리기")
    await draft.changes()
    card = await group.receives(TITLE)
    post_id = await id_of(run_bot)
    for person in (author, minji, junho):
        await person.says(sim.private(person), f"/post {post_id}")
        shown = await sim.private(person).receives(TITLE)
        assert TAKE_DOWN not in shown.buttons
        for data in (f"1D:{post_id}", f"1E:{post_id}", f"1F:{post_id}", f"1G:{post_id}:1"):
            answer = await person.presses_data(shown, data)
            assert answer.is_alert
            assert ("다른 사람이" if person is author else "글쓴이와") in answer.text
    assert "개인 대화" in (await boss.presses_data(card, f"1G:{post_id}:1")).text
    assert not card.is_deleted
    await taken_down(draft, boss)
    assert KO("post.gone") in (await boss.presses_data(draft, f"1G:{post_id}:1")).text


async def test_an_operator_takes_down_what_a_feed_brought(
    sim: Simulator, run_bot: Bot, group: Room, boss: Person, author: Person
) -> None:
    await author.says(sim.private(author), "/post 1")
    assert TAKE_DOWN not in (await sim.private(author).receives("#1")).buttons
    await boss.says(group, "/post 1")
    seen = await group.receives("#1")
    await boss.says(sim.private(boss), "/post 1")
    card = await sim.private(boss).receives("#1")
    await run_bot.rests()
    await boss.presses(card, CORRECT)
    await card.changes()
    assert card.buttons == ["한마디", "‹ 뒤로"]
    await boss.presses(card, "‹ 뒤로")
    await card.changes()
    await taken_down(card, boss)
    await seen.disappears()
