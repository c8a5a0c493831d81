"""The schema, as the ordered steps that lead to it.

Each step runs in one transaction together with its record (`PRAGMA user_version`), and its foreign
keys are checked before the commit. Steps are only ever added at the end. A step is a tuple of
statements, a function where a statement is not enough, or a text: one statement that SQLite takes
outside of a transaction only. That one runs before its record, and to run it twice does no harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3

Step: TypeAlias = tuple[str, ...] | Callable[["sqlite3.Connection"], None] | str


APPLICATION_ID = 0x536F7369
"""`Sosi`, in the file's header (https://sqlite.org/fileformat2.html, 1.3.12): the file is ours."""


class ForeignSchemaError(Exception):
    """The file is another program's database."""


class NewerSchemaError(Exception):
    """The file's schema is of a version that this program does not know."""


class BrokenMigrationError(Exception):
    """A step left rows that point nowhere; it was undone."""


_FIRST: Step = (
    """
    CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        address TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '',
        tagline TEXT NOT NULL DEFAULT '',
        etag TEXT,
        last_modified TEXT,
        next_poll_at INTEGER,
        first_fetched_at INTEGER,
        last_fetched_at INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        error_told_at INTEGER,
        ended_at INTEGER,
        fetched_from TEXT
    ) STRICT
    """,
    "CREATE INDEX sources_due ON sources (next_poll_at) WHERE next_poll_at IS NOT NULL",
    """
    CREATE TABLE posts (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources,
        title TEXT NOT NULL,
        title_key TEXT NOT NULL,
        author TEXT NOT NULL,
        body TEXT NOT NULL,
        html TEXT,
        link TEXT,
        link_key TEXT,
        guid TEXT,
        published_at INTEGER,
        first_seen_at INTEGER NOT NULL,
        sort_at INTEGER NOT NULL,
        position INTEGER,
        cut INTEGER NOT NULL DEFAULT 0,
        edited_at INTEGER,
        removed_at INTEGER,
        blog_emoji TEXT NOT NULL DEFAULT '[]',
        blog_reactions INTEGER,
        blog_comments INTEGER
    ) STRICT
    """,
    "CREATE INDEX posts_newest ON posts (sort_at DESC, id DESC) WHERE removed_at IS NULL",
    "CREATE INDEX posts_by_title ON posts (title_key)",
    "CREATE INDEX posts_by_link ON posts (link_key) WHERE link_key IS NOT NULL",
    "CREATE INDEX posts_by_guid ON posts (source_id, guid) WHERE guid IS NOT NULL",
    "CREATE INDEX posts_by_place ON posts (source_id, position) WHERE position IS NOT NULL",
    "CREATE INDEX posts_by_arrival ON posts (first_seen_at)",
    """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        state TEXT NOT NULL,
        can_write INTEGER NOT NULL DEFAULT 1,
        is_forum INTEGER NOT NULL DEFAULT 0,
        language TEXT NOT NULL,
        timezone TEXT NOT NULL,
        push TEXT NOT NULL,
        quiet_start INTEGER,
        quiet_end INTEGER,
        digest_times TEXT NOT NULL,
        digest_days TEXT NOT NULL,
        thread_id INTEGER,
        words TEXT NOT NULL DEFAULT '[]',
        joined_at INTEGER NOT NULL,
        digest_due_at INTEGER,
        last_digest_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX chats_due ON chats (digest_due_at) WHERE digest_due_at IS NOT NULL",
    """
    CREATE TABLE migrated_chats (
        old_id INTEGER PRIMARY KEY,
        new_id INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE messages (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        post_id INTEGER NOT NULL REFERENCES posts,
        view TEXT NOT NULL,
        page INTEGER NOT NULL DEFAULT 0,
        language TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        refresh_at INTEGER,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX messages_by_post ON messages (post_id)",
    "CREATE INDEX messages_due ON messages (refresh_at) WHERE refresh_at IS NOT NULL",
    """
    CREATE TABLE reaction_sets (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        actor_id INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id, actor_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX reaction_sets_by_actor ON reaction_sets (actor_id)",
    """
    CREATE TABLE reaction_totals (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        counts TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE inbox (
        update_id INTEGER PRIMARY KEY,
        chat_id INTEGER,
        received_at INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE inbox_seen (
        update_id INTEGER PRIMARY KEY,
        seen_at INTEGER NOT NULL,
        chat_id INTEGER,
        message_id INTEGER
    ) STRICT
    """,
    "CREATE INDEX inbox_seen_by_age ON inbox_seen (seen_at)",
    """
    CREATE TABLE inbox_set_aside (
        update_id INTEGER PRIMARY KEY,
        set_aside_at INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        chat_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        not_before INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        token TEXT,
        message_id INTEGER,
        error TEXT,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        UNIQUE (chat_id, kind, item)
    ) STRICT
    """,
    "CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_open ON outbox (chat_id, id) WHERE state IN ('sending', 'unknown')",
    """
    CREATE TABLE digests (
        chat_id INTEGER NOT NULL,
        local_date TEXT NOT NULL,
        slot INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, local_date, slot)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)

_SEARCH: Step = (
    # Written by bot.search.index. No posting carries a place or a count: see docs/search.md.
    """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        tokens, content='', columnsize=0, detail=none, tokenize='ascii'
    )
    """,
    # One row. `analysis` is the version of bot.search.analyse that made the index.
    "CREATE TABLE search_state (analysis INTEGER NOT NULL, posts INTEGER NOT NULL) STRICT",
    "INSERT INTO search_state VALUES (0, 0)",
    # Posts whose index is behind. Title and body are what the index holds now, NULL when nothing:
    # FTS5 before SQLite 3.43 needs them to take a post out of a contentless table.
    "CREATE TABLE search_pending (post_id INTEGER PRIMARY KEY, title TEXT, body TEXT) STRICT",
    "INSERT INTO search_pending (post_id) SELECT id FROM posts WHERE removed_at IS NULL",
    """
    CREATE TRIGGER search_post_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_pending (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = new.id);
    END
    """,
    """
    CREATE TRIGGER search_post_changed AFTER UPDATE OF title, body, removed_at ON posts
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, old.body, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END
    """,
    """
    CREATE TRIGGER search_post_deleted AFTER DELETE ON posts BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, old.body, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END
    """,
    # `keys` spells the word in keystrokes, `backwards` the same from its end: a word one slip away
    # shares the first or the last half. `sound` is its skeleton across scripts.
    """
    CREATE TABLE search_words (
        id INTEGER PRIMARY KEY,
        word TEXT NOT NULL UNIQUE,
        posts INTEGER NOT NULL,
        titles INTEGER NOT NULL,
        keys TEXT NOT NULL,
        backwards TEXT NOT NULL,
        initials TEXT,
        sound TEXT
    ) STRICT
    """,
    "CREATE INDEX search_words_by_keys ON search_words (keys)",
    "CREATE INDEX search_words_backwards ON search_words (backwards)",
    "CREATE INDEX search_words_by_initials ON search_words (initials) WHERE initials IS NOT NULL",
    "CREATE INDEX search_words_by_sound ON search_words (sound) WHERE sound IS NOT NULL",
    # Names that posts themselves give for one thing: 애자일(Agile).
    """
    CREATE TABLE search_pairs (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        posts INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX search_pairs_by_right ON search_pairs (right)",
    """
    CREATE TABLE search_synonyms (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    """,
    # `asker` tells a second person from the first, and is erased once there was one.
    """
    CREATE TABLE search_misses (
        query TEXT PRIMARY KEY,
        people INTEGER NOT NULL,
        asker BLOB,
        last_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX search_misses_by_time ON search_misses (last_at)",
)

_WHAT_SOURCES_SAID: Step = (
    "ALTER TABLE posts ADD COLUMN fingerprint TEXT",  # of the entry as it came last
    "ALTER TABLE posts ADD COLUMN missing_at INTEGER",  # since when the source leaves it out
    "ALTER TABLE posts ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0",  # came in unannounced
    "ALTER TABLE posts ADD COLUMN listing_id INTEGER REFERENCES sources",  # gives the position
    "CREATE INDEX posts_by_listing ON posts (listing_id, position) WHERE listing_id IS NOT NULL",
    "CREATE INDEX posts_by_words ON posts (fingerprint) WHERE fingerprint IS NOT NULL",
    "CREATE INDEX posts_missing ON posts (source_id, missing_at) WHERE missing_at IS NOT NULL",
    """
    CREATE INDEX posts_given ON posts (source_id, published_at)
    WHERE fingerprint IS NOT NULL AND removed_at IS NULL AND missing_at IS NULL
    """,
)

_QUERIES: Step = (
    """
    CREATE TABLE queries (
        id INTEGER PRIMARY KEY,
        query TEXT NOT NULL UNIQUE,
        used_at INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE drafts (
        id INTEGER PRIMARY KEY,
        link TEXT NOT NULL,
        post TEXT NOT NULL,
        made_at INTEGER NOT NULL
    ) STRICT
    """,
)

_DOUBTS: Step = (
    "ALTER TABLE outbox ADD COLUMN keyboard TEXT",  # as sent, JSON
    "ALTER TABLE outbox ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0",  # attempts never proven
    "CREATE INDEX outbox_order ON outbox (chat_id, kind, id) WHERE state = 'pending'",
)

_FORWARDS: Step = (
    # Automatic forwards of channel posts that are not known (yet) to show a post.
    """
    CREATE TABLE forwards (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        origin_chat_id INTEGER NOT NULL,
        origin_message_id INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX forwards_by_origin ON forwards (origin_chat_id, origin_message_id)",
)

# Every page of the newest posts says of how many: to count them anew took longer than to read it.
_TOTAL = (
    "CREATE TABLE post_total (shown INTEGER NOT NULL) STRICT",
    "INSERT INTO post_total SELECT count(*) FROM posts WHERE removed_at IS NULL",
    """
    CREATE TRIGGER post_total_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        UPDATE post_total SET shown = shown + 1;
    END
    """,
    """
    CREATE TRIGGER post_total_changed AFTER UPDATE OF removed_at ON posts
    WHEN (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        UPDATE post_total SET shown = shown + iif(new.removed_at IS NULL, 1, -1);
    END
    """,
    """
    CREATE TRIGGER post_total_deleted AFTER DELETE ON posts WHEN old.removed_at IS NULL BEGIN
        UPDATE post_total SET shown = shown - 1;
    END
    """,
)

_DISCUSSIONS: Step = (
    # Groups that Telegram forwards a channel's posts to by itself.
    """
    CREATE TABLE discussions (
        channel_id INTEGER PRIMARY KEY,
        group_id INTEGER NOT NULL
    ) STRICT
    """,
)

_STRANGERS: Step = (
    # Whoever owned a channel had it served, and could publish through it. Nobody knows who did, so
    # an operator is asked; what comes meanwhile is kept.
    "ALTER TABLE chats ADD COLUMN may_publish INTEGER NOT NULL DEFAULT 0",
    "UPDATE chats SET state = 'held' WHERE kind = 'channel' AND state = 'served'",
)

# What was deleted before deletes were overwritten is still in pages that are free since.
_WRITTEN_ANEW: Step = "VACUUM"

# Full texts as they are shown, a row a page: to make them anew at every press held up the loop.
_FULL_TEXTS: Step = (
    """
    CREATE TABLE full_texts (
        post_id INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
        number INTEGER NOT NULL,
        rendering INTEGER NOT NULL,
        text TEXT NOT NULL,
        entities TEXT NOT NULL,
        PRIMARY KEY (post_id, number)
    ) STRICT
    """,
    """
    CREATE TRIGGER full_text_changed AFTER UPDATE OF body, html, link ON posts
    WHEN old.body IS NOT new.body OR old.html IS NOT new.html OR old.link IS NOT new.link BEGIN
        DELETE FROM full_texts WHERE post_id = old.id;
    END
    """,
)

# When a due time was set: by a clock that was ahead, where that is later than now.
_WHEN_PLANNED: Step = ("ALTER TABLE sources ADD COLUMN planned_at INTEGER",)

# SQLite uses a partial index for a query whose condition is the index's own, not a part of it.
_BY_STATE: Step = (
    "CREATE INDEX outbox_unknown ON outbox (chat_id, id, changed_at) WHERE state = 'unknown'",
    "CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending'",
)

_TROUBLES: Step = (
    # What stops delivery, for as long as it lasts. `told`: the operators heard of this very one.
    """
    CREATE TABLE troubles (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        told INTEGER NOT NULL,
        PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID
    """,
)

_ATTEMPTS: Step = (
    # Sends that may have arrived: what would prove it, and where to look. What ended well has none.
    # `keyboard` is the reply markup in Telegram's JSON.
    """
    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        outbox_id INTEGER,
        chat_id INTEGER NOT NULL,
        keyboard TEXT NOT NULL,
        text_digest TEXT NOT NULL,
        post_id INTEGER,
        language TEXT NOT NULL,
        begun_at INTEGER NOT NULL,
        last_id INTEGER,
        message_id INTEGER,
        is_touched INTEGER NOT NULL DEFAULT 0,
        calls INTEGER NOT NULL DEFAULT 0,
        search_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX attempts_by_push ON attempts (outbox_id)",
    "CREATE INDEX attempts_by_chat ON attempts (chat_id)",
    "CREATE INDEX attempts_due ON attempts (search_at) WHERE search_at IS NOT NULL",
    # Messages that the bot sent, so that nobody asks whose they are. Supergroups and channels
    # count their own ids; private chats and basic groups share the account's, sequence 0.
    """
    CREATE TABLE known_ids (
        sequence INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        chat_id INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (sequence, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX known_ids_by_chat ON known_ids (chat_id)",
    "CREATE INDEX known_ids_by_age ON known_ids (seen_at)",
    """
    CREATE INDEX inbox_seen_by_sequence
    ON inbox_seen (iif(chat_id > -1000000000000, 0, chat_id), message_id)
    WHERE message_id IS NOT NULL
    """,
)

_NEVER_GIVEN_TWICE: Step = (
    # A push may be deleted while it is on its way. Its id is no other's ever after, or what became
    # of it would be noted of another push. (After a table was renamed, a checkpoint is refused.)
    "CREATE TABLE outbox_before AS SELECT * FROM outbox",
    "DROP TABLE outbox",
    """
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        item TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        not_before INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        token TEXT,
        message_id INTEGER,
        error TEXT,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        keyboard TEXT,
        doubts INTEGER NOT NULL DEFAULT 0,
        UNIQUE (chat_id, kind, item)
    ) STRICT
    """,
    "INSERT INTO outbox SELECT * FROM outbox_before",
    "DROP TABLE outbox_before",
    "CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_open ON outbox (chat_id, id) WHERE state IN ('sending', 'unknown')",
    "CREATE INDEX outbox_order ON outbox (chat_id, kind, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_unknown ON outbox (chat_id, id, changed_at) WHERE state = 'unknown'",
    "CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending'",
)

_OWED: Step = (
    # Of an answer that may have arrived: which update it answers.
    "ALTER TABLE attempts ADD COLUMN update_id INTEGER",
    "CREATE INDEX attempts_by_update ON attempts (update_id) WHERE update_id IS NOT NULL",
    # What somebody had done that is not done twice, until they were answered. `in_doubt`: they may
    # not have been; before that the answer is under way, or an interruption cut it off.
    """
    CREATE TABLE deeds (
        update_id INTEGER PRIMARY KEY,
        chat_id INTEGER NOT NULL,
        person_id INTEGER NOT NULL,
        command TEXT NOT NULL,
        done_at INTEGER NOT NULL,
        is_done INTEGER NOT NULL,
        in_doubt INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX deeds_by_age ON deeds (done_at)",
)

_COMPARED: Step = (
    # Messages of ours whose buttons are being compared with an attempt's: until it is known what
    # came of it, they may have them because we put them there. A stop must not forget that.
    """
    CREATE TABLE compared (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        begun_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
)

_NEWS: Step = (
    # What tells news from old posts. The sources that are there have shown their archives.
    "ALTER TABLE sources ADD COLUMN filled_at INTEGER",
    "ALTER TABLE sources ADD COLUMN oldest_at INTEGER",
    "ALTER TABLE sources ADD COLUMN newest_end TEXT",
    "ALTER TABLE sources ADD COLUMN shown INTEGER",
    """
    UPDATE sources SET
        filled_at = first_fetched_at,
        oldest_at = (SELECT min(published_at) FROM posts WHERE source_id = sources.id)
    WHERE EXISTS (SELECT 1 FROM posts WHERE source_id = sources.id)
    """,
    # Posts that came in quietly after the first fetch: an operator may push them for a while.
    """
    CREATE TABLE quiet_posts (
        post_id INTEGER PRIMARY KEY REFERENCES posts,
        source_id INTEGER NOT NULL REFERENCES sources,
        taken_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX quiet_posts_by_source ON quiet_posts (source_id, post_id)",
)

_READINGS: Step = (
    # Which version of the parsers has read a source, and when it is to be read whatever it says.
    "ALTER TABLE sources ADD COLUMN reading INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sources ADD COLUMN read_anew_at INTEGER",
)

_BRAKE: Step = (
    # Since when edits of a source are held back, and whether an operator wants them all the same.
    "ALTER TABLE sources ADD COLUMN held_at INTEGER",
    "ALTER TABLE sources ADD COLUMN is_accepted INTEGER NOT NULL DEFAULT 0",
)

# How a post looked before its last edits, in JSON: pairs of a digest and the time when it ended.
_FORMS: Step = ("ALTER TABLE posts ADD COLUMN forms TEXT NOT NULL DEFAULT '[]'",)

_SPARE_INDEX: Step = (
    # A second index, in which storage.search_rebuild makes a new one while the first answers. The
    # two change names when it is whole: whoever alters one table alters its twin as well.
    """
    CREATE VIRTUAL TABLE search_index_spare USING fts5 (
        tokens, content='', columnsize=0, detail=none, tokenize='ascii'
    )
    """,
    """
    CREATE TABLE search_words_spare (
        id INTEGER PRIMARY KEY,
        word TEXT NOT NULL UNIQUE,
        posts INTEGER NOT NULL,
        titles INTEGER NOT NULL,
        keys TEXT NOT NULL,
        backwards TEXT NOT NULL,
        initials TEXT,
        sound TEXT
    ) STRICT
    """,
    "CREATE INDEX search_words_spare_by_keys ON search_words_spare (keys)",
    "CREATE INDEX search_words_spare_backwards ON search_words_spare (backwards)",
    """
    CREATE INDEX search_words_spare_by_initials
    ON search_words_spare (initials) WHERE initials IS NOT NULL
    """,
    """
    CREATE INDEX search_words_spare_by_sound
    ON search_words_spare (sound) WHERE sound IS NOT NULL
    """,
    """
    CREATE TABLE search_pairs_spare (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        posts INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX search_pairs_spare_by_right ON search_pairs_spare (right)",
    # A row while a new index is made: by which analysis, of how many posts, up to which id.
    """
    CREATE TABLE search_rebuild (
        analysis INTEGER NOT NULL, posts INTEGER NOT NULL, last_id INTEGER NOT NULL
    ) STRICT
    """,
)

_PROFILES: Step = (
    # A row for each post that is there. `version`: of bot.search.similar that took its telling
    # words, 0 before. `keys` are the first of them, `words` all, packed (bot.search.telling).
    """
    CREATE TABLE search_profiles (
        post_id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL DEFAULT 0,
        keys TEXT NOT NULL DEFAULT '',
        words BLOB NOT NULL DEFAULT x''
    ) STRICT
    """,
    "CREATE INDEX search_profiles_by_version ON search_profiles (version)",
    "INSERT INTO search_profiles (post_id) SELECT id FROM posts WHERE removed_at IS NULL",
    """
    CREATE TRIGGER search_profile_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_profiles (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_profiles WHERE post_id = new.id);
    END
    """,
    """
    CREATE TRIGGER search_profile_changed AFTER UPDATE OF title, body, removed_at ON posts
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        DELETE FROM search_profiles WHERE post_id = old.id;
        INSERT INTO search_profiles (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END
    """,
    """
    CREATE TRIGGER search_profile_deleted AFTER DELETE ON posts BEGIN
        DELETE FROM search_profiles WHERE post_id = old.id;
    END
    """,
)

_VECTORS: Step = (
    # A row for each post that is there. `model` made the vector of signed bytes: '' before, and no
    # vector where the model cannot read the post (bot.search.meaning).
    """
    CREATE TABLE search_vectors (
        post_id INTEGER PRIMARY KEY, model TEXT NOT NULL DEFAULT '', vector BLOB
    ) STRICT
    """,
    "CREATE INDEX search_vectors_by_model ON search_vectors (model)",
    "INSERT INTO search_vectors (post_id) SELECT id FROM posts WHERE removed_at IS NULL",
    """
    CREATE TRIGGER search_vector_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_vectors (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_vectors WHERE post_id = new.id);
    END
    """,
    """
    CREATE TRIGGER search_vector_changed AFTER UPDATE OF title, body, removed_at ON posts
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        DELETE FROM search_vectors WHERE post_id = old.id;
        INSERT INTO search_vectors (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END
    """,
    """
    CREATE TRIGGER search_vector_deleted AFTER DELETE ON posts BEGIN
        DELETE FROM search_vectors WHERE post_id = old.id;
    END
    """,
)

_OLDEST: Step = (
    # An old post that is pinned was taken for the oldest of its source: what slid into view was
    # news. A source that was not read since learns its oldest date by its next answer.
    "UPDATE sources SET oldest_at = NULL WHERE reading = 0",
)

_FACETS: Step = (
    # What a search is filtered by stands behind a post's text in its row: read from here, no text
    # is gone through (storage.search_filters). `removed_at` is asked of each row, though only those
    # without are in it (SQLite 3.40.1, seen in its plans).
    """
    CREATE INDEX posts_by_facets ON posts (id, published_at, author, source_id, sort_at, removed_at)
    WHERE removed_at IS NULL
    """,
    """
    CREATE INDEX posts_newest_facets
    ON posts (sort_at DESC, id DESC, published_at, author, source_id, removed_at)
    WHERE removed_at IS NULL
    """,
    "CREATE INDEX posts_by_author ON posts (author, removed_at) WHERE removed_at IS NULL",
)


def _sounds_by_script(db: sqlite3.Connection) -> None:
    """Words are asked for by sound in one script: few are Latin, and nobody reads the others.

    Which index is whose says the table: twins change names (`_SPARE_INDEX`).
    """
    for table in ("search_words", "search_words_spare"):
        old = db.execute(
            "SELECT name FROM sqlite_schema WHERE tbl_name = ? AND sql LIKE '%(sound)%'", (table,)
        ).fetchall()
        for (name,) in old:
            db.execute(f"DROP INDEX {name}")
        for script, sign in (("latin", "<"), ("hangul", ">=")):
            db.execute(
                f"""
                CREATE INDEX {table}_{script}_by_sound ON {table} (sound)
                WHERE sound IS NOT NULL AND word {sign} '가'
                """
            )


_ROOMS: Step = (
    # Each as it was: what an older version did is what a chat goes on with.
    "ALTER TABLE chats ADD COLUMN without TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE chats ADD COLUMN source_filters TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE chats ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE chats ADD COLUMN night TEXT NOT NULL DEFAULT 'wait'",
    "ALTER TABLE chats ADD COLUMN repeats TEXT NOT NULL DEFAULT 'full'",
    "ALTER TABLE chats ADD COLUMN weekly TEXT",
    "ALTER TABLE chats ADD COLUMN monthly INTEGER",
    "ALTER TABLE chats ADD COLUMN holidays TEXT",
    "ALTER TABLE chats ADD COLUMN silent INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE chats ADD COLUMN pin INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE chats ADD COLUMN previews INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE chats ADD COLUMN cleanup_minutes INTEGER",
    "ALTER TABLE chats ADD COLUMN full_here INTEGER NOT NULL DEFAULT 1",
)

_MENUS: Step = (
    # Menus of settings: whose, and who opened them. A number is given once, for buttons carry it.
    """
    CREATE TABLE menus (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        room_id INTEGER NOT NULL,
        place_id INTEGER NOT NULL,
        opener_id INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        asked_id INTEGER,
        message_id INTEGER,
        prompt_id INTEGER,
        asks TEXT,
        prompted_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX menus_by_age ON menus (opened_at)",
    "CREATE INDEX menus_asking ON menus (place_id, prompt_id) WHERE prompt_id IS NOT NULL",
)

_ADMINISTRATORS: Step = (
    # Who administers which chat, as Telegram said last: by user, for a list of somebody's chats.
    """
    CREATE TABLE administrators (
        chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (chat_id, user_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX administrators_by_user ON administrators (user_id)",
    """
    CREATE TABLE administrator_lists (
        chat_id INTEGER PRIMARY KEY, asked_at INTEGER NOT NULL
    ) STRICT
    """,
    "ALTER TABLE chats ADD COLUMN username TEXT",
)
_FILTER_PART = re.compile(r"""((?<!\S)-)?(?:"([^"]*)"|([^\s"]+))""")


def _read_as_meant(words: list[str]) -> tuple[list[str], list[str]]:
    """Words of a filter as whoever typed them meant them: to have, and to leave out (-광고)."""
    read: tuple[dict[str, None], dict[str, None]] = {}, {}
    for minus, phrase, word in _FILTER_PART.findall(" ".join(words)):
        said = " ".join((phrase or word).split()).lstrip("-")
        read[minus != ""].update({said: None} if said else {})
    return list(read[0]), list(read[1])


def _filters(db: sqlite3.Connection) -> None:
    """Filters go by words from now on: what is set is kept, read as it was meant, and told once.

    No channel has one: nothing that was typed in a channel was read.
    """
    db.execute(
        """
        CREATE TABLE carried_filters (
            chat_id INTEGER PRIMARY KEY REFERENCES chats ON DELETE CASCADE ON UPDATE CASCADE
        ) STRICT
        """
    )
    chosen = db.execute("SELECT id, kind, words FROM chats WHERE words <> '[]'").fetchall()
    for chat_id, kind, words in chosen:
        read = [json.dumps(one, ensure_ascii=False) for one in _read_as_meant(json.loads(words))]
        db.execute("UPDATE chats SET words = ?, without = ? WHERE id = ?", (*read, chat_id))
        if kind != "channel":
            db.execute("INSERT INTO carried_filters VALUES (?)", (chat_id,))
    db.execute(
        """
        CREATE TRIGGER filter_chosen_anew AFTER UPDATE OF words, without ON chats
        WHEN old.words <> new.words OR old.without <> new.without BEGIN
            DELETE FROM carried_filters WHERE chat_id = new.id;
        END
        """
    )


_EDITIONS: Step = (
    "ALTER TABLE chats ADD COLUMN weekly_due_at INTEGER",
    "ALTER TABLE chats ADD COLUMN monthly_due_at INTEGER",
    "CREATE INDEX chats_weekly_due ON chats (weekly_due_at) WHERE weekly_due_at IS NOT NULL",
    "CREATE INDEX chats_monthly_due ON chats (monthly_due_at) WHERE monthly_due_at IS NOT NULL",
    # Which editions were taken: a chat's weekly or monthly one of a day and a time, each once.
    """
    CREATE TABLE editions (
        chat_id INTEGER NOT NULL,
        period TEXT NOT NULL,
        local_date TEXT NOT NULL,
        slot INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, period, local_date, slot)
    ) STRICT, WITHOUT ROWID
    """,
)

_NOISE: Step = (
    """
    CREATE TABLE cleanups (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        asked_id INTEGER,
        asker_id INTEGER,
        sent_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX cleanups_by_due ON cleanups (due_at)",
    "CREATE INDEX cleanups_by_asked ON cleanups (chat_id, asked_id)",
    """
    CREATE TABLE pins (
        chat_id INTEGER PRIMARY KEY,
        wanted_id INTEGER,
        pinned_id INTEGER
    ) STRICT
    """,
)

_LISTS: Step = (
    # A message that lists posts, by their ids in JSON; `first` is the number of the first. Who
    # asked stands there for an hour; NULL for what came by itself.
    """
    CREATE TABLE lists (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        person_id INTEGER,
        first INTEGER NOT NULL,
        post_ids TEXT NOT NULL,
        shown_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX lists_by_person ON lists (person_id, chat_id) WHERE person_id IS NOT NULL",
)

_VOTES: Step = (
    """
    CREATE TABLE votes (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        actor_id INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id, actor_id, emoji)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX votes_by_actor ON votes (actor_id)",
    # When cards carry buttons to vote by.
    "ALTER TABLE chats ADD COLUMN votes TEXT NOT NULL DEFAULT 'auto'",
    # Whether the bot is shown reactions there is asked of Telegram once.
    "ALTER TABLE chats ADD COLUMN sight TEXT NOT NULL DEFAULT 'unknown'",
)

_TEXT = "iif(old.remark = '', old.body, old.body || char(10) || old.remark)"
"""What a search reads of a post: its body, and what its author had to say about it."""
_IS_OTHER_TEXT = """
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.remark IS NOT new.remark
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
"""
_AUTHORS: Step = (
    # What an author has to say about a post, and who: a name to show, and a user's id.
    "ALTER TABLE posts ADD COLUMN remark TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN remark_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE posts ADD COLUMN remark_id INTEGER",
    # Who published it by hand: a user's id, for they may take it back.
    "ALTER TABLE posts ADD COLUMN publisher_id INTEGER",
    # How often it was pushed; each time but the first is a push of its own in the outbox.
    "ALTER TABLE posts ADD COLUMN pushes INTEGER NOT NULL DEFAULT 1",
    "CREATE INDEX posts_by_remark_id ON posts (remark_id) WHERE remark_id IS NOT NULL",
    "CREATE INDEX posts_by_publisher ON posts (publisher_id) WHERE publisher_id IS NOT NULL",
    # Drafts of older versions are nobody's. `batch` is the update that named several pages;
    # `due_at`: it is published by itself then; `prompt_id` is the message that asks when.
    # Buttons name a draft by its id, so that none is given twice, nor one that was given before.
    "CREATE TABLE drafts_before AS SELECT * FROM drafts",
    "DROP TABLE drafts",
    """
    CREATE TABLE drafts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        link TEXT NOT NULL,
        post TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        author_id INTEGER,
        author_name TEXT NOT NULL DEFAULT '',
        chat_id INTEGER,
        remark TEXT NOT NULL DEFAULT '',
        batch INTEGER,
        due_at INTEGER,
        prompt_id INTEGER
    ) STRICT
    """,
    """
    INSERT INTO drafts (id, link, post, made_at)
    SELECT id, link, post, made_at FROM drafts_before
    """,
    "DELETE FROM sqlite_sequence WHERE name = 'drafts'",
    """
    INSERT INTO sqlite_sequence
    SELECT 'drafts', 1000 + ifnull((SELECT max(id) FROM drafts), 0)
    WHERE EXISTS (SELECT 1 FROM posts)
    """,
    "DROP TABLE drafts_before",
    "CREATE INDEX drafts_due ON drafts (due_at) WHERE due_at IS NOT NULL",
    # The index, and what else is made of a post's text, follows what is said about it.
    "DROP TRIGGER search_post_changed",
    f"""
    CREATE TRIGGER search_post_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    {_IS_OTHER_TEXT}
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, {_TEXT}, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END
    """,  # noqa: S608  # names of ours
    "DROP TRIGGER search_post_deleted",
    f"""
    CREATE TRIGGER search_post_deleted AFTER DELETE ON posts BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, {_TEXT}, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END
    """,  # noqa: S608  # names of ours
    "DROP TRIGGER search_profile_changed",
    f"""
    CREATE TRIGGER search_profile_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    {_IS_OTHER_TEXT}
        DELETE FROM search_profiles WHERE post_id = old.id;
        INSERT INTO search_profiles (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END
    """,  # noqa: S608  # names of ours
    "DROP TRIGGER search_vector_changed",
    f"""
    CREATE TRIGGER search_vector_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    {_IS_OTHER_TEXT}
        DELETE FROM search_vectors WHERE post_id = old.id;
        INSERT INTO search_vectors (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END
    """,  # noqa: S608  # names of ours
)

_BESIDES: Step = (
    # What a list shows without a number: a digest's short lines of what came as cards.
    "ALTER TABLE lists ADD COLUMN besides TEXT NOT NULL DEFAULT '[]'",
)

_TAKEN_DOWN: Step = (
    # Since when somebody has a post down: nothing but a hand brings it back.
    "ALTER TABLE posts ADD COLUMN taken_down_at INTEGER",
    # When a message of ours is to be deleted, for its post was taken down.
    "ALTER TABLE messages ADD COLUMN delete_at INTEGER",
    "CREATE INDEX messages_to_delete ON messages (delete_at) WHERE delete_at IS NOT NULL",
)

_TRIED: Step = (
    # The message of which a pin was begun: it may be pinned, also where another is wanted since.
    "ALTER TABLE pins ADD COLUMN tried_id INTEGER",
)

_KEYS = {"reaction_sets": "chat_id, message_id", "votes": "chat_id, message_id, emoji"}
"""What tells the rows of one person apart, in the tables of what people gave."""
_OWN = """
    (own.chat_id, own.message_id, own.actor_id) = ({row}.chat_id, {row}.message_id, {row}.actor_id)
"""


def _others(row: str, own: str, table: str) -> str:
    """What else the person of a `row` of the table `own` gave that counts, of another table."""
    rest = f"FROM {table} WHERE actor_id = {row}.actor_id AND counts_for IS NOT NULL"
    if table != own:
        return rest
    keys = _KEYS[own].split(", ")
    values = ", ".join(f"{row}.{key}" for key in keys)
    return f"{rest} AND ({_KEYS[own]}) <> ({values})"


def _gave_nothing_there(row: str, own: str) -> str:
    """Whether the person of a `row` of the table `own` gave nothing else in its chat."""
    return " AND ".join(
        f"NOT EXISTS (SELECT 1 {_others(row, own, table)} AND +chat_id = {row}.chat_id)"
        for table in _KEYS
    )


def _count_person(row: str, sign: str, *, own: str, emoji: str) -> str:
    """A trigger's statements when a `row` that counts for a post comes (`sign` +) or goes (-).

    `emoji`: how many emoji it has that its person has there by nothing else. The plus keeps SQLite
    from going through all that was given in the chat. (Through a view of both tables, the same took
    half as long again.)
    """
    others = [_others(row, own, table) for table in _KEYS]
    latest = ", ".join(
        f"ifnull((SELECT max(changed_at) {one} AND counts_for = {row}.counts_for), -1)"
        for one in others
    )
    first = _gave_nothing_there(row, own)
    return f"""
        INSERT INTO given_changes
        SELECT {row}.counts_for, {row}.changed_at, max({latest}), {sign}1
        WHERE {row}.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT {row}.chat_id, {sign}({emoji}), {sign}({first})
        WHERE {row}.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    """  # names of ours


def _count_set(row: str, sign: str) -> str:
    emoji = f"""
        json_array_length({row}.emoji) - (
            SELECT count(*) FROM votes AS own WHERE {_OWN.format(row=row)}
                AND own.counts_for IS NOT NULL
                AND +own.emoji IN (SELECT value FROM json_each({row}.emoji))
        )
    """  # noqa: S608  # likewise
    return _count_person(row, sign, own="reaction_sets", emoji=emoji)


def _count_vote(row: str, sign: str) -> str:
    emoji = f"""
        NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE {_OWN.format(row=row)} AND own.counts_for IS NOT NULL AND one.value = {row}.emoji
        )
    """  # noqa: S608  # likewise
    return _count_person(row, sign, own="votes", emoji=emoji)


def _count_total(row: str, sign: str) -> str:
    return f"""
        INSERT INTO given_changes SELECT {row}.counts_for, {row}.changed_at, -1, {sign}ifnull((
            SELECT sum(json_extract(value, '$[1]')) FROM json_each({row}.counts)
        ), 0)
        WHERE {row}.counts_for IS NOT NULL AND {row}.counts <> '[]';
    """  # noqa: S608  # likewise


def _counted(table: str, count: Callable[[str, str], str]) -> tuple[str, ...]:
    """The triggers that keep count of a table's rows."""
    gone, come = count("old", "-"), count("new", "+")
    is_old, is_new = (f"{row}.counts_for IS NOT NULL" for row in ("old", "new"))
    return (
        f"CREATE TRIGGER {table}_given AFTER INSERT ON {table} WHEN {is_new} BEGIN {come} END",
        f"CREATE TRIGGER {table}_taken AFTER DELETE ON {table} WHEN {is_old} BEGIN {gone} END",
        f"""
        CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} WHEN {is_old} OR {is_new} BEGIN
            {gone} {come}
        END
        """,
    )


def _tie(post: str, row: str) -> str:
    """A trigger's statements when a message (`row`) shows a `post`, or none (NULL)."""
    place = f"(chat_id, message_id) = ({row}.chat_id, {row}.message_id)"
    return f"""
        UPDATE reaction_sets SET counts_for = {post}
        WHERE {place} AND emoji <> '[]' AND (actor_id >= 0 OR actor_id = chat_id);
        UPDATE votes SET counts_for = {post} WHERE {place};
        UPDATE reaction_totals SET counts_for = {post} WHERE {place}
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served');
    """  # noqa: S608  # likewise


def _serve(row: str) -> str:
    """A trigger's statement when a chat (`row`) is served from now on, or is not."""
    return f"""
        UPDATE reaction_totals SET counts_for = (
            SELECT post_id FROM messages WHERE (messages.chat_id, messages.message_id)
                = (reaction_totals.chat_id, reaction_totals.message_id)
        )
        WHERE chat_id = {row}.id
    """  # noqa: S608  # likewise


_UNTIE = "UPDATE reaction_totals SET counts_for = NULL WHERE chat_id = old.id;"
_GIVEN: tuple[tuple[str, str, str], ...] = (
    (
        "reaction_sets",
        """
        actor_id INTEGER NOT NULL, emoji TEXT NOT NULL, changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL, counts_for INTEGER,
        PRIMARY KEY (chat_id, message_id, actor_id)
        """,
        "emoji <> '[]' AND (actor_id >= 0 OR actor_id = chat_id)",
    ),
    (
        "votes",
        """
        actor_id INTEGER NOT NULL, emoji TEXT NOT NULL, changed_at INTEGER NOT NULL,
        counts_for INTEGER, PRIMARY KEY (chat_id, message_id, actor_id, emoji)
        """,
        "1",
    ),
    (
        "reaction_totals",
        """
        counts TEXT NOT NULL, changed_at INTEGER NOT NULL, update_id INTEGER NOT NULL,
        counts_for INTEGER, PRIMARY KEY (chat_id, message_id)
        """,
        "chat_id IN (SELECT id FROM chats WHERE state = 'served')",
    ),
)
"""The tables of what was given: their columns, and what of them counts for a post."""


def _with_post(table: str, columns: str, counts: str) -> tuple[str, ...]:
    """The table with the post that each row counts for; NULL where it counts for none.

    Built anew, for rows that grow in their pages would leave those half empty.
    """
    return (
        f"CREATE TABLE {table}_before AS SELECT * FROM {table}",  # noqa: S608  # likewise
        f"DROP TABLE {table}",
        f"""
        CREATE TABLE {table} (
            chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, {columns}
        ) STRICT, WITHOUT ROWID
        """,
        f"""
        INSERT INTO {table}
        SELECT given.*, iif({counts}, post_id, NULL)
        FROM {table}_before AS given LEFT JOIN messages USING (chat_id, message_id)
        """,  # noqa: S608  # likewise
        f"DROP TABLE {table}_before",
    )


# What was given, counted as it comes and goes: nothing is counted at the question. `counts_for` is
# the post that a row counts for, or NULL: withdrawn, a channel's, of no message that is known to
# show a post, a total of a chat that is not served (docs/delivery.md).
_RANKING: Step = (
    *(statement for table in _GIVEN for statement in _with_post(*table)),
    "CREATE INDEX reaction_sets_by_actor ON reaction_sets (actor_id, counts_for)",
    "CREATE INDEX votes_by_actor ON votes (actor_id, counts_for)",
    # Each person once a post, at the latest that they gave it; and the totals.
    """
    CREATE TABLE given_times (
        at INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        people INTEGER NOT NULL,
        PRIMARY KEY (at, post_id)
    ) STRICT, WITHOUT ROWID
    """,
    # The same by days (of UTC), and of all times.
    """
    CREATE TABLE given_days (
        post_id INTEGER NOT NULL,
        day INTEGER NOT NULL,
        people INTEGER NOT NULL,
        PRIMARY KEY (post_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE given_posts (post_id INTEGER PRIMARY KEY, people INTEGER NOT NULL) STRICT",
    # What a chat's people gave to posts there, and how many they are.
    """
    CREATE TABLE given_chats (
        chat_id INTEGER PRIMARY KEY, emoji INTEGER NOT NULL, people INTEGER NOT NULL
    ) STRICT
    """,
    """
    INSERT INTO given_times
    SELECT at, post_id, sum(people) FROM (
        SELECT counts_for AS post_id, max(changed_at) AS at, 1 AS people
        FROM (
            SELECT actor_id, counts_for, changed_at FROM reaction_sets
            UNION ALL SELECT actor_id, counts_for, changed_at FROM votes
        )
        WHERE counts_for IS NOT NULL GROUP BY counts_for, actor_id
        UNION ALL
        SELECT counts_for, changed_at, (
            SELECT sum(json_extract(value, '$[1]')) FROM json_each(counts)
        )
        FROM reaction_totals WHERE counts_for IS NOT NULL AND counts <> '[]'
    )
    GROUP BY at, post_id HAVING sum(people) <> 0
    """,
    """
    INSERT INTO given_days
    SELECT post_id, at / 86400 AS day, sum(people) FROM given_times GROUP BY post_id, day
    """,
    "INSERT INTO given_posts SELECT post_id, sum(people) FROM given_days GROUP BY post_id",
    f"""
    INSERT INTO given_chats
    SELECT chat_id, sum(given), count(DISTINCT actor_id) FROM (
        SELECT chat_id, actor_id, json_array_length(emoji) AS given
        FROM reaction_sets WHERE counts_for IS NOT NULL
        UNION ALL
        SELECT chat_id, actor_id, NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE {_OWN.format(row="votes")} AND one.value = votes.emoji
        )
        FROM votes WHERE counts_for IS NOT NULL
    )
    GROUP BY chat_id
    """,  # noqa: S608  # likewise
    # From `at` on, `people` more count for a post; where they counted `before` (or never: -1), they
    # do no more. What was given earlier than `before` changes nothing.
    """
    CREATE VIEW given_changes AS
    SELECT post_id, at, at AS before, people FROM given_times
    """,
    """
    CREATE TRIGGER given_counted INSTEAD OF INSERT ON given_changes
    WHEN new.before < new.at AND new.people <> 0 BEGIN
        INSERT INTO given_times VALUES (new.at, new.post_id, new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        INSERT INTO given_days VALUES (new.post_id, new.at / 86400, new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        INSERT INTO given_posts SELECT new.post_id, new.people WHERE new.before < 0
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
    END
    """,
    """
    CREATE TRIGGER given_replaced INSTEAD OF INSERT ON given_changes
    WHEN new.before BETWEEN 0 AND new.at - 1 BEGIN
        INSERT INTO given_times VALUES (new.before, new.post_id, -new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        INSERT INTO given_days VALUES (new.post_id, new.before / 86400, -new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
    END
    """,
    *(
        f"""
        CREATE TRIGGER {table}_emptied AFTER UPDATE ON {table} WHEN new.people = 0 BEGIN
            DELETE FROM {table} WHERE ({keys}) = ({rows});
        END
        """  # noqa: S608  # likewise
        for table, keys, rows in (
            ("given_times", "at, post_id", "new.at, new.post_id"),
            ("given_days", "post_id, day", "new.post_id, new.day"),
            ("given_posts", "post_id", "new.post_id"),
        )
    ),
    *_counted("reaction_sets", _count_set),
    *_counted("votes", _count_vote),
    *_counted("reaction_totals", _count_total),
    f"""
    CREATE TRIGGER given_message_added AFTER INSERT ON messages BEGIN
        {_tie("new.post_id", "new")}
    END
    """,
    f"""
    CREATE TRIGGER given_message_changed AFTER UPDATE OF post_id ON messages
    WHEN old.post_id <> new.post_id BEGIN
        {_tie("new.post_id", "new")}
    END
    """,
    f"""
    CREATE TRIGGER given_message_deleted AFTER DELETE ON messages BEGIN
        {_tie("NULL", "old")}
    END
    """,
    f"""
    CREATE TRIGGER given_chat_added AFTER INSERT ON chats WHEN new.state = 'served' BEGIN
        {_serve("new")};
    END
    """,
    f"""
    CREATE TRIGGER given_chat_changed AFTER UPDATE OF id, state ON chats
    WHEN old.id <> new.id OR (old.state = 'served') <> (new.state = 'served') BEGIN
        {_UNTIE}
        {_serve("new")} AND new.state = 'served';
    END
    """,
    f"CREATE TRIGGER given_chat_deleted AFTER DELETE ON chats BEGIN {_UNTIE} END",
)

_HELD = """
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = {chat} AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = {chat}), 0))
"""
"""Whether a chat takes no push now: one is under way or in doubt, or the bot may not write."""


def _heads_of(row: str) -> tuple[str, ...]:
    """SQL that finds the first waiting push anew, of the chat and kind of `row`, new or old."""
    chat = f"{row}.chat_id"
    return (
        f"DELETE FROM outbox_heads WHERE chat_id = {chat} AND kind = {row}.kind",  # noqa: S608  # words of ours
        f"""
        INSERT INTO outbox_heads
        SELECT chat_id, kind, id, not_before, {_HELD.format(chat=chat)} FROM outbox
        WHERE chat_id = {chat} AND kind = {row}.kind AND state = 'pending' ORDER BY id LIMIT 1
        """,  # noqa: S608  # likewise
    )


def _hold(chat: str) -> str:
    return f"UPDATE outbox_heads SET is_held = {_HELD.format(chat=chat)} WHERE chat_id = {chat}"  # noqa: S608  # likewise


def _trigger(name: str, event: str, when: str, *statements: str) -> str:
    body = "".join(f"{one};" for one in statements)
    return f"CREATE TRIGGER {name} AFTER {event} WHEN {when} BEGIN {body} END"


_IS_OPEN = "state IN ('sending', 'unknown')"
_IS_NO_HEAD = """
    EXISTS (
        SELECT 1 FROM outbox_heads WHERE chat_id = {row}.chat_id AND kind = {row}.kind
        AND head_id < {row}.id
    )
"""
_HEADS: Step = (
    # The first waiting push of each kind in each chat, kept by triggers: what is due is found among
    # these, however much waits behind them, and past chats that take nothing now.
    """
    CREATE TABLE outbox_heads (
        chat_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        head_id INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        is_held INTEGER NOT NULL,
        PRIMARY KEY (chat_id, kind)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX outbox_heads_due ON outbox_heads (not_before, head_id) WHERE NOT is_held",
    f"""
    INSERT INTO outbox_heads
    SELECT head.chat_id, head.kind, head.id, not_before, {_HELD.format(chat="head.chat_id")}
    FROM (SELECT min(id) AS id FROM outbox WHERE state = 'pending' GROUP BY chat_id, kind) AS first
    JOIN outbox AS head ON head.id = first.id
    """,  # noqa: S608  # words of ours
    _trigger(
        "outbox_head_added",
        "INSERT ON outbox",
        f"new.state = 'pending' AND NOT {_IS_NO_HEAD.format(row='new')}",
        # Nothing waits there that is older: it is the first, whatever is behind it.
        f"""
        INSERT OR REPLACE INTO outbox_heads VALUES
            (new.chat_id, new.kind, new.id, new.not_before, {_HELD.format(chat="new.chat_id")})
        """,  # noqa: S608  # likewise
    ),
    _trigger(
        "outbox_head_moved",
        "UPDATE OF state, not_before ON outbox",
        "'pending' IN (old.state, new.state)"
        f" AND (old.state, old.not_before) <> (new.state, new.not_before)"
        f" AND NOT {_IS_NO_HEAD.format(row='new')}",
        *_heads_of("new"),
    ),
    _trigger(
        "outbox_head_given_over",
        "UPDATE OF chat_id, kind ON outbox",
        "(old.chat_id, old.kind) <> (new.chat_id, new.kind)",
        *_heads_of("old"),
        *_heads_of("new"),
        _hold("old.chat_id"),
        _hold("new.chat_id"),
    ),
    _trigger(
        "outbox_head_deleted",
        "DELETE ON outbox",
        f"old.state = 'pending' AND NOT {_IS_NO_HEAD.format(row='old')}",
        *_heads_of("old"),
    ),
    _trigger("outbox_opened", "INSERT ON outbox", f"new.{_IS_OPEN}", _hold("new.chat_id")),
    _trigger(
        "outbox_open_changed",
        "UPDATE OF state ON outbox",
        f"(old.{_IS_OPEN}) <> (new.{_IS_OPEN})",
        _hold("new.chat_id"),
    ),
    _trigger("outbox_open_deleted", "DELETE ON outbox", f"old.{_IS_OPEN}", _hold("old.chat_id")),
    _trigger("outbox_chat_added", "INSERT ON chats", "1", _hold("new.id")),
    _trigger(
        "outbox_chat_changed",
        "UPDATE OF id, state, can_write ON chats",
        "(old.id, old.state, old.can_write) <> (new.id, new.state, new.can_write)",
        _hold("old.id"),
        _hold("new.id"),
    ),
    _trigger("outbox_chat_deleted", "DELETE ON chats", "1", _hold("old.id")),
)

_BY_AGE: Step = (
    # What every duty looks for is found by an index of its own, however much else there is.
    """
    CREATE INDEX outbox_muted ON outbox (chat_id, not_before, changed_at, id)
    WHERE state = 'pending' AND error LIKE 'muted: %'
    """,
    """
    CREATE INDEX outbox_lost ON outbox (chat_id, changed_at, error)
    WHERE state = 'dropped' AND error IS NOT NULL
    """,
    "CREATE INDEX outbox_notices ON outbox (created_at, item) WHERE kind = 'notice'",
    "CREATE INDEX attempts_seen ON attempts (outbox_id) WHERE message_id IS NOT NULL",
    "CREATE INDEX pins_wanted ON pins (chat_id) WHERE wanted_id IS NOT NULL",
    "DROP INDEX chats_due",
    """
    CREATE INDEX chats_due ON chats (digest_due_at, id)
    WHERE digest_due_at IS NOT NULL AND state = 'served' AND can_write
    """,
    "DROP INDEX chats_weekly_due",
    """
    CREATE INDEX chats_weekly_due ON chats (weekly_due_at, id)
    WHERE weekly_due_at IS NOT NULL AND state = 'served' AND can_write
    """,
    "DROP INDEX chats_monthly_due",
    """
    CREATE INDEX chats_monthly_due ON chats (monthly_due_at, id)
    WHERE monthly_due_at IS NOT NULL AND state = 'served' AND can_write
    """,
    """
    CREATE INDEX chats_unseen ON chats (joined_at, id)
    WHERE sight = 'unknown' AND state = 'served' AND kind IN ('group', 'supergroup')
    """,
    """
    CREATE INDEX chats_administered ON chats (id, joined_at)
    WHERE state = 'served' AND kind != 'private'
    """,
    # And so is what has had its time.
    """
    CREATE INDEX outbox_finished ON outbox (changed_at)
    WHERE state NOT IN ('pending', 'sending', 'unknown')
    """,
    "CREATE INDEX attempts_by_age ON attempts (begun_at)",
    "CREATE INDEX compared_by_age ON compared (begun_at)",
    "CREATE INDEX digests_by_age ON digests (claimed_at)",
    "CREATE INDEX drafts_by_age ON drafts (made_at) WHERE due_at IS NULL",
    "CREATE INDEX editions_by_age ON editions (claimed_at)",
    "CREATE INDEX forwards_by_age ON forwards (seen_at)",
    "CREATE INDEX inbox_set_aside_by_age ON inbox_set_aside (set_aside_at)",
    "CREATE INDEX lists_by_age ON lists (shown_at)",
    "CREATE INDEX lists_owned ON lists (shown_at) WHERE person_id IS NOT NULL",
    "CREATE INDEX queries_by_age ON queries (used_at)",
    "CREATE INDEX quiet_posts_by_age ON quiet_posts (taken_at)",
    """
    CREATE INDEX reaction_sets_of_channels ON reaction_sets (changed_at)
    WHERE actor_id < 0 AND actor_id <> chat_id
    """,
    "CREATE INDEX reaction_sets_withdrawn ON reaction_sets (changed_at) WHERE emoji = '[]'",
    "CREATE INDEX reaction_totals_withdrawn ON reaction_totals (changed_at) WHERE counts = '[]'",
    "CREATE INDEX troubles_by_age ON troubles (began_at)",
)

_REMOVED_TEXTS: Step = (
    # Nobody is offered the full text of a post that was removed.
    """
    CREATE TRIGGER full_text_removed AFTER UPDATE OF removed_at ON posts
    WHEN new.removed_at IS NOT NULL BEGIN
        DELETE FROM full_texts WHERE post_id = new.id;
    END
    """,
    """
    DELETE FROM full_texts
    WHERE post_id IN (SELECT id FROM posts WHERE removed_at IS NOT NULL)
    """,
)

_SPREADS: Step = (
    # Posts that are being queued for many chats: see storage.spreads.
    """
    CREATE TABLE spreads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        posts TEXT NOT NULL,
        number INTEGER,
        announced_at INTEGER NOT NULL,
        after_id INTEGER,
        besides TEXT NOT NULL DEFAULT '[]'
    ) STRICT
    """,
    # What came to a chat by others' messages: a digest asks it for many chats at once.
    """
    CREATE INDEX messages_of_others ON messages (chat_id, post_id)
    WHERE view IN ('own', 'forward')
    """,
)

_IS_FIRST = "new.changed_at >= 0" + "".join(
    f" AND NOT EXISTS (SELECT 1 {_others('new', 'reaction_sets', table)}"
    " AND counts_for = new.counts_for)"
    for table in _KEYS
)
"""Whether a new set is the first thing that its person gives that post, at a time that counts."""


def _add(table: str, keys: str, values: str, people: str) -> str:
    """A trigger's statements that add people to a row of a count; a row of none is deleted."""
    return f"""
        INSERT INTO {table} ({keys}, people) VALUES ({values}, {people})
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM {table} WHERE ({keys}) = ({values}) AND people = 0;
    """  # noqa: S608  # names of ours


def _add_at(time: str, people: str) -> str:
    """`_add`, to the second and to the day of a time."""
    return _add("given_times", "at, post_id", f"{time}, new.post_id", people) + _add(
        "given_days", "post_id, day", f"new.post_id, {time} / 86400", people
    )


_FIRST_GIFTS: Step = (
    # Most that comes is the first that its person gives a post: nothing is replaced by that, and
    # no row becomes empty. The rest is counted as before.
    "DROP TRIGGER reaction_sets_given",
    f"""
    CREATE TRIGGER reaction_sets_given AFTER INSERT ON reaction_sets
    WHEN new.counts_for IS NOT NULL AND {_IS_FIRST} BEGIN
        INSERT INTO given_times VALUES (new.changed_at, new.counts_for, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_days VALUES (new.counts_for, new.changed_at / 86400, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_posts VALUES (new.counts_for, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_chats VALUES (
            new.chat_id, json_array_length(new.emoji), {_gave_nothing_there("new", "reaction_sets")}
        )
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    END
    """,  # noqa: S608  # names of ours
    f"""
    CREATE TRIGGER reaction_sets_given_again AFTER INSERT ON reaction_sets
    WHEN new.counts_for IS NOT NULL AND NOT ({_IS_FIRST}) BEGIN
        {_count_set("new", "+")}
    END
    """,
    *(f"DROP TRIGGER {table}_emptied" for table in ("given_times", "given_days", "given_posts")),
    "DROP TRIGGER given_counted",
    f"""
    CREATE TRIGGER given_counted INSTEAD OF INSERT ON given_changes
    WHEN new.before < new.at AND new.people <> 0 BEGIN
        {_add_at("new.at", "new.people")}
    END
    """,
    f"""
    CREATE TRIGGER given_counted_first INSTEAD OF INSERT ON given_changes
    WHEN new.before < 0 AND new.at >= 0 AND new.people <> 0 BEGIN
        {_add("given_posts", "post_id", "new.post_id", "new.people")}
    END
    """,
    "DROP TRIGGER given_replaced",
    f"""
    CREATE TRIGGER given_replaced INSTEAD OF INSERT ON given_changes
    WHEN new.before BETWEEN 0 AND new.at - 1 BEGIN
        {_add_at("new.before", "-new.people")}
    END
    """,
)

_ARCHIVE_FILES: Step = (
    """
    CREATE TABLE archive_files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        file TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        posts INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        is_wanted INTEGER
    ) STRICT
    """,
)

_IN_DOUBT: Step = (
    # Of a restored copy: what is queued by it may have been queued, and sent, before.
    "ALTER TABLE spreads ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0",
)

STEPS: tuple[Step, ...] = (
    _FIRST,
    _SEARCH,
    _WHAT_SOURCES_SAID,
    _QUERIES,
    _DOUBTS,
    _FORWARDS,
    _TOTAL,
    _DISCUSSIONS,
    _STRANGERS,
    _WRITTEN_ANEW,
    _FULL_TEXTS,
    _WHEN_PLANNED,
    _BY_STATE,
    _TROUBLES,
    _ATTEMPTS,
    _NEVER_GIVEN_TWICE,
    _OWED,
    _COMPARED,
    _NEWS,
    _READINGS,
    _BRAKE,
    _FORMS,
    _SPARE_INDEX,
    _PROFILES,
    _VECTORS,
    _OLDEST,
    _FACETS,
    _sounds_by_script,
    _ROOMS,
    _MENUS,
    _ADMINISTRATORS,
    _filters,
    _EDITIONS,
    _NOISE,
    _LISTS,
    _VOTES,
    _AUTHORS,
    _BESIDES,
    _TAKEN_DOWN,
    _TRIED,
    _RANKING,
    _HEADS,
    _BY_AGE,
    _REMOVED_TEXTS,
    _SPREADS,
    _FIRST_GIFTS,
    _ARCHIVE_FILES,
    _IN_DOUBT,
)


def migrate(db: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> bool:
    """Bring the schema to the newest version, also from two processes at once.

    One transaction a step; a new file takes all of them in one.

    Foreign keys are off meanwhile, so that a step may build a table anew, and on afterwards. False
    where it was the newest already. Raises ForeignSchemaError for another program's file,
    NewerSchemaError for one ahead of `steps`.
    """
    has_changed = False
    is_new = db.execute("PRAGMA user_version").fetchone() == (0,)
    db.execute("PRAGMA foreign_keys=OFF")
    try:
        while _take_step(db, steps, is_new=is_new):
            has_changed = True
    finally:
        db.execute("PRAGMA foreign_keys=ON")
    return has_changed


def version_of(db: sqlite3.Connection) -> int:
    """How many steps the file has taken; 0: nothing is in it.

    Raises ForeignSchemaError and NewerSchemaError, as `migrate`.
    """
    return _get_version(db, len(STEPS))


def _take_step(
    db: sqlite3.Connection, steps: tuple[Step, ...], *, is_new: bool, done: int | None = None
) -> bool:
    """Take the step that the file's version asks for; False when there is none left.

    A new file takes all steps in one commit: whoever else makes it waits for each. `done` is the
    version whose step was taken outside of a transaction and wants its record; a file that `is_new`
    needs none of those, and is not locked for them.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _get_version(db, len(steps))
        wanted = steps if is_new and version == 0 else steps[version : version + 1]
        step = wanted[0] if wanted else ()
        alone = step if isinstance(step, str) and done != version and not is_new else None
        if wanted and alone is None:
            for one in wanted:
                _apply(db, one)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {version + len(wanted)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    if alone is not None:
        db.execute(alone)
        return _take_step(db, steps, is_new=is_new, done=version)
    return version < len(steps)


def _get_version(db: sqlite3.Connection, newest: int) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    filled = db.execute("SELECT 1 FROM sqlite_schema").fetchone()
    if owner != APPLICATION_ID and (owner or version or filled):
        raise ForeignSchemaError(f"application {owner}, schema {version}")
    if version > newest:
        raise NewerSchemaError(f"schema {version}, this program knows {newest}")
    return version


def _apply(db: sqlite3.Connection, step: Step) -> None:
    if callable(step):
        step(db)
    elif not isinstance(step, str):
        for statement in step:
            db.execute(statement)
    if broken := db.execute("PRAGMA foreign_key_check").fetchone():
        raise BrokenMigrationError(f"a row of {broken[0]} points nowhere")
