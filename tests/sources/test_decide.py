from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.addresses import link_key
from bot.sources.changes import Added, Changed, ChangeKind
from bot.sources.decide import (
    decide_changes,
    decide_gaps,
    decide_put_back,
    decide_removed,
    decide_reread,
    decide_still_there,
    decide_taken_down,
    spanned_since,
)
from bot.sources.entries import Entry, Fetched, fingerprint, new_post
from bot.sources.identity import identify, match
from storage.models import BlogCounts, Post, PostId, SourceId
from storage.posts import KnownPost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sources.changes import Change

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, OTHER = SourceId(1), SourceId(2)


def to_text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def an_entry(number: int, **fields: object) -> Entry:
    told: dict[str, object] = {
        "title": f"글 {number}",
        "html": f"<p>{number}번째 글입니다.</p>",
        "link": f"https://blog.example/{number}",
        "guid": f"tag:{number}",
        "published_at": NOW - number * DAY,
        **fields,
    }
    return Entry(**told)  # type: ignore[arg-type]  # fields by name


class Blog:
    """What is known of a source, kept in memory as the database would."""

    def __init__(self, *known: KnownPost) -> None:
        self.known = {one.post.id: one for one in known}
        self.now = NOW

    def fetch(
        self, *entries: Entry, source_id: SourceId = HERE, quiet: bool = False
    ) -> Sequence[Change]:
        """Decide, as the poll does, and keep what was decided."""
        matches = match(identify(entries), self.known.values(), source_id)
        posts = [new_post(one.entry, to_text) if one.is_unread else None for one in matches]
        places = range(len(matches)) if quiet else ()
        changes = decide_changes(matches, posts, source_id=source_id, now=self.now, quiet=places)
        for change in changes:
            self._keep(change)
        self.now += timedelta(minutes=10)
        return changes

    def _keep(self, change: Change) -> None:
        if isinstance(change, Changed):
            self.known[change.after.post.id] = change.after
            return
        post_id = PostId(len(self.known) + 1)
        self.known[post_id] = known(
            post_id,
            source_id=change.source_id,
            link_key=change.link_key,
            fingerprint=change.fingerprint,
            **{name: getattr(change.post, name) for name in change.post.__dataclass_fields__},
        )


def known(post_id: int, **fields: object) -> KnownPost:
    """A known post; fields of KnownPost and of Post alike."""
    outer = {
        name: fields.pop(name)
        for name in ("link_key", "fingerprint", "missing_at", "listing_id")
        if name in fields
    }
    told: dict[str, object] = {
        "source_id": HERE,
        "title": f"글 {post_id}",
        "author": "",
        "body": f"{post_id}번째 글입니다.",
        "html": None,
        "link": None,
        "guid": None,
        "published_at": None,
        "first_seen_at": NOW,
        "sort_at": NOW,
        "position": None,
        "cut": False,
        "edited_at": None,
        "removed_at": None,
        "blog": BlogCounts(),
        **fields,
    }
    return KnownPost(Post(id=PostId(post_id), **told), **outer)  # type: ignore[arg-type]  # by name


def an_archived(post_id: int, **fields: object) -> KnownPost:
    return known(post_id, **{"source_id": OTHER, "listing_id": OTHER, "position": 0, **fields})


def kinds(changes: Sequence[Change]) -> list[str]:
    return [one.kind.value if isinstance(one, Changed) else "new" for one in changes]


def titles(changes: Sequence[Change]) -> list[str]:
    return [one.after.post.title if isinstance(one, Changed) else one.post.title for one in changes]


# --- new ---


def test_new_posts_come_the_oldest_first() -> None:
    changes = Blog().fetch(an_entry(1), an_entry(3), an_entry(2))
    assert titles(changes) == ["글 3", "글 2", "글 1"]
    assert kinds(changes) == ["new"] * 3


def test_undated_posts_come_in_the_order_of_a_feed_the_last_first() -> None:
    entries = [an_entry(number, published_at=None) for number in (1, 2, 3)]
    assert titles(Blog().fetch(*entries)) == ["글 3", "글 2", "글 1"]


def test_the_same_answer_twice_changes_nothing() -> None:
    blog = Blog()
    blog.fetch(an_entry(1), an_entry(2), quiet=True)
    assert blog.fetch(an_entry(1), an_entry(2)) == []


