"""A language is a folder: one more is offered, typed, pressed, set and registered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.config import load_settings
from bot.errors import SettingError
from bot.locales import get_texts
from storage import chats
from storage.models import ChatId
from tests.e2e.conftest import Bot
from tests.locales.making import speaking_japanese
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.simulator import Simulator
    from storage.models import Chat


@pytest.fixture(autouse=True)
def japanese(tmp_path: Path) -> Iterator[None]:
    with speaking_japanese(tmp_path / "locales"):
        yield


@pytest.fixture
async def bot(sim: Simulator, tmp_path: Path, japanese: None) -> AsyncIterator[Bot]:
    """The bot where Japanese is there, started by each test with the settings it wants."""
    one = Bot(sim, tmp_path)
    try:
        yield one
    finally:
        await one.stop()


async def kept(bot: Bot, chat_id: int) -> Chat:
    assert bot.running is not None
    async with bot.running.services.database.reader() as db:
        chat = await chats.get_chat(db, ChatId(chat_id))
    assert chat is not None
    return chat


async def test_it_is_offered_as_a_button_and_spoken_once_it_is_pressed(
    sim: Simulator, bot: Bot
) -> None:
    await bot.start()
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/settings")
    page = await group.receives("이 방의 설정")
    await minji.presses(page, "언어: 한국어")
    assert [label for label in page.buttons if label in {"✓ 한국어", "English", "日本語"}] == [
        "✓ 한국어",
        "English",
        "日本語",
    ]
    assert not (await minji.presses(page, "日本語")).is_alert
    assert "「Language」" in page.text
    assert "日本語" in page.text
    assert "✓ 日本語" in page.buttons
    assert (await kept(bot, group.id)).settings.language == "ja"
    await minji.says(group, "/digest_time 9:00")
    assert re.search(r"「The next digest comes on \d+月\d+日", (await group.receives("")).text)


async def test_it_is_understood_by_its_tag_and_its_names_in_every_language(
    sim: Simulator, bot: Bot
) -> None:
    await bot.start()
    for typed in ("日本語", "ja", "JA", "Japanese", "일본어", "にほんご"):
        person = sim.user(typed, language="ko")
        room = sim.private(person)
        await person.says(room, f"/language {typed}")
        await room.receives("「I speak English from now on.」")
        assert (await kept(bot, room.id)).settings.language == "ja"


async def test_it_is_listed_where_another_was_not_understood(sim: Simulator, bot: Bot) -> None:
    await bot.start()
    minji = sim.user("민지", language="ko")
    room = sim.private(minji)
    await minji.says(room, "/language 에스페란토")
    listed = (await room.receives("할 줄 아는 언어")).text
    assert all(one in listed for one in ("한국어 (ko)", "English (en)", "日本語 (ja)"))


async def test_people_are_spoken_to_in_the_language_of_their_telegram(
    sim: Simulator, bot: Bot
) -> None:
    await bot.start()
    hana = sim.user("花", language="ja")
    room = sim.private(hana)
    await hana.says(room, "/help")
    said = await room.receives("「Everybody」")
    assert "/language — 「This chat's language" in said.text
    assert "/latest — 「The newest posts (say /latest 10)」" in said.text


async def test_new_groups_are_met_in_the_language_of_the_settings(sim: Simulator, bot: Bot) -> None:
    await bot.start(language="ja")
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", owner=minji, bot_admin=True)
    await minji.says(group, "/start")
    await group.receives("「Hello, this is Sosik.")
    assert (await kept(bot, group.id)).settings.language == "ja"


async def test_its_menu_is_registered_for_those_who_have_it(sim: Simulator, bot: Bot) -> None:
    await bot.start()
    hana = sim.user("花", language="ja")

    def offered() -> dict[str, str]:
        shown = sim.world.commands.shown(hana.private.chat, hana.user)
        return {one["command"]: one["description"] for one in shown}

    await until(lambda: offered().get("latest", "").startswith("「"))
    assert offered()["latest"] == "「The newest posts (say /latest 10)」"


def test_the_setting_takes_it_and_lists_it() -> None:
    assert load_settings(language="ja", _env_file=None).language == "ja"
    with pytest.raises(SettingError) as caught:
        load_settings(language="Japanese", _env_file=None)
    said = get_texts("en")(caught.value.key, **caught.value.values)
    assert {"ko", "en", "ja"} <= {*re.findall("[a-z]+", said)}
