"""Secrets taken out of what is about to be read by somebody.

Whatever leaves the process as text passes here: logs, the command line, errors for people. What
looks like a token or an address's password is taken out by its looks, and every secret setting by
its value (`hide`).
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SECRET = re.compile(
    r"(?<![0-9])[0-9]{3,20}(?::|%(?:25)?3A|\\u003a|&#58;|&colon;)[A-Za-z0-9_-]{20,}",
    re.IGNORECASE,
)
"""A bot's token, wherever it stands: in an address it follows `/bot` without a gap."""


PASSWORD = re.compile(r"://[^\s/?#:]*:[^\s/?#]+@")
"""A name and a password before a host (RFC 3986, 3.2.1): a proxy's, a feed's.

Up to the last @ before the path, as `urlsplit` reads it: either may be written with one.
"""
SHORTEST = 4
"""Characters of a secret that is looked for: a shorter one is found in every other word."""
SHORTEST_PART = 8
"""Of a part of an address that may be a word as well: a name, a step of its path."""
MOST_HIDDEN = 100
"""Secrets that are remembered, the last ones: settings are read once, in tests many times."""
LONG_VALUE = 16
KEYS = ("key", "token", "secret", "auth", "pass", "sig", "code", "session")
"""What a part of a query is called that opens something."""
MASK = "<secret>"
_ADDRESS = re.compile(r"://(?:([^/?#]*)@)?[^/?#]*([^?#]*)(?:\?([^#]*))?")
"""What is before the host, behind it, and asked there."""
_NUMBER = re.compile(r"%(?:25)?[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}")
_secrets: dict[str, None] = {}
_hidden: list[tuple[re.Pattern[str], tuple[str, ...]]] = []


def redact(text: str) -> str:
    """`text` without what looks like a bot's token or an address's password, or was hidden."""
    shown = SECRET.sub("<token>", text)
    folded = shown.casefold() if _hidden else ""
    for pattern, forms in _hidden:
        if any(form in folded for form in forms):  # far faster than to look for all at once
            shown = pattern.sub(MASK, shown)
    return PASSWORD.sub("://<password>@", shown)


def shown_address(address: str) -> str:
    """An address to show: without a name and a password, and of what it asks only short words.

    Feeds of one's own carry a key there (`?key=…`): its name stays, and a number of a page.
    """
    before, mark, query = address.partition("?")
    scheme, separator, rest = before.partition("://")
    place, slash, path = rest.partition("/")
    shown = scheme + separator + place.rpartition("@")[2] + slash + path
    return shown + mark + "&".join(map(_without_key, query.split("&")))


def shown_values(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a message to show: an `address` without its key, in messages inside, too."""
    return {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: object) -> object:
    if isinstance(value, dict):
        return shown_values(value)
    return shown_address(value) if name == "address" and isinstance(value, str) else value


def _without_key(said: str) -> str:
    """One thing that a query says, less its value where that may be a key, by name or length."""
    name, equals, value = said.partition("=")
    if not equals:
        return "…" if len(said) >= LONG_VALUE else said
    is_key = len(value) >= LONG_VALUE or any(word in name.lower() for word in KEYS)
    return f"{name}=…" if is_key else said


def hide(secrets: Iterable[str]) -> None:
    """Have these taken out of every text from now on, also as addresses, JSON and HTML write them.

    Of an address: the name and the password, the path with its longer steps, and what its query
    says. The host stays.
    """
    for secret in secrets:
        _secrets.pop(secret, None)
        _secrets[secret] = None
    while len(_secrets) > MOST_HIDDEN:
        del _secrets[next(iter(_secrets))]
    forms = {form for secret in _secrets for part in _parts(secret) for form in _forms(part)}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    folded = tuple({form.casefold() for form in forms})
    found = [(re.compile("|".join(map(_pattern, longest_first))), folded)]
    _hidden[:] = found if forms else []


def _pattern(form: str) -> str:
    """Finds a form as it is written; the letters of a number in base 16 may be large or small."""
    return _NUMBER.sub(lambda number: f"(?i:{number[0]})", re.escape(form))


def _parts(secret: str) -> Iterator[str]:
    """What is secret of a secret; nothing that is too short to be looked for."""
    found = _of_address(secret) if "://" in secret else _of_word(secret)
    yield from (part for part, least in found if len(part) >= least)


def _of_word(secret: str) -> Iterator[tuple[str, int]]:
    """The whole, and what is behind its colon (a token's); how long each is at least."""
    yield secret, SHORTEST
    yield secret.partition(":")[2], SHORTEST_PART


def _of_address(address: str) -> Iterator[tuple[str, int]]:
    """Each part that is secret, and how long it is at least: a shorter one may be any word."""
    found = _ADDRESS.search(address)
    before, path, query = found.groups("") if found is not None else ("", "", "")
    name, _, password = before.partition(":")
    basic = b64encode(unquote(before).encode("utf-8", "surrogatepass")).decode()
    yield from ((one, SHORTEST) for one in (password, unquote(password)))
    said = [one.partition("=")[2] for one in query.split("&")]
    whole = f"{path}?{query}" if query else path
    others = [whole, query, *said, *path.split("/"), name, basic]
    yield from ((one, SHORTEST_PART) for part in others for one in (part, unquote(part)))


def _forms(part: str) -> Iterator[str]:
    """How a text may have it: as it is, and as an address, JSON, Python or HTML writes it."""
    encoded = [quote(part, safe=""), quote(part), quote(part, safe="/:?=&@"), quote_plus(part)]
    yield part
    yield from encoded
    yield from (quote(one, safe="") for one in encoded)
    yield json.dumps(part)[1:-1]
    yield repr(part)[1:-1]
    yield escape(part)
