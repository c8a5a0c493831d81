"""How long trouble is waited out: longer with each failure in a row, up to a longest wait. Pure.

Whoever retries counts the failures, in memory or in a row of the database. After a success the
count begins again, and so do the waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits in seconds, shortest first; at least one. The last one is repeated."""

    waits: tuple[float, ...]

    @classmethod
    def doubling(cls, first: float, *, longest: float, most_doublings: int = 20) -> Self:
        """Waits that begin with `first` seconds and double, never above `longest`."""
        waits = [min(first * 2**doublings, longest) for doublings in range(most_doublings + 1)]
        return cls(tuple(dict.fromkeys(waits)))

    def after(self, failures: int) -> float:
        """The seconds to wait after so many failures in a row; for none, as for the first."""
        return self.waits[min(max(failures, 1), len(self.waits)) - 1]


def spread(seconds: float, luck: float, *, least: float, most: float) -> float:
    """`least` to `most` times the seconds, as `luck` from 0 to 1 has it.

    What failed together then does not come back together.
    """
    return seconds * (least + luck * (most - least))
