"""For MkDocs: the documents at the root become pages beside those of `docs/`, and all links hold.

README.md, CHANGELOG.md, CONTRIBUTING.md and SECURITY.md stand at the root, where people expect them.
What a page links to that is none (a Dockerfile, a module) is named there without a link.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BESIDE = {
    "README.md": "manual.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
"""Their names on the site: README would be taken for the first page."""
LINK = re.compile(r"\[(?P<label>[^\]\[]*)\]\((?P<to>[^):#\s]+)(?P<at>#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add them."""
    for name, page in BESIDE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links lead to where things are on the site."""
    del config, files
    place = (DOCS / page.file.src_uri).parent
    source = Path(page.file.abs_src_path or place).parent
    return LINK.sub(partial(_on_the_site, source, place), markdown)


def _on_the_site(source: Path, place: Path, found: re.Match[str]) -> str:
    """Write a link as a page of the folder `place` has it; `source` is where its text lies."""
    target = Path(os.path.normpath(source / found["to"]))
    if target.parent == ROOT and target.name in BESIDE:
        target = DOCS / BESIDE[target.name]
    elif not target.is_relative_to(DOCS) and target.exists():
        return found["label"]
    elif source == place:
        return found[0]
    return f"[{found['label']}]({os.path.relpath(target, place)}{found['at'] or ''})"
