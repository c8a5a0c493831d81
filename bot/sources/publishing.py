"""Publishing by hand: an operator or a channel names a page, and it becomes a post.

An address that is known in any of its forms is the post that is there: it is not fetched again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.sources.addresses import is_short_link, link_key
from bot.sources.changes import ChangeKind, Recorded
from bot.sources.decide import (
    decide_changes,
    decide_put_back,
    decide_reread,
    decide_taken_down,
)
from bot.sources.entries import Entry, new_post
from bot.sources.errors import SourceError
from bot.sources.identity import identify, match
from bot.sources.posts_at import PostReader
from bot.sources.record import record_changes
from bot.text.html import html_to_text
from storage import authorship, drafts, posts, sources, takedowns
from storage.models import BlogCounts, NewDraft, Remark, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.clock import Clock
    from bot.config import Settings
    from bot.sources.http.fetch import Fetcher
    from bot.sources.identity import Match
    from bot.sources.record import PostObserver
    from bot.sources.worker import Worker
    from storage.database import Database, Transaction
    from storage.models import ChatId, Draft, NewPost, Post, PostId, SourceId, UpdateId

MOST_NAMED = 5
"""Links of one message that are looked at."""
REMARK_UNITS = 500
"""What an author may have to say about a post, in UTF-16 units."""
HAND = "hand:"
"""The source of posts that were named by hand."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who publishes: a user, the name that they show, and where they are asked."""

    id: int
    name: str
    chat_id: ChatId


