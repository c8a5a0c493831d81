"""What `sosik check` says of a source, and what `sosik record` keeps of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.sources.blanking import blanked
from bot.sources.errors import SourceError
from bot.sources.formats.slashpage import parse_listing, parse_post, post_places
from bot.sources.looking import look_at
from bot.sources.recording import record
from tests.sources.test_reading import API, PAGE, SITE
from tests.sources.test_wholes import BUSY, HASHES, Slashpage, content, item

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sources.looking import Look

FOUND = PAGE % b'<script>{"channelViewId":"qp7my9"}</script>'
TOKEN = "123456789:" + "A" * 35


def person(post: str) -> dict[str, object]:
    """An item with what is nobody else's business."""
    said = {"nickname": "윤슬", "email": "me@dawn.example", "id": 7, "profileImage": "https://x"}
    more = {**item(post), "createdAt": "2026-11-20T00:00:00Z", "user": said, "accessToken": "abc"}
    return {**more, "author": {"name": "윤슬"}, "tags": [{"name": "빵"}], "note2": TOKEN}


def a_site() -> Slashpage:
    site = Slashpage(person(HASHES[0]), {**item(HASHES[1], lacks=False), "id": "1"})
    site.pages[SITE] = FOUND
    site.has(HASHES[0], content("글."), b'{"data": {"title": "\xec\xa0\x9c\xeb\xaa\xa9"}}')
    return site


async def looked(site: Slashpage) -> list[Look]:
    return await look_at(site, SITE)  # type: ignore[arg-type]  # it fetches


async def test_a_slashpage_site_is_said_to_have_what_it_has() -> None:
    site = a_site()
    looks = await looked(site)
    assert [(one.key, one.good) for one in looks] == [
        ("check.source", True),
        ("check.slashpage.listing", True),
        ("check.source", True),
        ("check.source", True),
        ("check.slashpage.post", True),
    ]
    assert looks[1].values == {
        "posts": 2,
        "titles": 2,
        "texts": 2,
        "partial": 1,
        "dates": 1,
        "authors": 1,
        "blocks": "text 2",
        "unknown": "-",
        "first": HASHES[0],
    }
    assert looks[-1].values["title"] == "제목"
    assert site.seen_on == {None, "https://slashpage.com/"}


@pytest.mark.parametrize(
    ("address", "page", "said"),
    [
        (SITE, PAGE % b"", "channelViewId"),
        (API, b'{"data": {"items": []}}', "data.list"),
        (post_places(HASHES[0])[1], b"{}", "data.snapshot.blockMap"),
        (post_places(HASHES[0])[1], BUSY, "JSON"),
        (API, BUSY, "503"),
        (SITE, BUSY, "503"),
    ],
)
async def test_what_is_missing_is_said_with_what_was_found(
    address: str, page: bytes | SourceError, said: str
) -> None:
    site = a_site()
    site.pages[address] = page
    last = (await looked(site))[-1]
    assert not last.good
    assert said in str(last.values)


async def test_an_unknown_block_is_named() -> None:
    site = a_site()
    listing = json.loads(str(site.pages[API], "utf-8"))  # type: ignore[arg-type]  # bytes
    listing["data"]["list"][0]["note"]["content"]["snapshot"]["blockMap"]["x"] = {
        "type": "hologram"
    }
    site.pages[API] = json.dumps(listing).encode()
    assert (await looked(site))[1].values["unknown"] == "hologram 1"


async def test_what_is_recorded_is_read_as_the_real_one_and_names_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    files = record(await looked(a_site()), folder)
    assert [one.name for one in files] == [
        *("1-page.txt", "2-listing.json", "3-about.json", "4-content.json")
    ]
    whole = "".join(one.read_text("utf-8") for one in files)
    for secret in ("윤슬", "me@dawn", "abc", TOKEN, "https://x"):
        assert secret not in whole
    assert "빵" in whole
    (first, _) = parse_listing(files[1].read_bytes(), address=SITE).entries
    assert (first.author, first.published_at is not None) == ("이름", True)
    assert parse_post(files[2].read_bytes(), files[3].read_bytes(), address=SITE).title == "제목"
    with pytest.raises(SourceError, match=r"record\.failed"):
        record(await looked(a_site()), folder)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            '<script>a={"nickname":"윤슬","n":1}</script>',
            '<script>a={"nickname":"이름","n":1}</script>',
        ),
        (r'push("{\"userName\":\"\\uc724\",\"a\":1}")', r'push("{\"userName\":\"이름\",\"a\":1}")'),
        ('<p>"csrf_token": "x"', '<p>"csrf_token": "…"'),
        ('<p>"authorName":"a" "author":"b" mail a.b@c.example', None),
        ('<p>"token":""', '<p>"token":""'),
        (f"<a href='/bot{TOKEN}/x'>", "<a href='/bot<token>/x'>"),
        ("<p>글", "<p>글"),
    ],
)
def test_a_page_is_blanked_where_it_has_json(text: str, kept: str | None) -> None:
    expected = '<p>"authorName":"a" "author":"b" mail someone@example.com' if kept is None else kept
    assert blanked(text) == expected


def test_json_without_end_is_cut() -> None:
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    assert "x" not in blanked(json.dumps(deep))
