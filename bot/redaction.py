"""Secrets taken out of what is about to be read by somebody. Pure.

Whatever leaves the process as text passes here: logs, the command line, errors for people.
"""

from __future__ import annotations

import re

SECRET = re.compile(
    r"(?<![0-9])[0-9]{3,20}(?::|%(?:25)?3A|\\u003a|&#58;|&colon;)[A-Za-z0-9_-]{20,}",
    re.IGNORECASE,
)
"""A bot's token, wherever it stands: in an address it follows `/bot` without a gap."""


def redact(text: str) -> str:
    """`text` with anything that looks like a bot's token taken out."""
    return SECRET.sub("<token>", text)
