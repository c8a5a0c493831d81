"""What the documents name is there: files, and the places that they link to."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMED = re.compile(r"`((?:bot|handlers|storage|tests|benchmarks|docs)/[\w./-]*)`")
LINKED = re.compile(r"\]\((?!https?://)([^)#\s]+)")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [one for one in NAMED.findall(text) if not (ROOT / one).exists()]
    missing += [one for one in LINKED.findall(text) if not (document.parent / one).exists()]
    assert missing == []


def test_the_documents_name_something() -> None:
    texts = [one.read_text(encoding="utf-8") for one in DOCUMENTS]
    assert sum(len(NAMED.findall(text)) for text in texts) > 100


def test_the_layers_that_are_shown_are_those_that_are_checked() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    checked = next(one["layers"] for one in contracts if one.get("containers") == ["bot"])
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = text.partition("## Who may import whom")[2].split("```")[1].strip().splitlines()
    assert listed == checked


def test_both_halves_of_the_readme_tell_each_exit_code() -> None:
    korean, _, english = (ROOT / "README.md").read_text("utf-8").partition("\n## English\n")
    table = korean.partition("| 끝나는 값 |")[2]
    codes = re.findall(r"^\| `(\d+)` \|", table, re.MULTILINE)
    told = english.partition("Exit codes: ")[2].partition("\n\n")[0]
    assert re.findall(r"(?<![\w.])\d+(?= )", told) == codes


def test_the_readme_links_to_what_an_operator_reads() -> None:
    """Each page that the site begins with."""
    more = (ROOT / "README.md").read_text("utf-8").partition("\n## More\n")[2]
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    pages = [one for one in LINKED.findall(index) if not one.startswith("..")]
    assert [one for one in pages if f"](docs/{one})" not in more] == []
