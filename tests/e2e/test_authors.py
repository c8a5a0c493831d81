"""An author's own hand: words above a post, several at once, once more, and who may do what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.demo.blog import Blog
from bot.locales import get_texts
from bot.pages.actions import Again, Reword, encode
from storage.models import ChatState, PostId
from tests.e2e.conftest import SAMPLE, a_bot, draft_of, known
from tests.e2e.test_digests import digest_now
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulator import Card, Person, Room, Simulator
    from tests.e2e.conftest import Bot

TEXT = "새벽 시장에는 신문보다 빠른 소식이 있습니다. 고등어 값이 먼저 압니다."
WORDS = "값이 왜 오르는지 이보다 쉽게 쓴 글을 못 봤어요."
QUOTED = f"{WORDS}\n— 해봄"
TEXTS = {"ko": get_texts("ko"), "en": get_texts("en")}


@pytest.fixture
def boss(sim: Simulator) -> Person:
    return sim.user("운영자", language="ko")


@pytest.fixture
def author(sim: Simulator) -> Person:
    return sim.user("해봄", language="ko")


@pytest.fixture
def other(sim: Simulator) -> Person:
    """An author, too."""
    return sim.user("이슬", language="ko")


@pytest.fixture
async def blog(sim: Simulator) -> AsyncIterator[Blog]:
    one = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
    yield one
    await one.close()


@pytest.fixture
async def run_bot(
    sim: Simulator, boss: Person, author: Person, other: Person, blog: Blog, tmp_path: Path
) -> AsyncIterator[Bot]:
    """Serves a group and a channel; the blog is known by an address that is never polled here."""
    async with a_bot(
        sim,
        tmp_path,
        operator_ids=str(boss.id),
        author_ids=f"{author.id} {other.id}",
        sources=f"{SAMPLE} {blog.address}/posts/0",
        allow_private_sources=True,
    ) as bot:
        yield bot


@pytest.fixture
async def group(sim: Simulator, run_bot: Bot, boss: Person) -> Room:
    room = sim.supergroup("독서모임", owner=boss, bot=False)
    await boss.adds_bot(room, admin=True)
    await room.receives("안녕하세요")
    await boss.says(room, "/quiet off")
    await room.receives("조용한 시간")
    return room


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("way", ["/publish {url} {words}", "{words}\n{url}", "{url} - {words}"])
async def test_words_beside_a_link_stand_above_its_card_in_every_chat(
    sim: Simulator, group: Room, blog: Blog, author: Person, way: str, language: str
) -> None:
    texts = TEXTS[language]
    home = sim.private(author)
    await author.says(home, "/start")
    await home.receives("")
    await author.says(home, f"/language {language}")
    await home.receives("")
    post = blog.publish("시장의 새벽", TEXT)
    await author.says(home, way.format(url=f"{blog.address}/posts/{post.number}", words=WORDS))
    draft = await home.receives(texts("publish.ask"))
    assert QUOTED in draft.text
    await author.presses(draft, texts("publish.yes"))
    await draft.changes()
    card = await group.receives("시장의 새벽")
    assert card.text.startswith(QUOTED)
    (quote,) = [one for one in card.message.content["entities"] if one["type"] == "blockquote"]
    assert (quote["offset"], quote["length"]) == (0, len(QUOTED))


async def has_come(group: Room, bot: Bot) -> Card:
    """The card, once the bot has put down that it is there."""
    card = await group.receives("시장의 새벽")
    await bot.rests()
    return card


async def published(home: Room, author: Person, blog: Blog, words: str = "") -> str:
    post = blog.publish("시장의 새벽", TEXT)
    address = f"{blog.address}/posts/{post.number}"
    await author.says(home, f"{address} {words}")
    draft = await home.receives("이 글을 올릴까요")
    await author.presses(draft, "올리기")
    await draft.changes()
    return address


@pytest.mark.usefixtures("no_digest_is_near")
async def test_words_are_in_lists_and_found_by_a_search(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person
) -> None:
    await published(sim.private(author), author, blog, "참 고소한 땅콩 이야기")
    await has_come(group, run_bot)
    await author.joins(group)
    await author.says(group, "/latest")
    assert "“참 고소한 땅콩 이야기”" in (await group.receives("1. 시장의 새벽")).text
    await author.says(group, "/search 땅콩")
    assert "시장의 새벽" in (await group.receives("땅콩")).text
    await author.says(group, "/digest")
    assert "“참 고소한 땅콩 이야기”" in (await group.receives("오늘의 소식")).text


async def test_a_reply_says_it_anew_and_a_dash_takes_it_back(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person, boss: Person
) -> None:
    await published(sim.private(author), author, blog, WORDS)
    card = await has_come(group, run_bot)
    await author.joins(group)
    await author.says(group, "한마디: 다시 읽어도 좋아요", reply_to=card)
    await group.receives("한마디를 달았어요")
    await until(lambda: card.text.startswith("다시 읽어도 좋아요\n— 해봄"))
    minji = sim.user("민지", language="ko")
    await minji.joins(group)
    await minji.says(group, "한마디: 저도요", reply_to=card)
    await group.receives("글쓴이와 운영자만")
    await boss.says(group, "remark: -", reply_to=card)
    await group.receives("한마디를 지웠어요")
    await until(lambda: card.text.startswith("시장의 새벽"))


async def test_what_members_say_to_each_other_is_theirs(
    sim: Simulator, group: Room, blog: Blog, author: Person
) -> None:
    """Some groups say "한마디: …" for themselves; what a channel posted, an author speaks about."""
    minji, junho = sim.user("민지", language="ko"), sim.user("준호", language="ko")
    for one in (minji, junho, author):
        await one.joins(group)
    said = await minji.says(group, "오늘 모임 어땠나요")
    await junho.says(group, "한마디: 좋았어요", reply_to=said)
    await junho.says(group, "/latest")
    listed = await group.receives("1. ")
    await junho.says(group, "한마디: 많네요", reply_to=listed)
    await junho.says(group, "/post 40")
    await group.receives("#40")
    told = [one.text for one in group.bot_messages]
    assert not any("어느 글인지" in one or "글쓴이와" in one for one in told), told
    await author.says(group, "한마디: 많네요", reply_to=listed)
    await group.receives("글의 카드에 답장으로")


async def test_a_comment_on_what_a_channel_posted_says_it_too(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person, boss: Person
) -> None:
    channel = sim.channel("소식", owner=boss, bot=False, discussion=group)
    await boss.adds_bot(channel)
    await known(run_bot, channel.id, state=ChatState.SERVED)
    await published(sim.private(author), author, blog)
    card = await channel.receives("시장의 새벽")
    await until(lambda: card.forwards)
    await author.joins(group)
    await run_bot.rests()
    await author.says(group, f"한마디: {WORDS}", reply_to=card.forwards[0])
    await group.receives("한마디를 달았어요")
    await until(lambda: card.text.startswith(QUOTED))


async def test_several_links_are_several_drafts_decided_at_once_or_one_by_one(
    sim: Simulator, group: Room, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    numbers = [blog.publish(f"{name} 이야기", TEXT).number for name in ("첫째", "둘째", "셋째")]
    first, second, third = (f"{blog.address}/posts/{number}" for number in numbers)
    await author.says(home, f"모두 좋아요 {first} 으뜸이에요\n{second}\n{third}")
    drafts = [await home.receives(f"{name} 이야기") for name in ("첫째", "둘째", "셋째")]
    assert "으뜸이에요" in drafts[0].text
    assert all("모두 좋아요" in one.text for one in drafts[1:])
    both, number = await home.receives("글 3편을 한 번에"), draft_of(drafts[0])
    await author.presses(drafts[1], "그만두기")
    await drafts[1].changes()
    await author.presses(both, "모두 올리기")
    await both.changes()
    assert "2편" in both.text
    for name in ("첫째", "셋째"):
        await group.receives(f"{name} 이야기")
    late = await author.presses_data(drafts[0], f"1p:{number}:1")
    assert "이미 정해진" in late.text


async def test_a_draft_whose_message_was_lost_is_no_second_one(
    sim: Simulator, group: Room, blog: Blog, author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.repeats.WAITS_SECONDS", (0.2, 0.2))
    home = sim.private(author)
    first, second = (blog.publish(f"{name} 이야기", TEXT).number for name in ("첫째", "둘째"))
    sim.faults.answers(502, method="sendMessage")
    await author.says(home, f"{blog.address}/posts/{first}\n{blog.address}/posts/{second}")
    dropped = await home.receives("첫째 이야기")
    both = await home.receives("글 2편을 한 번에")
    await author.presses(dropped, "그만두기")
    await dropped.changes()
    await author.presses(both, "모두 올리기")
    await both.changes()
    assert "1편" in both.text
    await group.receives("둘째 이야기")


async def test_a_long_message_that_is_forwarded_has_a_link_all_the_same(
    sim: Simulator, group: Room, blog: Blog, author: Person
) -> None:
    """Its words are not the author's to shorten."""
    address = f"{blog.address}/posts/{blog.publish('시장의 새벽', TEXT).number}"
    await author.joins(group)
    long = await author.says(group, f"{address} {'가' * 501}")
    home = sim.private(author)
    await author.forwards(long, home)
    assert "가가" not in (await home.receives("이 글을 올릴까요")).text