def test_a_first_fetch_is_quiet() -> None:
    (added,) = Blog().fetch(an_entry(1), quiet=True)
    assert isinstance(added, Added)
    assert added.quiet
    assert (added.link_key, added.post.guid) == ("blog.example/1", "tag:1")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (datetime(9999, 1, 1, tzinfo=UTC), NOW),
        (NOW + timedelta(hours=1), NOW),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1989, 12, 31, 23, 59, tzinfo=UTC), None),
        (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)),
        (NOW, NOW),
        (NOW + timedelta(seconds=1), NOW),
        (NOW - DAY, NOW - DAY),
        (None, None),
    ],
)
def test_absurd_dates_are_brought_down_or_dropped(
    said: datetime | None, kept: datetime | None
) -> None:
    blog = Blog()
    (added,) = blog.fetch(an_entry(1, published_at=said))
    assert isinstance(added, Added)
    assert added.post.published_at == kept
    assert blog.fetch(an_entry(1, published_at=said)) == []


def test_an_edit_keeps_the_date_that_a_future_one_was_brought_down_to() -> None:
    future = NOW + 400 * DAY
    blog = Blog()
    blog.fetch(an_entry(1, published_at=future))
    (edit,) = blog.fetch(an_entry(1, published_at=future, title="고친 제목"))
    assert isinstance(edit, Changed)
    assert edit.after.post.published_at == NOW


def test_a_post_without_a_title_is_called_by_its_text_or_its_link() -> None:
    long = "아주 긴 첫 문장이 이어지고 또 이어져서 " * 5
    entries = [
        an_entry(1, title="", html="<p>짧은 글</p>"),
        an_entry(2, title="", html=f"<p>{long}</p>"),
        an_entry(3, title="", html=""),
        an_entry(4, title="", html="", link=None),
        an_entry(5, title="", html="가" * 80),
    ]
    found = titles(Blog().fetch(*reversed(entries)))
    assert found[-1] == "짧은 글"
    assert found[-2].endswith("…")
    assert len(found[-2]) <= 61
    assert found[-3:-5:-1] == ["https://blog.example/3", "…"]
    assert found[0] == "가" * 60 + "…"


# --- one post, one row ---


def test_a_post_is_known_by_its_guid() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    (edit,) = blog.fetch(an_entry(1, title="고친 제목", link="https://blog.example/new"))
    assert kinds([edit]) == ["edited"]


def test_a_post_is_known_by_its_address_when_its_guid_changes_on_each_fetch() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    for fetch in range(3):
        moved = f"http://www.blog.example/1/?utm_source=feed&utm_id={fetch}"
        assert blog.fetch(an_entry(1, guid=f"new:{fetch}", link=moved))[:0] == []
    assert len(blog.known) == 1


def test_guids_that_change_on_each_fetch_write_nothing() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    assert blog.fetch(an_entry(1, guid="other")) == []


def test_a_post_is_known_by_title_and_date_when_guid_and_address_change() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    blog.fetch(an_entry(1, guid="other", link="https://new.example/1"))
    assert len(blog.known) == 1


def test_a_post_is_known_by_title_and_text_when_all_else_changes() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, published_at=None))
    blog.fetch(an_entry(1, guid="other", link="https://new.example/1", published_at=None))
    assert len(blog.known) == 1


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        ({}, {}, True),
        ({}, {"html": "<p>다른 글.</p>"}, True),
        ({}, {"published_at": NOW - 9 * DAY}, True),
        ({}, {"published_at": NOW - 9 * DAY, "html": "<p>다른 글.</p>"}, False),
        ({"published_at": None}, {"published_at": None}, True),
        ({"published_at": None}, {"published_at": None, "html": "<p>다른 글.</p>"}, False),
        ({"published_at": None}, {"html": "<p>다른 글.</p>"}, False),
        ({"html": ""}, {"html": "", "published_at": NOW - 9 * DAY}, False),
        ({"html": ""}, {"html": ""}, True),
    ],
)
def test_a_title_and_the_date_or_the_text_make_it_the_same_post(
    before: dict[str, object], after: dict[str, object], *, is_one: bool
) -> None:
    blog = Blog()
    blog.fetch(an_entry(1, **before))
    blog.fetch(an_entry(1, guid="other", link="https://new.example/1", **after))
    assert len(blog.known) == (1 if is_one else 2)


