PRAGMA application_id=1399812969;
PRAGMA user_version=48;
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
    , planned_at INTEGER, filled_at INTEGER, oldest_at INTEGER, newest_end TEXT, shown INTEGER, reading INTEGER NOT NULL DEFAULT 0, read_anew_at INTEGER, held_at INTEGER, is_accepted INTEGER NOT NULL DEFAULT 0) STRICT
    ;
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
    , fingerprint TEXT, missing_at INTEGER, quiet INTEGER NOT NULL DEFAULT 0, listing_id INTEGER REFERENCES sources, forms TEXT NOT NULL DEFAULT '[]', remark TEXT NOT NULL DEFAULT '', remark_by TEXT NOT NULL DEFAULT '', remark_id INTEGER, publisher_id INTEGER, pushes INTEGER NOT NULL DEFAULT 1, taken_down_at INTEGER) STRICT
    ;
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
    , may_publish INTEGER NOT NULL DEFAULT 0, without TEXT NOT NULL DEFAULT '[]', source_filters TEXT NOT NULL DEFAULT '[]', left_out TEXT NOT NULL DEFAULT '[]', night TEXT NOT NULL DEFAULT 'wait', repeats TEXT NOT NULL DEFAULT 'full', weekly TEXT, monthly INTEGER, holidays TEXT, silent INTEGER NOT NULL DEFAULT 0, pin INTEGER NOT NULL DEFAULT 0, previews INTEGER NOT NULL DEFAULT 1, cleanup_minutes INTEGER, full_here INTEGER NOT NULL DEFAULT 1, username TEXT, weekly_due_at INTEGER, monthly_due_at INTEGER, votes TEXT NOT NULL DEFAULT 'auto', sight TEXT NOT NULL DEFAULT 'unknown') STRICT
    ;
