"""What once went wrong for people who used the bot, kept from coming back."""

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
    return sim.group("독서모임", owner=minji, bot_admin=True)


async def test_the_full_text_of_a_card_sent_inline_opens_in_private(
    minji: Person, group: Room
) -> None:
    """There is no message of the bot's in that chat that a press could change."""
    sent = await minji.chooses(await minji.asks_inline("p1"), 0, group)
    pressed = await minji.presses(sent, "전체 보기")
    assert pressed.url.endswith("?start=p1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/push 켜", "바로 알림"),
        ("/push 모아서", "모아 보기만"),
        ("/filter 끔", "이제 모든 글을 알릴게요."),
        ("/quiet off", "이제 조용한 시간이 없어요."),
        ("/digest_time off", "이제 모아 보기를 보내지 않을게요."),
        ("/timezone +9", "UTC+9"),
        ("/here", "주제가 있는 그룹"),
    ],
)
async def test_what_is_typed_by_example_is_understood_and_off_is_said_as_off(
    minji: Person, group: Room, typed: str, said: str
) -> None:
    await minji.says(group, typed)
    await group.receives(said)


async def test_why_no_digest_comes_is_said_with_the_way_to_have_one(
    minji: Person, group: Room
) -> None:
    await minji.says(group, "/push off")
    await group.receives("알림 없음")
    await minji.says(group, "/digest_time 9시")
    await group.receives("/push digest")
    await minji.says(group, "/digest_time off")
    await group.receives("이제")
    await minji.says(group, "/digest_days 평일")
    await group.receives("/digest_time 9시")


async def test_a_first_start_in_an_open_group_does_not_ask_to_wait_for_approval(
    minji: Person, group: Room
) -> None:
    """The bot was there before its database: no update ever said that it came."""
    await minji.says(group, "/start")
    await group.receives("안녕하세요")


async def test_an_operator_approves_a_group_that_the_database_never_saw(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    await bot.stop()
    await bot.start(serve="approved", operator_ids=str(minji.id))
    group = sim.group("먼저 있던 방", owner=minji, bot_admin=True)
    await minji.says(group, "/approve")
    await group.receives("안녕하세요")


@pytest.mark.parametrize("typed", ["/search \u200b", "/search \u202e\u2066"])
async def test_a_search_for_what_nobody_can_see_explains_itself(
    minji: Person, group: Room, typed: str
) -> None:
    await minji.says(group, typed)
    await group.receives("예를 들면")


async def test_numbers_of_nothing_are_said_in_words(minji: Person, group: Room) -> None:
    await minji.says(group, "/stats")
    assert "0명" not in (await group.receives("40편")).text


async def test_empty_lists_for_operators_say_so(sim: Simulator, bot: Bot, minji: Person) -> None:
    await bot.stop()
    await bot.start(operator_ids=str(minji.id))
    room = sim.private(minji)
    await minji.says(room, "/synonym")
    await room.receives("엔비디아 = nvidia")
    await minji.says(room, "/misses")
    await room.receives("아직 없어요")


async def test_what_cannot_be_read_is_not_said_back_at_length(minji: Person, group: Room) -> None:
    await minji.says(group, "/timezone " + "가" * 4000)
    assert len((await group.receives("시간대는 몰라요")).text) < 200


async def test_a_command_that_comes_by_itself_is_not_answered(
    sim: Simulator, bot: Bot, minji: Person
) -> None:
    """A channel's post in its discussion, and another bot's message: answers go in circles."""
    group = sim.supergroup("이야기", owner=minji, bot_admin=True)
    channel = sim.channel("소식", owner=minji, discussion=group)
    await minji.as_channel(channel).says(channel, "/latest")
    weather = {"id": 424_242, "is_bot": True, "first_name": "날씨봇", "username": "weather_bot"}
    for place in (group, sim.private(minji)):
        said = {"message_id": 9_001, "date": int(sim.clock.now()), "from": weather}
        chat = {"id": place.id, "type": place.chat.kind}
        sim.updates.push("message", {**said, "chat": chat, "text": "/latest"})
        sim.updates.push("message", {**said, "chat": chat, "text": "금리", "message_id": 9_002})
    await bot.rests()
    assert [card.text for card in group.bot_messages] == []
    assert [card.text for card in sim.private(minji).bot_messages] == []
    for voice in (minji.anonymous(group), minji.as_channel(channel)):
        await voice.says(group, "/latest 1")
        await group.receives("첫째")
