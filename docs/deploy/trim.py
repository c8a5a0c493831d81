"""Takes out of an environment what the bot never reads: `python trim.py /opt/sosik`, in the image.

Babel's data for languages that Sosik does not speak, the names of holidays (it asks for their
dates), of each package its tests and what only a compiler reads, and the compiled form of tables of
which a bot reads one or two: the holidays of countries, the dates of languages.
"""

import shutil
import sys
from pathlib import Path

TABLES = ("holidays/countries", "holidays/financial", "dateparser/data/date_translation_data")
FOR_COMPILERS = {".c", ".cpp", ".h", ".pxd", ".pxi", ".pyi", ".pyx"}


def main() -> None:
    """Trim the environment that is named, and say by how much."""
    (packages,) = Path(sys.argv[1]).glob("lib/python*/site-packages")
    before = size_of(packages)
    spoken = {one.name.partition("_")[0] for one in packages.glob("bot/locales/*/")}
    for data in packages.glob("babel/locale-data/*.dat"):
        if data.stem.partition("_")[0] not in spoken | {"root"}:
            data.unlink()
    compiled = (packages / table / "__pycache__" for table in TABLES)
    for folder in (packages / "holidays" / "locale", *packages.glob("*/tests"), *compiled):
        shutil.rmtree(folder, ignore_errors=True)
    for file in packages.rglob("*"):
        if file.suffix in FOR_COMPILERS and file.is_file():
            file.unlink()
    sys.stdout.write(f"{before / 1e6:.1f} MB, now {size_of(packages) / 1e6:.1f} MB\n")


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(one.lstat().st_size for one in folder.rglob("*") if not one.is_dir())


if __name__ == "__main__":
    main()