ELSEWHERE = {"link": "https://new.example/1"}
REWRITTEN = {"html": "<p>다른 글.</p>", "published_at": NOW - 9 * DAY}


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        # The guid stays; with it one other thing that names the post, and that is enough.
        ({}, {**REWRITTEN, "title": "다른 제목"}, True),
        ({}, {**REWRITTEN, "title": "다른 제목", "link": None}, True),
        ({"link": None}, {**REWRITTEN, "title": "다른 제목", "link": None}, True),
        ({}, {**REWRITTEN, **ELSEWHERE}, True),
        ({}, {**ELSEWHERE, "html": "<p>다른 글.</p>", "title": "다른 제목"}, True),
        # With nothing else, it is a guid that a feed uses for whatever is the newest.
        ({}, {**REWRITTEN, **ELSEWHERE, "title": "다른 제목"}, False),
        (
            {"published_at": None},
            {**REWRITTEN, **ELSEWHERE, "title": "다른 제목", "published_at": None},
            False,
        ),
        # The title stays, and neither guid nor address says anything of the entry.
        ({"published_at": None}, {**REWRITTEN, "guid": None, "link": None}, True),
        # Of a weekly column there are many of one title, though: date and text tell them apart.
        ({}, {**REWRITTEN, "guid": None, "link": None}, False),
        ({}, {**REWRITTEN, "guid": "other", "link": None}, False),
        ({}, {**REWRITTEN, **ELSEWHERE, "guid": None}, False),
    ],
)
def test_what_stays_tells_whether_it_is_the_same_post(
    before: dict[str, object], after: dict[str, object], *, is_one: bool
) -> None:
    blog = Blog()
    blog.fetch(an_entry(1, **before), an_entry(50))
    blog.fetch(an_entry(1, **after), an_entry(50))
    assert len(blog.known) == (2 if is_one else 3)


@pytest.mark.parametrize(
    ("fields", "is_one"),
    [
        ({}, True),
        ({"guid": "tag:0"}, False),
        ({"link_key": "blog.example/0"}, False),
        ({"listing_id": None}, False),
        ({"listing_id": None, "guid": "tag:0"}, False),
    ],
)
def test_only_an_archived_post_that_no_feed_had_yet_goes_to_the_first_of_its_title(
    fields: dict[str, object], *, is_one: bool
) -> None:
    blog = Blog(an_archived(1, **fields))
    blog.fetch(an_entry(1))
    assert len(blog.known) == (1 if is_one else 2)


def test_a_guid_of_another_source_says_nothing() -> None:
    blog = Blog(known(1, source_id=OTHER, guid="tag:2", fingerprint="f"))
    assert kinds(blog.fetch(an_entry(2))) == ["new"]


def test_of_several_posts_that_an_entry_could_be_it_is_the_newest() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, title="소식", guid=None, link=None))
    blog.known[PostId(2)] = replace(
        blog.known[PostId(1)], post=replace(blog.known[PostId(1)].post, id=PostId(2))
    )
    said = an_entry(1, title="소식", guid=None, link=None, html="<p>고쳤습니다.</p>")
    (edit,) = blog.fetch(said)
    assert isinstance(edit, Changed)
    assert edit.after.post.id == 2


def test_posts_of_one_title_are_two_posts() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, title="주간 소식"))
    assert kinds(blog.fetch(an_entry(1, title="주간 소식"), an_entry(2, title="주간 소식"))) == [
        "new"
    ]


def test_a_guid_that_all_entries_share_says_nothing() -> None:
    blog = Blog()
    entries = [an_entry(number, guid="same") for number in (1, 2, 3)]
    assert len(blog.fetch(*entries)) == 3
    assert blog.fetch(*entries) == []
    assert len(blog.fetch(an_entry(4, guid="same"), *entries)) == 1


def test_a_lone_entry_whose_guid_never_changes_is_still_a_new_post() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, guid="blog"))
    assert kinds(blog.fetch(an_entry(2, guid="blog"))) == ["new"]
    assert blog.fetch(an_entry(2, guid="blog")) == []


