"""Ports of loopback that nobody listens on."""

from __future__ import annotations

import socket
from contextlib import suppress

HOST = "127.0.0.1"
_MOST_TRIED = 50
_LAST = (1 << 16) - 1


def find_port(first: int) -> int:
    """The first free port of loopback from `first` on, or 0 for any."""
    for port in range(first, min(first + _MOST_TRIED, _LAST + 1)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    return 0
