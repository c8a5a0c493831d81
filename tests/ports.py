"""Ports for programs that are told theirs before they take it."""

from __future__ import annotations

import random
import socket

OWN = range(20_000, 32_000)
"""Below what systems give by themselves (Linux: from 32768, others: from 49152): whoever asks for
any port, or connects, as the tests beside this one do all the time, gets none of these."""


def free_port() -> int:
    """A port of this machine that nobody has, and hardly anybody takes before it is taken."""
    chance = random.SystemRandom()  # each test has the same seed, in all processes
    while True:
        port = chance.choice(OWN)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
