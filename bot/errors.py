"""What can go wrong, said so that a person can act on it.

- SosikError: a translation key and its values
  - SettingError: a setting is missing or wrong
  - SourceError: a source could not be read (bot.sources)
  - InputError: somebody typed what a command does not take
"""

from __future__ import annotations

import errno
from socket import gaierror

from bot.redaction import redact

_REASONS = {
    errno.ENOENT: "reason.missing",
    errno.EACCES: "reason.denied",
    errno.EPERM: "reason.denied",
    errno.EROFS: "reason.denied",
    errno.EISDIR: "reason.folder",
    errno.ENOTDIR: "reason.missing",
    errno.EEXIST: "reason.exists",
    errno.ENOSPC: "reason.full",
    errno.ENAMETOOLONG: "reason.long",
    errno.EADDRINUSE: "reason.taken",
    errno.EADDRNOTAVAIL: "reason.elsewhere",
}
"""What the operating system says (errno(3)), as messages of the catalogues."""


class SosikError(Exception):
    """An error with a message for people: `key` names it in the catalogues, `values` fill it in.

    `str()` is for logs: the key and the values. What looks like a token is taken out of the values,
    whoever is told of them.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = {
            name: redact(value) if isinstance(value, str) else value
            for name, value in values.items()
        }

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by key and values: an error may come from another process."""
        return _again, (type(self), self.key, self.values)

    def __str__(self) -> str:
        """The key and its values on one line."""
        return " ".join([self.key, *(f"{name}={value!r}" for name, value in self.values.items())])


def _again(kind: type[SosikError], key: str, values: dict[str, object]) -> SosikError:
    return kind(key, **values)


def message(key: str, **values: object) -> dict[str, object]:
    """A message that stands in another one's place for a value, in the language of that one."""
    return {"key": key, "values": values}


def reason_of(error: OSError | UnicodeError) -> dict[str, object]:
    """Why a file or an address cannot be had, as a message."""
    if isinstance(error, UnicodeError):
        return message("reason.not_text")
    if isinstance(error, gaierror):  # numbered otherwise (getaddrinfo(3)): nobody has that name
        return message("reason.elsewhere")
    number = error.errno or 0
    return message(_REASONS.get(number, "reason.other"), number=number)


class SettingError(SosikError):
    """A setting is missing or wrong; `name` and `value` say which."""


class InputError(SosikError):
    """What was typed cannot be used; the message shows what can."""
