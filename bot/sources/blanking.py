"""What a server answered, without tokens, mail addresses and people's names. Pure.

The shape stays, so that a recorded answer is read as the real one is.
"""

from __future__ import annotations

import json
import re

from bot.redaction import redact

NAME, GONE, MAIL = "이름", "…", "someone@example.com"
_PAIR = re.compile(r'"([\w-]{1,60})"(: ?)"([^"\n]{0,2000})"')
_PAIR_IN_STRING = re.compile(r'\\"([\w-]{1,60})\\"(: ?)\\"([^"\n]{0,2000})"')
"""A key and its text in JSON, also in JSON that is a string in a script."""
_NAMES = re.compile(r"nick_?name|user_?name|real_?name|full_?name|display_?name", re.IGNORECASE)
_SECRETS = re.compile(
    r"token|secret|passw|session|auth(?!or)|e-?mail|phone|cookie|signature|csrf|api_?key|avatar"
    r"|profile",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"user|author|owner|creator|member|writer", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ESCAPE = "\\"
_DEEPEST = 100


def blanked(text: str) -> str:
    """`text`, JSON or a page with JSON in it, with all of that blanked."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        said = _PAIR_IN_STRING.sub(_pair_in_string, _PAIR.sub(_pair, text))
    else:
        said = json.dumps(_value(read, "", "", 0), ensure_ascii=False, indent=1)
    return redact(_MAIL.sub(MAIL, said))


def _pair(found: re.Match[str]) -> str:
    key, between, value = found.groups()
    return f'"{key}"{between}"{_said(key, value)}"'


def _pair_in_string(found: re.Match[str]) -> str:
    key, between, value = found.groups()
    return rf"\"{key}\"{between}\"{_said(key, value.rstrip(_ESCAPE))}\""


def _value(value: object, key: str, around: str, depth: int) -> object:
    """A value under a key, which is in an object under the key `around`."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {name: _value(one, name, key, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_value(one, key, around, depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    is_name = key.lower() == "name" and _PEOPLE.search(around) is not None
    return NAME if is_name and value else _said(key, value)


def _said(key: str, value: str) -> str:
    if value and _NAMES.search(key):
        return NAME
    return GONE if value and _SECRETS.search(key) else value
