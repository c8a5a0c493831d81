"""Whether reactions are shown is asked where nothing told it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.chats import Chats
from bot.config import load_settings
from bot.process import sights
from bot.process.sights import Sights
from storage import chats, messages
from storage.models import ChatId, MessageId, Sight, View
from tests.clock import FakeClock
from tests.storage.rows import NOW, add_chats, add_post, chat

if TYPE_CHECKING:
    import pytest

    from storage.database import Database

ONE, TWO, THREE = ChatId(-1), ChatId(-2), ChatId(-3)


class Asked:
    """Telegram, which answers of each group as it is set; of the others it says nothing."""

    def __init__(self, **answers: bool) -> None:
        self.answers = {ChatId(-int(name[1:])): is_seen for name, is_seen in answers.items()}
        self.about: list[ChatId] = []

    async def sees(self, chat_id: ChatId) -> bool | None:
        self.about.append(chat_id)
        return self.answers.get(chat_id)


def duty(database: Database, asked: Asked) -> Sights:
    known = Chats(load_settings(_env_file=None), database, FakeClock())
    return Sights(database, known, asked.sees)


async def sight_of(database: Database, chat_id: ChatId) -> Sight:
    async with database.reader() as db:
        found = await chats.get_chat(db, chat_id)
    assert found is not None
    return found.sight


async def test_groups_that_are_not_known_are_asked_about_and_their_cards_follow(
    database: Database,
) -> None:
    await add_chats(database, chat(ONE), chat(TWO), chat(THREE, sight=Sight.TOLD))
    post_id = await add_post(database, "글")
    async with database.transaction() as tx:
        for one in (ONE, TWO):
            await messages.set_message(
                tx, one, MessageId(1), post_id, view=View.CARD, page=0, language="ko", sent_at=NOW
            )
    asked = Asked(c1=False, c2=True)
    assert await duty(database, asked).run() == 2
    assert set(asked.about) == {ONE, TWO}
    assert await sight_of(database, ONE) is Sight.HIDDEN
    assert await sight_of(database, TWO) is Sight.SEEN
    async with database.transaction() as tx:
        far = NOW + timedelta(days=10_000)
        due = await messages.claim_refreshes(tx, far, until=far, limit=9)
    assert [one.chat_id for one in due] == [ONE]


async def test_where_telegram_does_not_say_the_others_come_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sights, "AT_MOST", 1)
    await add_chats(database, chat(ONE), chat(TWO))
    asked = Asked(c1=True)
    looking = duty(database, asked)
    assert [await looking.run() for _ in range(3)] == [0, 1, 0]
    assert asked.about == [TWO, ONE, TWO]


async def test_a_change_that_is_told_meanwhile_stands(database: Database) -> None:
    await add_chats(database, chat(ONE))
    known = Chats(load_settings(_env_file=None), database, FakeClock())

    async def sees(chat_id: ChatId) -> bool:
        async with database.transaction() as tx:
            await known.see(tx, chat_id, is_seen=True)
        return False

    await Sights(database, known, sees).run()
    assert await sight_of(database, ONE) is Sight.SEEN