async def test_a_post_that_no_chat_takes_is_pushed_to_none(
    sim: Simulator, run_bot: Bot, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    address = await published(home, author, blog)
    await author.says(home, address)
    known = await home.receives("이미 있는 글")
    await author.presses(known, "다시 알리기")
    await known.changes()
    assert "바로 알림을 받는 방이 없어" in known.text


async def test_a_known_link_says_where_it_went_and_goes_once_more(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    address = await published(home, author, blog)
    card = await has_come(group, run_bot)
    await author.says(home, f"{address} {WORDS}")
    known = await home.receives("이미 있는 글")
    assert "독서모임" in known.text
    pressed = str(known.button("다시 알리기").value)
    await author.presses(known, "다시 알리기")
    await known.changes()
    assert "방 1곳" in known.text
    again = await has_come(group, run_bot)
    assert again.id != card.id
    assert again.text.startswith(QUOTED)
    await until(lambda: card.text.startswith(QUOTED))
    assert (await author.presses_data(known, pressed)).is_alert
    await author.says(home, f"{address} 새 말")
    known = await home.receives("이미 있는 글")
    await author.presses(known, "한마디만 고치기")
    await until(lambda: again.text.startswith("새 말\n— 해봄"))
    await author.says(home, address)
    assert (await home.receives("이미 있는 글")).buttons == ["다시 알리기"]


async def test_the_words_of_a_draft_are_of_its_own_post_and_a_page_is_no_words(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person
) -> None:
    """A button can be forged: the draft of another page would be gone, and its words elsewhere."""
    home = sim.private(author)
    await published(home, author, blog)
    card = await has_come(group, run_bot)
    other = blog.publish("다른 글", TEXT)
    await author.says(home, f"{blog.address}/posts/{other.number} {WORDS}")
    draft = await home.receives("이 글을 올릴까요")
    for kind in (Again, Reword):
        forged = encode(kind(PostId(41), draft_of(draft)))
        assert (await author.presses_data(draft, forged)).text == TEXTS["ko"]("publish.decided")
    await author.presses(draft, "지금 올리기")
    assert (await group.receives("다른 글")).text.startswith(QUOTED)
    assert card.text.startswith("시장의 새벽")


async def test_authors_and_operators_alone_publish_and_a_draft_is_its_authors(
    sim: Simulator, run_bot: Bot, blog: Blog, author: Person, boss: Person
) -> None:
    post = blog.publish("시장의 새벽", TEXT)
    address = f"{blog.address}/posts/{post.number}"
    minji = sim.user("민지", language="ko")
    await minji.says(sim.private(minji), f"/publish {address}")
    await sim.private(minji).receives("글쓴이와 운영자만")
    await boss.says(sim.private(boss), f"{address} {WORDS}")
    draft = await sim.private(boss).receives("이 글을 올릴까요")
    pressed = f"1p:{draft_of(draft)}:1"
    assert "다른 사람이" in (await author.presses_data(draft, pressed)).text
    assert "글쓴이와" in (await minji.presses_data(draft, pressed)).text
    await author.says(sim.private(author), "/sources")
    await sim.private(author).receives("운영자만")
    await author.says(sim.private(author), "/help")
    told = (await sim.private(author).receives("글쓴이")).text
    assert "/publish" in told
    assert "/sources" not in told


async def test_nobody_takes_the_place_of_anothers_words(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person, other: Person
) -> None:
    home = sim.private(other)
    post = blog.publish("시장의 새벽", TEXT)
    address = f"{blog.address}/posts/{post.number}"
    await other.says(home, f"{address} 늦은 말")
    late = await home.receives("이 글을 올릴까요")
    await author.says(sim.private(author), f"{address} {WORDS}")
    draft = await sim.private(author).receives("이 글을 올릴까요")
    await author.presses(draft, "올리기")
    card = await has_come(group, run_bot)
    assert "다른 사람이 단" in (await other.presses(late, "올리기")).text
    await other.says(home, f"{address} 또 다른 말")
    known = await home.receives("이미 있는 글")
    for label in ("한마디만 고치기", "다시 알리기"):
        assert "다른 사람이 단" in (await other.presses(known, label)).text
    await other.says(home, f"/post {address}")
    await home.receives(QUOTED)
    assert card.text.startswith(QUOTED)
    assert "이미 있는 글" in known.text


async def test_what_was_taken_down_meanwhile_is_not_pushed_again(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    address = await published(home, author, blog)
    await has_come(group, run_bot)
    await author.says(home, address)
    known = await home.receives("이미 있는 글")
    assert run_bot.running is not None
    async with run_bot.running.services.database.transaction() as tx:
        await tx.execute("UPDATE posts SET removed_at = 1 WHERE title = '시장의 새벽'")
    assert "내려간 글" in (await author.presses(known, "다시 알리기")).text


async def test_in_a_group_other_chats_are_not_named(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person, boss: Person
) -> None:
    address = await published(sim.private(author), author, blog)
    await has_come(group, run_bot)
    other = sim.supergroup("다른 모임", owner=boss, bot=False)
    await boss.adds_bot(other, admin=True)
    await other.receives("안녕하세요")
    await author.joins(other)
    await author.says(other, f"/publish {address}")
    assert "독서모임" not in (await other.receives("이미 있는 글")).text


async def test_too_many_words_are_told_and_nothing_is_lost(
    sim: Simulator, run_bot: Bot, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    post = blog.publish("시장의 새벽", TEXT)
    await author.says(home, f"{blog.address}/posts/{post.number} {'가' * 501}")
    await home.receives("500자까지")


async def test_who_is_forgotten_says_nothing_any_more(
    sim: Simulator, group: Room, run_bot: Bot, blog: Blog, author: Person
) -> None:
    home = sim.private(author)
    await author.says(home, "/start")
    await home.receives("소식")
    address = await published(home, author, blog, WORDS)
    card = await has_come(group, run_bot)
    await author.says(home, f"{address} 다른 말")
    await home.receives("이미 있는 글")
    await author.says(home, "/mydata")
    told = (await home.receives("한마디를 단 글 1편")).text
    assert "올리지 않은 글 1편" in told
    await author.says(home, "/forgetme")
    await author.presses(await home.receives("지울까요"), "모두 지우기")
    await until(lambda: card.text.startswith("시장의 새벽"))
    await run_bot.stop()
    left = (run_bot.path / "sosik.db").read_bytes()
    for trace in (str(author.id), author.id.to_bytes(6, "big").lstrip(b"\0"), "해봄", WORDS):
        assert (trace if isinstance(trace, bytes) else trace.encode()) not in left, trace


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_one_message_reaches_channel_group_digest_and_kakaotalk_with_the_same_words(
    sim: Simulator,
    group: Room,
    run_bot: Bot,
    boss: Person,
    blog: Blog,
    author: Person,
    language: str,
) -> None:
    texts, home = TEXTS[language], sim.private(author)
    channel = sim.channel("소식", owner=boss, bot=False)
    await boss.adds_bot(channel)
    await author.says(home, "/start")
    await author.says(home, f"/language {language}")
    readers = sim.supergroup("모아 보는 방", members=[author], owner=boss, bot=False)
    await boss.adds_bot(readers)
    await boss.says(readers, "/push digest")
    await readers.receives("모아 보기만")
    await boss.says(readers, f"/language {language}")
    post = blog.publish("시장의 새벽", TEXT)
    address = f"{blog.address}/posts/{post.number}"
    await author.says(home, f"{WORDS}\n{address}")
    draft = await home.receives(texts("publish.ask"))
    await author.presses(draft, texts("publish.yes"))
    for room in (group, channel):
        card = await room.receives("시장의 새벽")
        assert card.text.startswith(f"{QUOTED}\n")
    await digest_now(run_bot, readers)
    digest = await readers.receives(texts("digest.title"))
    assert f"“{WORDS}”" in digest.text
    opened = await author.presses(digest, texts("button.bundle"))
    assert opened.url
    await author.starts(opened.url.partition("?start=")[2])
    block = await home.receives("시장의 새벽")
    (pre,) = [one for one in block.message.content["entities"] if one["type"] == "pre"]
    pasted = block.text[pre["offset"] :][: pre["length"]]
    assert pasted == f"1. 시장의 새벽\n“{WORDS}”\n{address}"
