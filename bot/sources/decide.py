"""What a source's answer changes, given what is known. Pure: state and time in, intents out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.sources.changes import Added, Change, Changed, ChangeKind
from bot.sources.entries import letters
from bot.sources.identity import EARLIEST

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from bot.sources.entries import Entry, Fetched
    from bot.sources.identity import Keys, Match
    from storage.models import BlogCounts, NewPost, Post, SourceId
    from storage.posts import KnownPost

T = TypeVar("T", "KnownPost", "NewPost", "Post")
MISSING_AFTER = timedelta(hours=1)
ASK_AGAIN_AFTER = timedelta(days=7)


# --- what changed ---


def decide_changes(
    matches: Sequence[Match],
    posts: Sequence[NewPost | None],
    *,
    source_id: SourceId,
    now: datetime,
    quiet: Collection[int] = (),
    is_reread: bool = False,
) -> list[Change]:
    """New posts and changes of known ones, the oldest first.

    `posts` has, for each match, what it reads like, or None where `is_unread` is false. `quiet` has
    the places of the matches that are no news, should they be new. `is_reread`: by other parsers
    than before, so that what differs in this source's own posts is most likely no edit.
    """
    changes: list[Change] = []
    for place, (one, post) in enumerate(zip(matches, posts, strict=True)):
        if one.known is not None:
            changed = _changed(one, one.known, post, source_id, now)
            is_quiet = is_reread and one.known.post.source_id == source_id and not _is_renamed(one)
            changes += map(_unsaid, changed) if is_quiet else changed
        elif post is not None:
            changes.append(_added(one, dated(post, now), source_id, quiet=place in quiet))
    changes.reverse()
    return sorted(changes, key=lambda change: _written_at(change, now))


def _written_at(change: Change, now: datetime) -> datetime:
    post = change.post if isinstance(change, Added) else change.after.post
    return post.published_at or now


def dated(post: NewPost, now: datetime) -> NewPost:
    """The post with a date that can be: none before the web, and none in the future."""
    at = post.published_at
    if at is None or _can_be(at, now):
        return post
    return replace(post, published_at=now if at > now else None)


def _can_be(at: datetime, now: datetime) -> bool:
    return EARLIEST <= at <= now


def keep_wholes(
    matches: Sequence[Match], said: Sequence[NewPost | None], lacking: Collection[Entry]
) -> tuple[list[Match], list[NewPost | None], bool]:
    """The same, less texts of known posts that would be replaced by their own beginnings.

    Of the entries in `lacking` only the beginning was to be had. A longer text that is known stays,
    and the post stays unread. The last of the three: whether there is one, to be asked for again.
    """
    if not lacking:
        return list(matches), list(said), False
    pairs = [
        _kept_whole(one, one.known, post)
        if one.entry in lacking and one.is_ours and one.known is not None and post is not None
        else (one, post)
        for one, post in zip(matches, said, strict=True)
    ]
    kept = [one for one, _ in pairs]
    return kept, [post for _, post in pairs], kept != list(matches)


def _kept_whole(one: Match, known: KnownPost, said: NewPost) -> tuple[Match, NewPost]:
    post = known.post
    if len(post.body) > len(said.body):
        said = replace(said, body=post.body, html=post.html, cut=post.cut)
    return replace(one, keys=replace(one.keys, words=known.fingerprint or "")), said


def _added(one: Match, post: NewPost, source_id: SourceId, *, quiet: bool) -> Added:
    return Added(
        source_id,
        _with(post, guid=one.keys.guid),
        link_key=one.keys.link,
        fingerprint=one.keys.words,
        quiet=quiet,
    )


def _changed(
    one: Match, known: KnownPost, said: NewPost | None, source_id: SourceId, now: datetime
) -> list[Changed]:
    after = known
    if one.is_ours:
        after = _with(known, missing_at=None, fingerprint=one.keys.words)
        after = _with(after, post=_counted(after.post, one.entry.blog))
        if said is not None:
            is_edit = known.fingerprint is not None and known.post.source_id == source_id
            if said.published_at is not None and not _can_be(said.published_at, now):
                said = replace(said, published_at=None)
            after = _reworded(after, one.keys, said, source_id, now if is_edit else None)
    if after.post.taken_down_at is None:  # what a hand took down, a hand brings back
        after = _with(after, post=_with(after.post, removed_at=None))
    return [] if after == known else [Changed(_kind(known, after), known, after)]


def _is_renamed(one: Match) -> bool:
    """Whether an entry has another title than its post, down to the letters."""
    title, known = one.entry.title, one.known
    return bool(title) and known is not None and letters(title) != letters(known.post.title)


def _unsaid(change: Changed) -> Changed:
    """What differs, taken in without a word: no edit, and no message is brought up to date."""
    if change.kind not in {ChangeKind.EDITED, ChangeKind.DETAILS}:
        return change
    before, after = change.before.post, change.after.post
    post = replace(after, edited_at=before.edited_at)
    return Changed(ChangeKind.NOTED, change.before, replace(change.after, post=post))


def _counted(post: Post, blog: BlogCounts | None) -> Post:
    return post if blog is None else _with(post, blog=blog)


def _with(one: T, **said: object) -> T:
    """`one` with these values; itself where it has them, as most of what is read again does."""
    has_all = all(getattr(one, name) == value for name, value in said.items())
    return one if has_all else replace(one, **said)  # type: ignore[arg-type]


def _reworded(
    known: KnownPost, keys: Keys, said: NewPost, source_id: SourceId, edited_at: datetime | None
) -> KnownPost:
    """What the source says now in place of what it said; a longer text of an archive stays.

    `edited_at` is None where another source's post is filled in: that is no edit.
    """
    post = known.post
    keeps = post.html is None and len(said.body) <= len(post.body)
    body, html, cut = (post.body, None, post.cut) if keeps else (said.body, said.html, said.cut)
    published_at = said.published_at or post.published_at
    same = (said.title, body) == (post.title, post.body)
    return replace(
        known,
        link_key=keys.link or known.link_key,
        post=replace(
            post,
            source_id=source_id,
            title=said.title,
            body=body,
            html=html,
            cut=cut,
            author=said.author or post.author,
            link=said.link or post.link,
            guid=post.guid or keys.guid,
            published_at=published_at,
            sort_at=published_at or post.sort_at,
            edited_at=post.edited_at if same else edited_at or post.edited_at,
        ),
    )


def _kind(before: KnownPost, after: KnownPost) -> ChangeKind:
    old, new = before.post, after.post
    if old.removed_at != new.removed_at:
        return ChangeKind.RESTORED
    if old.edited_at != new.edited_at:
        return ChangeKind.EDITED
    if shown(old) != shown(new):
        return ChangeKind.DETAILS
    return ChangeKind.COUNTS if old.blog != new.blog else ChangeKind.NOTED


def shown(post: Post) -> tuple[object, ...]:
    """What a message shows of a post."""
    return (post.title, post.body, post.author, post.link, post.published_at, post.cut)


# --- by hand ---


def decide_reread(
    known: KnownPost, keys: Keys, said: NewPost, now: datetime, *, is_link_free: bool
) -> list[Changed]:
    """What a post's own page says now, taken in as an edit; nothing where it says the same.

    The post stays its source's, which goes on to be held against what it said itself. A new address
    that is another post's (not `is_link_free`) is not taken.
    """
    post = known.post
    said = dated(said, now)
    if not is_link_free:
        keys, said = replace(keys, link=None), replace(said, link=None)
    after = _reworded(known, keys, said, post.source_id, now)
    return [] if after == known else [Changed(_kind(known, after), known, after)]


def decide_taken_down(known: KnownPost, now: datetime) -> Changed:
    """Somebody takes it down, for good."""
    post = replace(known.post, removed_at=now, taken_down_at=now)
    return Changed(ChangeKind.REMOVED, known, replace(known, post=post))


def decide_put_back(known: KnownPost) -> Changed:
    """Somebody brings back what was taken down."""
    post = replace(known.post, removed_at=None, taken_down_at=None)
    return Changed(ChangeKind.RESTORED, known, replace(known, post=post))


# --- what is missing ---


def decide_gaps(left_out: Iterable[KnownPost], now: datetime) -> list[Changed]:
    """Note the posts that the source leaves out for the first time.

    Whether they are gone is asked at their own addresses, a while later.
    """
    return [Changed(ChangeKind.NOTED, one, replace(one, missing_at=now)) for one in left_out]


def spanned_since(fetched: Fetched) -> datetime | None:
    """From when on the answer should hold every post; None where it does not say."""
    if fetched.complete:
        return EARLIEST
    dates = [entry.published_at for entry in fetched.entries]
    if len(dates) < _SPAN or None in dates:
        return None
    return min(date for date in dates if date is not None) + timedelta(seconds=1)


_SPAN = 2


def decide_removed(known: KnownPost, now: datetime) -> Changed:
    """Its own address says that it is gone."""
    post = replace(known.post, removed_at=now)
    return Changed(ChangeKind.REMOVED, known, replace(known, post=post))


def decide_still_there(known: KnownPost, now: datetime) -> Changed:
    """Its source leaves it out and its address still has it: ask again in a week."""
    return Changed(ChangeKind.NOTED, known, replace(known, missing_at=now + ASK_AGAIN_AFTER))