class Publisher:
    """Reads pages, keeps drafts, and publishes them."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        fetcher: Fetcher,
        worker: Worker,
        observers: Sequence[PostObserver],
        is_short: Callable[[str], bool] = is_short_link,
    ) -> None:
        self._database = database
        self._clock = clock
        self._observers = observers
        named = [urlsplit(one).netloc for one in settings.sources if "://" in one]
        private = frozenset(named if settings.allow_private_sources else ())
        self._reader = PostReader(fetcher, worker, clock.sleep, private, is_short)

    async def known(self, address: str) -> Post | None:
        """The post at an address, in whatever form it is written; None where it is not known."""
        return await self._at(address) or await self._at(await self.resolved(address))

    async def linked(self, addresses: Iterable[str]) -> list[Post]:
        """The known posts at addresses, each once.

        Anybody in a chat can name these: one short link at most is asked where it leads.
        """
        found: dict[PostId, Post] = {}
        may_ask = True
        for address in addresses:
            post = await self._at(address)
            if post is None and may_ask and self._reader.is_short(address):
                may_ask = False
                post = await self.known(address)
            if post is not None:
                found.setdefault(post.id, post)
        return list(found.values())

    async def _at(self, address: str) -> Post | None:
        """The post at an address as it is written."""
        key = link_key(address)
        if key is None:
            return None
        async with self._database.reader() as db:
            return await posts.get_by_link(db, key)

    async def resolved(self, address: str) -> str:
        """Where a short link leads; any other address as it is."""
        return await self._reader.resolved(address)

    async def read(self, address: str) -> Entry:
        """Fetch a page and read it as a post, with its text. Raises SourceError."""
        return await self._reader.read(address)

    async def read_again(self, post: Post) -> Entry:
        """What the page of a post says now. Raises SourceError.

        Also where it leads to another post, or to a whole site, as pages that are gone often do.
        """
        entry = await self.read(post.link or "")
        ((_, keys),) = identify([entry], has_ids=True)
        other = await self._at(entry.link or "")
        is_another = other is not None and other.id != post.id
        is_site = keys.link is None and link_key(entry.link) != link_key(post.link)
        if is_another or is_site:
            raise SourceError("correct.elsewhere", address=entry.link)
        return entry

    async def draft(self, entry: Entry, by: Author, words: str, batch: UpdateId | None) -> int:
        """Keep what was read until somebody decides; its number.

        `words` is what its author has to say about it, empty for nothing.
        """
        return await self._keep(entry.link or "", _kept(entry), by, words, batch)

    async def schedule(
        self, tx: Transaction, entry: Entry, by: Author, words: str, due_at: datetime
    ) -> int:
        """Keep what was read until then, when it is published by itself; its number."""
        draft = NewDraft(entry.link or "", _kept(entry), by.id, by.name, by.chat_id, words)
        draft_id = await drafts.add_draft(tx, draft, self._clock.now())
        await drafts.set_due(tx, draft_id, due_at)
        return draft_id

    async def draft_words(self, post: Post, by: Author, words: str) -> int:
        """Keep what an author has to say about a post that is there; the number of the draft."""
        return await self._keep(post.link or "", "", by, words, None)

    async def _keep(
        self, link: str, entry: str, by: Author, words: str, batch: UpdateId | None
    ) -> int:
        async with self._database.transaction() as tx:
            for one in await drafts.list_batch(tx, batch) if batch is not None else ():
                if one.link == link:  # its message was lost, and is made again
                    return one.id
            draft = NewDraft(link, entry, by.id, by.name, by.chat_id, words, batch)
            return await drafts.add_draft(tx, draft, self._clock.now())

    async def publish_draft(self, tx: Transaction, draft: Draft) -> Post | None:
        """Publish an open draft, with what its author has to say; the post.

        A post that came in meanwhile stays whose it was, and one that was taken down stays down.
        """
        await drafts.delete_draft(tx, draft.id)
        post, is_new = await self._take_in(tx, entry_of(draft))
        if post is None or post.taken_down_at is not None:
            return post
        if is_new and draft.author_id is not None:
            await authorship.set_publisher(tx, post.id, draft.author_id)
        if draft.remark:
            remark = Remark(draft.remark, draft.author_name)
            return await self.say_first(tx, post, remark, draft.author_id)
        return await posts.get_post(tx, post.id)

    async def say_first(
        self, tx: Transaction, post: Post, remark: Remark, author_id: int | None
    ) -> Post:
        """Have this said about a post, unless somebody else did meanwhile; the post."""
        whose = (await authorship.get_authorship(tx, post.id)).remark_id
        if post.remark is not None and (author_id is None or whose != author_id):
            return post
        return await self.set_remark(tx, post.id, remark, author_id) or post

    async def get_published(self, tx: Transaction, draft: Draft) -> Post | None:
        """The post that the page of a draft is by now, whoever published it; None for none."""
        _, (one,) = await self._match(tx, entry_of(draft))
        return None if one.known is None else one.known.post

    async def set_remark(
        self, tx: Transaction, post_id: PostId, remark: Remark | None, author_id: int | None
    ) -> Post | None:
        """Have this said about a post; the post. The index and what was sent follow."""
        await authorship.set_remark(tx, post_id, remark, author_id)
        return next(iter(await self._followed(tx, [post_id])), None)

    async def forget_remarks(self, tx: Transaction, author_id: int) -> None:
        """What somebody had to say is said no more.

        All of it is followed at once: the index takes its time for each call, and the writer waits.
        """
        spoken = await authorship.list_spoken(tx, author_id)
        for post_id in spoken:
            await authorship.set_remark(tx, post_id, None, None)
        await self._followed(tx, spoken)

    async def _followed(self, tx: Transaction, post_ids: Iterable[PostId]) -> list[Post]:
        """The posts, once the index and what was sent follow what is said about them."""
        found = [await posts.get_post(tx, post_id) for post_id in post_ids]
        changed = [post for post in found if post is not None]
        details = [Recorded(ChangeKind.DETAILS, one, one, quiet=True) for one in changed]
        for observer in self._observers:
            await observer(tx, details)
        return changed

    async def follows(self, address: str) -> bool:
        """Whether an address is on a site that a source, or a known post, is on."""
        host = _host(address)
        async with self._database.reader() as db:
            addresses = [source.address for source in await sources.list_sources(db)]
            addresses += await posts.list_links(db, f"%{host}%")
        return bool(host) and any(_host(one) == host for one in addresses)

    async def publish(self, tx: Transaction, entry: Entry) -> Post | None:
        """Take an entry in as a post, and announce it if it is new; the post."""
        post, _ = await self._take_in(tx, entry)
        return post

    async def _take_in(self, tx: Transaction, entry: Entry) -> tuple[Post | None, bool]:
        """The post, and whether it is new."""
        source_id, matches = await self._match(tx, entry)
        now = self._clock.now()
        read = [as_post(one.entry) if one.is_unread else None for one in matches]
        changes = decide_changes(matches, read, source_id=source_id, now=now)
        recorded = await record_changes(tx, changes, now=now, observers=self._observers)
        if recorded:
            return recorded[-1].post, recorded[-1].kind is ChangeKind.NEW
        return (matches[0].known.post if matches[0].known else None), False

    async def _match(self, tx: Transaction, entry: Entry) -> tuple[SourceId, list[Match]]:
        """The source of what is published by hand, and the entry with its known post, if any."""
        source_id = await self._source(tx)
        identified = identify([entry], has_ids=True)
        keys = identified[0][1]
        known = await posts.list_matching(
            tx,
            source_id,
            guids=set(),
            link_keys={keys.link} if keys.link else set(),
            title_keys={keys.title},
        )
        return source_id, match(identified, known, source_id)

    async def reread(self, tx: Transaction, post_id: PostId, entry: Entry) -> Recorded | None:
        """Take in what the page of a post says now, as an edit; None where that is the same."""
        known = await posts.get_known(tx, post_id)
        if known is None or known.post.removed_at is not None:
            return None
        ((entry, keys),) = identify([entry], has_ids=True)
        other = await posts.get_by_link(tx, keys.link) if keys.link is not None else None
        is_free = keys.link is not None and (other is None or other.id == post_id)
        now = self._clock.now()
        changes = decide_reread(known, keys, as_post(entry), now, is_link_free=is_free)
        recorded = await record_changes(tx, changes, now=now, observers=self._observers)
        return recorded[-1] if recorded else None

    async def take_down(self, tx: Transaction, post_id: PostId) -> bool:
        """Remove a post, for good; the index and what was sent follow. False where it is gone."""
        return await take_down(tx, post_id, self._clock.now(), self._observers)

    async def put_back(self, tx: Transaction, post_id: PostId) -> Post | None:
        """Bring back what was taken down; the post, or None where it is not down."""
        return await put_back(tx, post_id, self._clock.now(), self._observers)

    async def _source(self, tx: Transaction) -> SourceId:
        source = await sources.get_by_address(tx, HAND)
        if source is not None:
            return source.id
        return await sources.add_source(tx, HAND, SourceKind.HAND)


async def take_down(
    tx: Transaction, post_id: PostId, now: datetime, observers: Sequence[PostObserver]
) -> bool:
    """Remove a post, for good; `observers` hear of it. False where it is gone."""
    known = await posts.get_known(tx, post_id)
    if known is None or known.post.removed_at is not None:
        return False
    await takedowns.set_taken_down(tx, post_id, now)
    await record_changes(tx, [decide_taken_down(known, now)], now=now, observers=observers)
    return True


async def put_back(
    tx: Transaction, post_id: PostId, now: datetime, observers: Sequence[PostObserver]
) -> Post | None:
    """Bring back what was taken down; the post, or None where it is not down."""
    known = await posts.get_known(tx, post_id)
    if known is None or known.post.taken_down_at is None:
        return None
    await takedowns.set_put_back(tx, post_id)
    change = decide_put_back(known)
    await record_changes(tx, [change], now=now, observers=observers)
    return change.after.post


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def as_post(entry: Entry) -> NewPost:
    """The entry with its text."""
    return new_post(entry, html_to_text)


def _kept(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False, default=datetime.isoformat)


def entry_of(draft: Draft) -> Entry:
    """What was read of the page of a draft."""
    values = json.loads(draft.entry)
    at = values.pop("published_at")
    blog = values.pop("blog")
    return Entry(
        **values,
        published_at=None if at is None else datetime.fromisoformat(at),
        blog=None if blog is None else BlogCounts(**blog),
    )


def title_of(draft: Draft) -> str:
    """The title of a draft's page, or its address where what was read is broken."""
    try:
        return entry_of(draft).title or draft.link
    except Exception:  # noqa: BLE001  # whatever is wrong with it, it has a name
        return draft.link
