"""`sosik health` against real servers: ours in each condition, and what is none of ours."""

from __future__ import annotations

import ast
import inspect
import socket
import textwrap
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.cli import run_command
from bot.locales import get_texts
from bot.process import probing
from bot.process.probing import SAID, ask
from bot.process.serving import Running
from bot.updates.receive import Receiver
from bot.updates.webhook import _State

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(answer: bytes | None, host: str = "127.0.0.1") -> Iterator[int]:
    """A port where each request gets `answer`, or no answer at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((host, 0))
        server.listen()
        thread = threading.Thread(target=_answer_one, args=(server, answer), daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        if answer is not None:
            thread.join()


def _answer_one(server: socket.socket, answer: bytes | None) -> None:
    with server.accept()[0] as asked:
        asked.recv(65536)
        if answer is None:
            asked.recv(65536)  # until the other side hangs up
        else:
            asked.sendall(answer)


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (http("200 OK", "ready\n"), "health.ready"),
        (http("503 Service Unavailable", "the tick does not come\n"), "health.tick"),
        (http("503 Service Unavailable", "something new\n"), "health.missing"),
        (http("503 Service Unavailable", "a\x1b[31mb\n"), "health.other"),
        (http("503 Service Unavailable", "x" * 70000), "health.missing"),
        (
            http("503 Service Unavailable", "the webhook is not set: NetworkError: no route\n"),
            "health.webhook.unset",
        ),
        (http("500 Internal Server Error", "Internal Server Error\n"), "health.other"),
        (http("404 Not Found", "Not Found\n"), "health.other"),
        (http("200 OK", "<html>\n"), "health.other"),
        (http("200 OK", "읽을 수 없는 것"), "health.other"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "health.other"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200, "health.other"),
        (b"", "health.nobody"),
    ],
)
def test_what_answers_is_told_apart(answer: bytes, key: str) -> None:
    with answering(answer) as port:
        found = ask(f"127.0.0.1:{port}")
    assert (found.key, found.good) == (key, key == "health.ready")
    for language in ("ko", "en"):
        said = get_texts(language)(found.key, **found.values)
        assert "\n" not in said
        assert len(said) < 250


@pytest.mark.parametrize(
    ("host", "listen"),
    [("127.0.0.1", "0.0.0.0"), ("127.0.0.1", "localhost"), ("::1", "[::1]"), ("::1", "[::]")],  # noqa: S104
)
def test_what_listens_everywhere_is_asked_here(host: str, listen: str) -> None:
    with answering(http("200 OK", "ready\n"), host) as port:
        assert ask(f"{listen}:{port}").good


def test_what_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "SECONDS", 0.05)
    with answering(None) as port:
        assert ask(f"127.0.0.1:{port}").key == "health.late"


@pytest.mark.parametrize("listen", ["127.0.0.1:9", "nowhere.invalid:80", "192.0.2.1:0"])
def test_where_nobody_listens_is_said(listen: str) -> None:
    assert ask(listen).key == "health.nobody"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("listen", ["", "9", "127.0.0.1:9"])
def test_the_command_says_it_on_one_line(
    listen: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HEALTH_LISTEN", listen)
    monkeypatch.setenv("LANGUAGE", language)
    assert run_command(["health"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("✗ ")
    assert said.out.count("\n") == 1
    assert "HEALTH_LISTEN" in said.out
    assert said.err == ""


def test_each_reason_that_the_bot_gives_has_its_words() -> None:
    """Words that stand in what is returned, so that a new reason is found."""
    given = set()
    for said in (Running.what_is_missing, Receiver.missing, vars(_State)["missing"].fget):
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(said)))):
            if isinstance(node, ast.Return):
                given |= {
                    one.value.partition(":")[0]
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    assert given == set(SAID)
    for key in SAID.values():
        assert get_texts("ko")(key, why="") not in {key, get_texts("en")(key, why="")}