def test_an_address_that_all_entries_share_says_nothing() -> None:
    blog = Blog()
    entries = [an_entry(number, link="https://blog.example/", guid=None) for number in (1, 2)]
    assert len(blog.fetch(*entries)) == 2
    assert blog.fetch(*entries) == []


def test_without_guid_and_address_the_title_is_the_identity() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, guid=None, link=None))
    (edit,) = blog.fetch(an_entry(1, guid=None, link=None, html="<p>고쳤습니다.</p>"))
    assert kinds([edit]) == ["edited"]
    assert kinds(blog.fetch(an_entry(2, guid=None, link=None))) == ["new"]


def test_entries_without_anything_do_not_fall_together_with_known_posts() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, title="", guid=None, link=None))
    assert kinds(blog.fetch(an_entry(2, title="", guid=None, link=None))) == ["new"]


@pytest.mark.parametrize("title", ["", "주간 소식"])
def test_without_guid_and_address_entries_of_one_answer_are_told_apart_by_any_word(
    title: str,
) -> None:
    said = [
        an_entry(number, title=title, guid=None, link=None, published_at=None) for number in (1, 2)
    ]
    assert len(identify(said)) == 2


@pytest.mark.parametrize(
    ("again", "posts"),
    [
        ({}, 1),
        ({"html": "<p>요약</p>"}, 1),
        ({"published_at": NOW - 9 * DAY}, 1),
        ({"published_at": None, "html": "<p>요약</p>"}, 1),
        ({"published_at": NOW - 9 * DAY, "html": "<p>다음 주</p>"}, 2),
        ({"published_at": NOW - 9 * DAY, "html": ""}, 2),
    ],
)
def test_entries_of_one_guid_address_and_title_are_two_posts_where_date_and_text_differ(
    again: dict[str, object], posts: int
) -> None:
    assert len(identify([an_entry(1), an_entry(1, **again)])) == posts
    home = {"guid": None, "link": "https://blog.example/"}
    assert len(identify([an_entry(1, **home), an_entry(1, **home, **again)])) == posts


def test_an_entry_that_comes_twice_in_one_answer_is_one_post() -> None:
    assert len(Blog().fetch(an_entry(1), an_entry(1))) == 1


def test_two_feeds_with_one_post_share_its_row_and_the_first_has_the_say() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    assert blog.fetch(an_entry(1, html="<p>요약</p>"), source_id=OTHER) == []
    assert blog.fetch(an_entry(1, html="<p>요약</p>", title="다르게"), source_id=OTHER) == []


def test_two_feeds_with_one_title_are_two_posts() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    assert len(blog.fetch(an_entry(1, link="https://other.example/1"), source_id=OTHER)) == 1


# --- an archive text and a feed ---


def test_a_feed_fills_in_the_date_and_the_address_of_an_archived_post() -> None:
    blog = Blog(an_archived(1, body="1번째 글", cut=True, author="소식"))
    (merged,) = blog.fetch(an_entry(1))
    assert isinstance(merged, Changed)
    post = merged.after.post
    assert merged.kind is ChangeKind.DETAILS
    assert (post.id, post.source_id, post.published_at) == (1, HERE, NOW - DAY)
    assert (post.link, post.guid, post.author) == ("https://blog.example/1", "tag:1", "소식")
    assert (post.body, post.cut, post.edited_at) == ("1번째 글입니다.", False, None)
    assert (merged.after.listing_id, post.position) == (OTHER, 0)
    assert post.sort_at == NOW - DAY
    assert blog.fetch(an_entry(1)) == []


def test_a_feeds_summary_does_not_replace_an_archives_longer_text() -> None:
    blog = Blog(an_archived(1, body="1번째 글입니다. 길게 이어집니다.", cut=True))
    (merged,) = blog.fetch(an_entry(1, html="<p>요약</p>"))
    assert isinstance(merged, Changed)
    assert merged.after.post.body == "1번째 글입니다. 길게 이어집니다."
    assert merged.after.post.cut
    (later,) = blog.fetch(an_entry(1, html="<p>다른 요약</p>"))
    assert isinstance(later, Changed)
    assert later.kind is ChangeKind.NOTED


