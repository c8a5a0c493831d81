"""The documentation as a site: built strictly, whole, and nothing is loaded from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md"))
BESIDE = ("manual.md", "changelog.md", "contributing.md", "security.md")
"""What `docs/deploy/site.py` brings from the root."""
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
ELSEWHERE = re.compile(r"(?:https?:)?//")
IN_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]+)")
ONLY_FOR_DIAGRAMS_AND_REPOSITORIES = ("mermaid", 'data-md-component="source"')
"""With these the theme's script asks other hosts."""


class Loaded(HTMLParser):
    """What a page has its browser fetch, and what it links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note its address; called by the parser."""
        given = dict(attrs)
        if tag in LOADED:
            self.fetched.append(given.get(LOADED[tag]) or "")
        if tag == "a":
            self.linked.append(given.get("href") or "")


def nav() -> list[str]:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    return re.findall(r"^ *- (?:[^#\n]+: )?(\S+\.md)$", text, re.MULTILINE)


def test_each_page_is_in_the_navigation_once() -> None:
    """A page that is written has its line in mkdocs.yml."""
    assert sorted(nav()) == sorted([*PAGES, *BESIDE])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed: make slow installs it")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.mark.slow
def test_every_page_is_built_and_loads_nothing_from_elsewhere(site: Path) -> None:
    built = {path.relative_to(site).as_posix() for path in site.glob("**/*.html")}
    made = {one.replace("README.md", "index.md").removesuffix(".md") + ".html" for one in nav()}
    assert built == {*made, "404.html"}
    for name in sorted(built):
        html = (site / name).read_text(encoding="utf-8")
        outside = [one for one in Loaded(html).fetched if ELSEWHERE.match(one)]
        assert outside == [], name
        assert [one for one in ONLY_FOR_DIAGRAMS_AND_REPOSITORIES if one in html] == [], name
    for sheet in site.glob("**/*.css"):
        assert IN_CSS.findall(sheet.read_text(encoding="utf-8")) == [], sheet


@pytest.mark.slow
def test_links_between_pages_lead_somewhere(site: Path) -> None:
    """Those of the manual from the root of the repository, too."""
    for page in site.glob("**/*.html"):
        if page.name == "404.html":
            continue  # its addresses are the site's
        for link in Loaded(page.read_text(encoding="utf-8")).linked:
            target = link.partition("#")[0]
            if target and not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.name}: {link}"
