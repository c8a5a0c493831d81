from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks import corpora
from bot.sources.formats.xmlfeed import parse_xml_feed

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sources.formats.raw_feed import Channel

FEED = (
    '<rss version="2.0"><channel><title>새벽의 서재</title><item><title>{}</title>'
    "<link>https://blog.example/1</link><description>글입니다.</description></item></channel></rss>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "one.xml").write_text(FEED.format("하나"), encoding="utf-8")
    (tmp_path / "broken.xml").write_text(FEED.format("<b>둘"), encoding="utf-8")
    (tmp_path / "page.html").write_text("<!doctype html><p>글", encoding="utf-8")
    (tmp_path / "words.txt").write_text("글입니다.", encoding="utf-8")
    return tmp_path


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *given: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["corpora", *given])
    code = corpora.main()
    said = capsys.readouterr()
    return code, said.out, said.err


def test_readers_that_agree(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, str(folder), "--json")
    assert code == 0
    assert {row[""]: row["feeds"] for row in json.loads(out)["feeds"]} == {
        "read by both": 1,
        "left to feedparser": 1,
        "differ": 0,
    }


def test_readers_that_differ_are_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def parse_otherwise(text: str) -> Channel | None:
        return parse_xml_feed(text.replace("하나", "셋"))

    monkeypatch.setattr(corpora, "parse_xml_feed", parse_otherwise)
    code, out, err = run(monkeypatch, capsys, str(folder), "--json", "--show", "1")
    assert code == 1
    assert json.loads(out)["what differs"] == [{"field": "title", "feeds": 1}]
    assert err.splitlines() == ["title: deeper/one.xml", "  '셋'", "  '하나'"]


def test_a_folder_without_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, str(tmp_path))
    assert code == 2
    assert "read by both" in out