def test_the_address_that_tells_a_post_apart_is_filled_in_and_stays_where_it_is_left_out() -> None:
    blog = Blog(an_archived(1))
    blog.fetch(an_entry(1))
    assert blog.known[PostId(1)].link_key == "blog.example/1"
    blog.fetch(an_entry(1, link=None, html="<p>고쳐 쓴 긴 글입니다.</p>"))
    assert blog.known[PostId(1)].link_key == "blog.example/1"


@pytest.mark.parametrize(
    ("archived", "said", "kept"),
    [
        ("가나다라마", "바사아자차", "가나다라마"),
        ("가나다라", "바사아자차", "바사아자차"),
        ("가나다라마바", "바사아자차", "가나다라마바"),
    ],
)
def test_only_a_feeds_longer_text_replaces_an_archives(archived: str, said: str, kept: str) -> None:
    (merged,) = Blog(an_archived(1, body=archived)).fetch(an_entry(1, html=f"<p>{said}</p>"))
    assert isinstance(merged, Changed)
    assert merged.after.post.body == kept


def test_a_merged_post_is_not_taken_by_a_later_post_of_its_title() -> None:
    blog = Blog(an_archived(1))
    blog.fetch(an_entry(1))
    assert kinds(blog.fetch(an_entry(1), an_entry(2, title="글 1"))) == ["new"]


def test_a_post_published_by_hand_is_adopted_by_its_feed() -> None:
    by_hand = known(1, source_id=OTHER, link="https://blog.example/1", body="짧게")
    blog = Blog(replace(by_hand, link_key=link_key("https://blog.example/1")))
    (adopted,) = blog.fetch(an_entry(1))
    assert isinstance(adopted, Changed)
    assert (adopted.kind, adopted.after.post.source_id) == (ChangeKind.DETAILS, HERE)


def test_a_post_that_the_hand_read_from_its_page_is_adopted_without_an_edit() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, html="<p>페이지의 글</p>", guid=None), source_id=OTHER)
    matches = match(identify([an_entry(1)]), blog.known.values(), HERE, adopts={OTHER})
    posts = [new_post(one.entry, to_text) for one in matches]
    (adopted,) = decide_changes(matches, posts, source_id=HERE, now=NOW)
    assert isinstance(adopted, Changed)
    assert (adopted.kind, adopted.after.post.source_id) == (ChangeKind.DETAILS, HERE)
    assert (adopted.after.post.guid, adopted.after.post.edited_at) == ("tag:1", None)


# --- changes ---


def test_an_entry_whose_text_was_not_read_waits_for_the_next_fetch() -> None:
    matches = match(identify([an_entry(1)]), (), HERE)
    assert decide_changes(matches, [None], source_id=HERE, now=NOW) == []


def test_each_entry_needs_what_it_reads_like() -> None:
    matches = match(identify([an_entry(1)]), (), HERE)
    with pytest.raises(ValueError, match="shorter"):
        decide_changes(matches, [], source_id=HERE, now=NOW)


def test_a_change_of_title_or_text_is_an_edit() -> None:
    blog = Blog()
    blog.fetch(an_entry(1), an_entry(2))
    changes = blog.fetch(an_entry(1, title="고친 제목"), an_entry(2, html="<p>고친 글</p>"))
    assert kinds(changes) == ["edited", "edited"]
    assert all(
        isinstance(one, Changed) and one.after.post.edited_at == NOW + timedelta(minutes=10)
        for one in changes
    )


def test_a_change_of_markup_alone_is_no_edit() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    assert kinds(blog.fetch(an_entry(1, html="<div>1번째 글입니다.</div>"))) == ["noted"]


def test_a_change_of_the_author_or_the_date_is_a_detail() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    (change,) = blog.fetch(an_entry(1, author="윤슬", published_at=NOW - 9 * DAY))
    assert isinstance(change, Changed)
    assert change.kind is ChangeKind.DETAILS
    assert change.after.post.sort_at == NOW - 9 * DAY


def test_a_date_that_is_left_out_stays() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    blog.fetch(an_entry(1, published_at=None))
    assert blog.known[PostId(1)].post.published_at == NOW - DAY


