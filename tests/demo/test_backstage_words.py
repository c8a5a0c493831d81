"""What is typed at the terminal for the backstage, and the guide that watches."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from rich.console import Console

from bot.demo.backstage import Backstage, WrongWordsError, is_backstage
from bot.demo.guide import Guide
from bot.demo.likes import like_the_newest
from bot.demo.phrases import STEPS, phrase
from bot.demo.stage import open_stage
from bot.demo.terminal import Terminal
from bot.pages.actions import LatestPage, ShowFull, encode
from bot.simulator import Simulator
from bot.simulator.events import Event
from bot.simulator.rules.keyboards import Markup
from storage.models import PostId
from tests.demo.conftest import coming_ten
from tests.demo.telegram import room_of
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.demo.stage import Stage
    from bot.simulator.events import EventKind
    from bot.simulator.messages import Content, Message
    from bot.simulator.people.people import AnonymousAdmin, Person
    from bot.simulator.people.rooms import Room

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRONG = {
    "!publsh": "close_word",
    "!아무말": "no_word",
    "!publish 제목만": "publish_usage",
    "!publish 제목 |": "publish_usage",
    "!publish | 본문만": "publish_usage",
    "!publish |": "publish_usage",
    "!edit": "edit_usage",
    "!edit 제목 | 본문": "edit_usage",
    "!edit ١ 제목": "edit_usage",
    "!edit 99999999999999999999 제목": "edit_usage",
    "!edit 77 제목": "no_post",
    "!edit #77 제목": "no_post",
    "!remove": "remove_usage",
    "!remove 하나": "remove_usage",
    "!remove 77": "no_post",
    "!clock -1h": "clock_back",
    "!clock 1": "clock_usage",
    "!clock 내일": "clock_usage",
    "!clock +": "clock_usage",
    "!clock +1h digest": "clock_usage",
    "!clock +0m": "clock_far",
    "!clock +9d": "clock_far",
    "!trouble loud": "trouble_usage",
    "!trouble slow soon": "trouble_usage",
    "!trouble slow -5": "trouble_usage",
    "!trouble off 5": "trouble_usage",
    "!kill 9": "takes_nothing",
    "!start now": "takes_nothing",
    "!posts 1": "takes_nothing",
    "!guide 1": "takes_nothing",
}
"""Lines, and the key of what is said of them."""


async def arrives(stage: Stage, title: str) -> None:
    """Wait until a post is in every chat: a bot that is killed while it sends waits in doubt."""
    for name in ("독서모임", "소식 채널", "큰모임"):
        await room_of(stage, name).receives(title)


def _beginning(language: str, key: str) -> str:
    """A phrase up to its first place."""
    return phrase(language, key, **dict.fromkeys(("word", "close", "number"), "\0")).split("\0")[0]


async def test_words_that_are_wrong_are_told_clearly_and_change_nothing(stage: Stage) -> None:
    backstage = Backstage(stage)
    posts, offset = dict(stage.blog.posts), stage.offset_seconds
    for language in ("ko", "en"):
        for line, key in WRONG.items():
            with pytest.raises(WrongWordsError) as refusal:
                await backstage.obey(line, language)
            assert str(refusal.value).startswith(_beginning(language, key)), line
            assert "\0" not in str(refusal.value)
    assert (stage.blog.posts, stage.troubles.now) == (posts, None)
    assert stage.offset_seconds == pytest.approx(offset, abs=1)
    assert stage.bot.is_running


async def test_posts_are_published_counted_changed_and_taken_down(stage: Stage) -> None:
    backstage = Backstage(stage)
    assert (await backstage.obey("!posts", "ko")).text == phrase("ko", "no_posts")
    draft = await backstage.obey("!publish", "en")
    assert draft.brings
    (first,) = stage.blog.posts.values()
    await arrives(stage, first.title)
    written = await backstage.obey("!PUBLISH 세로줄 | 가 | 나", "ko")
    second = list(stage.blog.posts.values())[-1]
    assert first.title in draft.text
    assert (second.title, second.text) == ("세로줄", "가 | 나")
    assert f"{second.number}번 세로줄" in written.text
    await arrives(stage, "세로줄")
    counted = (await backstage.obey("!posts", "ko")).text.splitlines()[-1]
    assert {"소식 채널 1", "독서모임 1", "큰모임 1"} <= set(counted.split(": ")[1].split(" · "))
    await backstage.obey(f"!edit #{second.number} | 다시", "ko")
    await backstage.obey(f"!edit {second.number} 새로", "ko")
    with pytest.raises(WrongWordsError):
        await backstage.obey(f"!edit {second.number} | |", "ko")
    changed = stage.blog.posts[second.number]
    assert (changed.title, changed.text) == ("새로", "다시")
    for post in (first, second):
        await backstage.obey(f"!remove {post.number}", "en")
    assert stage.blog.posts == {}


async def test_copies_that_are_two_are_called_doubled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = room_of(stage, "독서모임")
    posts = [
        {"number": 1, "title": "글", "copies": {str(group.id): 2}},
        {"number": 2, "title": "새 글", "copies": {}},
    ]
    monkeypatch.setattr("bot.demo.backstage.stage_view", lambda _: {"posts": posts})
    shown = (await Backstage(stage).obey("!posts", "ko")).text
    assert shown == "1번 글: 독서모임 2 (겹쳤어요)\n2번 새 글: 아직 아무 데도"


async def test_the_clock_goes_forward_in_days_hours_and_minutes(stage: Stage) -> None:
    backstage = Backstage(stage)
    before = stage.now()
    told = (await backstage.obey("!clock +1d 2h 30m", "ko")).text
    assert stage.now() - before >= timedelta(days=1, hours=2, minutes=30)
    assert told.startswith("지금은 ")
    assert "앞)" in told
    assert (await backstage.obey("!clock 5M", "en")).text.startswith("It is ")
    before = stage.now()
    digest = await backstage.obey("!clock Digest", "ko")
    assert digest.brings
    assert stage.now() > before


@pytest.mark.slow
async def test_at_night_and_without_a_bot_it_says_why_nothing_comes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    backstage = Backstage(stage)
    night = stage.now().replace(hour=15)  # midnight in Seoul
    monkeypatch.setattr(stage, "now", lambda: night)
    said = await backstage.obey("!publish 밤에 쓴 글 | 글", "ko")
    assert said.text.endswith(phrase("ko", "night"))
    assert not said.brings
    await arrives(stage, "밤에 쓴 글")
    await stage.bot.stop()
    said = await backstage.obey("!publish 꺼진 동안 쓴 글 | 글", "ko")
    assert said.text.endswith(phrase("ko", "is_stopped"))
    assert not said.brings
    await stage.start_bot()
    await arrives(stage, "꺼진 동안 쓴 글")


async def test_where_nobody_wants_a_digest_it_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_: object) -> dict[str, None]:
        return {"at": None}

    backstage = Backstage(stage)
    monkeypatch.setattr(backstage._orders, "obey", none)
    assert (await backstage.obey("!clock digest", "en")).text == phrase("en", "no_digest")


async def test_kills_starts_and_troubles_are_news_once(stage: Stage) -> None:
    backstage = Backstage(stage)
    assert backstage.news("ko") == []
    assert (await backstage.obey("!start", "ko")).text.startswith("이미 켜져")
    await backstage.obey("!kill", "ko")
    assert backstage.news("ko") == [phrase("ko", "bot_killed")]
    assert backstage.news("ko") == []
    assert (await backstage.obey("!kill", "ko")).text == phrase("ko", "is_off")
    await backstage.obey("!start", "ko")
    assert backstage.is_starting
    assert "켜지는 중" in backstage.news("ko")[0]
    await until(lambda: stage.is_awake)
    assert "일하고" in backstage.news("ko")[0]
    await backstage.obey("!trouble Slow  30", "en")
    assert backstage.news("en") == [phrase("en", "trouble_slow", seconds=30)]
    assert (await backstage.obey("!trouble", "en")).text.startswith("For 30 s")
    assert (await backstage.obey("!trouble OFF", "en")).text == ""
    assert backstage.news("en") == [phrase("en", "trouble_none")]
    assert (await backstage.obey("!trouble off", "en")).text == phrase("en", "trouble_none")


@pytest.mark.slow
async def test_a_bot_that_ended_by_itself_was_not_killed(stage: Stage) -> None:
    backstage = Backstage(stage)
    await stage.bot.stop()
    assert backstage.news("en") == [phrase("en", "bot_stopped")]
    await stage.start_bot()
    await until(lambda: stage.is_awake)


@pytest.mark.slow
async def test_from_a_pipe_each_word_waits_until_its_consequences_are_over() -> None:
    shown = io.StringIO()
    lines = (
        "!help",
        "!publish 대롱으로 | 온 글",
        "!posts",
        "!kill",
        "!start",
        "/latest 1",
        "!!",
        "!x",
    )
    async with open_stage(at=coming_ten(datetime.now(UTC))) as stage:
        terminal = Terminal(
            stage.sim,
            stage.community,
            backstage=Backstage(stage),
            source=io.StringIO("\n".join(lines)),
            console=Console(file=shown, width=120, color_system=None),
            patience_seconds=120,
        )
        await terminal.run()
        assert stage.watchers == []
    text = shown.getvalue()
    assert text.index("봇이 일하고 있어요") < text.index("/latest 1") < text.index("첫째")
    assert re.search(r"번 대롱으로: .* 1\b", text), text
    assert "\n  !!" in text
    assert "그런 말은 없어요: !x" in text
    assert "첫 1분" not in text.replace(phrase("ko", "help"), "")


async def test_the_guide_ticks_a_reaction_of_ones_own_and_no_other(stage: Stage) -> None:
    group, sim = room_of(stage, "독서모임"), stage.sim
    backstage = Backstage(stage)
    console = Console(file=io.StringIO())
    terminal = Terminal(sim, stage.community, backstage=backstage, console=console)
    full = Markup([[{"text": "전체 보기", "callback_data": encode(ShowFull(PostId(1), 0))}]])
    unsubscribe = sim.events.subscribe(terminal._show_event)
    card = sim.world.post(group.chat, {"text": "글"}, sender=sim.bot, is_ours=True, markup=full)
    assert await like_the_newest(stage.community) is group  # as before the clock is turned
    assert card.reactions
    assert backstage.guide.done == set()
    for name in ("민지", "익명 관리자"):
        backstage.guide.done.clear()
        await terminal._obey(f"/as {name}")
        await terminal._obey(f"/react 🔥 {card.id}")
        assert backstage.guide.done == {"react"}, name
    unsubscribe()
    sim.world.delete(card)


async def test_tab_knows_people_chats_commands_buttons_and_posts(stage: Stage) -> None:
    terminal = Terminal(stage.sim, stage.community, backstage=Backstage(stage))
    post = stage.blog.publish("고칠 글", "본문")
    await stage.community.personas[0].person.says(room_of(stage, "독서모임"), "/latest 3")
    await room_of(stage, "독서모임").receives("1–3")
    for line, word in (
        ("/la", "/latest"),
        ("/a", "/as"),
        ("/q", "/quit"),
        ("/as Min", "민지"),
        ("/in cha", "채널"),
        ("/press ", "1"),
        ("#", "#1"),
        ("!k", "!kill"),
        ("!trouble s", "slow"),
        ("!clock d", "digest"),
        (f"!edit {post.number}", str(post.number)),
        ("!remove ", str(post.number)),
    ):
        assert word in [one.word for one in terminal._suggest(line)], line
    assert Terminal(stage.sim, stage.community)._suggest("!k") == []
    english = Terminal(stage.sim, stage.community, language="en")
    await english._obey("/in forum")
    assert [one.word for one in english._suggest("/topic ")] == ["뉴스", "잡담"]
    await english._obey("/in channel")
    assert "/latest" not in [one.word for one in english._suggest("/l")]
    assert "Yunseul" in [one.word for one in english._suggest("/as ")]


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("!help", True),
        ("!도움", True),
        ("!", False),
        ("!!", False),
        ("! 와", False),
        ("와!", False),
    ],
)
async def test_words_of_the_backstage_begin_with_a_sign_and_a_letter(
    line: str, *, is_one: bool
) -> None:
    assert is_backstage(line) == is_one


@pytest_asyncio.fixture(loop_scope="session")
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as simulator:
        yield simulator


class Watched:
    """A guide, and the steps that were done, in order."""

    def __init__(self, sim: Simulator, room: Room) -> None:
        self.guide = Guide()
        self.done: list[str] = []
        self._sim = sim
        self._room = room

    def hears(self, kind: EventKind, message: Message, **data: object) -> None:
        before = set(self.guide.done)
        is_new = self.guide.note(Event(kind, 0.0, message.chat, message, data))
        new = sorted(self.guide.done - before)
        assert is_new == bool(new)
        self.done += new

    async def answers(self, person: Person | AnonymousAdmin, text: str) -> None:
        """Somebody asks, and the bot answers and then edits its answer."""
        asked = await person.says(self._room, text)
        self.hears("message", asked.message)
        answer = self.posts(reply_to=asked.message)
        self.hears("message", answer)
        self.hears("edit", answer)

    def posts(self, room: Room | None = None, text: str = "답", **fields: Any) -> Message:  # noqa: ANN401  # a message's
        chat, sender = (room or self._room).chat, self._sim.bot
        content: Content = {"text": text}
        return self._sim.world.post(chat, content, sender=sender, is_ours=True, **fields)


async def test_the_guide_ticks_what_the_bot_answered(sim: Simulator) -> None:
    admin, minji = sim.user("관리자"), sim.user("민지")
    group = sim.supergroup("모임", [admin, minji], admins=[admin], bot_admin=True)
    watched = Watched(sim, group)
    for person, text in (
        (minji, "/latest 3"),
        (minji, "/latest"),
        (minji, "/search"),
        (minji, "/search@sosik_bot 금리"),
        (minji, "/digest_time 18:30"),
        (admin, "/digest_time"),
        (admin.anonymous(group), "/digest_time 18:30"),
        (minji, "안녕"),
    ):
        await watched.answers(person, text)
    assert watched.done == ["latest", "search", "digest"]
    watched.guide.done.clear()
    asked = await admin.says(group, "/digest_time 언젠가")
    for text in ("'언젠가'는 시각으로 읽을 수 없어요.", "I cannot read '언젠가' as a time."):
        watched.hears("message", watched.posts(text=text, reply_to=asked.message))
    assert not watched.guide.done
    await watched.answers(admin, "/digest_time 18:30")
    assert watched.guide.done == {"digest"}


async def test_in_private_where_nothing_is_quoted_the_last_words_were_asked(
    sim: Simulator,
) -> None:
    minji = sim.user("민지")
    private = sim.private(minji)
    watched = Watched(sim, private)
    watched.hears("message", watched.posts())
    await minji.says(private, "/찾기 금리")
    watched.hears("message", watched.posts())
    assert watched.done == ["search"]


async def test_the_guide_ticks_a_reaction_to_a_post_and_a_post_in_the_channel(
    sim: Simulator,
) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", [minji], bot_admin=True)
    channel = sim.channel("채널", owner=minji)
    watched = Watched(sim, group)
    full = Markup([[{"text": "전체 보기", "callback_data": encode(ShowFull(PostId(1), 0))}]])
    more = Markup([[{"text": "다음", "callback_data": encode(LatestPage(3, 3))}]])
    said = await minji.says(group, "/post 1")
    watched.hears("reaction", said.message, new=("🔥",))
    watched.hears("reaction", watched.posts(markup=more), new=("🔥",))
    card = watched.posts(markup=full)
    watched.hears("reaction", card, new=())
    assert watched.done == []
    watched.hears("reaction", card, new=("🔥",))
    watched.hears("message", watched.posts())
    watched.hears("message", watched.posts(channel))
    assert watched.done == ["react", "publish"]


def _marks(guide: Guide) -> str:
    return "".join(line.strip()[0] for line in guide.lines("ko")[1:])


async def test_the_guide_points_at_the_next_step_and_praises_at_the_end() -> None:
    guide = Guide()
    assert _marks(guide) == "▸····"
    guide.done |= {"react", "latest"}
    assert _marks(guide) == "✓✓▸··"
    assert phrase("en", "step_search") in guide.praise("en")
    assert guide.lines("en")[0] == "Your first minute 2/5"
    guide.done |= set(STEPS)
    assert guide.lines("en") == ["Your first minute 5/5", f"✓ {phrase('en', 'guide_done')}"]
