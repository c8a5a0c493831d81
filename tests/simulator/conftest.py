from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.simulator import Simulator

Json = dict[str, Any]


class Api:
    """Raw calls to a simulator; answers are the whole JSON bodies."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session

    async def __call__(self, method: str, **parameters: Any) -> Json:  # noqa: ANN401  # any JSON
        url = f"{self.sim.url}/bot{self.sim.token}/{method}"
        async with self.session.post(url, json=parameters) as response:
            body: Json = await response.json()
            assert response.status == body.get("error_code", 200)
            return body

    async def result(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401  # any JSON
        body = await self(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **parameters: Any) -> str:  # noqa: ANN401  # any JSON
        body = await self(method, **parameters)
        assert not body["ok"], body
        return str(body["description"])

    async def updates(self, **parameters: Any) -> list[Json]:  # noqa: ANN401  # any JSON
        """All that waits, confirmed."""
        found: list[Json] = await self.result("getUpdates", **parameters)
        if found:
            await self.result("getUpdates", offset=found[-1]["update_id"] + 1)
        return found


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start() as simulator:
        yield simulator


@pytest.fixture
async def api(sim: Simulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(sim, session)