def test_a_change_of_counts_is_no_edit() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, blog=BlogCounts(("👍",), 1)))
    (change,) = blog.fetch(an_entry(1, blog=BlogCounts(("👍",), 2)))
    assert isinstance(change, Changed)
    assert change.kind is ChangeKind.COUNTS
    assert change.after.post.blog.reactions == 2
    assert blog.fetch(an_entry(1, blog=None)) == []


# --- removed ---


def test_a_post_that_is_left_out_is_noted_until_it_is_there_again() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    (noted,) = decide_gaps(blog.known.values(), NOW)
    assert (noted.kind, noted.after.missing_at) == (ChangeKind.NOTED, NOW)
    blog.known[noted.after.post.id] = noted.after
    (found,) = blog.fetch(an_entry(1))
    assert isinstance(found, Changed)
    assert (found.kind, found.after.missing_at) == (ChangeKind.NOTED, None)


def test_a_feed_without_dates_misses_nothing() -> None:
    assert spanned_since(Fetched((an_entry(1, published_at=None), an_entry(2)))) is None
    assert spanned_since(Fetched((an_entry(1),))) is None
    assert spanned_since(Fetched(())) is None
    assert spanned_since(Fetched((), complete=True)) is not None


def test_a_removed_post_comes_back_when_its_source_has_it_again() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    removal = decide_removed(blog.known[PostId(1)], NOW)
    assert removal.kind is ChangeKind.REMOVED
    blog.known[PostId(1)] = removal.after
    (back,) = blog.fetch(an_entry(1))
    assert isinstance(back, Changed)
    assert (back.kind, back.after.post.removed_at) == (ChangeKind.RESTORED, None)


def test_a_removed_post_that_is_back_in_other_words_is_restored_first() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    blog.known[PostId(1)] = decide_removed(blog.known[PostId(1)], NOW).after
    assert kinds(blog.fetch(an_entry(1, title="고친 제목", author="윤슬"))) == ["restored"]


def test_an_answer_holds_every_post_since_just_after_its_oldest() -> None:
    """Others of that very second may have been cut off."""
    dated = Fetched((an_entry(1), an_entry(3), an_entry(2)))
    assert spanned_since(dated) == NOW - 3 * DAY + timedelta(seconds=1)
    assert spanned_since(Fetched((an_entry(1), an_entry(2)))) is not None
    earliest = spanned_since(Fetched((an_entry(1), an_entry(2)), complete=True))
    assert earliest == datetime(1990, 1, 1, tzinfo=UTC)


def test_a_post_that_is_still_at_its_address_is_asked_for_again_in_a_week() -> None:
    still = decide_still_there(known(1, missing_at=NOW - DAY), NOW)
    assert (still.kind, still.after.missing_at) == (ChangeKind.NOTED, NOW + 7 * DAY)


# --- any feed ---

_ANY = st.builds(
    Entry,
    title=st.sampled_from(["", "가", "나", "다"]),
    html=st.sampled_from(["", "<p>하나</p>", "<p>둘</p>"]),
    link=st.sampled_from([None, "https://a.example/1", "https://a.example/2", "https://a.example"]),
    guid=st.sampled_from([None, "1", "2", "3"]),
    published_at=st.sampled_from([None, NOW, NOW - DAY, datetime(9999, 1, 1, tzinfo=UTC)]),
)


@given(st.lists(_ANY, max_size=6), st.lists(_ANY, max_size=6))
def test_whatever_a_feed_holds_a_second_look_at_it_brings_nothing_new(
    first: list[Entry], second: list[Entry]
) -> None:
    blog = Blog()
    blog.fetch(*first)
    blog.fetch(*second)
    assert "new" not in kinds(blog.fetch(*second))


def test_a_fingerprint_changes_with_the_words_only() -> None:
    entry = an_entry(1)
    assert fingerprint(replace(entry, guid="x", blog=BlogCounts(("👍",), 1))) == fingerprint(entry)
    assert fingerprint(replace(entry, title="x")) != fingerprint(entry)
    assert fingerprint(replace(entry, title="a\0", html="b")) != fingerprint(
        replace(entry, title="a", html="\0b")
    )


# --- other parsers than before ---


