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