CREATE TABLE migrated_chats (
        old_id INTEGER PRIMARY KEY,
        new_id INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE messages (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        post_id INTEGER NOT NULL REFERENCES posts,
        view TEXT NOT NULL,
        page INTEGER NOT NULL DEFAULT 0,
        language TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        refresh_at INTEGER, delete_at INTEGER,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE inbox (
        update_id INTEGER PRIMARY KEY,
        chat_id INTEGER,
        received_at INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE inbox_seen (
        update_id INTEGER PRIMARY KEY,
        seen_at INTEGER NOT NULL,
        chat_id INTEGER,
        message_id INTEGER
    ) STRICT
    ;
CREATE TABLE inbox_set_aside (
        update_id INTEGER PRIMARY KEY,
        set_aside_at INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE digests (
        chat_id INTEGER NOT NULL,
        local_date TEXT NOT NULL,
        slot INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, local_date, slot)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE search_state (analysis INTEGER NOT NULL, posts INTEGER NOT NULL) STRICT;
CREATE TABLE search_pending (post_id INTEGER PRIMARY KEY, title TEXT, body TEXT) STRICT;
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
    ;
CREATE TABLE search_pairs (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        posts INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE search_synonyms (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE search_misses (
        query TEXT PRIMARY KEY,
        people INTEGER NOT NULL,
        asker BLOB,
        last_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE queries (
        id INTEGER PRIMARY KEY,
        query TEXT NOT NULL UNIQUE,
        used_at INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE forwards (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        origin_chat_id INTEGER NOT NULL,
        origin_message_id INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE post_total (shown INTEGER NOT NULL) STRICT;
CREATE TABLE discussions (
        channel_id INTEGER PRIMARY KEY,
        group_id INTEGER NOT NULL
    ) STRICT
    ;
CREATE VIRTUAL TABLE search_index USING fts5 (
        tokens, content='', columnsize=0, detail=none, tokenize='ascii'
    );
CREATE TABLE full_texts (
        post_id INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
        number INTEGER NOT NULL,
        rendering INTEGER NOT NULL,
        text TEXT NOT NULL,
        entities TEXT NOT NULL,
        PRIMARY KEY (post_id, number)
    ) STRICT
    ;
CREATE TABLE troubles (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        told INTEGER NOT NULL,
        PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID
    ;
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
    , update_id INTEGER) STRICT
    ;
CREATE TABLE known_ids (
        sequence INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        chat_id INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (sequence, message_id)
    ) STRICT, WITHOUT ROWID
    ;
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
    ;
CREATE TABLE deeds (
        update_id INTEGER PRIMARY KEY,
        chat_id INTEGER NOT NULL,
        person_id INTEGER NOT NULL,
        command TEXT NOT NULL,
        done_at INTEGER NOT NULL,
        is_done INTEGER NOT NULL,
        in_doubt INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE compared (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        begun_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE quiet_posts (
        post_id INTEGER PRIMARY KEY REFERENCES posts,
        source_id INTEGER NOT NULL REFERENCES sources,
        taken_at INTEGER NOT NULL
    ) STRICT
    ;
CREATE VIRTUAL TABLE search_index_spare USING fts5 (
        tokens, content='', columnsize=0, detail=none, tokenize='ascii'
    );
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
    ;
CREATE TABLE search_pairs_spare (
        left TEXT NOT NULL,
        right TEXT NOT NULL,
        posts INTEGER NOT NULL,
        PRIMARY KEY (left, right)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE search_rebuild (
        analysis INTEGER NOT NULL, posts INTEGER NOT NULL, last_id INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE search_profiles (
        post_id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL DEFAULT 0,
        keys TEXT NOT NULL DEFAULT '',
        words BLOB NOT NULL DEFAULT x''
    ) STRICT
    ;
CREATE TABLE search_vectors (
        post_id INTEGER PRIMARY KEY, model TEXT NOT NULL DEFAULT '', vector BLOB
    ) STRICT
    ;
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
    ;
CREATE TABLE administrators (
        chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (chat_id, user_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE administrator_lists (
        chat_id INTEGER PRIMARY KEY, asked_at INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE carried_filters (
            chat_id INTEGER PRIMARY KEY REFERENCES chats ON DELETE CASCADE ON UPDATE CASCADE
        ) STRICT
        ;
CREATE TABLE editions (
        chat_id INTEGER NOT NULL,
        period TEXT NOT NULL,
        local_date TEXT NOT NULL,
        slot INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, period, local_date, slot)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE cleanups (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        asked_id INTEGER,
        asker_id INTEGER,
        sent_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE pins (
        chat_id INTEGER PRIMARY KEY,
        wanted_id INTEGER,
        pinned_id INTEGER
    , tried_id INTEGER) STRICT
    ;
CREATE TABLE lists (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        person_id INTEGER,
        first INTEGER NOT NULL,
        post_ids TEXT NOT NULL,
        shown_at INTEGER NOT NULL, besides TEXT NOT NULL DEFAULT '[]',
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
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
    ;
CREATE TABLE reaction_sets (
            chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, 
        actor_id INTEGER NOT NULL, emoji TEXT NOT NULL, changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL, counts_for INTEGER,
        PRIMARY KEY (chat_id, message_id, actor_id)
        
        ) STRICT, WITHOUT ROWID
        ;
CREATE TABLE votes (
            chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, 
        actor_id INTEGER NOT NULL, emoji TEXT NOT NULL, changed_at INTEGER NOT NULL,
        counts_for INTEGER, PRIMARY KEY (chat_id, message_id, actor_id, emoji)
        
        ) STRICT, WITHOUT ROWID
        ;
CREATE TABLE reaction_totals (
            chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, 
        counts TEXT NOT NULL, changed_at INTEGER NOT NULL, update_id INTEGER NOT NULL,
        counts_for INTEGER, PRIMARY KEY (chat_id, message_id)
        
        ) STRICT, WITHOUT ROWID
        ;
CREATE TABLE given_times (
        at INTEGER NOT NULL,
        post_id INTEGER NOT NULL,
        people INTEGER NOT NULL,
        PRIMARY KEY (at, post_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE given_days (
        post_id INTEGER NOT NULL,
        day INTEGER NOT NULL,
        people INTEGER NOT NULL,
        PRIMARY KEY (post_id, day)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE given_posts (post_id INTEGER PRIMARY KEY, people INTEGER NOT NULL) STRICT;
CREATE TABLE given_chats (
        chat_id INTEGER PRIMARY KEY, emoji INTEGER NOT NULL, people INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE outbox_heads (
        chat_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        head_id INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        is_held INTEGER NOT NULL,
        PRIMARY KEY (chat_id, kind)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE spreads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        posts TEXT NOT NULL,
        number INTEGER,
        announced_at INTEGER NOT NULL,
        after_id INTEGER,
        besides TEXT NOT NULL DEFAULT '[]'
    , in_doubt INTEGER NOT NULL DEFAULT 0) STRICT
    ;
CREATE TABLE archive_files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        file TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        posts INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        is_wanted INTEGER
    ) STRICT
    ;
INSERT INTO administrator_lists VALUES (-1002000000008, 1795391702);
INSERT INTO administrators VALUES (-1002000000003, 5000000001);
INSERT INTO administrators VALUES (-1002000000004, 5000000001);
INSERT INTO administrators VALUES (-1002000000006, 5000000001);
INSERT INTO administrators VALUES (-1002000000008, 5000000001);
INSERT INTO attempts VALUES (1, 'd2698b75', 13, -1002000000008, '{"inline_keyboard": [[{"text": "\uc804\uccb4 \ubcf4\uae30", "callback_data": "1f:5:0~d2698b75"}, {"text": "\uacf5\uc720", "url": "https://t.me/share/url?url=https%3A%2F%2Fblog.example%2F2&text=%EA%B8%80+2"}], [{"text": "\uce74\ud1a1\uc6a9 \ubcf5\uc0ac", "copy_text": {"text": "\uae00 2\n\uae00 2\uc758 \ubcf8\ubb38\uc774\uc5d0\uc694.\nhttps://blog.example/2"}}, {"text": "\uc5f4\uae30", "url": "https://blog.example/2"}]]}', 'ad5c25228d4aa25498aed4db86af5ca9', 5, 'ko', 1795392002, 2, NULL, 0, 0, NULL, NULL);
INSERT INTO attempts VALUES (3, '3c2983a1', 19, -1002000000002, '{"inline_keyboard": [[{"text": "\uc804\uccb4 \ubcf4\uae30", "callback_data": "1f:5:0~3c2983a1"}, {"text": "\uacf5\uc720", "switch_inline_query_chosen_chat": {"query": "p5", "allow_user_chats": true, "allow_bot_chats": false, "allow_group_chats": true, "allow_channel_chats": true}}], [{"text": "\uce74\ud1a1\uc6a9 \ubcf5\uc0ac", "copy_text": {"text": "\uae00 2\n\uae00 2\uc758 \ubcf8\ubb38\uc774\uc5d0\uc694.\nhttps://blog.example/2"}}, {"text": "\uc5f4\uae30", "url": "https://blog.example/2"}]]}', 'ad5c25228d4aa25498aed4db86af5ca9', 5, 'ko', 1795392002, 4, NULL, 0, 0, NULL, NULL);
INSERT INTO attempts VALUES (6, '146cfcbb', 23, -4000000002, '{"inline_keyboard": [[{"text": "\uc804\uccb4 \ubcf4\uae30", "callback_data": "1f:5:0~146cfcbb"}, {"text": "\uacf5\uc720", "switch_inline_query_chosen_chat": {"query": "p5", "allow_user_chats": true, "allow_bot_chats": false, "allow_group_chats": true, "allow_channel_chats": true}}], [{"text": "\uce74\ud1a1\uc6a9 \ubcf5\uc0ac", "copy_text": {"text": "\uae00 2\n\uae00 2\uc758 \ubcf8\ubb38\uc774\uc5d0\uc694.\nhttps://blog.example/2"}}, {"text": "\uc5f4\uae30", "url": "https://blog.example/2"}]]}', 'ad5c25228d4aa25498aed4db86af5ca9', 5, 'ko', 1795392003, 116, NULL, 0, 0, NULL, NULL);
INSERT INTO attempts VALUES (7, '7bdf8fec', 25, -4000000001, '{"inline_keyboard": [[{"text": "\uc804\uccb4 \ubcf4\uae30", "callback_data": "1f:5:0~7bdf8fec"}, {"text": "\uacf5\uc720", "switch_inline_query_chosen_chat": {"query": "p5", "allow_user_chats": true, "allow_bot_chats": false, "allow_group_chats": true, "allow_channel_chats": true}}], [{"text": "\uce74\ud1a1\uc6a9 \ubcf5\uc0ac", "copy_text": {"text": "\uae00 2\n\uae00 2\uc758 \ubcf8\ubb38\uc774\uc5d0\uc694.\nhttps://blog.example/2"}}, {"text": "\uc5f4\uae30", "url": "https://blog.example/2"}]]}', 'ad5c25228d4aa25498aed4db86af5ca9', 5, 'ko', 1795392003, 116, NULL, 0, 0, NULL, NULL);
INSERT INTO chats VALUES (-1002000000001, 'supergroup', '독서모임', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000002, 'supergroup', '회사', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000003, 'supergroup', 'Money', 'served', 1, 0, 'en', 'America/New_York', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4]', NULL, '["금리", "AI"]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000004, 'supergroup', '모아보는 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'digest', NULL, NULL, '[540, 1110]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, 1795426200, 1795392001, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000005, 'supergroup', '조용한 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', 1320, 480, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000006, 'supergroup', '알림 없는 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'off', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000007, 'supergroup', '내보낸 방', 'left', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-1002000000008, 'channel', '소식', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'silent', 'brief', NULL, NULL, NULL, 0, 0, 1, NULL, 1, NULL, NULL, NULL, 'auto', 'unknown');
INSERT INTO chats VALUES (-1002000000009, 'supergroup', '기다리는 방', 'waiting', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, NULL, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-4000000001, 'group', '동네', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (-4000000002, 'group', '산책', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391701, NULL, 1795391701, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, 1440, 0, NULL, NULL, NULL, 'auto', 'seen');
INSERT INTO chats VALUES (5000000002, 'private', '', 'served', 1, 0, 'ko', 'Asia/Seoul', 'off', 1320, 480, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391702, NULL, NULL, 0, '[]', '[]', '[]', 'wait', 'brief', NULL, NULL, NULL, 0, 0, 1, NULL, 1, NULL, NULL, NULL, 'auto', 'unknown');
INSERT INTO cleanups VALUES (-1002000000003, 11, 10, 5000000001, 1795391702, 1795478102);
INSERT INTO cleanups VALUES (-1002000000003, 5, 4, 5000000001, 1795391701, 1795478101);
INSERT INTO cleanups VALUES (-1002000000003, 7, 6, 5000000001, 1795391702, 1795478102);
INSERT INTO cleanups VALUES (-1002000000003, 9, 8, 5000000001, 1795391702, 1795478102);
INSERT INTO cleanups VALUES (-1002000000004, 5, 4, 5000000001, 1795391702, 1795478102);
INSERT INTO cleanups VALUES (-1002000000004, 7, 6, 5000000001, 1795391702, 1795478102);
INSERT INTO cleanups VALUES (-1002000000006, 5, 4, 5000000001, 1795391702, 1795478102);
INSERT INTO digests VALUES (-1002000000004, '2026-11-23', 540, 1795392001);
INSERT INTO drafts VALUES (1, 'https://blog.example/draft', '{"title": "초안", "body": "아직 올리지 않은 글"}', 1795391702, 5000000001, '운영자', NULL, '', NULL, NULL, NULL);
INSERT INTO facts VALUES ('menus', 'f9799d5b88d3c4e707c993b820a03de2e9e25e87f9eae85350e332db1938ad3e');
INSERT INTO facts VALUES ('offset', '100000040');
INSERT INTO facts VALUES ('search_salt', 'daa47f43cd92d42d2a552f5342a4e760');
INSERT INTO given_chats VALUES (-1002000000001, 3, 2);
INSERT INTO given_chats VALUES (-4000000001, 1, 1);
INSERT INTO given_days VALUES (4, 20780, 3);
INSERT INTO given_posts VALUES (4, 3);
INSERT INTO given_times VALUES (1795392001, 4, 3);
INSERT INTO inbox VALUES (100000039, -1002000000006, 1795392003, '{"update_id": 100000039, "message": {"message_id": 900, "date": 1795392003, "from": {"id": 5000000001, "is_bot": false, "first_name": "운영자", "language_code": "ko"}, "chat": {"id": -1002000000006, "type": "supergroup", "title": "알림 없는 방"}, "text": "/language 영어", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}');
INSERT INTO inbox_seen VALUES (100000001, 1795391701, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000002, 1795391701, -1002000000001, 2);
INSERT INTO inbox_seen VALUES (100000003, 1795391701, -1002000000002, NULL);
INSERT INTO inbox_seen VALUES (100000004, 1795391701, -1002000000002, 2);
INSERT INTO inbox_seen VALUES (100000005, 1795391701, -1002000000003, NULL);
INSERT INTO inbox_seen VALUES (100000006, 1795391701, -1002000000003, 2);
INSERT INTO inbox_seen VALUES (100000007, 1795391701, -1002000000004, NULL);
INSERT INTO inbox_seen VALUES (100000008, 1795391701, -1002000000004, 2);
INSERT INTO inbox_seen VALUES (100000009, 1795391701, -1002000000005, NULL);
INSERT INTO inbox_seen VALUES (100000010, 1795391701, -1002000000005, 2);
INSERT INTO inbox_seen VALUES (100000011, 1795391701, -1002000000006, NULL);
INSERT INTO inbox_seen VALUES (100000012, 1795391701, -1002000000006, 2);
INSERT INTO inbox_seen VALUES (100000013, 1795391701, -1002000000007, NULL);
INSERT INTO inbox_seen VALUES (100000014, 1795391701, -1002000000007, 2);
INSERT INTO inbox_seen VALUES (100000015, 1795391701, -4000000001, NULL);
INSERT INTO inbox_seen VALUES (100000016, 1795391701, -4000000001, 102);
INSERT INTO inbox_seen VALUES (100000017, 1795391701, -4000000002, NULL);
INSERT INTO inbox_seen VALUES (100000018, 1795391701, -4000000002, 103);
INSERT INTO inbox_seen VALUES (100000019, 1795391701, -1002000000008, NULL);
INSERT INTO inbox_seen VALUES (100000020, 1795391701, -1002000000009, NULL);
INSERT INTO inbox_seen VALUES (100000021, 1795391701, -1002000000009, 2);
INSERT INTO inbox_seen VALUES (100000022, 1795391701, -1002000000003, 4);
INSERT INTO inbox_seen VALUES (100000023, 1795391701, -1002000000003, 6);
INSERT INTO inbox_seen VALUES (100000024, 1795391702, -1002000000003, 8);
INSERT INTO inbox_seen VALUES (100000025, 1795391702, -1002000000003, 10);
INSERT INTO inbox_seen VALUES (100000026, 1795391702, -1002000000004, 4);
INSERT INTO inbox_seen VALUES (100000027, 1795391702, -1002000000004, 6);
INSERT INTO inbox_seen VALUES (100000028, 1795391702, -1002000000006, 4);
INSERT INTO inbox_seen VALUES (100000029, 1795391702, 5000000002, 106);
INSERT INTO inbox_seen VALUES (100000030, 1795391702, 5000000002, 108);
INSERT INTO inbox_seen VALUES (100000031, 1795391702, 5000000002, 110);
INSERT INTO inbox_seen VALUES (100000032, 1795391702, 5000000001, 112);
INSERT INTO inbox_seen VALUES (100000033, 1795392001, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000034, 1795392001, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000035, 1795392001, -4000000001, NULL);
INSERT INTO inbox_seen VALUES (100000036, 1795392001, -1002000000008, NULL);
INSERT INTO inbox_seen VALUES (100000037, 1795392001, -1002000000007, NULL);
INSERT INTO inbox_seen VALUES (100000038, 1795392001, -1002000000007, 5);
INSERT INTO inbox_seen VALUES (100000039, 1795392003, -1002000000006, 900);
INSERT INTO known_ids VALUES (-1002000000001, 4, -1002000000001, 1795391703);
INSERT INTO known_ids VALUES (-1002000000002, 4, -1002000000002, 1795391703);
INSERT INTO known_ids VALUES (-1002000000003, 12, -1002000000003, 1795391703);
INSERT INTO known_ids VALUES (-1002000000004, 8, -1002000000004, 1795392001);
INSERT INTO known_ids VALUES (-1002000000005, 4, -1002000000005, 1795391703);
INSERT INTO known_ids VALUES (-1002000000005, 5, -1002000000005, 1795392002);
INSERT INTO known_ids VALUES (-1002000000005, 6, -1002000000005, 1795392003);
INSERT INTO known_ids VALUES (-1002000000007, 4, -1002000000007, 1795391703);
INSERT INTO known_ids VALUES (-1002000000008, 2, -1002000000008, 1795391703);
INSERT INTO known_ids VALUES (0, 114, -4000000002, 1795391703);
INSERT INTO known_ids VALUES (0, 115, -4000000001, 1795392001);
INSERT INTO known_ids VALUES (0, 116, 5000000001, 1795392001);
INSERT INTO lists VALUES (-1002000000004, 8, NULL, 1, '[4]', 1795392001, '[]');
INSERT INTO lists VALUES (5000000002, 109, 5000000002, 1, '[2]', 1795391702, '[]');
INSERT INTO messages VALUES (-1002000000001, 4, 4, 'card', 0, 'ko', 1795391703, 1795392004, NULL);
INSERT INTO messages VALUES (-1002000000002, 4, 4, 'card', 0, 'ko', 1795391703, NULL, NULL);
INSERT INTO messages VALUES (-1002000000003, 12, 4, 'card', 0, 'en', 1795391703, NULL, NULL);
INSERT INTO messages VALUES (-1002000000005, 4, 4, 'card', 0, 'ko', 1795391703, NULL, NULL);
INSERT INTO messages VALUES (-1002000000005, 5, 5, 'card', 0, 'ko', 1795392002, NULL, NULL);
INSERT INTO messages VALUES (-1002000000005, 6, 6, 'card', 0, 'ko', 1795392003, NULL, NULL);
INSERT INTO messages VALUES (-1002000000007, 4, 4, 'card', 0, 'ko', 1795391703, NULL, NULL);
INSERT INTO messages VALUES (-1002000000008, 2, 4, 'card', 0, 'ko', 1795391703, 1795392004, NULL);
INSERT INTO messages VALUES (-4000000001, 115, 4, 'card', 0, 'ko', 1795392001, 1795392004, NULL);
INSERT INTO messages VALUES (-4000000002, 114, 4, 'card', 0, 'ko', 1795391703, NULL, NULL);
INSERT INTO outbox VALUES (1, 5000000001, 'notice', 'waiting:-1002000000009:1795391701', '{"key": "notice.waiting", "values": {"title": "기다리는 방"}, "chat_id": -1002000000009}', 'dropped', 1795391701, 1, '79b400a1', NULL, 'blocked: never started', 1795391701, 1795391702, NULL, 0);
INSERT INTO outbox VALUES (10, -4000000001, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, 'e87ce667', 115, NULL, 1795391702, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (11, -1002000000004, 'digest', '2026-11-23 540', '{"new": [4], "liked": []}', 'sent', 1795392001, 1, '4a35558a', 8, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (12, 5000000001, 'notice', 'clock:498720', '{"key": "notice.clock.ahead", "values": {"hours": 0, "minutes": 5}, "chat_id": null}', 'sent', 1795392001, 1, '38c26300', 116, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (13, -1002000000008, 'post', '5', '{"posts": [5]}', 'unknown', 1795392001, 1, 'd2698b75', NULL, 'ServerDisconnectedError', 1795392001, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (14, -1002000000008, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (15, -1002000000005, 'post', '5', '{"posts": [5]}', 'sent', 1795392001, 1, '4737d519', 5, NULL, 1795392001, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (16, -1002000000005, 'post', '6', '{"posts": [6]}', 'sent', 1795392001, 1, '103f1f37', 6, NULL, 1795392001, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (17, -1002000000003, 'post', '5', '{"posts": [5]}', 'failed', 1795392001, 1, '25174475', NULL, 'Other(reason=''BadRequest: Error'')', 1795392001, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (18, -1002000000003, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (19, -1002000000002, 'post', '5', '{"posts": [5]}', 'sending', 1795392001, 1, '3c2983a1', NULL, NULL, 1795392001, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (2, 5000000001, 'notice', 'channel:-1002000000008:1795391701', '{"key": "notice.channel", "values": {"title": "소식"}, "chat_id": -1002000000008}', 'dropped', 1795391701, 0, NULL, NULL, 'blocked: never started', 1795391701, 1795391702, NULL, 0);
INSERT INTO outbox VALUES (20, -1002000000002, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (21, -1002000000001, 'post', '5', '{"posts": [5]}', 'pending', 1795392063, 1, '1c8be8a4', NULL, 'flooded', 1795392001, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (22, -1002000000001, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (23, -4000000002, 'post', '5', '{"posts": [5]}', 'sending', 1795392001, 1, '146cfcbb', NULL, NULL, 1795392001, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (24, -4000000002, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (25, -4000000001, 'post', '5', '{"posts": [5]}', 'unknown', 1795392001, 1, '7bdf8fec', NULL, 'ServerDisconnectedError', 1795392001, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (26, -4000000001, 'post', '6', '{"posts": [6]}', 'pending', 1795392001, 0, NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0);
INSERT INTO outbox VALUES (27, 5000000001, 'notice', 'trouble:refused:498720', '{"key": "trouble.refused", "values": {"title": "Money", "reason": "BadRequest: Error"}, "chat_id": null}', 'pending', 1795392003, 0, NULL, NULL, NULL, 1795392003, 1795392003, NULL, 0);
INSERT INTO outbox VALUES (3, -1002000000008, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, 'c3137950', 2, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (4, -1002000000007, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, '1bf0bd2f', 4, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (5, -1002000000005, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, '88315b8c', 4, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (6, -1002000000003, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, '113549e8', 12, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (7, -1002000000002, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, '72d38892', 4, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (8, -1002000000001, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, 'deaa8eeb', 4, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox VALUES (9, -4000000002, 'post', '4', '{"posts": [4]}', 'sent', 1795391702, 1, '25ced4d8', 114, NULL, 1795391702, 1795391703, NULL, 0);
INSERT INTO outbox_heads VALUES (-1002000000001, 'post', 21, 1795392063, 0);
INSERT INTO outbox_heads VALUES (-1002000000002, 'post', 20, 1795392001, 1);
INSERT INTO outbox_heads VALUES (-1002000000003, 'post', 18, 1795392001, 0);
INSERT INTO outbox_heads VALUES (-1002000000008, 'post', 14, 1795392001, 1);
INSERT INTO outbox_heads VALUES (-4000000001, 'post', 26, 1795392001, 1);
INSERT INTO outbox_heads VALUES (-4000000002, 'post', 24, 1795392001, 1);
INSERT INTO outbox_heads VALUES (5000000001, 'notice', 27, 1795392003, 0);
INSERT INTO post_total VALUES (6);
INSERT INTO posts VALUES (1, 1, '1984', '1984', '윤슬', '조지 오웰(George Orwell)의 소설을 스무 살에 읽고, 마흔에 다시 읽었습니다.', NULL, NULL, NULL, NULL, NULL, 1795391701, 1795391581, 2, 0, NULL, NULL, '["👍", "🥲", "❤"]', 33, 5, NULL, NULL, 1, 1, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO posts VALUES (2, 1, '금리가 오르면 왜 스타트업부터 추워질까요', '금리가 오르면 왜 스타트업부터 추워질까요', '도래', '창업한 친구가 물었어요. 금리는 먼 미래의 돈을 오늘로 끌어올 때 깎는 칼이거든요.', NULL, NULL, NULL, NULL, NULL, 1795391701, 1795391641, 1, 0, NULL, NULL, '["👍", "👏"]', 17, 2, NULL, NULL, 1, 1, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO posts VALUES (3, 1, '회의록을 AI에게 맡기고 나서 생긴 일', '회의록을 ai에게 맡기고 나서 생긴 일', '윤슬', '석 달 전부터 우리 팀은 회의록을 사람이 쓰지 않습니다. 결론만 남고 망설임이 지워졌습니다.', NULL, NULL, NULL, NULL, NULL, 1795391701, 1795391701, 0, 0, NULL, NULL, '["👍", "❤", "🤖"]', 21, 4, NULL, NULL, 1, 1, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO posts VALUES (4, 1, '글 1', '글 1', '', '글 1의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/1', NULL, NULL, NULL, 1795391702, 1795391702, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO posts VALUES (5, 1, '글 2', '글 2', '', '글 2의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/2', NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO posts VALUES (6, 1, '글 3', '글 3', '', '글 3의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/3', NULL, NULL, NULL, 1795392001, 1795392001, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL, '[]', '', '', NULL, NULL, 1, NULL);
INSERT INTO queries VALUES (1, '금리', 1795391702);
INSERT INTO queries VALUES (2, '없는말이에요', 1795391702);
INSERT INTO reaction_sets VALUES (-1002000000001, 4, 5000000001, '["👍", "🔥"]', 1795392001, 100000034, 4);
INSERT INTO reaction_sets VALUES (-1002000000001, 4, 5000000002, '["👍"]', 1795392001, 100000033, 4);
INSERT INTO reaction_sets VALUES (-4000000001, 115, 5000000002, '["❤"]', 1795392001, 100000035, 4);
INSERT INTO reaction_totals VALUES (-1002000000008, 2, '[["👍", 1]]', 1795392001, 100000036, 4);
DELETE FROM search_index_config;
INSERT INTO search_index_config VALUES ('version', 4);
DELETE FROM search_index_data;
INSERT INTO search_index_data VALUES (1, X'06816C');
INSERT INTO search_index_data VALUES (10, X'000000000103030003010101020101030101');
INSERT INTO search_index_data VALUES (137438953473, X'000004E5053031393834010102616903010667656F7267650101066F7277656C6C010106EAB080EBACBC020403EC98A4020205B1B0EB93A0020205B28CEBA7A1030304B0EBA1A0030205B3A0EB8298030502A79D030205B5ACEAB080020205B888EBA6AC020304B0EAB3A0030304B4EC9DBC030205B98CEC9A940203048EEB8A94020106EB818CEC96B40202058298EC849C030304A8EAB3A00302058A94EBA8BC020403ECB9BC02030498EBA19C0202058B88EB8BA401020304A4EC8B9C010301AC030403ECA0840302028F88020403EC9D8402020593A0EC9A94020202958C020403EAB98E0202059E8CEC9DB403030498EC9D98020205A19CEB818C0203049DEC9D84030304A0EBA78C030205A5B4EBA9B4020205A6ACEAB080020403EB8A94020403ED8C80030205A788ED9D940103048CEB82A80303049DEC84A4030304A1EAB8B0030202A8BC020403EBAFB8020205A9B4EC999C020205ACB4EC82B4010304BCEC9788020205AFB8EB9E98020205B680ED84B002010106EC82ACEB9E8C030301B4010403EC9790010205839DEAB8B4030205849CEC839D0303019D030403EB8BAC030304A4EC9D840105029E84030205868CEC84A40102058AA4EBACB4010403ED8380020304B5EB8B88010202058B9CEC9DBD01020593B0ECA780030205958AEC8AB503020596B4EC98AC0205029A940202059785EBB680020403ED959C02030488EC8AB501050296B402030490EAB28C030403EB8BA4010403EC9DBD01020598A4EB8A98020502A5B4020403EC9BB0010304ACEB958C020202999C020403EC8AA40202059AB0EBA6AC0302059B8CECA18C030502A7880202059D80ED9A8C03030484EC82AC0305028AA401050298A402030198010403EB8F88020502A19D030403EC868C010304B4EAB1B0020403EC93B0030502A780030301BC030304BDEAB3A0010403EC97880102059E84EC9DB4030202A084030403EBB680030205A18CEC8AB5030304B0ECA780010205A780EC958A03050298A40105029B8C03030488EAB98C020205B0BDEC9785020205B694EC9B8C020205B99CEAB5AC020304BCEC9DB4020106ED8380ED8AB802020584B0EC9AB0030502B6940202058AB8EC97850202028C80030403EC9D80030205959CECB99C0202059A8CEC9D980302059D94EC9790010107EE8080313938340104026169030406EAB080EC98A4020505B28CEBA7A1030505B3A0EB8298030505B888EBA6AC020604B0EAB3A0030604B4EC9DBC030505B98CEC9A94020406EB8298EC849C030505A19DEC9D84030505A5B4EBA9B4020505A6ACEAB080020505A7A1EAB8B0030505A9B4EC999C020505B680ED84B0020406EC839DEAB8B4030505849CEC839D0305058AA4ED83800205059785EBB68002060490EAB28C03050598A4EBA5B4020502999C020703EC8AA40205059B8CECA7880205059D98EBA19D030601BC030505A788EAB98C020505B694EC9B8C020406ED8380ED8AB802050584B0ECB6940205058AB8EC97850205059A8CEC9D9803030782E384B1E384B1030901B4030901B902080285810309018702010604B2E38587020604B4E38585030604B9E384B10208028581020901870305058581E384B1030802858702060482E3858C02060485E384B103080285850309018C02060487E384B1030901B902010802858202090185020901870309018802060488E384B20206048AE385870206048CE385870209018A0209018C0206048EE38587030407050909090608080708050808070708070908070806070907040605060805060807080707080806060807070705060808070809090406080804060705080806080808080805080607050706060805060705060808050807050504060506070605040706080506080708050507080808070908050805060808080A05090808080707080908080808080809080808070805060808040808090808080A0404050507070705040805070705040705050404040707070404');
INSERT INTO search_index_data VALUES (274877906945, X'00000072023031040103EAB88004030488EBA6AC040304B0EC9888040106EBA6ACEC9DB4040205ACB8EC9DB4040205B3B8EBACB8040106EC95BCEAB8B00402059790EC9A940402059888EC9A940402029D98040403EBB3B8040304B4EC95BC0405029790040104EE808031040403EAB8800404040607070908080908080506070507');
INSERT INTO search_index_data VALUES (412316860417, X'0000008802303205010133060103EAB8800501030488EBA6AC05010304B0EC988805010106EBA6ACEC9DB405010205ACB8EC9DB405010205B3B8EBACB805010106EC95BCEAB8B0050102059790EC9A94050102059888EC9A94050102029D9805010403EBB3B805010304B4EC95BC05010502979005010104EE80803205040133060403EAB88005010404040708080A09090A0909060708060704');
DELETE FROM search_index_idx;
INSERT INTO search_index_idx VALUES (1, X'', 2);
INSERT INTO search_index_idx VALUES (2, X'', 2);
INSERT INTO search_index_idx VALUES (3, X'', 2);
DELETE FROM search_index_spare_config;
INSERT INTO search_index_spare_config VALUES ('version', 4);
DELETE FROM search_index_spare_data;
INSERT INTO search_index_spare_data VALUES (1, X'');
INSERT INTO search_index_spare_data VALUES (10, X'00000000000000');
DELETE FROM search_index_spare_idx;
INSERT INTO search_misses VALUES ('없는말이에요', 1, X'6DC4', 1795391702);
INSERT INTO search_pairs VALUES ('조지오웰', 'georgeorwell', 1);
INSERT INTO search_profiles VALUES (1, 1, 'george orwell 마흔 소설', X'A055B5D6FFB537CAFEFF49771CB5FF9125C167FF0AE71282FF4051170AFF590481ABFF4F916D36FF2C02772CFF');
INSERT INTO search_profiles VALUES (2, 1, '금리 스타트업 오르면 추워질까요', X'AB8FCD8CFF6DC50C17FF7653A035FFE2B87CC7FFF72AF58580CB189DE580BE85251E8073A75153802FCC346980BFA6B12C806BAEA2D88096C28F1380');
INSERT INTO search_profiles VALUES (3, 1, 'ai 나서 맡기고 생긴', X'E5915109FFBFCB3D78FF99036F28FF328F4D2DFFB936AA98FFAEF67770FFA89D15B5801F93F333806178FB3280CB68A4B280CAE996F780142ABA3D809CC00AD480AA3CA5D080');
INSERT INTO search_profiles VALUES (4, 1, '금리 본문', X'AB8FCD8C9149A95F20FF');
INSERT INTO search_profiles VALUES (5, 0, '', X'');
INSERT INTO search_profiles VALUES (6, 0, '', X'');
INSERT INTO search_state VALUES (3, 6);
INSERT INTO search_synonyms VALUES ('엔비디아', 'nvidia', 1795391702);
INSERT INTO search_vectors VALUES (1, '', NULL);
INSERT INTO search_vectors VALUES (2, '', NULL);
INSERT INTO search_vectors VALUES (3, '', NULL);
INSERT INTO search_vectors VALUES (4, '', NULL);
INSERT INTO search_vectors VALUES (5, '', NULL);
INSERT INTO search_vectors VALUES (6, '', NULL);
INSERT INTO search_words VALUES (1, 'ai', 1, 1, 'ai', 'ia', NULL, NULL);
INSERT INTO search_words VALUES (10, '마흔', 1, 0, 'akgms', 'smgka', 'ㅁㅎ', 'MHN');
INSERT INTO search_words VALUES (11, '망설임', 1, 0, 'akdtjfdla', 'aldfjtdka', 'ㅁㅅㅇ', 'MNSLM');
INSERT INTO search_words VALUES (12, '맡기고', 1, 1, 'akxrlrh', 'hrlrxka', 'ㅁㄱㄱ', 'MTKK');
INSERT INTO search_words VALUES (13, '물었어요', 1, 0, 'anfdjTdjdy', 'ydjdTjdfna', 'ㅁㅇㅇㅇ', 'MLT');
INSERT INTO search_words VALUES (14, '미래', 1, 0, 'alfo', 'ofla', 'ㅁㄹ', '~ML');
INSERT INTO search_words VALUES (15, '사람', 1, 0, 'tkfka', 'akfkt', 'ㅅㄹ', 'SLM');
INSERT INTO search_words VALUES (16, '생긴', 1, 1, 'todrls', 'slrdot', 'ㅅㄱ', 'SNKN');
INSERT INTO search_words VALUES (17, '소설', 1, 0, 'thtjf', 'fjtht', 'ㅅㅅ', 'SSL');
INSERT INTO search_words VALUES (18, '스무', 1, 0, 'tman', 'namt', 'ㅅㅁ', '~SM');
INSERT INTO search_words VALUES (19, '스타트업', 1, 1, 'tmxkxmdjq', 'qjdmxkxmt', 'ㅅㅌㅌㅇ', 'STTP');
INSERT INTO search_words VALUES (2, 'george', 1, 0, 'george', 'egroeg', NULL, '~SS');
INSERT INTO search_words VALUES (20, '쓰지', 1, 0, 'Tmwl', 'lwmT', 'ㅆㅈ', NULL);
INSERT INTO search_words VALUES (21, '않습니다', 1, 0, 'dksgtmqslek', 'kelsqmtgskd', 'ㅇㅅㄴㄷ', 'TSPNT');
INSERT INTO search_words VALUES (22, '에게', 1, 1, 'dprp', 'prpd', 'ㅇㄱ', NULL);
INSERT INTO search_words VALUES (23, '오늘', 1, 0, 'dhsmf', 'fmshd', 'ㅇㄴ', '~NL');
INSERT INTO search_words VALUES (24, '오르면', 1, 1, 'dhfmaus', 'suamfhd', 'ㅇㄹㅁ', 'LMN');
INSERT INTO search_words VALUES (25, '오웰', 1, 0, 'dhdnpf', 'fpndhd', 'ㅇㅇ', NULL);
INSERT INTO search_words VALUES (26, '우리', 1, 0, 'dnfl', 'lfnd', 'ㅇㄹ', NULL);
INSERT INTO search_words VALUES (27, '읽고', 1, 0, 'dlfrrh', 'hrrfld', 'ㅇㄱ', '~TK');
INSERT INTO search_words VALUES (28, '읽었습니다', 1, 0, 'dlfrdjTtmqslek', 'kelsqmtTjdrfld', 'ㅇㅇㅅㄴㄷ', 'TTSPNT');
INSERT INTO search_words VALUES (29, '조지', 1, 0, 'whwl', 'lwhw', 'ㅈㅈ', '~SS');
INSERT INTO search_words VALUES (3, 'orwell', 1, 0, 'orwell', 'llewro', NULL, NULL);
INSERT INTO search_words VALUES (30, '지워졌습니다', 1, 0, 'wldnjwuTtmqslek', 'kelsqmtTuwjndlw', 'ㅈㅇㅈㅅㄴㄷ', 'SSTSPNT');
INSERT INTO search_words VALUES (31, '창업', 1, 0, 'ckddjq', 'qjddkc', 'ㅊㅇ', 'SNP');
INSERT INTO search_words VALUES (32, '추워질까요', 1, 1, 'cndnjwlfRkdy', 'ydkRflwjndnc', 'ㅊㅇㅈㄲㅇ', 'SSLK');
INSERT INTO search_words VALUES (33, '친구', 1, 0, 'clsrn', 'nrslc', 'ㅊㄱ', 'SNK');
INSERT INTO search_words VALUES (34, '칼이거든요', 1, 0, 'zkfdlrjemsdy', 'ydsmejrldfkz', 'ㅋㅇㄱㄷㅇ', 'KLKTN');
INSERT INTO search_words VALUES (35, '회의록', 1, 1, 'ghldmlfhr', 'rhflmdlhg', 'ㅎㅇㄹ', 'HLK');
INSERT INTO search_words VALUES (36, '본문', 3, 0, 'qhsans', 'snashq', 'ㅂㅁ', 'PNMN');
INSERT INTO search_words VALUES (4, '결론', 1, 0, 'ruffhs', 'shffur', 'ㄱㄹ', 'KLN');
INSERT INTO search_words VALUES (5, '금리', 4, 1, 'rmafl', 'lfamr', 'ㄱㄹ', 'KML');
INSERT INTO search_words VALUES (6, '깎는', 1, 0, 'RkRsms', 'smsRkR', 'ㄲㄴ', 'KTN');
INSERT INTO search_words VALUES (7, '끌어올', 1, 0, 'Rmfdjdhf', 'fhdjdfmR', 'ㄲㅇㅇ', 'KLL');
INSERT INTO search_words VALUES (8, '나서', 1, 1, 'sktj', 'jtks', 'ㄴㅅ', '~NS');
INSERT INTO search_words VALUES (9, '남고', 1, 0, 'skarh', 'hraks', 'ㄴㄱ', 'NMK');
INSERT INTO sources VALUES (1, 'archive:새벽의 서재', 'archive', '새벽의 서재', '기술과 돈과 사람에 대해, 해 뜨기 전에 씁니다.', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('drafts', 1);
INSERT INTO sqlite_sequence VALUES ('outbox', 27);
CREATE INDEX sources_due ON sources (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX posts_newest ON posts (sort_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX posts_by_title ON posts (title_key);
CREATE INDEX posts_by_link ON posts (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX posts_by_guid ON posts (source_id, guid) WHERE guid IS NOT NULL;
CREATE INDEX posts_by_place ON posts (source_id, position) WHERE position IS NOT NULL;
CREATE INDEX posts_by_arrival ON posts (first_seen_at);
CREATE INDEX messages_by_post ON messages (post_id);
CREATE INDEX messages_due ON messages (refresh_at) WHERE refresh_at IS NOT NULL;
CREATE INDEX inbox_seen_by_age ON inbox_seen (seen_at);
CREATE INDEX search_words_by_keys ON search_words (keys);
CREATE INDEX search_words_backwards ON search_words (backwards);
CREATE INDEX search_words_by_initials ON search_words (initials) WHERE initials IS NOT NULL;
CREATE INDEX search_pairs_by_right ON search_pairs (right);
CREATE INDEX search_misses_by_time ON search_misses (last_at);
CREATE INDEX posts_by_listing ON posts (listing_id, position) WHERE listing_id IS NOT NULL;
CREATE INDEX posts_by_words ON posts (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX posts_missing ON posts (source_id, missing_at) WHERE missing_at IS NOT NULL;
CREATE INDEX posts_given ON posts (source_id, published_at)
    WHERE fingerprint IS NOT NULL AND removed_at IS NULL AND missing_at IS NULL
    ;
CREATE INDEX forwards_by_origin ON forwards (origin_chat_id, origin_message_id);
CREATE TRIGGER search_post_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_pending (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = new.id);
    END;
CREATE TRIGGER post_total_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        UPDATE post_total SET shown = shown + 1;
    END;
CREATE TRIGGER post_total_changed AFTER UPDATE OF removed_at ON posts
    WHEN (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        UPDATE post_total SET shown = shown + iif(new.removed_at IS NULL, 1, -1);
    END;
CREATE TRIGGER post_total_deleted AFTER DELETE ON posts WHEN old.removed_at IS NULL BEGIN
        UPDATE post_total SET shown = shown - 1;
    END;
CREATE TRIGGER full_text_changed AFTER UPDATE OF body, html, link ON posts
    WHEN old.body IS NOT new.body OR old.html IS NOT new.html OR old.link IS NOT new.link BEGIN
        DELETE FROM full_texts WHERE post_id = old.id;
    END;
CREATE INDEX attempts_by_push ON attempts (outbox_id);
CREATE INDEX attempts_by_chat ON attempts (chat_id);
CREATE INDEX attempts_due ON attempts (search_at) WHERE search_at IS NOT NULL;
CREATE INDEX known_ids_by_chat ON known_ids (chat_id);
CREATE INDEX known_ids_by_age ON known_ids (seen_at);
CREATE INDEX inbox_seen_by_sequence
    ON inbox_seen (iif(chat_id > -1000000000000, 0, chat_id), message_id)
    WHERE message_id IS NOT NULL
    ;
CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state = 'pending';
CREATE INDEX outbox_open ON outbox (chat_id, id) WHERE state IN ('sending', 'unknown');
CREATE INDEX outbox_order ON outbox (chat_id, kind, id) WHERE state = 'pending';
CREATE INDEX outbox_unknown ON outbox (chat_id, id, changed_at) WHERE state = 'unknown';
CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending';
CREATE INDEX attempts_by_update ON attempts (update_id) WHERE update_id IS NOT NULL;
CREATE INDEX deeds_by_age ON deeds (done_at);
CREATE INDEX quiet_posts_by_source ON quiet_posts (source_id, post_id);
CREATE INDEX search_words_spare_by_keys ON search_words_spare (keys);
CREATE INDEX search_words_spare_backwards ON search_words_spare (backwards);
CREATE INDEX search_words_spare_by_initials
    ON search_words_spare (initials) WHERE initials IS NOT NULL
    ;
CREATE INDEX search_pairs_spare_by_right ON search_pairs_spare (right);
CREATE INDEX search_profiles_by_version ON search_profiles (version);
CREATE TRIGGER search_profile_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_profiles (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_profiles WHERE post_id = new.id);
    END;
CREATE TRIGGER search_profile_deleted AFTER DELETE ON posts BEGIN
        DELETE FROM search_profiles WHERE post_id = old.id;
    END;
CREATE INDEX search_vectors_by_model ON search_vectors (model);
CREATE TRIGGER search_vector_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_vectors (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_vectors WHERE post_id = new.id);
    END;
CREATE TRIGGER search_vector_deleted AFTER DELETE ON posts BEGIN
        DELETE FROM search_vectors WHERE post_id = old.id;
    END;
CREATE INDEX posts_by_facets ON posts (id, published_at, author, source_id, sort_at, removed_at)
    WHERE removed_at IS NULL
    ;
CREATE INDEX posts_newest_facets
    ON posts (sort_at DESC, id DESC, published_at, author, source_id, removed_at)
    WHERE removed_at IS NULL
    ;
CREATE INDEX posts_by_author ON posts (author, removed_at) WHERE removed_at IS NULL;
CREATE INDEX search_words_latin_by_sound ON search_words (sound)
                WHERE sound IS NOT NULL AND word < '가'
                ;
CREATE INDEX search_words_hangul_by_sound ON search_words (sound)
                WHERE sound IS NOT NULL AND word >= '가'
                ;
CREATE INDEX search_words_spare_latin_by_sound ON search_words_spare (sound)
                WHERE sound IS NOT NULL AND word < '가'
                ;
CREATE INDEX search_words_spare_hangul_by_sound ON search_words_spare (sound)
                WHERE sound IS NOT NULL AND word >= '가'
                ;
CREATE INDEX menus_by_age ON menus (opened_at);
CREATE INDEX menus_asking ON menus (place_id, prompt_id) WHERE prompt_id IS NOT NULL;
CREATE INDEX administrators_by_user ON administrators (user_id);
CREATE TRIGGER filter_chosen_anew AFTER UPDATE OF words, without ON chats
        WHEN old.words <> new.words OR old.without <> new.without BEGIN
            DELETE FROM carried_filters WHERE chat_id = new.id;
        END;
CREATE INDEX cleanups_by_due ON cleanups (due_at);
CREATE INDEX cleanups_by_asked ON cleanups (chat_id, asked_id);
CREATE INDEX lists_by_person ON lists (person_id, chat_id) WHERE person_id IS NOT NULL;
CREATE INDEX posts_by_remark_id ON posts (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX posts_by_publisher ON posts (publisher_id) WHERE publisher_id IS NOT NULL;
CREATE INDEX drafts_due ON drafts (due_at) WHERE due_at IS NOT NULL;
CREATE TRIGGER search_post_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.remark IS NOT new.remark
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN

        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, iif(old.remark = '', old.body, old.body || char(10) || old.remark), NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END;
CREATE TRIGGER search_post_deleted AFTER DELETE ON posts BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, iif(old.remark = '', old.body, old.body || char(10) || old.remark), NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END;
CREATE TRIGGER search_profile_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.remark IS NOT new.remark
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN

        DELETE FROM search_profiles WHERE post_id = old.id;
        INSERT INTO search_profiles (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END;
CREATE TRIGGER search_vector_changed AFTER UPDATE OF title, body, remark, removed_at ON posts
    
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.remark IS NOT new.remark
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN

        DELETE FROM search_vectors WHERE post_id = old.id;
        INSERT INTO search_vectors (post_id) SELECT new.id WHERE new.removed_at IS NULL;
    END;
CREATE INDEX messages_to_delete ON messages (delete_at) WHERE delete_at IS NOT NULL;
CREATE INDEX reaction_sets_by_actor ON reaction_sets (actor_id, counts_for);
CREATE INDEX votes_by_actor ON votes (actor_id, counts_for);
CREATE VIEW given_changes AS
    SELECT post_id, at, at AS before, people FROM given_times;
CREATE TRIGGER reaction_sets_taken AFTER DELETE ON reaction_sets WHEN old.counts_for IS NOT NULL BEGIN 
        INSERT INTO given_changes
        SELECT old.counts_for, old.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (old.chat_id, old.message_id) AND counts_for = old.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND counts_for = old.counts_for), -1)), -1
        WHERE old.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT old.chat_id, -(
        json_array_length(old.emoji) - (
            SELECT count(*) FROM votes AS own WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (old.chat_id, old.message_id, old.actor_id)

                AND own.counts_for IS NOT NULL
                AND +own.emoji IN (SELECT value FROM json_each(old.emoji))
        )
    ), -(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (old.chat_id, old.message_id) AND +chat_id = old.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND +chat_id = old.chat_id))
        WHERE old.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
     END;
CREATE TRIGGER reaction_sets_changed AFTER UPDATE ON reaction_sets WHEN old.counts_for IS NOT NULL OR new.counts_for IS NOT NULL BEGIN
            
        INSERT INTO given_changes
        SELECT old.counts_for, old.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (old.chat_id, old.message_id) AND counts_for = old.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND counts_for = old.counts_for), -1)), -1
        WHERE old.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT old.chat_id, -(
        json_array_length(old.emoji) - (
            SELECT count(*) FROM votes AS own WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (old.chat_id, old.message_id, old.actor_id)

                AND own.counts_for IS NOT NULL
                AND +own.emoji IN (SELECT value FROM json_each(old.emoji))
        )
    ), -(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (old.chat_id, old.message_id) AND +chat_id = old.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND +chat_id = old.chat_id))
        WHERE old.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
     
        INSERT INTO given_changes
        SELECT new.counts_for, new.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND counts_for = new.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for), -1)), +1
        WHERE new.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT new.chat_id, +(
        json_array_length(new.emoji) - (
            SELECT count(*) FROM votes AS own WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (new.chat_id, new.message_id, new.actor_id)

                AND own.counts_for IS NOT NULL
                AND +own.emoji IN (SELECT value FROM json_each(new.emoji))
        )
    ), +(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND +chat_id = new.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND +chat_id = new.chat_id))
        WHERE new.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    
        END;
CREATE TRIGGER votes_given AFTER INSERT ON votes WHEN new.counts_for IS NOT NULL BEGIN 
        INSERT INTO given_changes
        SELECT new.counts_for, new.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (new.chat_id, new.message_id, new.emoji) AND counts_for = new.counts_for), -1)), +1
        WHERE new.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT new.chat_id, +(
        NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (new.chat_id, new.message_id, new.actor_id)
 AND own.counts_for IS NOT NULL AND one.value = new.emoji
        )
    ), +(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND +chat_id = new.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (new.chat_id, new.message_id, new.emoji) AND +chat_id = new.chat_id))
        WHERE new.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
     END;
CREATE TRIGGER votes_taken AFTER DELETE ON votes WHEN old.counts_for IS NOT NULL BEGIN 
        INSERT INTO given_changes
        SELECT old.counts_for, old.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND counts_for = old.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (old.chat_id, old.message_id, old.emoji) AND counts_for = old.counts_for), -1)), -1
        WHERE old.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT old.chat_id, -(
        NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (old.chat_id, old.message_id, old.actor_id)
 AND own.counts_for IS NOT NULL AND one.value = old.emoji
        )
    ), -(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND +chat_id = old.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (old.chat_id, old.message_id, old.emoji) AND +chat_id = old.chat_id))
        WHERE old.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
     END;
CREATE TRIGGER votes_changed AFTER UPDATE ON votes WHEN old.counts_for IS NOT NULL OR new.counts_for IS NOT NULL BEGIN
            
        INSERT INTO given_changes
        SELECT old.counts_for, old.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND counts_for = old.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (old.chat_id, old.message_id, old.emoji) AND counts_for = old.counts_for), -1)), -1
        WHERE old.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT old.chat_id, -(
        NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (old.chat_id, old.message_id, old.actor_id)
 AND own.counts_for IS NOT NULL AND one.value = old.emoji
        )
    ), -(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND +chat_id = old.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = old.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (old.chat_id, old.message_id, old.emoji) AND +chat_id = old.chat_id))
        WHERE old.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
     
        INSERT INTO given_changes
        SELECT new.counts_for, new.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (new.chat_id, new.message_id, new.emoji) AND counts_for = new.counts_for), -1)), +1
        WHERE new.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT new.chat_id, +(
        NOT EXISTS (
            SELECT 1 FROM reaction_sets AS own, json_each(own.emoji) AS one
            WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (new.chat_id, new.message_id, new.actor_id)
 AND own.counts_for IS NOT NULL AND one.value = new.emoji
        )
    ), +(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND +chat_id = new.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id, emoji) <> (new.chat_id, new.message_id, new.emoji) AND +chat_id = new.chat_id))
        WHERE new.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    
        END;
CREATE TRIGGER reaction_totals_given AFTER INSERT ON reaction_totals WHEN new.counts_for IS NOT NULL BEGIN 
        INSERT INTO given_changes SELECT new.counts_for, new.changed_at, -1, +ifnull((
            SELECT sum(json_extract(value, '$[1]')) FROM json_each(new.counts)
        ), 0)
        WHERE new.counts_for IS NOT NULL AND new.counts <> '[]';
     END;
CREATE TRIGGER reaction_totals_taken AFTER DELETE ON reaction_totals WHEN old.counts_for IS NOT NULL BEGIN 
        INSERT INTO given_changes SELECT old.counts_for, old.changed_at, -1, -ifnull((
            SELECT sum(json_extract(value, '$[1]')) FROM json_each(old.counts)
        ), 0)
        WHERE old.counts_for IS NOT NULL AND old.counts <> '[]';
     END;
CREATE TRIGGER reaction_totals_changed AFTER UPDATE ON reaction_totals WHEN old.counts_for IS NOT NULL OR new.counts_for IS NOT NULL BEGIN
            
        INSERT INTO given_changes SELECT old.counts_for, old.changed_at, -1, -ifnull((
            SELECT sum(json_extract(value, '$[1]')) FROM json_each(old.counts)
        ), 0)
        WHERE old.counts_for IS NOT NULL AND old.counts <> '[]';
     
        INSERT INTO given_changes SELECT new.counts_for, new.changed_at, -1, +ifnull((
            SELECT sum(json_extract(value, '$[1]')) FROM json_each(new.counts)
        ), 0)
        WHERE new.counts_for IS NOT NULL AND new.counts <> '[]';
    
        END;
CREATE TRIGGER given_message_added AFTER INSERT ON messages BEGIN
        
        UPDATE reaction_sets SET counts_for = new.post_id
        WHERE (chat_id, message_id) = (new.chat_id, new.message_id) AND emoji <> '[]' AND (actor_id >= 0 OR actor_id = chat_id);
        UPDATE votes SET counts_for = new.post_id WHERE (chat_id, message_id) = (new.chat_id, new.message_id);
        UPDATE reaction_totals SET counts_for = new.post_id WHERE (chat_id, message_id) = (new.chat_id, new.message_id)
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served');
    
    END;
CREATE TRIGGER given_message_changed AFTER UPDATE OF post_id ON messages
    WHEN old.post_id <> new.post_id BEGIN
        
        UPDATE reaction_sets SET counts_for = new.post_id
        WHERE (chat_id, message_id) = (new.chat_id, new.message_id) AND emoji <> '[]' AND (actor_id >= 0 OR actor_id = chat_id);
        UPDATE votes SET counts_for = new.post_id WHERE (chat_id, message_id) = (new.chat_id, new.message_id);
        UPDATE reaction_totals SET counts_for = new.post_id WHERE (chat_id, message_id) = (new.chat_id, new.message_id)
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served');
    
    END;
CREATE TRIGGER given_message_deleted AFTER DELETE ON messages BEGIN
        
        UPDATE reaction_sets SET counts_for = NULL
        WHERE (chat_id, message_id) = (old.chat_id, old.message_id) AND emoji <> '[]' AND (actor_id >= 0 OR actor_id = chat_id);
        UPDATE votes SET counts_for = NULL WHERE (chat_id, message_id) = (old.chat_id, old.message_id);
        UPDATE reaction_totals SET counts_for = NULL WHERE (chat_id, message_id) = (old.chat_id, old.message_id)
            AND chat_id IN (SELECT id FROM chats WHERE state = 'served');
    
    END;
CREATE TRIGGER given_chat_added AFTER INSERT ON chats WHEN new.state = 'served' BEGIN
        
        UPDATE reaction_totals SET counts_for = (
            SELECT post_id FROM messages WHERE (messages.chat_id, messages.message_id)
                = (reaction_totals.chat_id, reaction_totals.message_id)
        )
        WHERE chat_id = new.id
    ;
    END;
CREATE TRIGGER given_chat_changed AFTER UPDATE OF id, state ON chats
    WHEN old.id <> new.id OR (old.state = 'served') <> (new.state = 'served') BEGIN
        UPDATE reaction_totals SET counts_for = NULL WHERE chat_id = old.id;
        
        UPDATE reaction_totals SET counts_for = (
            SELECT post_id FROM messages WHERE (messages.chat_id, messages.message_id)
                = (reaction_totals.chat_id, reaction_totals.message_id)
        )
        WHERE chat_id = new.id
     AND new.state = 'served';
    END;
CREATE TRIGGER given_chat_deleted AFTER DELETE ON chats BEGIN UPDATE reaction_totals SET counts_for = NULL WHERE chat_id = old.id; END;
CREATE INDEX outbox_heads_due ON outbox_heads (not_before, head_id) WHERE NOT is_held;
CREATE TRIGGER outbox_head_added AFTER INSERT ON outbox WHEN new.state = 'pending' AND NOT 
    EXISTS (
        SELECT 1 FROM outbox_heads WHERE chat_id = new.chat_id AND kind = new.kind
        AND head_id < new.id
    )
 BEGIN 
        INSERT OR REPLACE INTO outbox_heads VALUES
            (new.chat_id, new.kind, new.id, new.not_before, 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
)
        ; END;
CREATE TRIGGER outbox_head_moved AFTER UPDATE OF state, not_before ON outbox WHEN 'pending' IN (old.state, new.state) AND (old.state, old.not_before) <> (new.state, new.not_before) AND NOT 
    EXISTS (
        SELECT 1 FROM outbox_heads WHERE chat_id = new.chat_id AND kind = new.kind
        AND head_id < new.id
    )
 BEGIN DELETE FROM outbox_heads WHERE chat_id = new.chat_id AND kind = new.kind;
        INSERT INTO outbox_heads
        SELECT chat_id, kind, id, not_before, 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
 FROM outbox
        WHERE chat_id = new.chat_id AND kind = new.kind AND state = 'pending' ORDER BY id LIMIT 1
        ; END;
CREATE TRIGGER outbox_head_given_over AFTER UPDATE OF chat_id, kind ON outbox WHEN (old.chat_id, old.kind) <> (new.chat_id, new.kind) BEGIN DELETE FROM outbox_heads WHERE chat_id = old.chat_id AND kind = old.kind;
        INSERT INTO outbox_heads
        SELECT chat_id, kind, id, not_before, 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.chat_id), 0))
 FROM outbox
        WHERE chat_id = old.chat_id AND kind = old.kind AND state = 'pending' ORDER BY id LIMIT 1
        ;DELETE FROM outbox_heads WHERE chat_id = new.chat_id AND kind = new.kind;
        INSERT INTO outbox_heads
        SELECT chat_id, kind, id, not_before, 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
 FROM outbox
        WHERE chat_id = new.chat_id AND kind = new.kind AND state = 'pending' ORDER BY id LIMIT 1
        ;UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.chat_id), 0))
 WHERE chat_id = old.chat_id;UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
 WHERE chat_id = new.chat_id; END;
CREATE TRIGGER outbox_head_deleted AFTER DELETE ON outbox WHEN old.state = 'pending' AND NOT 
    EXISTS (
        SELECT 1 FROM outbox_heads WHERE chat_id = old.chat_id AND kind = old.kind
        AND head_id < old.id
    )
 BEGIN DELETE FROM outbox_heads WHERE chat_id = old.chat_id AND kind = old.kind;
        INSERT INTO outbox_heads
        SELECT chat_id, kind, id, not_before, 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.chat_id), 0))
 FROM outbox
        WHERE chat_id = old.chat_id AND kind = old.kind AND state = 'pending' ORDER BY id LIMIT 1
        ; END;
CREATE TRIGGER outbox_opened AFTER INSERT ON outbox WHEN new.state IN ('sending', 'unknown') BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
 WHERE chat_id = new.chat_id; END;
CREATE TRIGGER outbox_open_changed AFTER UPDATE OF state ON outbox WHEN (old.state IN ('sending', 'unknown')) <> (new.state IN ('sending', 'unknown')) BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.chat_id), 0))
 WHERE chat_id = new.chat_id; END;
CREATE TRIGGER outbox_open_deleted AFTER DELETE ON outbox WHEN old.state IN ('sending', 'unknown') BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.chat_id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.chat_id), 0))
 WHERE chat_id = old.chat_id; END;
CREATE TRIGGER outbox_chat_added AFTER INSERT ON chats WHEN 1 BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.id), 0))
 WHERE chat_id = new.id; END;
CREATE TRIGGER outbox_chat_changed AFTER UPDATE OF id, state, can_write ON chats WHEN (old.id, old.state, old.can_write) <> (new.id, new.state, new.can_write) BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.id), 0))
 WHERE chat_id = old.id;UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = new.id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = new.id), 0))
 WHERE chat_id = new.id; END;
CREATE TRIGGER outbox_chat_deleted AFTER DELETE ON chats WHEN 1 BEGIN UPDATE outbox_heads SET is_held = 
    (EXISTS (SELECT 1 FROM outbox WHERE chat_id = old.id AND state IN ('sending', 'unknown'))
        OR coalesce((SELECT NOT (state = 'served' AND can_write) FROM chats WHERE id = old.id), 0))
 WHERE chat_id = old.id; END;
CREATE INDEX outbox_muted ON outbox (chat_id, not_before, changed_at, id)
    WHERE state = 'pending' AND error LIKE 'muted: %'
    ;
CREATE INDEX outbox_lost ON outbox (chat_id, changed_at, error)
    WHERE state = 'dropped' AND error IS NOT NULL
    ;
CREATE INDEX outbox_notices ON outbox (created_at, item) WHERE kind = 'notice';
CREATE INDEX attempts_seen ON attempts (outbox_id) WHERE message_id IS NOT NULL;
CREATE INDEX pins_wanted ON pins (chat_id) WHERE wanted_id IS NOT NULL;
CREATE INDEX chats_due ON chats (digest_due_at, id)
    WHERE digest_due_at IS NOT NULL AND state = 'served' AND can_write
    ;
CREATE INDEX chats_weekly_due ON chats (weekly_due_at, id)
    WHERE weekly_due_at IS NOT NULL AND state = 'served' AND can_write
    ;
CREATE INDEX chats_monthly_due ON chats (monthly_due_at, id)
    WHERE monthly_due_at IS NOT NULL AND state = 'served' AND can_write
    ;
CREATE INDEX chats_unseen ON chats (joined_at, id)
    WHERE sight = 'unknown' AND state = 'served' AND kind IN ('group', 'supergroup')
    ;
CREATE INDEX chats_administered ON chats (id, joined_at)
    WHERE state = 'served' AND kind != 'private'
    ;
CREATE INDEX outbox_finished ON outbox (changed_at)
    WHERE state NOT IN ('pending', 'sending', 'unknown')
    ;
CREATE INDEX attempts_by_age ON attempts (begun_at);
CREATE INDEX compared_by_age ON compared (begun_at);
CREATE INDEX digests_by_age ON digests (claimed_at);
CREATE INDEX drafts_by_age ON drafts (made_at) WHERE due_at IS NULL;
CREATE INDEX editions_by_age ON editions (claimed_at);
CREATE INDEX forwards_by_age ON forwards (seen_at);
CREATE INDEX inbox_set_aside_by_age ON inbox_set_aside (set_aside_at);
CREATE INDEX lists_by_age ON lists (shown_at);
CREATE INDEX lists_owned ON lists (shown_at) WHERE person_id IS NOT NULL;
CREATE INDEX queries_by_age ON queries (used_at);
CREATE INDEX quiet_posts_by_age ON quiet_posts (taken_at);
CREATE INDEX reaction_sets_of_channels ON reaction_sets (changed_at)
    WHERE actor_id < 0 AND actor_id <> chat_id
    ;
CREATE INDEX reaction_sets_withdrawn ON reaction_sets (changed_at) WHERE emoji = '[]';
CREATE INDEX reaction_totals_withdrawn ON reaction_totals (changed_at) WHERE counts = '[]';
CREATE INDEX troubles_by_age ON troubles (began_at);
CREATE TRIGGER full_text_removed AFTER UPDATE OF removed_at ON posts
    WHEN new.removed_at IS NOT NULL BEGIN
        DELETE FROM full_texts WHERE post_id = new.id;
    END;
CREATE INDEX messages_of_others ON messages (chat_id, post_id)
    WHERE view IN ('own', 'forward')
    ;
CREATE TRIGGER reaction_sets_given AFTER INSERT ON reaction_sets
    WHEN new.counts_for IS NOT NULL AND new.changed_at >= 0 AND NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND counts_for = new.counts_for) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for) BEGIN
        INSERT INTO given_times VALUES (new.changed_at, new.counts_for, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_days VALUES (new.counts_for, new.changed_at / 86400, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_posts VALUES (new.counts_for, 1)
        ON CONFLICT DO UPDATE SET people = people + 1;
        INSERT INTO given_chats VALUES (
            new.chat_id, json_array_length(new.emoji), NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND +chat_id = new.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND +chat_id = new.chat_id)
        )
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    END;
CREATE TRIGGER reaction_sets_given_again AFTER INSERT ON reaction_sets
    WHEN new.counts_for IS NOT NULL AND NOT (new.changed_at >= 0 AND NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND counts_for = new.counts_for) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for)) BEGIN
        
        INSERT INTO given_changes
        SELECT new.counts_for, new.changed_at, max(ifnull((SELECT max(changed_at) FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND counts_for = new.counts_for), -1), ifnull((SELECT max(changed_at) FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND counts_for = new.counts_for), -1)), +1
        WHERE new.counts_for IS NOT NULL;
        INSERT INTO given_chats SELECT new.chat_id, +(
        json_array_length(new.emoji) - (
            SELECT count(*) FROM votes AS own WHERE 
    (own.chat_id, own.message_id, own.actor_id) = (new.chat_id, new.message_id, new.actor_id)

                AND own.counts_for IS NOT NULL
                AND +own.emoji IN (SELECT value FROM json_each(new.emoji))
        )
    ), +(NOT EXISTS (SELECT 1 FROM reaction_sets WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND (chat_id, message_id) <> (new.chat_id, new.message_id) AND +chat_id = new.chat_id) AND NOT EXISTS (SELECT 1 FROM votes WHERE actor_id = new.actor_id AND counts_for IS NOT NULL AND +chat_id = new.chat_id))
        WHERE new.counts_for IS NOT NULL
        ON CONFLICT DO UPDATE SET
            emoji = emoji + excluded.emoji, people = people + excluded.people;
    
    END;
