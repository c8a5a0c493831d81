"""Blocks for KakaoTalk: asked for in private and in groups, and under all that lists posts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from bot.locales import get_texts
from bot.pages.actions import Bundle, BundlePage, encode
from storage import lists, posts
from storage.models import ChatId, ChatState, MessageId, NewPost, PushMode, SourceId
from tests.e2e.conftest import a_bot, choose, known
from tests.e2e.test_digests import digest_now
from tests.e2e.test_noise import payload_of
from tests.e2e.test_pushing import database_of, enter, publish
from tests.storage.rows import keep_post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Card, Person, Simulator
    from tests.e2e.conftest import Bot

CLOCK = SystemClock()
TEXTS = {"ko": get_texts("ko"), "en": get_texts("en")}
WORDS = "값이 왜 오르는지"
FORGOTTEN = TEXTS["ko"]("kakao.forgotten")
HEAD = "카카오톡에 붙여|KakaoTalk"
BOTH_LANGUAGES = pytest.mark.parametrize("lang", ["ko", "en"])


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
async def run_bot(sim: Simulator, boss: Person, tmp_path: Path) -> AsyncIterator[Bot]:
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id)) as bot:
        yield bot


def zone_at_noon() -> str:
    """A zone where it is between noon and one: no day ends while a test runs."""
    return f"Etc/GMT{CLOCK.now().hour - 12:+d}"


async def home_of(sim: Simulator, bot: Bot, name: str, lang: str = "ko") -> Person:
    """Somebody who has started the bot, and whose day is at noon."""
    person = sim.user(name, language=lang)
    room = sim.private(person)
    await person.says(room, "/start")
    await room.receives("")
    await choose(bot, room, timezone=zone_at_noon())
    return person


async def write(bot: Bot, title: str, *, hours_ago: int = 0, **columns: str) -> int:
    """A post that was announced so long ago, with a link of its own and perhaps a remark."""
    seen_at = CLOCK.now() - timedelta(hours=hours_ago)
    async with database_of(bot).transaction() as tx:
        new = NewPost(title=title, body="본문이에요.", link=f"https://blog.example/{title[-1]}")
        number = await keep_post(tx, SourceId(1), new, first_seen_at=seen_at)
        for name, value in columns.items():
            await tx.execute(f"UPDATE posts SET {name} = ? WHERE id = ?", (value, number))  # noqa: S608  # of ours
    return number


def pasted(card: Card) -> str:
    """What a tap on the block of a message copies."""
    (pre,) = [one for one in card.message.content["entities"] if one["type"] == "pre"]
    data = card.text.encode("utf-16-le")
    return data[2 * pre["offset"] : 2 * (pre["offset"] + pre["length"])].decode("utf-16-le")


def titles(block: str) -> list[str]:
    return [entry.splitlines()[0] for entry in block.split("\n\n")]


@BOTH_LANGUAGES
async def test_today_and_the_week_come_as_one_block(
    sim: Simulator, run_bot: Bot, lang: str
) -> None:
    minji, texts = await home_of(sim, run_bot, "민지", lang), TEXTS[lang]
    own = minji.private
    await minji.says(own, "/kakao")
    none = await own.receives(texts("kakao.none.today"))
    await write(run_bot, "지난 글 1", hours_ago=24)
    await write(run_bot, "먼 글 2", hours_ago=24 * 8)
    await write(run_bot, "오늘 글 3", remark=WORDS, remark_by="해봄")
    await write(run_bot, "오늘 글 4", link="ftp://odd/")
    today = (
        f"오늘 글 3\n“{WORDS}”\nhttps://blog.example/3\n\n2. 오늘 글 4\n"
        f"https://t.me/{sim.bot.username}?start=p"
    )
    for typed in ("/kakao", "/카톡", "/kakao 오늘", "/kakao today"):
        await minji.says(own, typed)
        assert pasted(await own.receives(texts.count("kakao.head", 2))).startswith(f"1. {today}")
    week = ["1. 지난 글 1", "2. 오늘 글 3", "3. 오늘 글 4"]
    for typed in ("/kakao 주", "/kakao 이번 주", "/kakao week"):
        await minji.says(own, typed)
        assert titles(pasted(await own.receives(texts.count("kakao.head", 3)))) == week
    await minji.presses(none, texts("kakao.week"))
    await none.changes()
    assert titles(pasted(none)) == week
    await minji.says(own, "/post 2")
    assert "오늘 글 3" in (await own.receives(" · #")).text, "the numbers are those of the block"
    await minji.says(own, "/kakao 어제쯤")
    await own.receives(texts("kakao.usage"))


async def test_a_long_bundle_is_turned_in_place_by_its_own_posts(
    sim: Simulator, run_bot: Bot
) -> None:
    minji = await home_of(sim, run_bot, "민지")
    own = minji.private
    for number in range(1, 8):
        await write(run_bot, f"{'아주 긴 제목 ' * 30}{number}")
    await minji.says(own, "/kakao")
    bundle = await own.receives("· 1/2쪽")
    first = pasted(bundle)
    await write(run_bot, "그사이 온 글 8")
    await minji.presses(bundle, "다음 ›")
    await bundle.changes()
    assert "· 2/2쪽" in bundle.text
    assert len([*titles(first), *titles(pasted(bundle))]) == 7
    await minji.presses(bundle, "‹ 이전")
    await bundle.changes()
    assert pasted(bundle) == first
    async with database_of(run_bot).transaction() as tx:
        await tx.execute("DELETE FROM lists")
    answer = await minji.presses(bundle, "다음 ›")
    assert (answer.is_alert, answer.text) == (True, TEXTS["ko"]("kakao.forgotten"))


@BOTH_LANGUAGES
async def test_a_group_is_told_in_one_line_and_what_was_asked_is_not_lost(
    sim: Simulator, run_bot: Bot, boss: Person, lang: str
) -> None:
    texts = TEXTS[lang]
    minji = await home_of(sim, run_bot, "민지", lang)
    stranger = sim.user("준호", language=lang)
    sim.private(stranger, started=False)
    group = sim.supergroup("독서모임", members=[minji, stranger], admins=[boss], bot_admin=True)
    await boss.says(group, f"/language {lang}")
    await group.receives("")
    await write(run_bot, "지난 글 1", hours_ago=24 * 3)
    await minji.says(group, "/kakao 이번 주")
    assert titles(pasted(await minji.private.receives(texts.count("kakao.head", 1))))
    line = await group.receives(texts("private.answered"))
    assert line.button(texts("private.button")).value == f"https://t.me/{sim.bot.username}"
    for typed, said in (
        ("/kakao 주", texts.count("kakao.head", 1)),
        ("/kakao 어제쯤", texts("kakao.usage")),
    ):
        await boss.anonymous(group).says(group, typed)
        line = await group.receives(texts("private.open"))
        await stranger.starts(payload_of(line.button(texts("private.button")).value))
        await stranger.private.receives(said)
    await boss.anonymous(group).says(group, "/kakao")
    line = await group.receives(texts("private.open"))
    assert line.button(texts("private.button")).value.endswith("?start=kakao")
    assert not [card for card in group.bot_messages if "지난 글" in card.text]


async def bundle_of(bot: Bot, listed: Card, person: Person, label: str) -> Card:
    """What somebody gets in private who presses the button under a list of a group or channel."""
    await bot.rests()  # what the message lists is put down
    pressed = await person.presses(listed, label)
    await person.starts(payload_of(pressed.url))
    bundle = await person.private.receives(HEAD)
    await bot.rests()
    return bundle


@BOTH_LANGUAGES
@pytest.mark.parametrize("typed", ["/latest 3", "/top 전체", "/search 하나", "/digest"])
@pytest.mark.usefixtures("no_digest_is_near")
async def test_a_groups_list_is_bundled_for_whoever_presses(
    sim: Simulator, run_bot: Bot, boss: Person, typed: str, lang: str
) -> None:
    label, minji = TEXTS[lang]("button.bundle"), sim.user("민지", language=lang)
    group = await enter(boss, sim.supergroup("독서모임", owner=boss, bot=False))
    await boss.says(group, f"/language {lang}")
    await group.receives("")
    await minji.joins(group)
    await publish(run_bot, "글 하나")
    await boss.reacts(await group.receives("글 하나"), "👍")
    await run_bot.rests()
    await boss.says(group, typed)
    listed = await group.receives(r"(?m)^\d+\. |^• ")
    bundle = await bundle_of(run_bot, listed, minji, label)
    copied = titles(pasted(bundle))
    assert [one.partition(". ")[2] for one in copied] == await shown_titles(run_bot, listed)
    assert all(one[3:10] in listed.text for one in copied)
    await boss.presses(listed, label)
    await group.stays_silent(run_bot.rests())


async def shown_titles(bot: Bot, listed: Card) -> list[str]:
    """The titles of the posts that a message is known to list."""
    place = (ChatId(listed.message.chat.id), MessageId(listed.id))
    async with database_of(bot).reader() as db:
        shown = await lists.get_list(db, *place)
        assert shown is not None
        return [post.title for post in await posts.get_posts(db, shown.every)]


async def test_a_digest_bundles_new_posts_and_the_cards_that_it_names(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    minji = sim.user("민지", language="ko")
    group = await enter(boss, sim.supergroup("독서모임", members=[minji], owner=boss, bot=False))
    await publish(run_bot, "글 1")
    await group.receives("글 1")
    await boss.says(group, "/push digest")
    await group.receives("모아 보기만")
    await publish(run_bot, "글 2")
    await digest_now(run_bot, group)
    told = await group.receives("오늘의 소식")
    assert told.buttons == ["카톡용 묶음", "이 메시지는?"]
    assert "지난 모아 보기" in (await minji.presses(told, "이 메시지는?")).text
    bundle = await bundle_of(run_bot, told, minji, "카톡용 묶음")
    assert titles(pasted(bundle)) == ["1. 글 2", "2. 글 1"]
    assert await number_opens(minji, "/post 2") == "글 1"


async def number_opens(person: Person, typed: str) -> str:
    """The title of the card that a number opens in private."""
    await person.says(person.private, typed)
    return (await person.private.receives("목록의")).text.splitlines()[2]


@BOTH_LANGUAGES
async def test_a_channels_digest_is_bundled_for_its_readers_and_in_its_discussion(
    sim: Simulator, tmp_path: Path, lang: str
) -> None:
    boss, minji = (sim.user(name, language=lang) for name in ("운영자", "민지"))
    async with a_bot(sim, tmp_path, operator_ids=str(boss.id), language=lang) as bot:
        talk = sim.supergroup("수다", members=[minji], owner=boss, bot=False)
        channel = sim.channel("소식", owner=boss, bot=False, discussion=talk)
        await boss.adds_bot(channel)
        await known(bot, channel.id, state=ChatState.SERVED)
        await choose(bot, channel, push=PushMode.DIGEST, quiet=None)
        await publish(bot, "글 1", "글 2")
        await digest_now(bot, channel)
        told = await channel.receives("글 1")
        await minji.joins(channel)
        (copy,) = told.forwards
        for listed in (told, copy):
            bundle = await bundle_of(bot, listed, minji, TEXTS[lang]("button.bundle"))
            assert titles(pasted(bundle)) == ["1. 글 1", "2. 글 2"]


async def test_several_new_posts_in_one_message_are_bundled(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await enter(boss, sim.supergroup("독서모임", owner=boss, bot=False))
    names = [f"글 {number}" for number in range(1, 8)]
    await publish(run_bot, *names)
    told = await group.receives("7편")
    bundle = await bundle_of(run_bot, told, boss, "카톡용 묶음")
    assert [one[3:] for one in titles(pasted(bundle))] == names


async def test_in_private_the_bundle_is_a_new_message(sim: Simulator, run_bot: Bot) -> None:
    minji = sim.user("민지", language="ko")
    own = sim.private(minji)
    await minji.says(own, "/latest 2")
    listed = await own.receives("1–2")
    before = listed.text
    await minji.presses(listed, "카톡용 묶음")
    first = pasted(await own.receives(HEAD))
    assert listed.text == before
    await minji.presses(listed, "다음 ›")
    await listed.changes()
    await minji.presses(listed, "카톡용 묶음")
    assert titles(first) != titles(pasted(await own.receives(HEAD)))
    await minji.says(own, "하늘바다없는말")
    assert "카톡용 묶음" not in (await own.receives("없는말")).buttons


async def test_an_old_list_says_so_and_leads_on(sim: Simulator, run_bot: Bot, boss: Person) -> None:
    minji = sim.user("민지", language="ko")
    group = await enter(boss, sim.supergroup("독서모임", members=[minji], owner=boss, bot=False))
    await boss.says(group, "/latest 2")
    listed = await group.receives("1–2")
    pressed = await minji.presses(listed, "카톡용 묶음")
    async with database_of(run_bot).transaction() as tx:
        await lists.delete_lists(tx, CLOCK.now() + timedelta(days=3))
    await minji.starts(payload_of(pressed.url))
    assert (await minji.private.receives("/kakao")).text == FORGOTTEN
    answer = await minji.presses(listed, "카톡용 묶음")
    assert (answer.is_alert, answer.text, answer.url) == (True, FORGOTTEN, "")


async def test_a_list_whose_posts_are_gone_says_so(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    own = sim.private(boss)
    await boss.says(own, "/latest 2")
    listed = await own.receives("1–2")
    async with database_of(run_bot).transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1")
    assert (await boss.presses(listed, "카톡용 묶음")).text == FORGOTTEN


async def test_what_is_forged_shows_nothing_that_others_were_shown_in_private(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    minji, own = sim.user("민지", language="ko"), sim.private(boss)
    sim.private(minji)
    await boss.says(own, "/search 빵집")
    secret = await own.receives("빵집")
    await minji.says(minji.private, "/latest 2")
    page = await minji.private.receives("1–2")
    named = encode(Bundle(ChatId(own.id), MessageId(secret.id)))
    assert (await minji.presses_data(page, named)).text == FORGOTTEN
    for payload in (named.replace(":", "_"), "1K_0_0", "1K_-1_1", f"1K_{2**63 - 1}_{2**63 - 1}"):
        await minji.starts(payload)
        assert (await minji.private.receives("/kakao")).text == FORGOTTEN
    for what in ("usage", "shown", "year", "all"):
        await minji.starts(f"1L_{what}_0")
        await minji.private.receives(TEXTS["ko"]("kakao.usage"))
    for number in (99, -99, 2**63 - 1):
        await minji.presses_data(page, encode(BundlePage("shown", number)))
        assert "빵집" not in page.text
    assert (await minji.presses_data(page, encode(BundlePage("year", 0)))).is_alert


async def test_a_block_is_turned_in_private_only(
    sim: Simulator, run_bot: Bot, boss: Person
) -> None:
    group = await enter(boss, sim.supergroup("독서모임", owner=boss, bot=False))
    await boss.says(group, "/latest 2")
    page = await group.receives("1–2")
    before = page.text
    answer = await boss.presses_data(page, encode(BundlePage("shown", 0)))
    assert (answer.is_alert, answer.text) == (True, TEXTS["ko"]("private.only"))
    await run_bot.rests()
    assert page.text == before
