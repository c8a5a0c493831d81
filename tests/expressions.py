"""What the dashboard and the alert rules of docs/deploy ask Prometheus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
_NAME = re.compile(r"\b(?:sosik|process|python)_\w+")
_EXPR = re.compile(r"^ +expr: (.+)$", re.MULTILINE)
_ALERT = re.compile(r"^ +- alert: (\w+)$", re.MULTILINE)
_VARIABLES = {"$__rate_interval": "1m", "$instance": ".*"}


def panels() -> list[dict[str, Any]]:
    """The dashboard's panels, rows apart."""
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def asked_by_dashboard() -> list[str]:
    """Every expression of the dashboard, its variables filled in as Grafana does."""
    found = [str(one["expr"]) for panel in panels() for one in panel["targets"]]
    for name, value in _VARIABLES.items():
        found = [one.replace(name, value) for one in found]
    return found


def alerts() -> list[str]:
    """The names of the alert rules."""
    return _ALERT.findall((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))


def asked_by_alerts() -> list[str]:
    """Every expression of the alert rules."""
    return _EXPR.findall((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))


def names_asked() -> set[str]:
    """Every figure that is asked for; `up` is Prometheus' own."""
    asked = [*asked_by_dashboard(), *asked_by_alerts()]
    return {name for one in asked for name in _NAME.findall(one)}