CREATE TRIGGER given_counted INSTEAD OF INSERT ON given_changes
    WHEN new.before < new.at AND new.people <> 0 BEGIN
        
        INSERT INTO given_times (at, post_id, people) VALUES (new.at, new.post_id, new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM given_times WHERE (at, post_id) = (new.at, new.post_id) AND people = 0;
    
        INSERT INTO given_days (post_id, day, people) VALUES (new.post_id, new.at / 86400, new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM given_days WHERE (post_id, day) = (new.post_id, new.at / 86400) AND people = 0;
    
    END;
CREATE TRIGGER given_counted_first INSTEAD OF INSERT ON given_changes
    WHEN new.before < 0 AND new.at >= 0 AND new.people <> 0 BEGIN
        
        INSERT INTO given_posts (post_id, people) VALUES (new.post_id, new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM given_posts WHERE (post_id) = (new.post_id) AND people = 0;
    
    END;
CREATE TRIGGER given_replaced INSTEAD OF INSERT ON given_changes
    WHEN new.before BETWEEN 0 AND new.at - 1 BEGIN
        
        INSERT INTO given_times (at, post_id, people) VALUES (new.before, new.post_id, -new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM given_times WHERE (at, post_id) = (new.before, new.post_id) AND people = 0;
    
        INSERT INTO given_days (post_id, day, people) VALUES (new.post_id, new.before / 86400, -new.people)
        ON CONFLICT DO UPDATE SET people = people + excluded.people;
        DELETE FROM given_days WHERE (post_id, day) = (new.post_id, new.before / 86400) AND people = 0;
    
    END;
