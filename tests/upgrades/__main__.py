"""`python -m tests.upgrades VERSION`: keep a database of the version that is released today."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.upgrades.dump import dump
from tests.upgrades.living import live

DATA = Path(__file__).parent / "data"


def main() -> None:
    """Live an evening with today's bot, and write what its database is then."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrades", description=__doc__)
    parser.add_argument("version", help="for example 0.2.0")
    path = DATA / f"{parser.parse_args().version}.sql"
    with TemporaryDirectory() as folder:
        path.write_text(dump(asyncio.run(live(Path(folder)))), encoding="utf-8")


if __name__ == "__main__":
    main()
