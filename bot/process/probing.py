"""`sosik health`: asks the bot that runs here whether it is ready, as a container's check does.

It asks /readyz rather than /healthz: what an operator wants to see is whether people get their
posts and answers, and a process that answers nobody is alive as well. Whoever has a container
started anew by it loses nothing by a start while Telegram is away.
"""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

SECONDS = 5.0
MOST_BYTES = 200
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # where to ask what listens so
SAID = {
    "the archive is being taken in": "health.archive",
    "the tick does not come": "health.tick",
    "Telegram does not answer": "health.telegram",
    "the webhook is deleted again and again": "health.webhook.deleted",
    "the webhook leads elsewhere": "health.webhook.elsewhere",
    "Telegram does not reach the webhook": "health.webhook.unreached",
    "the webhook is not set": "health.webhook.unset",
}
"""What `Running.what_is_missing` gives, up to a colon, as messages of the catalogues."""


class Condition(NamedTuple):
    """How the bot is: message `key` with `values`."""

    good: bool
    key: str
    values: dict[str, str]


def ask(listen: str) -> Condition:
    """Ask what HEALTH_LISTEN names, `address:port`; at most five seconds for each part."""
    if not listen:
        return Condition(good=False, key="health.off", values={})
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    asked = HTTPConnection(EVERYWHERE.get(host, host), int(port), timeout=SECONDS)
    try:
        with closing(asked):
            asked.request("GET", "/readyz")
            answer = asked.getresponse()
            return _read(listen, answer.status, answer.read(MOST_BYTES))
    except TimeoutError:
        return Condition(good=False, key="health.late", values={"place": listen})
    except OSError:
        return Condition(good=False, key="health.nobody", values={"place": listen})
    except HTTPException:
        return Condition(good=False, key="health.other", values={"place": listen})


def condition_of(missing: str) -> Condition:
    """What `Running.what_is_missing` gave, for people: one line, whatever stands in it."""
    plain = " ".join(missing.split())
    reason, _, why = plain.partition(": ")
    if reason not in SAID:
        return Condition(good=False, key="health.missing", values={"what": plain})
    return Condition(good=False, key=SAID[reason], values={"why": f" ({why})" if why else ""})


def _read(place: str, status: int, body: bytes) -> Condition:
    said = body.decode("ascii", "replace").strip()
    if (status, said) == (HTTPStatus.OK, "ready"):
        return Condition(good=True, key="health.ready", values={})
    if status == HTTPStatus.SERVICE_UNAVAILABLE and said.isprintable():
        return condition_of(said)
    return Condition(good=False, key="health.other", values={"place": place})