@pytest.mark.parametrize(
    ("fields", "is_edit"),
    [
        ({"html": "<p>1번째  글입니다!</p>"}, False),
        ({"author": "윤슬", "link": "https://blog.example/1?a=1"}, False),
        ({"published_at": NOW - 9 * DAY}, False),
        ({"title": "글&nbsp;1"}, False),
        ({"title": "글 <br> 1"}, False),
        ({"title": "글 &amp;#x31;"}, False),
        ({"title": "", "html": "<p>다른 첫 줄</p>"}, False),
        ({"title": "글 2"}, True),
        ({"title": "다른 글", "html": "<p>다른 글</p>"}, True),
    ],
)
def test_what_other_parsers_read_otherwise_is_no_edit_unless_the_title_is_another(
    fields: dict[str, object], *, is_edit: bool
) -> None:
    blog = Blog()
    blog.fetch(an_entry(1), an_entry(50))
    said = an_entry(1, **fields)
    matches = match(identify([said, an_entry(50)]), blog.known.values(), HERE)
    posts = [new_post(one.entry, to_text) if one.is_unread else None for one in matches]
    (change,) = decide_changes(matches, posts, source_id=HERE, now=NOW, is_reread=True)
    assert isinstance(change, Changed)
    assert change.kind is (ChangeKind.EDITED if is_edit else ChangeKind.NOTED)
    assert (change.after.post.edited_at is not None) is is_edit
    assert change.after.fingerprint == fingerprint(said)
    blog.known[change.after.post.id] = change.after
    assert blog.fetch(said, an_entry(50)) == []


def test_other_parsers_find_new_posts_and_bring_removed_ones_back() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    blog.known[PostId(1)] = decide_removed(blog.known[PostId(1)], NOW).after
    matches = match(identify([an_entry(1, author="윤슬"), an_entry(2)]), blog.known.values(), HERE)
    posts = [new_post(one.entry, to_text) for one in matches]
    changes = decide_changes(matches, posts, source_id=HERE, now=NOW, is_reread=True)
    assert kinds(changes) == ["new", "restored"]


def test_other_parsers_adopt_what_the_hand_published_as_ever() -> None:
    blog = Blog()
    blog.fetch(an_entry(1, author="", guid=None), source_id=OTHER)
    said = an_entry(1, author="윤슬")
    matches = match(identify([said]), blog.known.values(), HERE, adopts={OTHER})
    posts = [new_post(one.entry, to_text) for one in matches]
    (change,) = decide_changes(matches, posts, source_id=HERE, now=NOW, is_reread=True)
    assert isinstance(change, Changed)
    assert (change.kind, change.after.post.source_id) == (ChangeKind.DETAILS, HERE)


def test_what_a_hand_took_down_no_source_brings_back() -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    (known,) = blog.known.values()
    down = decide_taken_down(known, NOW)
    assert down.kind is ChangeKind.REMOVED
    blog.known[known.post.id] = down.after
    (changed,) = blog.fetch(an_entry(1, title="다른 제목"))
    assert isinstance(changed, Changed)
    assert changed.after.post.title == "다른 제목"
    assert changed.after.post.removed_at == NOW
    assert blog.fetch(an_entry(1, title="다른 제목"), source_id=OTHER) == []
    back = decide_put_back(changed.after)
    assert back.kind is ChangeKind.RESTORED
    assert (back.after.post.removed_at, back.after.post.taken_down_at) == (None, None)


@pytest.mark.parametrize("is_link_free", [True, False])
def test_a_page_that_is_read_again_edits_its_post_and_no_other_sources_state(
    *, is_link_free: bool
) -> None:
    blog = Blog()
    blog.fetch(an_entry(1))
    (known,) = blog.known.values()
    moved = an_entry(1, title="고친 제목", link="https://blog.example/moved", guid=None)
    ((entry, keys),) = identify([moved], has_ids=True)
    said = new_post(entry, to_text)
    (changed,) = decide_reread(known, keys, said, NOW + DAY, is_link_free=is_link_free)
    after = changed.after
    assert changed.kind is ChangeKind.EDITED
    assert (after.post.title, after.post.edited_at) == ("고친 제목", NOW + DAY)
    assert (after.fingerprint, after.post.source_id) == (known.fingerprint, HERE)
    link = moved.link if is_link_free else known.post.link
    assert (after.post.link, after.link_key) == (link, link_key(link))
    assert decide_reread(after, keys, said, NOW + DAY, is_link_free=is_link_free) == []
