"""Listings pass without a question, whatever their kind; other texts that read as posts do not."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sources.formats.archive import parse_archive
from bot.sources.formats.doubts import Doubt
from tests.sources.listings import a_post, listing

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
PLAIN = listing(a_post(f"{n}번째 글", f"{n}번째로 쓴 글이에요.") for n in range(1, 9))
"""No counts at all; its one author comes again."""
COUNTED = listing(
    a_post(f"글 {n}", "사진", emoji=("👍",), reactions=n, comments=n) for n in range(1, 6)
)


def by(
    *names: str, posts: int, title: str = "글 {n}", body: str = "{n}에 대해 쓴 글이에요."
) -> str:
    """A plain listing whose authors take turns."""
    lines = ["함께 쓰는 집", "여럿이 씁니다."]
    for n, name in enumerate(islice(cycle(names), posts), start=1):
        lines += [name, title.format(n=n), body.format(n=n)]
    return "\n".join(lines)


MANY = (
    *("김봄", "이 여름", "Park Autumn", "겨울.박", "@five"),
    *("여섯", "7", "여덟(객원)", "아홉 번째 필자"),
)
LISTINGS: dict[str, bytes] = {
    "plain": PLAIN.encode(),
    "with counts": COUNTED.encode(),
    "one post": by("소식", posts=1).encode(),
    "one post with counts": listing([a_post("하나", "본문", comments=3)]).encode(),
    "two posts by two": by("김봄", "이 여름", posts=2).encode(),
    "two posts by one": by("소식", posts=2).encode(),
    "short bodies": by("소식", posts=6, body="짧음").encode(),
    "no bodies": listing(a_post(f"사진 {n}", "👍", reactions=3) for n in range(4)).encode(),
    "many authors": by(*MANY, posts=27).encode(),
    "many authors, each once": by(*MANY, posts=len(MANY)).encode(),
    "an author in English": by(
        "Jane van der Doe", posts=5, body="What I read in week {n}."
    ).encode(),
    "an author's name like a sentence": by("오늘도, 읽습니다: 봄.", posts=7).encode(),
    "numbered titles": by("소식", posts=9, title="{n}. 제목").encode(),
    "dated titles": by("소식", posts=9, title="2026-11-{n:02} 일기").encode(),
    "titles in brackets": by("김봄", "이 여름", posts=9, title="[알림] {n}").encode(),
    "bodies like lists": by("소식", posts=9, body="- 하나 - 둘 - 셋 {n}").encode(),
    "links for bodies": by("소식", posts=9, body="https://blog.example/{n}").encode(),
    "code for bodies": by("소식", posts=9, body="x = {n}; print(x)").encode(),
    "Windows line ends": PLAIN.replace("\n", "\r\n").encode(),
    "blank lines between": PLAIN.replace("\n", "\n\n").encode(),
    "with a BOM": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "CP949": PLAIN.encode("cp949"),
    "cut off in the middle": COUNTED.encode()[:-20],
    "without a tagline": PLAIN.replace("읽고 씁니다.\n", "").encode(),
    "the demo's own": (ROOT / "bot/demo/samples/archive.txt").read_bytes(),
}


@pytest.mark.parametrize("kind", LISTINGS)
def test_a_listing_passes(kind: str) -> None:
    archive = parse_archive(LISTINGS[kind])
    assert archive.posts
    assert archive.doubts == ()


NOVEL = (
    "그날 아침 안개가 걷히자 마을이 보였다.",
    "“거기 누구요?”",
    "대답은 없었다. 바람만 지나갔다.",
    "노인은 문을 닫고 불을 껐다.",
    "“아무도 없군.”",
    "그러나 발소리는 가까워지고 있었다.",
    "문이 열렸다.",
)
CHAT = "홍길동\n안녕하세요\n오후 3:{n:02}\n"


def lines(make: Callable[[int], str], times: int = 12) -> str:
    return "\n".join(make(n) for n in range(1, times + 1))


OTHERS: dict[str, str] = {
    "Markdown": "# 이름\n\n무엇인지.\n\n## 설치\n\n```sh\nmake\n```\n\n- 하나\n- 둘\n",
    "a changelog": "# Changelog\n\n## 1.2\n\n### Added\n\n- One.\n- Two.\n\n## 1.1\n",
    "plain text": "A Program\nwhat it does\nInstall\nmake\nUsage\nrun it\nLicense\nMIT",
    "a novel": "어느 마을\n제1장\n" + "\n".join(islice(cycle(NOVEL), 40)),
    "a novel of one line a sentence": "A\nB\n" + lines(lambda n: f"He went {n} miles."),
    "a poem": "먼 길\n걷는 이\n" + lines(lambda n: f"먼 길 걷는 {n}"),
    "a table": "이름,나이,사는 곳\n" + lines(lambda n: f"사람{n},3{n},서울"),
    "a table with tabs": "이름\t나이\n" + lines(lambda n: f"사람{n}\t3{n}"),
    "a mailbox": "From a@b.example\n" + lines(lambda n: f"From: a\nSubject: {n}\nTo: b\nhello"),
    "a chat from KakaoTalk": lines(lambda n: f"[홍길동] [오후 3:{n:02}] 안녕"),
    "a chat from a phone": lines(lambda n: f"2026. 11. 30. 오후 3:{n:02}, 홍길동 : 안녕"),
    "a chat, copied": "우리 방\n3명\n" + lines(lambda n: CHAT.format(n=n)),
    "a log": lines(lambda n: f"2026-11-30 15:{n:02} INFO it runs"),
    "a program": (ROOT / "bot/app.py").read_text("utf-8"),
    "settings": (ROOT / ".env.example").read_text("utf-8"),
    "a list of words": lines(lambda n: f"낱말{n}"),
    "YAML": "a: 1\n" + lines(lambda n: f"key{n}: value"),
    "a licence": (ROOT / "LICENSE").read_text("utf-8"),
    **{one.name: one.read_text("utf-8") for one in (ROOT / "docs").glob("*.md")},
    **{one.name: one.read_text("utf-8") for one in ROOT.glob("*.md")},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_listing_is_doubtful(kind: str) -> None:
    assert parse_archive(OTHERS[kind].encode()).doubts


@pytest.mark.parametrize(
    ("kind", "doubt"),
    [
        ("Markdown", Doubt.MARKUP),
        ("a novel", Doubt.AUTHORS),
        ("a chat, copied", Doubt.TIMES),
        ("a list of words", Doubt.UNLIKE),
    ],
)
def test_why_it_is_doubtful_is_told(kind: str, doubt: Doubt) -> None:
    assert doubt in parse_archive(OTHERS[kind].encode()).doubts
