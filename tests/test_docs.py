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
