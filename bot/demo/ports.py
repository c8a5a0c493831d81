"""Ports of loopback, taken so that nobody can come in between."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress

HOST = "127.0.0.1"
LAST_PORT = (1 << 16) - 1
_MOST_TRIED = 50


def listen(first: int = 0) -> socket.socket:
    """A socket that listens on the first free port of loopback from `first` on, or on any.

    To look for a free port and to listen on it later are two steps, and between them another
    program takes it; so what is found is listened on at once.
    """
    for port in range(first, min(first + _MOST_TRIED, LAST_PORT + 1)):
        with suppress(OSError):
            return _listener(port)
    return _listener(0)


def is_free(address: str) -> bool:
    """Whether `address:port` can be listened on now."""
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        for family, *_, place in found:
            with socket.socket(family) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(place)
    except OSError:
        return False
    return True


def _listener(port: int) -> socket.socket:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
        stack.pop_all()
    return listener
