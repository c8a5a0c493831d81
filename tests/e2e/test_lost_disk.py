"""A disk is lost in the middle of a broadcast, with Litestream beside the bot; S3 is moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.lost_disk import measure, what_is_missing
from benchmarks.reporting import table

if TYPE_CHECKING:
    from pathlib import Path

MISSING = what_is_missing()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(MISSING is not None, reason=MISSING or "")]


@pytest.mark.parametrize("replica", ["folder", "s3"])
async def test_no_post_is_lost_and_what_is_doubled_is_counted(
    replica: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are killed, the database is gone, and another machine goes on from the copy."""
    row = await measure(replica, tmp_path, chats=40, posts=2)
    with capsys.disabled():
        print(f"\n{table([row])}")  # noqa: T201  # the figures are what this is run for
    assert row["copies"] >= 80  # type: ignore[operator]  # a number
    assert (row["lost"], row["of these not counted"], row["open"]) == (0, 0, 0)
    assert row["copied again"] is True
    assert row["resent_unproven"] >= row["doubled"]  # type: ignore[operator]  # likewise
