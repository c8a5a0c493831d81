"""What somebody administers, groups and channels, is set from their private chat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bot.interaction.access import is_administrator
from bot.interaction.administrators import FRESH
from bot.interaction.commands import Who
from bot.locales import get_texts
from bot.pages.actions import ChooseIn, OpenRoom, encode
from bot.simulator.chats import Member
from handlers.routes import COMMANDS
from storage import administrators, chats
from storage.models import ChatId, ChatKind, ChatState, PushMode, QuietHours, UserId
from tests.clock import HastyClock
from tests.e2e.conftest import a_bot, known
from tests.storage.rows import add_chats, chat
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from telegram import Bot as TelegramBot
    from telegram import Update

    from bot.interaction.services import Services
    from bot.simulator import Person, Room, Simulator
    from bot.simulator.people.cards import Card
    from storage.models import Chat
    from tests.e2e.conftest import Bot

KO, EN = get_texts("ko"), get_texts("en")
NO_ROOM = KO("refusal.room")
PRESS_SECONDS, TYPING_SECONDS = 3, 12
"""So long a person takes, generously, for what the bot makes them do."""
TYPED = {
    "settings": "",
    "digest_time": "07:30",
    "digest_days": "주말",
    "timezone": "뉴욕",
    "quiet": "23:00-07:00",
    "language": "영어",
    "push": "끄기",
    "filter": "반도체",
    "here": "",
    "weekly": "일 19:00",
    "monthly": "9시",
    "repeats": "빼기",
    "holidays": "한국",
    "night": "조용히",
    "silent": "on",
    "pin": "on",
    "previews": "off",
    "votes": "항상",
    "cleanup": "10분",
    "full": "개인",
    "room_sources": "1 off",
}
"""Every command of administrators, with words that set something."""


@pytest.fixture
def minji(sim: Simulator) -> Person:
    return sim.user("민지", language="ko")


@pytest.fixture
def own(sim: Simulator, minji: Person) -> Room:
    return sim.private(minji)


def services_of(bot: Bot) -> Services:
    assert bot.running is not None
    return bot.running.services


async def keep(bot: Bot, room: Room, state: ChatState = ChatState.SERVED, **more: object) -> Room:
    """The bot knows the chat, as it was before there were lists of administrators."""
    row = chat(
        room.id,
        kind=ChatKind(room.chat.kind),
        title=room.title,
        state=state,
        digest_times=(),
        username=room.chat.username or None,
        **more,
    )
    await add_chats(services_of(bot).database, row)
    return room


async def kept(bot: Bot, room: Room) -> list[int]:
    """Whom the bot knows as administrators of a chat."""
    async with services_of(bot).database.reader() as db:
        rows = await db.fetch_all(
            "SELECT user_id FROM administrators WHERE chat_id = ? ORDER BY 1", (room.id,)
        )
    return [row["user_id"] for row in rows]


async def is_listed(bot: Bot, room: Room, *people: Person) -> None:
    """Wait until exactly these are known as administrators."""

    async def is_so() -> bool:
        return await kept(bot, room) == sorted(one.id for one in people)

    await until(is_so)


async def settings_of(bot: Bot, room: Room) -> Chat:
    return await known(bot, room.id)


# -- how the list is filled ------------------------------------------------------------------------


async def test_a_chat_that_the_bot_comes_to_is_asked_for_its_administrators(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    """Bots are none; anonymous ones are told by their names (Bot API, ChatMember.is_anonymous)."""
    boss = sim.user("관리자")
    channel = sim.channel("소식", owner=minji, admins=[boss], bot=False, username="sosik_news")
    group = sim.supergroup(
        "모임", members=[sim.user("준호")], admins=[boss], owner=minji, bot=False
    )
    boss.anonymous(group)
    for room in (channel, group):
        await minji.adds_bot(room, admin=True)
        await is_listed(bot, room, minji, boss)
    assert (await settings_of(bot, channel)).username == "sosik_news"


async def test_chats_of_before_are_asked_about_and_called_as_they_are_now(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    channel = sim.channel("옛 이름", owner=minji)
    await keep(bot, channel)
    channel.chat.renamed("새 이름")
    await is_listed(bot, channel, minji)
    await known(bot, channel.id, title="새 이름")


async def test_of_a_chat_that_waits_or_is_held_nobody_is_kept(
    sim: Simulator, tmp_path: Path, minji: Person
) -> None:
    async with a_bot(sim, tmp_path, serve="approved") as bot:
        waiting = sim.channel("하나", owner=minji, bot=False)
        await minji.adds_bot(waiting)
        held = await keep(bot, sim.channel("둘", owner=minji), ChatState.HELD)
        served = await keep(bot, sim.channel("셋", owner=minji))
        await is_listed(bot, served, minji)
        await bot.rests()
        assert await kept(bot, waiting) == await kept(bot, held) == []


async def test_whoever_becomes_an_administrator_or_is_one_no_more_is_known_at_once(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    boss = sim.user("관리자")
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    await minji.promotes(channel, boss)
    await is_listed(bot, channel, minji, boss)
    await minji.demotes(channel, boss)
    await is_listed(bot, channel, minji)


async def test_a_list_goes_with_the_chat(sim: Simulator, bot: Bot, minji: Person) -> None:
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    await minji.removes_bot(channel)
    await is_listed(bot, channel)


async def test_where_telegram_does_not_answer_what_is_known_stays(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    sim.faults.answers(502, method="getChatAdministrators")
    database, now = services_of(bot).database, services_of(bot).clock.now()
    async with database.transaction() as tx:
        await administrators.put_off(tx, ChatId(channel.id), now)

    async def is_put_off() -> bool:
        async with database.reader() as db:
            return not await administrators.list_unasked(db, now + timedelta(minutes=5), 1)

    await until(is_put_off)
    assert await kept(bot, channel) == [minji.id]
    async with database.reader() as db:
        later = now + timedelta(hours=1)
        assert await administrators.list_unasked(db, later, 1) == [channel.id]


@pytest.mark.parametrize(
    "busy", [{"is_held": True, "waiting": 0}, {"is_held": False, "waiting": 3}]
)
async def test_nobody_waits_behind_a_question_about_administrators(
    sim: Simulator, bot: Bot, minji: Person, busy: dict[str, object]
) -> None:
    assert bot.running is not None
    duties = bot.running.duties
    pace, duties._pace = duties._pace, SimpleNamespace(**busy)  # type: ignore[assignment]  # what is asked of it
    channel = await keep(bot, sim.channel("소식", owner=minji))
    (asks,) = [one for one in duties.all() if one.name == "administrators"]
    await asks.run()
    assert sim.calls.counts["getChatAdministrators"] == 0
    duties._pace = pace
    await is_listed(bot, channel, minji)


async def test_whoever_sets_a_group_in_the_group_finds_it_in_private(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    boss = sim.user("관리자")
    group = await keep(bot, sim.supergroup("모임", admins=[boss, minji], bot_admin=True))
    async with services_of(bot).database.transaction() as tx:
        now = services_of(bot).clock.now()
        await administrators.set_administrators(tx, ChatId(group.id), [], now)
    await boss.anonymous(group).says(group, "/settings")
    page = await group.receives("이 방의 설정")
    assert await kept(bot, group) == []
    await minji.presses(page, "언어")
    await is_listed(bot, group, minji)
    await minji.says(own, "/settings")
    assert "#1 모임" in (await own.receives("어느 방")).text


# -- choosing a chat -------------------------------------------------------------------------------


async def test_in_private_the_chats_that_somebody_administers_are_listed(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    other = sim.user("준호")
    first = sim.channel("소식", owner=minji, username="sosik_news")
    await keep(bot, first)
    second = sim.supergroup("모임 @everyone /start", owner=minji)
    await keep(bot, second, joined_at=services_of(bot).clock.now())
    await keep(bot, sim.channel("남의 채널", owner=other))
    await is_listed(bot, second, minji)
    await is_listed(bot, first, minji)
    await minji.says(own, "/settings")
    page = await own.receives("어느 방을 설정할까요?")
    assert "#1 소식 (채널) @sosik_news" in page.text
    assert "#2 모임 @\u200ceveryone /\u200cstart (그룹)" in page.text
    assert page.buttons[:2] == ["이 방", "#1 소식"]
    assert len(page.buttons) == 3
    await minji.presses(page, "#1")
    await page.changes()
    assert page.text.startswith("소식의 설정")
    await minji.presses(page, "‹ 방 목록")
    await page.changes()
    await minji.presses(page, "이 방")
    await page.changes()
    assert page.text.startswith("이 방의 설정")


async def test_who_administers_nothing_sets_their_own_chat(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    await minji.says(own, "/settings")
    page = await own.receives("이 방의 설정")
    await minji.presses(page, "새 글")
    await minji.presses(page, "바로 알림")
    assert (await settings_of(bot, own)).settings.push is PushMode.ON


async def test_many_chats_are_listed_in_pages(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    rooms = [await keep(bot, sim.channel(f"채널 {n}", owner=minji)) for n in range(1, 12)]
    async with services_of(bot).database.transaction() as tx:
        for one in rooms:
            await administrators.set_administrators(
                tx, ChatId(one.id), [UserId(minji.id)], services_of(bot).clock.now()
            )
    await minji.says(own, "/settings")
    page = await own.receives("어느 방")
    assert len(page.buttons) == 1 + 10 + 1
    await minji.presses(page, "다음")
    await page.changes()
    assert "#11 채널" in page.text
    assert page.buttons[1].startswith("#11")
    await minji.presses(page, "이전")
    await page.changes()
    assert "#10 채널" in page.text


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_a_channel_is_set_by_buttons_in_either_language(
    sim: Simulator, bot: Bot, lang: str
) -> None:
    person = sim.user("Min", language=lang)
    own = sim.private(person)
    channel = await keep(bot, sim.channel("소식", owner=person))
    await is_listed(bot, channel, person)
    await person.says(own, "/settings")
    page = await own.receives(get_texts(lang)("rooms.which"))
    await person.presses(page, "#1 소식")
    await page.changes()
    texts = get_texts(lang)
    back = texts("menu.back")
    evening = {"ko": "오후 6:30", "en": "6:30 PM"}[lang]
    weekdays = texts("settings.days.weekdays")
    for level, label in (
        ("push", texts("settings.push.digest")),
        ("time", evening),
        ("days", weekdays),
    ):
        await person.presses(page, f"{texts(f'settings.label.{level}')}: ")
        await person.presses(page, label)
        assert f"✓ {label}" in page.buttons
        await person.presses(page, back)
    assert f"{texts('settings.label.language')}: 한국어" in page.buttons
    chosen = (await settings_of(bot, channel)).settings
    assert chosen.push is PushMode.DIGEST
    assert (chosen.digest_times, chosen.digest_days) == ((18 * 60 + 30,), frozenset(range(5)))
    assert (await settings_of(bot, channel)).digest_due_at is not None
    assert channel.bot_messages == []


@pytest.mark.parametrize(
    ("name", "command"),
    [
        pytest.param(name, command, marks=[pytest.mark.slow] * (name != "#1" and command != "push"))
        for name in ("@sosik_news", "https://t.me/Sosik_News", "#1", "1번", '"소식 채널"')
        for command in TYPED
    ],
)
async def test_every_command_of_administrators_takes_a_chat_first(
    sim: Simulator, bot: Bot, minji: Person, own: Room, command: str, name: str
) -> None:
    channel = await keep(bot, sim.channel("소식 채널", owner=minji, username="sosik_news"))
    await is_listed(bot, channel, minji)
    before = await settings_of(bot, channel)
    await minji.says(own, f"/{command} {name} {TYPED[command]}")
    answer = await own.receives("")
    await bot.rests()
    after = await settings_of(bot, channel)
    assert (after.settings != before.settings) is bool(TYPED[command])
    if command != "here":
        assert answer.text.startswith("소식 채널의 설정"), answer.text
    assert ("English" in answer.text) is (command == "language")
    async with services_of(bot).database.reader() as db:
        assert await chats.get_chat(db, ChatId(own.id)) is None
    assert channel.bot_messages == []


def test_each_command_of_administrators_is_tried_here() -> None:
    assert set(TYPED) == {one.name for one in COMMANDS if one.who is Who.ADMIN}


async def test_what_cannot_be_read_is_explained_under_the_chats_name_and_changes_nothing(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    before = await settings_of(bot, channel)
    await minji.says(own, "/digest_time #1 25시")
    assert (await own.receives("예: ")).text.startswith("소식의 설정")
    assert await settings_of(bot, channel) == before


async def test_a_bare_number_stays_a_time_and_quoted_words_stay_words(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    before = await settings_of(bot, channel)
    for typed in ("/digest_time 1 18:30", '/filter "반도체"'):
        await minji.says(own, typed)
        await own.receives("")
    mine = (await settings_of(bot, own)).settings
    assert (mine.digest_times, mine.words) == ((60, 18 * 60 + 30), ("반도체",))
    assert await settings_of(bot, channel) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/push #3 on", "refusal.unknown"),
        ("/push #0 on", "refusal.unknown"),
        ('/push "같은 이름" on', "refusal.several"),
        ("/push @nobody_here on", "refusal.room"),
    ],
)
async def test_a_name_that_is_nobodys_or_of_several_is_told(
    sim: Simulator, bot: Bot, minji: Person, own: Room, typed: str, said: str
) -> None:
    for _ in range(2):
        channel = await keep(bot, sim.channel("같은 이름", owner=minji), push=PushMode.OFF)
        await is_listed(bot, channel, minji)
    await minji.says(own, typed)
    assert (await own.receives("")).text == KO(said)
    assert (await settings_of(bot, channel)).settings.push is PushMode.OFF


async def test_two_chats_that_are_set_at_once_are_both_set(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    """Of one setting only the last counts: of one chat, not of all that somebody administers."""
    rooms = [await keep(bot, sim.channel(f"채널 {n}", owner=minji)) for n in (1, 2)]
    for one in rooms:
        await is_listed(bot, one, minji)
    await bot.crash()
    for number in (1, 2):
        await minji.says(own, f"/push #{number} off")
    await minji.says(own, "/push on")
    await bot.start()
    for one in rooms:
        await known(bot, one.id)
        await until(lambda one=one: has_push(bot, one, PushMode.OFF))  # type: ignore[misc]  # mypy sees no default
    await until(lambda: has_push(bot, own, PushMode.ON))


async def has_push(bot: Bot, room: Room, mode: PushMode) -> bool:
    async with services_of(bot).database.reader() as db:
        found = await chats.get_chat(db, ChatId(room.id))
    return found is not None and found.settings.push is mode


# -- who may: every way in, whoever asks, in chats of every state ----------------------------------

ROLES = ("owner", "administrator", "anonymous", "unlisted", "member", "former", "stranger")
MAY = frozenset(ROLES[:4])


def place(sim: Simulator, person: Person, role: str, *, kind: str = "channel") -> Room:
    """A chat of somebody else in which `person` has a role."""
    owner = person if role == "owner" else sim.user("주인")
    admins = [person] if role in {"administrator", "anonymous", "unlisted"} else []
    members = [person] if role == "member" else []
    make = sim.channel if kind == "channel" else sim.supergroup
    room = make("방", members, admins=admins, owner=owner, username="some_room")
    room.chat.members[sim.bot.id] = Member(
        sim.bot, "administrator", frozenset({"can_post_messages"})
    )
    if role == "anonymous":
        room.chat.member(person.user).is_anonymous = True
    if role == "former":
        room.chat.members[person.id] = Member(person.user)
    return room


async def enlist(bot: Bot, room: Room, person: Person, role: str) -> None:
    """What the bot believes before: also of who is one no more, and not of who became one now."""
    listed = [UserId(person.id)] if role in {*MAY, "former"} - {"unlisted"} else []
    async with services_of(bot).database.transaction() as tx:
        now = services_of(bot).clock.now()
        await administrators.set_administrators(tx, ChatId(room.id), listed, now)


async def by_name(person: Person, own: Room, _: Room) -> str:
    await person.says(own, "/push @some_room off")
    return (await own.receives("")).text


async def by_button(person: Person, own: Room, room: Room) -> str:
    return await forged(person, own, encode(ChooseIn(ChatId(room.id), "push", "off")))


async def by_opening(person: Person, own: Room, room: Room) -> str:
    said = await forged(person, own, encode(OpenRoom(ChatId(room.id))))
    return said if said == NO_ROOM else await by_button(person, own, room)


async def forged(person: Person, own: Room, data: str) -> str:
    """Pressed on a message that never had the button, as whoever makes requests can."""
    await person.says(own, "/privacy")
    return (await person.presses_data(await own.receives("개인정보"), data)).text


WAYS = {"name": by_name, "button": by_button, "opened": by_opening}


@pytest.mark.parametrize("kind", ["channel", "supergroup"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", ROLES)
async def test_only_who_administers_a_chat_now_sets_it_from_elsewhere(
    sim: Simulator, bot: Bot, minji: Person, own: Room, role: str, way: str, kind: str
) -> None:
    room = await keep(bot, place(sim, minji, role, kind=kind))
    await enlist(bot, room, minji, role)
    said = await WAYS[way](minji, own, room)
    await bot.rests()
    may = role in MAY
    assert (said == NO_ROOM) is not may, said
    assert ((await settings_of(bot, room)).settings.push is PushMode.OFF) is may
    assert (minji.id in await kept(bot, room)) is may
    assert room.bot_messages == []


@pytest.mark.parametrize(
    ("lang", "typed", "done"),
    [
        ("ko", '/digest_time "방" 오후 6시 반', "모아 보기 시각을 정했어요"),
        ("en", "/digest_time @some_room 6:30 pm", "Digest"),
        ("en", "/push #1 digest", "Settings of 방"),
    ],
)
async def test_in_either_language_an_administrator_sets_it_and_a_stranger_is_refused(
    sim: Simulator, bot: Bot, lang: str, typed: str, done: str
) -> None:
    boss, stranger = sim.user("Min", language=lang), sim.user("Jun", language=lang)
    room = await keep(bot, place(sim, boss, "owner"))
    await is_listed(bot, room, boss)
    own, other = sim.private(boss), sim.private(stranger)
    await boss.says(own, typed)
    assert done.casefold() in (await own.receives("")).text.casefold()
    before = await settings_of(bot, room)
    await stranger.says(other, "/push @some_room off")
    assert (await other.receives("")).text == get_texts(lang)("refusal.room")
    assert await settings_of(bot, room) == before


async def test_where_members_are_hidden_administrators_are_found_by_their_list(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    """Of a bot without rights Telegram answers no question about one member there."""
    group = await keep(bot, sim.supergroup("모임", owner=minji, username="some_room"))
    sim.faults.refuses("Bad Request: CHAT_ADMIN_REQUIRED", method="getChatMember", times=None)
    assert await by_name(minji, own, group) != NO_ROOM
    await minji.says(group, f"/settings@{sim.bot.username}")
    await group.receives("이 방의 설정")
    assert (await settings_of(bot, group)).settings.push is PushMode.OFF


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", [one for one in ChatState if one is not ChatState.SERVED])
async def test_a_chat_that_is_not_served_is_not_set_and_not_told_of(
    sim: Simulator, tmp_path: Path, minji: Person, own: Room, state: ChatState, way: str
) -> None:
    async with a_bot(sim, tmp_path, serve="approved") as bot:
        room = await keep(bot, place(sim, minji, "owner"), state)
        assert await WAYS[way](minji, own, room) == NO_ROOM
        assert (await settings_of(bot, room)).settings.push is PushMode.ON


@pytest.mark.parametrize("way", ["button", "opened"])
async def test_nobodys_private_chat_is_set_by_another(
    sim: Simulator, bot: Bot, minji: Person, own: Room, way: str
) -> None:
    other = sim.private(sim.user("준호"))
    await keep(bot, other)
    assert await WAYS[way](minji, own, other) == NO_ROOM
    assert (await settings_of(bot, other)).settings.push is PushMode.ON


@pytest.mark.parametrize("action", ["open", "choose"])
async def test_in_a_group_no_other_chat_is_opened_or_set(
    sim: Simulator, bot: Bot, minji: Person, action: str
) -> None:
    """What is set elsewhere is nobody's business there, though whoever presses administers both."""
    room = await keep(bot, place(sim, minji, "owner"))
    group = await keep(bot, sim.supergroup("모임", owner=minji))
    await minji.says(group, "/privacy")
    page = await group.receives("개인정보")
    forged = OpenRoom(ChatId(room.id)) if action == "open" else in_room(room)
    answer = await minji.presses_data(page, encode(forged))
    assert (answer.is_alert, answer.text) == (True, KO("private.only"))
    assert (await settings_of(bot, room)).settings.push is PushMode.ON
    await minji.says(group, "/push @some_room off")
    await group.receives("모르겠어요")
    assert (await settings_of(bot, room)).settings.push is PushMode.ON


