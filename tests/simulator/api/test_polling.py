import asyncio

import pytest

from bot.simulator import Simulator
from tests.simulator.conftest import Api
from tests.waiting import until


async def test_updates_have_ids_in_sequence_and_wait_until_confirmed(
    sim: Simulator, api: Api
) -> None:
    minji = sim.user("민지")
    for text in ("하나", "둘", "셋"):
        await minji.says(minji.private, text)
    first = await api.result("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["하나", "둘"]
    assert first[1]["update_id"] == first[0]["update_id"] + 1
    assert await api.result("getUpdates", limit=2) == first
    rest = await api.result("getUpdates", offset=first[1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["셋"]
    assert len(sim.updates) == 1


async def test_a_negative_offset_keeps_the_newest(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    for text in ("하나", "둘", "셋"):
        await minji.says(minji.private, text)
    kept = await api.result("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in kept] == ["셋"]
    assert await api.result("getUpdates", offset=kept[0]["update_id"] + 1000) == kept


async def test_a_long_poll_ends_when_something_happens(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    poll = asyncio.create_task(api.result("getUpdates", timeout=30))
    await until(lambda: sim.server.poller.is_held)
    await minji.says(minji.private, "하나")
    assert [update["message"]["text"] for update in await poll] == ["하나"]


async def test_a_long_poll_ends_empty_when_nothing_happens(api: Api) -> None:
    assert await api.result("getUpdates", timeout=1) == []


async def test_a_second_poller_ends_the_first_with_409(sim: Simulator, api: Api) -> None:
    sim.server.poller.conflict_seconds = 0.1
    first = asyncio.create_task(api("getUpdates", timeout=30))
    await until(lambda: sim.server.poller.is_held)
    second = asyncio.create_task(api("getUpdates", timeout=30))
    answer = await first
    assert answer["error_code"] == 409
    assert answer["description"].startswith("Conflict: terminated by other getUpdates request")
    third = asyncio.create_task(api("getUpdates", timeout=30))
    assert (await second)["error_code"] == 409
    await sim.user("민지").starts()
    assert len((await third)["result"]) == 1


async def test_reactions_and_members_come_only_when_asked_for(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    group = sim.group("모임", members=[minji], bot_admin=True)
    await api.result("sendMessage", chat_id=group.id, text="글")
    card = await group.receives()
    await minji.reacts(card, "👍")
    await minji.leaves(group)
    assert [set(update) - {"update_id"} for update in await api.updates()] == [{"message"}]
    await api.result("getUpdates", allowed_updates=["message_reaction", "chat_member"])
    await minji.joins(group)
    await minji.reacts(card)
    kinds = [set(update) - {"update_id"} for update in await api.updates()]
    assert kinds == [{"chat_member"}, {"message_reaction"}]


@pytest.mark.parametrize("default", [[], ["nonsense"]])
async def test_allowed_updates_stay_until_replaced(
    sim: Simulator, api: Api, default: list[str]
) -> None:
    minji = sim.user("민지")
    await api.result("getUpdates", allowed_updates=["callback_query"])
    await minji.says(minji.private, "하나")
    assert await api.result("getUpdates", allowed_updates="nonsense{") == []
    assert await api.result("getUpdates") == []
    await api.result("getUpdates", allowed_updates=default)
    await minji.says(minji.private, "둘")
    assert len(await api.updates()) == 1


async def test_updates_expire_after_a_day_and_presses_sooner(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    await minji.says(minji.private, "하나")
    sim.updates.push("callback_query", {"id": "1"})
    sim.clock.advance(151)
    assert [set(u) - {"update_id"} for u in await api.result("getUpdates")] == [{"message"}]
    sim.clock.advance(86_400)
    assert await api.result("getUpdates") == []


async def test_repeated_and_reordered_answers(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    sim.updates.repeat(1)
    await minji.says(minji.private, "하나")
    first = await api.updates()
    await minji.says(minji.private, "둘")
    again = await api.updates()
    assert [update["message"]["text"] for update in again] == ["하나", "둘"]
    assert again[0] == first[0]
    sim.updates.reorder(1)
    for text in "가나다":
        await minji.says(minji.private, text)
    shuffled = [update["message"]["text"] for update in await api.result("getUpdates")]
    assert sorted(shuffled) == ["가", "나", "다"]
    assert shuffled != ["가", "나", "다"]
    assert [u["message"]["text"] for u in await api.updates()] == ["가", "나", "다"]


async def test_a_webhook_and_polling_exclude_each_other(sim: Simulator, api: Api) -> None:
    await sim.user("민지").starts()
    assert "HTTPS URL must be provided" in await api.refused("setWebhook", url="http://x.kr")
    await api.result("setWebhook", url="https://x.kr/hook", allowed_updates=["message"])
    info = await api.result("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("https://x.kr/hook", 1)
    assert info["allowed_updates"] == ["message"]
    assert "can't use getUpdates method while webhook" in await api.refused("getUpdates")
    await api.result("deleteWebhook", drop_pending_updates=True)
    assert await api.result("getUpdates") == []


async def test_setting_a_webhook_ends_a_waiting_poll(sim: Simulator, api: Api) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await until(lambda: sim.server.poller.is_held)
    sim.server.poller.abort("terminated by setWebhook request")
    answer = await poll
    assert answer["description"] == "Conflict: terminated by setWebhook request"


async def test_hasty_polls_may_be_slowed_as_on_the_real_server(
    sim: Simulator, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in ("_HASTE_SECONDS", "_REPEAT_SECONDS"):
        monkeypatch.setattr(f"bot.simulator.api.polling.{seconds}", 3600.0)
    sim.server.poller.slow_repeats = True
    minji = sim.user("민지")
    for text in ("하나", "둘"):
        await minji.says(minji.private, text)
    assert len(await api.result("getUpdates", offset=1)) == 2
    assert len(await api.result("getUpdates", offset=1)) == 1


async def test_stopping_lets_a_waiting_poll_go(sim: Simulator, api: Api) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await until(lambda: sim.server.poller.is_held)
    sim.server.poller.release()
    assert (await poll)["result"] == []
