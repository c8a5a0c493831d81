import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.simulator import Simulator
from tests.simulator.conftest import Api
from tests.waiting import settle, until

SECRET = "X-Telegram-Bot-Api-Secret-Token"


class Receiver:
    """A bot's own server: what came, and what it answers."""

    def __init__(self) -> None:
        self.came: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[int] = []
        self.retry_after = ""
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = 0
        self.most_at_once = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.came.append(await request.json())
        self.secrets.append(request.headers.get(SECRET))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        status = self.answers.pop(0) if self.answers else 200
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return web.Response(status=status, headers=headers)

    @property
    def texts(self) -> list[str]:
        return [one["message"]["text"] for one in self.came]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    app = web.Application()
    app.router.add_post("/hook", one.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield one
    await runner.cleanup()


def gone(sim: Simulator) -> Callable[[], bool]:
    return lambda: not len(sim.updates)


async def test_what_waits_and_what_comes_is_delivered_and_forgotten(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    minji = sim.user("민지")
    await minji.says(minji.private, "하나")
    await api.result("setWebhook", url=receiver.url, secret_token="s-1_x")
    await minji.says(minji.private, "둘")
    await until(gone(sim))
    assert receiver.texts == ["하나", "둘"]
    assert receiver.secrets == ["s-1_x", "s-1_x"]
    assert [one["update_id"] for one in receiver.came] == sim.server.deliverer.delivered


async def test_what_is_refused_comes_again_before_the_next_of_its_chat(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    sim.server.deliverer.second = 0.01
    receiver.answers = [500, 503, 404]
    minji = sim.user("민지")
    await api.result("setWebhook", url=receiver.url)
    await minji.says(minji.private, "하나")
    await minji.says(minji.private, "둘")
    await until(gone(sim))
    assert receiver.texts == ["하나"] * 4 + ["둘"]
    info = await api.result("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert info["last_error_date"] > 0


async def test_another_chat_overtakes_what_is_refused(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    receiver.answers = [503]
    receiver.retry_after = "3"
    minji, jun = sim.user("민지"), sim.user("준")
    await api.result("setWebhook", url=receiver.url, max_connections=1)
    await minji.says(minji.private, "하나")
    await jun.says(jun.private, "둘")
    await until(gone(sim))
    assert receiver.texts == ["하나", "둘", "하나"]
    assert receiver.most_at_once == 1


async def test_chats_go_side_by_side_and_no_more_than_there_are_connections(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    receiver.open.clear()
    people = [sim.user(f"{n}") for n in range(4)]
    await api.result("setWebhook", url=receiver.url, max_connections=3)
    for one in people:
        for text in ("하나", "둘"):
            await one.says(one.private, text)
    await until(lambda: receiver.at_once == 3)
    await settle()
    assert receiver.texts == ["하나"] * 3
    receiver.open.set()
    await until(gone(sim))
    assert receiver.most_at_once == 3


async def test_a_receiver_that_is_not_there_is_tried_every_second(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    sim.server.deliverer.second = 0.01
    minji = sim.user("민지")
    await api.result("setWebhook", url="http://127.0.0.1:9/hook")
    await minji.says(minji.private, "하나")
    await until(lambda: sim.world.webhook.failure)
    assert (await api.result("getWebhookInfo"))["pending_update_count"] == 1
    await api.result("setWebhook", url=receiver.url)
    await until(gone(sim))
    assert receiver.texts == ["하나"]
    assert "last_error_message" not in await api.result("getWebhookInfo")


async def test_what_expires_is_given_up(sim: Simulator, api: Api, receiver: Receiver) -> None:
    receiver.answers = [500, 500]
    minji = sim.user("민지")
    await api.result("setWebhook", url=receiver.url)
    receiver.open.clear()
    await minji.says(minji.private, "하나")
    await until(lambda: receiver.at_once)
    sim.clock.advance(86_400)
    receiver.open.set()
    await until(gone(sim))
    assert receiver.texts == ["하나"]


async def test_a_deleted_webhook_leaves_what_waits_to_getupdates(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    receiver.open.clear()
    minji = sim.user("민지")
    await api.result("setWebhook", url=receiver.url)
    await minji.says(minji.private, "하나")
    await until(lambda: receiver.at_once)
    assert "can't use getUpdates method while webhook" in await api.refused("getUpdates")
    await api.result("deleteWebhook")
    assert [one["message"]["text"] for one in await api.updates()] == ["하나"]
    assert (await api.result("getWebhookInfo"))["url"] == ""


async def test_setting_a_webhook_ends_a_poll(sim: Simulator, api: Api, receiver: Receiver) -> None:
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await until(lambda: sim.server.poller.is_held)
    await api.result("setWebhook", url=receiver.url)
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "http://x.kr/hook"}, "An HTTPS URL must be provided"),
        ({"url": "https://x.kr:8080/hook"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://x.kr/hook", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://x.kr/hook", "secret_token": "a b"}, "contains unallowed characters"),
    ],
)
async def test_what_telegram_does_not_take_is_refused(
    given: dict[str, str], said: str, api: Api
) -> None:
    assert said in await api.refused("setWebhook", **given)
    assert (await api.result("getWebhookInfo"))["url"] == ""


async def test_only_what_is_asked_for_is_delivered(
    sim: Simulator, api: Api, receiver: Receiver
) -> None:
    minji = sim.user("민지")
    await api.result("setWebhook", url=receiver.url, allowed_updates=["callback_query"])
    await minji.says(minji.private, "하나")
    await api.result("setWebhook", url=receiver.url, allowed_updates=["message"])
    await minji.says(minji.private, "둘")
    await until(gone(sim))
    assert receiver.texts == ["둘"]
