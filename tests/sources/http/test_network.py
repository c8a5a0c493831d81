from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpcore
import pytest

from bot.sources.errors import PrivateAddressError
from bot.sources.http.network import CheckedBackend, is_public, look_up

if TYPE_CHECKING:
    from collections.abc import Iterable


class Network:
    """Remembers what was connected to; addresses in `dead` refuse."""

    def __init__(self, dead: Iterable[str] = ()) -> None:
        self.dead = set(dead)
        self.connected: list[str] = []

    async def __call__(self, address: str, _: int, __: float) -> httpcore.AsyncNetworkStream:
        self.connected.append(address)
        if address in self.dead:
            raise httpcore.ConnectError
        return httpcore.AsyncMockStream([])


class Names:
    """A name server that gives another answer each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, _: str, __: int) -> list[str]:
        return self.answers.pop(0)


def backend(network: Network, names: Names, *, allow_private: bool = False) -> CheckedBackend:
    return CheckedBackend(allow_private=allow_private, lookup=names, connect=network)


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A second look-up, which says loopback, never happens."""
    network, names = Network(), Names(["93.184.216.34"], ["127.0.0.1"])
    await backend(network, names).connect_tcp("blog.example", 80)
    assert network.connected == ["93.184.216.34"]
    assert names.answers == [["127.0.0.1"]]


async def test_the_private_ones_of_several_addresses_are_left_out() -> None:
    network = Network()
    names = Names(["10.0.0.1", "93.184.216.34"])
    await backend(network, names).connect_tcp("blog.example", 80)
    assert network.connected == ["93.184.216.34"]
    with pytest.raises(PrivateAddressError):
        await backend(network, Names(["10.0.0.1", "fe80::1%eth0"])).connect_tcp("blog.example", 80)


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    network = Network(dead=["93.184.216.34"])
    names = Names(["93.184.216.34", "93.184.216.35"])
    await backend(network, names).connect_tcp("blog.example", 80)
    assert network.connected == ["93.184.216.34", "93.184.216.35"]


@pytest.mark.parametrize("found", [["93.184.216.34"], []])
async def test_a_host_without_an_address_that_answers_is_refused(found: list[str]) -> None:
    with pytest.raises(httpcore.ConnectError):
        await backend(Network(dead=found), Names(found)).connect_tcp("blog.example", 80)


async def test_private_addresses_may_be_allowed() -> None:
    network = Network()
    await backend(network, Names(["10.0.0.1"]), allow_private=True).connect_tcp("nas", 80)
    assert network.connected == ["10.0.0.1"]


async def test_a_wait_is_a_wait() -> None:
    await CheckedBackend(allow_private=False).sleep(0)


async def test_the_systems_resolver_knows_odd_spellings() -> None:
    assert await look_up("0x7f.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "2606:2800:220:1::1",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
        "192.0.1.1",
        "192.88.98.1",
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104  # refused
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001:0:53aa:64c:0:fbff:f5ff:fffe",
        "::ffff:100.64.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::c058:6301",
        "64:ff9b:1::5db8:d822",
        "192.0.0.8",
        "192.0.0.170",
        "192.88.99.1",
        "::ffff:192.0.0.8",
        "2002:c058:6301::",
        "3fff::1",
        "3fff:fff:ffff::1",
        "5f00::1",
        "100:0:0:1::1",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not is_public(ip_address(address))