def in_room(room: Room) -> ChooseIn:
    return ChooseIn(ChatId(room.id), "push", "off")


async def test_where_telegram_does_not_answer_nobody_is_refused_for_good(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    room = await keep(bot, place(sim, minji, "administrator"))
    await enlist(bot, room, minji, "administrator")
    sim.faults.answers(502, method="getChatMember")
    assert await by_button(minji, own, room) == KO("refusal.unanswered")
    assert minji.id in await kept(bot, room)
    assert await by_button(minji, own, room) == KO("settings.saved")


async def test_a_group_that_became_a_supergroup_is_set_by_an_older_button(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    group = await keep(bot, sim.group("모임", owner=minji, bot_admin=True))
    bigger = group.migrates()
    await known(bot, bigger.id)
    assert await by_button(minji, own, group) == KO("settings.saved")
    assert (await settings_of(bot, bigger)).settings.push is PushMode.OFF


async def test_whoever_is_no_administrator_any_more_is_refused_within_a_minute(
    sim: Simulator, bot: Bot, minji: Person, own: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot is not told of it, as where it is no administrator; until then it does not ask."""
    room = await keep(bot, place(sim, minji, "administrator"))
    await enlist(bot, room, minji, "administrator")
    for _ in range(2):
        assert await by_button(minji, own, room) == KO("settings.saved")
    assert sim.calls.counts["getChatMember"] == 1
    room.chat.members[minji.id] = Member(minji.user)
    known_to = services_of(bot).administrators
    clock = HastyClock()
    monkeypatch.setattr(known_to, "_clock", clock)
    clock._now = services_of(bot).clock.now() + FRESH
    assert await by_button(minji, own, room) == NO_ROOM
    assert await kept(bot, room) == []


# -- a command posted in the channel itself --------------------------------------------------------


@pytest.fixture
async def posted(sim: Simulator, bot: Bot, minji: Person, own: Room) -> AsyncIterator[Room]:
    """A channel with a discussion, of whose administrators one never opened the bot."""
    talk = await keep(bot, sim.supergroup("이야기", owner=minji, bot_admin=True))
    boss = sim.user("관리자")
    channel = sim.channel("소식", owner=minji, admins=[boss], discussion=talk)
    await keep(bot, channel)
    await minji.says(own, "/start")
    await own.receives("안녕하세요")
    await is_listed(bot, channel, minji, boss)
    yield channel
    await bot.rests()
    assert channel.bot_messages == []
    assert talk.bot_messages == []
    assert sim.private(boss, started=False).bot_messages == []


@pytest.mark.parametrize("command", ["/settings", "/최신"])
async def test_a_command_in_a_channel_is_answered_to_its_administrators_once_a_day(
    sim: Simulator, bot: Bot, minji: Person, own: Room, posted: Room, command: str
) -> None:
    await minji.says(posted, f"{command}@{sim.bot.username} 3")
    told = await own.receives(f"채널에 {command} ")
    assert "소식" in told.text
    await minji.presses(told, "설정 열기")
    await told.changes()
    assert told.text.startswith("소식의 설정")
    await minji.says(posted, "/digest_time 9시")
    await own.stays_silent(bot.rests())
    assert (await settings_of(bot, posted)).settings.digest_times == ()


@pytest.mark.parametrize("text", ["/모름", "/settings@other_bot", "설정은 /settings 에서"])
async def test_what_is_no_command_of_ours_is_ignored_in_a_channel(
    sim: Simulator, bot: Bot, minji: Person, own: Room, posted: Room, text: str
) -> None:
    await minji.says(posted, text)
    await own.stays_silent(bot.rests())


async def test_a_command_with_a_link_is_a_post_of_the_channel(
    sim: Simulator, bot: Bot, minji: Person, own: Room, posted: Room
) -> None:
    await minji.says(posted, "/publish https://blog.example/1")
    await own.stays_silent(bot.rests())


# -- what is kept of a person ----------------------------------------------------------------------


async def test_what_somebody_administers_is_told_and_forgotten(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    channel = await keep(bot, sim.channel("소식", owner=minji))
    await is_listed(bot, channel, minji)
    await minji.says(own, "/mydata")
    await own.receives("방 1곳의 관리자")
    await minji.says(own, "/privacy")
    assert "방의 관리자" in (await own.receives("개인정보")).text
    await minji.says(own, "/forgetme")
    asked = await own.receives("지울까요")
    await minji.presses(asked, "모두 지우기")
    await asked.changes()
    await bot.rests()
    assert await kept(bot, channel) == []
    await minji.says(own, "/mydata")
    await own.receives("남은 것이 없어요")


# -- how long it takes -----------------------------------------------------------------------------


async def test_a_channels_digest_at_nine_and_half_past_six_on_weekdays_in_six_presses(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    """Somebody who never saw the bot, within 45 seconds of theirs."""
    channel = sim.channel("소식", owner=minji, bot=False)
    presses = ("#1 소식", "모아 보기: ", "오전 9:00", "오후 6:30", "요일", "평일")

    await minji.adds_bot(channel)
    await known(bot, channel.id, state=ChatState.SERVED)
    await minji.says(own, "/settings")
    page = await own.receives("어느 방")
    for label in presses:
        await minji.presses(page, label)
    chosen = await settings_of(bot, channel)
    assert chosen.settings.digest_times == (9 * 60, 18 * 60 + 30)
    assert chosen.settings.digest_days == frozenset(range(5))
    assert chosen.digest_due_at is not None
    seconds = TYPING_SECONDS + len(presses) * PRESS_SECONDS
    assert (len(presses) <= 6, seconds <= 45) == (True, True)


# -- what is set by two at once, or by what no button carries --------------------------------------


async def test_what_one_sets_from_private_another_in_the_room_does_not_undo(
    sim: Simulator, bot: Bot, minji: Person, own: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Telegram takes its time to say that the one in the room is an administrator."""
    other = sim.user("다른 관리자")
    admins = [other]
    group = await keep(bot, sim.supergroup("모임", owner=minji, admins=admins, bot_admin=True))
    await is_listed(bot, group, minji, other)
    page = await _opened(minji, own)
    await minji.presses(page, "새 글")
    await page.changes()
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slowly(update: Update, telegram: TelegramBot) -> bool:
        is_one = await is_administrator(update, telegram)
        if update.effective_chat is not None and update.effective_chat.id == group.id:
            asked.set()
            await answered.wait()
        return is_one

    monkeypatch.setattr("bot.interaction.context.is_administrator", slowly)
    said = asyncio.create_task(other.says(group, "/quiet 23:00-06:00"))
    await asked.wait()
    await minji.presses(page, "알림 없음")
    answered.set()
    await group.receives("오후 11:00")
    await said
    chosen = (await settings_of(bot, group)).settings
    assert (chosen.push, chosen.quiet) == (PushMode.OFF, QuietHours(23 * 60, 6 * 60))


async def test_an_answer_to_a_menu_in_private_names_the_room(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    group = await keep(bot, sim.supergroup("모임", owner=minji, bot_admin=True))
    await is_listed(bot, group, minji)
    page = await _opened(minji, own)
    await minji.presses(page, "밤")
    await page.changes()
    await minji.presses(page, "직접")
    prompt = await own.receives("답장")
    own.skip()
    await minji.says(own, "23-6", reply_to=prompt)
    assert "모임" in (await own.receives("오후 11:00")).text.splitlines()[0]
    await minji.says(own, "/mydata")
    await own.receives("메뉴 1개")


async def test_what_no_button_carries_sets_nothing(
    sim: Simulator, bot: Bot, minji: Person, own: Room
) -> None:
    group = await keep(bot, sim.supergroup("모임", owner=minji, bot_admin=True))
    await is_listed(bot, group, minji)
    await minji.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    before = (await settings_of(bot, group)).settings
    for item in ("time:" + "0" * 20 + "99999", "days:" + "0" * 20 + "9", "sources:987654321"):
        await minji.presses_data(page, f"1n:1:{item}:on")
        await minji.presses_data(page, f"1n:1:{item}:off")
    await minji.says(group, "/room_sources 0000000015")
    await group.receives("")
    assert (await settings_of(bot, group)).settings == before


async def _opened(person: Person, own: Room) -> Card:
    """The menu of the first room that is listed in private."""
    await person.says(own, "/settings")
    page = await own.receives("어느 방")
    await person.presses(page, "#1")
    await page.changes()
    return page
