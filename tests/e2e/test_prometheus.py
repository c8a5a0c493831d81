"""Debian's own Prometheus reads the bot, and answers all that the dashboard and the rules ask."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.test_health import a_probed_bot
from tests.expressions import DEPLOY, alerts, asked_by_alerts, asked_by_dashboard
from tests.ports import free_port
from tests.processes import running
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from bot.simulator import Simulator

EMPTY = ("sosik_backup_age_seconds", "sosik_sources_oldest_poll_age_seconds")
"""Nobody made a backup, and nothing is polled."""


@pytest.mark.slow
async def test_prometheus_answers_every_expression(sim: Simulator, tmp_path: Path) -> None:
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no prometheus here: on Debian, apt-get install prometheus")
    minji = sim.user("민지", language="ko")
    group = sim.group("독서모임", members=[minji], bot_admin=True)
    async with a_probed_bot(sim, tmp_path) as (bot, address), httpx.AsyncClient() as client:
        client.base_url = httpx.URL(f"http://127.0.0.1:{(port := free_port())}")
        config = written(tmp_path, target=address.removeprefix("http://"))
        command = (f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'tsdb'}")
        listen = f"--web.listen-address=127.0.0.1:{port}"
        async with running(tmp_path, program, *command, listen, environment=os.environ):
            await minji.says(group, "/latest 1")
            await group.receives("첫째")
            await bot.rests()

            async def has_scraped_twice() -> bool:
                found = await ask(client, "count_over_time(sosik_ready[5m])")
                return bool(found) and float(found[0]["value"][1]) > 2

            await until(has_scraped_twice)
            for expression in asked_by_dashboard():
                if any(name in expression for name in EMPTY):
                    assert not await ask(client, expression), expression
                else:
                    await until(partial(ask, client, expression))
            for expression in asked_by_alerts():
                await ask(client, expression)
            await until(partial(is_quiet, client))


async def is_quiet(client: httpx.AsyncClient) -> bool:
    """Whether every rule was tried, and none is loud: one is where a scrape came too late."""
    rules = (await client.get("/api/v1/rules")).json()["data"]["groups"][0]["rules"]
    assert {one["name"] for one in rules} == set(alerts())
    assert not [one for one in rules if one["health"] == "err"]
    loud = {one["name"] for one in rules if one["state"] != "inactive"}
    was_tried = all(one["health"] == "ok" for one in rules)
    return was_tried and loud <= {"SosikDiskFilling"}  # that may be so


def written(folder: Path, *, target: str) -> Path:
    """Prometheus' settings, as docs/metrics.md has them, at a pace for tests. JSON is YAML."""
    scraped = {"job_name": "sosik", "static_configs": [{"targets": [target]}]}
    settings = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(DEPLOY / "alerts.yml")],
        "scrape_configs": [scraped],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(settings))
    return file


async def ask(client: httpx.AsyncClient, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers; nothing while it is still starting."""
    try:
        answer = await client.get("/api/v1/query", params={"query": expression})
    except httpx.ConnectError:
        await asyncio.sleep(0.1)
        return []
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return []
    said = answer.json()
    assert said["status"] == "success", (expression, said)
    result: list[dict[str, Any]] = said["data"]["result"]
    return result
