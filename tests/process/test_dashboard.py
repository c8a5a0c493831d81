"""The dashboard and the alert rules: whole, and understood by Prometheus' own tool."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from tests.expressions import DEPLOY, alerts, asked_by_alerts, asked_by_dashboard, panels

if TYPE_CHECKING:
    from pathlib import Path


def test_the_rows_are_those_that_an_operator_looks_for() -> None:
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    rows = [one["title"].partition(" · ")[2] for one in dashboard["panels"] if one["type"] == "row"]
    assert rows == ["Is it well", "Delivery", "Answers", "Sources", "Process"]
    ids = [one["id"] for one in dashboard["panels"]]
    assert len(set(ids)) == len(ids)


def test_each_panel_says_what_it_shows_and_asks_whatever_prometheus_is_chosen() -> None:
    for panel in panels():
        assert re.search("[가-힣]", panel["title"]), panel["title"]
        assert panel["description"], panel["title"]
        sources = [panel["datasource"], *(one["datasource"] for one in panel["targets"])]
        assert {one["uid"] for one in sources} == {"${datasource}"}, panel["title"]


def test_no_panel_lies_on_another() -> None:
    def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
        across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
        down = one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]
        return across and down

    places = [panel["gridPos"] for panel in panels()]
    assert not any(overlap(one, other) for one, other in combinations(places, 2))
    assert all(place["x"] + place["w"] <= 24 for place in places)


def test_each_panel_can_be_narrowed_to_one_bot() -> None:
    text = (DEPLOY / "grafana.json").read_text(encoding="utf-8")
    asked = [one for panel in panels() for one in panel["targets"]]
    assert text.count('instance=~\\"$instance\\"') >= len(asked)


def test_each_alert_says_what_it_is_in_both_languages_and_what_to_do() -> None:
    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    assert len(alerts()) == len(asked_by_alerts())
    for rule in text.split("- alert: ")[1:]:
        for part in ("severity: ", "summary: ", "summary_ko: ", "description: "):
            assert part in rule, rule
        assert re.search("summary_ko: .*[가-힣]", rule), rule


def test_each_alert_is_tried_both_ways() -> None:
    tried = (DEPLOY / "alerts.test.yml").read_text(encoding="utf-8")
    for alert in alerts():
        assert f"name: {alert} fires" in tried
        assert f"name: {alert} is quiet" in tried


def promtool(*arguments: str | Path) -> str:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool here: on Debian, apt-get install prometheus")
    done = subprocess.run(  # noqa: S603  # a tool of Debian's, on files of ours
        [tool, *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_prometheus_takes_the_rules_and_they_fire_when_they_should() -> None:
    promtool("check", "rules", DEPLOY / "alerts.yml")
    promtool("test", "rules", DEPLOY / "alerts.test.yml")


@pytest.mark.slow
def test_prometheus_understands_what_the_dashboard_asks(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(asked_by_dashboard())
    ]
    file = tmp_path / "rules.yml"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", file)
