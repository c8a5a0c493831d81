PRAGMA application_id=1399812969;
PRAGMA user_version=8;
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
    , fingerprint TEXT, missing_at INTEGER, quiet INTEGER NOT NULL DEFAULT 0, listing_id INTEGER REFERENCES sources) STRICT
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
    ) STRICT
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
        refresh_at INTEGER,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE reaction_sets (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        actor_id INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id, actor_id)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE reaction_totals (
        chat_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        counts TEXT NOT NULL,
        changed_at INTEGER NOT NULL,
        update_id INTEGER NOT NULL,
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
        changed_at INTEGER NOT NULL, keyboard TEXT, doubts INTEGER NOT NULL DEFAULT 0,
        UNIQUE (chat_id, kind, item)
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
CREATE VIRTUAL TABLE search_index USING fts5 (
        tokens, content='', columnsize=0, detail=none, tokenize='ascii'
    );
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
CREATE TABLE drafts (
        id INTEGER PRIMARY KEY,
        link TEXT NOT NULL,
        post TEXT NOT NULL,
        made_at INTEGER NOT NULL
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
INSERT INTO chats VALUES (-1002000000001, 'supergroup', '독서모임', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000002, 'supergroup', '회사', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000003, 'supergroup', 'Money', 'served', 1, 0, 'en', 'America/New_York', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4]', NULL, '["금리", "AI"]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000004, 'supergroup', '모아보는 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'digest', NULL, NULL, '[540, 1110]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, 1795426200, 1795392000);
INSERT INTO chats VALUES (-1002000000005, 'supergroup', '조용한 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', 1320, 480, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000006, 'supergroup', '알림 없는 방', 'served', 1, 0, 'ko', 'Asia/Seoul', 'off', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000007, 'supergroup', '내보낸 방', 'left', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000008, 'channel', '소식', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-1002000000009, 'supergroup', '기다리는 방', 'waiting', 1, 0, 'ko', 'Asia/Seoul', 'on', 1320, 480, '[540]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391977, NULL, 1795391977);
INSERT INTO chats VALUES (-4000000001, 'group', '동네', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (-4000000002, 'group', '산책', 'served', 1, 0, 'ko', 'Asia/Seoul', 'on', NULL, NULL, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391960, NULL, 1795391960);
INSERT INTO chats VALUES (5000000002, 'private', '', 'served', 1, 0, 'ko', 'Asia/Seoul', 'off', 1320, 480, '[]', '[0, 1, 2, 3, 4, 5, 6]', NULL, '[]', 1795391978, NULL, NULL);
INSERT INTO digests VALUES (-1002000000004, '2026-11-23', 540, 1795392000);
INSERT INTO drafts VALUES (1, 'https://blog.example/draft', '{"title": "\ucd08\uc548", "body": "\uc544\uc9c1 \uc62c\ub9ac\uc9c0 \uc54a\uc740 \uae00", "link": "https://blog.example/draft"}', 1795391980);
INSERT INTO facts VALUES ('menus', '2066b20446208587981ad9e9bb5bb4a753000bec7febb9513b396c72aef87883');
INSERT INTO facts VALUES ('offset', '100000048');
INSERT INTO facts VALUES ('search_salt', '68f289f41478191ea3359c212dd4529f');
INSERT INTO inbox VALUES (100000047, -1002000000006, 1795392003, '{"update_id": 100000047, "message": {"message_id": 900, "date": 1795392002, "from": {"id": 5000000001, "is_bot": false, "first_name": "운영자", "language_code": "ko"}, "chat": {"id": -1002000000006, "type": "supergroup", "title": "알림 없는 방"}, "text": "/language 영어", "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}}');
INSERT INTO inbox_seen VALUES (100000001, 1795391960, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000002, 1795391960, -1002000000001, 2);
INSERT INTO inbox_seen VALUES (100000003, 1795391960, -4000000001, NULL);
INSERT INTO inbox_seen VALUES (100000004, 1795391960, -4000000001, 102);
INSERT INTO inbox_seen VALUES (100000005, 1795391960, -1002000000002, NULL);
INSERT INTO inbox_seen VALUES (100000006, 1795391960, -1002000000002, 2);
INSERT INTO inbox_seen VALUES (100000007, 1795391960, -4000000002, NULL);
INSERT INTO inbox_seen VALUES (100000008, 1795391960, -4000000002, 104);
INSERT INTO inbox_seen VALUES (100000009, 1795391960, -1002000000003, NULL);
INSERT INTO inbox_seen VALUES (100000010, 1795391960, -1002000000003, 2);
INSERT INTO inbox_seen VALUES (100000011, 1795391960, -1002000000004, NULL);
INSERT INTO inbox_seen VALUES (100000012, 1795391960, -1002000000004, 2);
INSERT INTO inbox_seen VALUES (100000013, 1795391960, -1002000000005, NULL);
INSERT INTO inbox_seen VALUES (100000014, 1795391960, -1002000000005, 2);
INSERT INTO inbox_seen VALUES (100000015, 1795391960, -1002000000006, NULL);
INSERT INTO inbox_seen VALUES (100000016, 1795391960, -1002000000006, 2);
INSERT INTO inbox_seen VALUES (100000017, 1795391960, -1002000000007, NULL);
INSERT INTO inbox_seen VALUES (100000018, 1795391960, -1002000000007, 2);
INSERT INTO inbox_seen VALUES (100000019, 1795391960, -1002000000008, NULL);
INSERT INTO inbox_seen VALUES (100000020, 1795391962, -1002000000001, 4);
INSERT INTO inbox_seen VALUES (100000021, 1795391963, -4000000001, 106);
INSERT INTO inbox_seen VALUES (100000022, 1795391964, -1002000000002, 4);
INSERT INTO inbox_seen VALUES (100000023, 1795391965, -4000000002, 108);
INSERT INTO inbox_seen VALUES (100000024, 1795391966, -1002000000003, 4);
INSERT INTO inbox_seen VALUES (100000025, 1795391967, -1002000000004, 4);
INSERT INTO inbox_seen VALUES (100000026, 1795391968, -1002000000006, 4);
INSERT INTO inbox_seen VALUES (100000027, 1795391969, -1002000000007, 4);
INSERT INTO inbox_seen VALUES (100000028, 1795391971, -1002000000003, 6);
INSERT INTO inbox_seen VALUES (100000029, 1795391972, -1002000000003, 8);
INSERT INTO inbox_seen VALUES (100000030, 1795391973, -1002000000003, 10);
INSERT INTO inbox_seen VALUES (100000031, 1795391974, -1002000000003, 12);
INSERT INTO inbox_seen VALUES (100000032, 1795391975, -1002000000004, 6);
INSERT INTO inbox_seen VALUES (100000033, 1795391976, -1002000000004, 8);
INSERT INTO inbox_seen VALUES (100000034, 1795391977, -1002000000006, 6);
INSERT INTO inbox_seen VALUES (100000035, 1795391977, -1002000000009, NULL);
INSERT INTO inbox_seen VALUES (100000036, 1795391977, -1002000000009, 2);
INSERT INTO inbox_seen VALUES (100000037, 1795391978, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000038, 1795391978, -1002000000001, NULL);
INSERT INTO inbox_seen VALUES (100000039, 1795391978, -4000000001, NULL);
INSERT INTO inbox_seen VALUES (100000040, 1795391978, -1002000000008, NULL);
INSERT INTO inbox_seen VALUES (100000041, 1795391978, -1002000000007, NULL);
INSERT INTO inbox_seen VALUES (100000042, 1795391978, -1002000000007, 7);
INSERT INTO inbox_seen VALUES (100000043, 1795391978, 5000000002, 112);
INSERT INTO inbox_seen VALUES (100000044, 1795391979, 5000000002, 114);
INSERT INTO inbox_seen VALUES (100000045, 1795391980, 5000000002, 116);
INSERT INTO inbox_seen VALUES (100000046, 1795391980, 5000000001, 118);
INSERT INTO inbox_seen VALUES (100000047, 1795392003, -1002000000006, 900);
INSERT INTO messages VALUES (-1002000000001, 6, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-1002000000002, 6, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-1002000000003, 14, 4, 'card', 0, 'en', 1795391978, NULL);
INSERT INTO messages VALUES (-1002000000005, 4, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-1002000000005, 5, 5, 'card', 0, 'ko', 1795392002, NULL);
INSERT INTO messages VALUES (-1002000000007, 6, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-1002000000008, 2, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-4000000001, 110, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO messages VALUES (-4000000002, 111, 4, 'card', 0, 'ko', 1795391978, NULL);
INSERT INTO outbox VALUES (1, 5000000001, 'notice', 'waiting:-1002000000009:1795391977', '{"key": "notice.waiting", "values": {"title": "기다리는 방"}, "chat_id": -1002000000009}', 'dropped', 1795391977, 1, 'aca41533', NULL, 'blocked: never started', 1795391977, 1795391978, '[[{"label": "승인", "data": "1a:-1002000000009~aca41533"}]]', 0);
INSERT INTO outbox VALUES (10, -1002000000004, 'digest', '2026-11-23 540', '{"new": [4], "liked": [4]}', 'sent', 1795392000, 1, '706ebc48', 10, NULL, 1795392000, 1795392000, '[]', 0);
INSERT INTO outbox VALUES (11, -1002000000008, 'post', '5', '{"posts": [5]}', 'unknown', 1795392002, 1, '1fbcf698', NULL, 'RemoteProtocolError', 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~1fbcf698"}, {"label": "공유", "url": "https://t.me/share/url?url=https%3A%2F%2Fblog.example%2F32&text=%EA%B8%80+2"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (12, -1002000000008, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (13, -1002000000005, 'post', '5', '{"posts": [5]}', 'sent', 1795392002, 1, 'dcb08f3a', 5, NULL, 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~dcb08f3a"}, {"label": "공유", "inline": "p5"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (14, -1002000000005, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (15, -1002000000003, 'post', '5', '{"posts": [5]}', 'failed', 1795392002, 1, '91f56ade', NULL, 'Other(reason=''BadRequest: Error'')', 1795392002, 1795392002, '[[{"label": "Full text", "data": "1f:5:0~91f56ade"}, {"label": "Share", "inline": "p5"}], [{"label": "Copy as text", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "Open", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (16, -1002000000003, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (17, -1002000000002, 'post', '5', '{"posts": [5]}', 'sending', 1795392002, 1, 'a8dd9c3b', NULL, NULL, 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~a8dd9c3b"}, {"label": "공유", "inline": "p5"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (18, -1002000000002, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (19, -1002000000001, 'post', '5', '{"posts": [5]}', 'pending', 1795392902, 1, '4c688e67', NULL, 'flooded', 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~4c688e67"}, {"label": "공유", "inline": "p5"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (2, -1002000000008, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, '4710e9ef', 2, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~4710e9ef"}, {"label": "공유", "url": "https://t.me/share/url?url=https%3A%2F%2Fblog.example%2F31&text=%EA%B8%80+1"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (20, -1002000000001, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (21, -4000000002, 'post', '5', '{"posts": [5]}', 'sending', 1795392002, 1, 'dabe9a63', NULL, NULL, 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~dabe9a63"}, {"label": "공유", "inline": "p5"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (22, -4000000002, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (23, -4000000001, 'post', '5', '{"posts": [5]}', 'unknown', 1795392002, 1, '6a2ffd48', NULL, 'RemoteProtocolError', 1795392002, 1795392002, '[[{"label": "전문", "data": "1f:5:0~6a2ffd48"}, {"label": "공유", "inline": "p5"}], [{"label": "카톡용 복사", "copy": "글 2\n글 2의 본문이에요.\nhttps://blog.example/32"}, {"label": "열기", "url": "https://blog.example/32"}]]', 0);
INSERT INTO outbox VALUES (24, -4000000001, 'post', '6', '{"posts": [6]}', 'pending', 1795392002, 0, NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0);
INSERT INTO outbox VALUES (3, -1002000000007, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, 'ec9c7185', 6, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~ec9c7185"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (4, -1002000000005, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, '2fb9803b', 4, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~2fb9803b"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (5, -1002000000003, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, '19369867', 14, NULL, 1795391978, 1795391978, '[[{"label": "Full text", "data": "1f:4:0~19369867"}, {"label": "Share", "inline": "p4"}], [{"label": "Copy as text", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "Open", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (6, -1002000000002, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, 'd8780c97', 6, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~d8780c97"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (7, -1002000000001, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, 'd3390694', 6, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~d3390694"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (8, -4000000002, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, 'c0ce9852', 111, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~c0ce9852"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO outbox VALUES (9, -4000000001, 'post', '4', '{"posts": [4]}', 'sent', 1795391978, 1, 'e7af1475', 110, NULL, 1795391978, 1795391978, '[[{"label": "전문", "data": "1f:4:0~e7af1475"}, {"label": "공유", "inline": "p4"}], [{"label": "카톡용 복사", "copy": "글 1\n글 1의 본문이에요.\nhttps://blog.example/31"}, {"label": "열기", "url": "https://blog.example/31"}]]', 0);
INSERT INTO post_total VALUES (6);
INSERT INTO posts VALUES (1, 1, '1984', '1984', '윤슬', '조지 오웰(George Orwell)의 소설을 스무 살에 읽고, 마흔에 다시 읽었습니다.', NULL, NULL, NULL, NULL, NULL, 1795391960, 1795391840, 2, 0, NULL, NULL, '["👍", "🥲", "❤"]', 33, 5, NULL, NULL, 1, 1);
INSERT INTO posts VALUES (2, 1, '금리가 오르면 왜 스타트업부터 추워질까요', '금리가 오르면 왜 스타트업부터 추워질까요', '도래', '창업한 친구가 물었어요. 금리는 먼 미래의 돈을 오늘로 끌어올 때 깎는 칼이거든요.', NULL, NULL, NULL, NULL, NULL, 1795391960, 1795391900, 1, 0, NULL, NULL, '["👍", "👏"]', 17, 2, NULL, NULL, 1, 1);
INSERT INTO posts VALUES (3, 1, '회의록을 AI에게 맡기고 나서 생긴 일', '회의록을 ai에게 맡기고 나서 생긴 일', '윤슬', '석 달 전부터 우리 팀은 회의록을 사람이 쓰지 않습니다. 결론만 남고 망설임이 지워졌습니다.', NULL, NULL, NULL, NULL, NULL, 1795391960, 1795391960, 0, 0, NULL, NULL, '["👍", "❤", "🤖"]', 21, 4, NULL, NULL, 1, 1);
INSERT INTO posts VALUES (4, 1, '글 1', '글 1', '', '글 1의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/31', NULL, NULL, NULL, 1795391978, 1795391978, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO posts VALUES (5, 1, '글 2', '글 2', '', '글 2의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/32', NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO posts VALUES (6, 1, '글 3', '글 3', '', '글 3의 본문이에요. 금리 이야기예요.', NULL, 'https://blog.example/33', NULL, NULL, NULL, 1795392002, 1795392002, NULL, 0, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO queries VALUES (1, '금리', 1795391979);
INSERT INTO queries VALUES (2, '없는말이에요', 1795391980);
INSERT INTO reaction_sets VALUES (-1002000000001, 6, 5000000001, '["👍", "🔥"]', 1795391978, 100000038);
INSERT INTO reaction_sets VALUES (-1002000000001, 6, 5000000002, '["👍"]', 1795391978, 100000037);
INSERT INTO reaction_sets VALUES (-4000000001, 110, 5000000002, '["❤"]', 1795391978, 100000039);
INSERT INTO reaction_totals VALUES (-1002000000008, 2, '[["👍", 1]]', 1795391978, 100000040);
DELETE FROM search_index_config;
INSERT INTO search_index_config VALUES ('version', 4);
DELETE FROM search_index_data;
INSERT INTO search_index_data VALUES (1, X'03813C');
INSERT INTO search_index_data VALUES (10, X'000000000101010001010101');
INSERT INTO search_index_data VALUES (137438953473, X'000004E5053031393834010102616903010667656F7267650101066F7277656C6C010106EAB080EBACBC020403EC98A4020205B1B0EB93A0020205B28CEBA7A1030304B0EBA1A0030205B3A0EB8298030502A79D030205B5ACEAB080020205B888EBA6AC020304B0EAB3A0030304B4EC9DBC030205B98CEC9A940203048EEB8A94020106EB818CEC96B40202058298EC849C030304A8EAB3A00302058A94EBA8BC020403ECB9BC02030498EBA19C0202058B88EB8BA401020304A4EC8B9C010301AC030403ECA0840302028F88020403EC9D8402020593A0EC9A94020202958C020403EAB98E0202059E8CEC9DB403030498EC9D98020205A19CEB818C0203049DEC9D84030304A0EBA78C030205A5B4EBA9B4020205A6ACEAB080020403EB8A94020403ED8C80030205A788ED9D940103048CEB82A80303049DEC84A4030304A1EAB8B0030202A8BC020403EBAFB8020205A9B4EC999C020205ACB4EC82B4010304BCEC9788020205AFB8EB9E98020205B680ED84B002010106EC82ACEB9E8C030301B4010403EC9790010205839DEAB8B4030205849CEC839D0303019D030403EB8BAC030304A4EC9D840105029E84030205868CEC84A40102058AA4EBACB4010403ED8380020304B5EB8B88010202058B9CEC9DBD01020593B0ECA780030205958AEC8AB503020596B4EC98AC0205029A940202059785EBB680020403ED959C02030488EC8AB501050296B402030490EAB28C030403EB8BA4010403EC9DBD01020598A4EB8A98020502A5B4020403EC9BB0010304ACEB958C020202999C020403EC8AA40202059AB0EBA6AC0302059B8CECA18C030502A7880202059D80ED9A8C03030484EC82AC0305028AA401050298A402030198010403EB8F88020502A19D030403EC868C010304B4EAB1B0020403EC93B0030502A780030301BC030304BDEAB3A0010403EC97880102059E84EC9DB4030202A084030403EBB680030205A18CEC8AB5030304B0ECA780010205A780EC958A03050298A40105029B8C03030488EAB98C020205B0BDEC9785020205B694EC9B8C020205B99CEAB5AC020304BCEC9DB4020106ED8380ED8AB802020584B0EC9AB0030502B6940202058AB8EC97850202028C80030403EC9D80030205959CECB99C0202059A8CEC9D980302059D94EC9790010107EE8080313938340104026169030406EAB080EC98A4020505B28CEBA7A1030505B3A0EB8298030505B888EBA6AC020604B0EAB3A0030604B4EC9DBC030505B98CEC9A94020406EB8298EC849C030505A19DEC9D84030505A5B4EBA9B4020505A6ACEAB080020505A7A1EAB8B0030505A9B4EC999C020505B680ED84B0020406EC839DEAB8B4030505849CEC839D0305058AA4ED83800205059785EBB68002060490EAB28C03050598A4EBA5B4020502999C020703EC8AA40205059B8CECA7880205059D98EBA19D030601BC030505A788EAB98C020505B694EC9B8C020406ED8380ED8AB802050584B0ECB6940205058AB8EC97850205059A8CEC9D9803030782E384B1E384B1030901B4030901B902080285810309018702010604B2E38587020604B4E38585030604B9E384B10208028581020901870305058581E384B1030802858702060482E3858C02060485E384B103080285850309018C02060487E384B1030901B902010802858202090185020901870309018802060488E384B20206048AE385870206048CE385870209018A0209018C0206048EE38587030407050909090608080708050808070708070908070806070907040605060805060807080707080806060807070705060808070809090406080804060705080806080808080805080607050706060805060705060808050807050504060506070605040706080506080708050507080808070908050805060808080A05090808080707080908080808080809080808070805060808040808090808080A0404050507070705040805070705040705050404040707070404');
DELETE FROM search_index_idx;
INSERT INTO search_index_idx VALUES (1, X'', 2);
INSERT INTO search_misses VALUES ('없는말이에요', 1, X'36EB', 1795391980);
INSERT INTO search_pairs VALUES ('조지오웰', 'georgeorwell', 1);
INSERT INTO search_pending VALUES (4, NULL, NULL);
INSERT INTO search_pending VALUES (5, NULL, NULL);
INSERT INTO search_pending VALUES (6, NULL, NULL);
INSERT INTO search_state VALUES (1, 3);
INSERT INTO search_synonyms VALUES ('엔비디아', 'nvidia', 1795391980);
INSERT INTO search_words VALUES (1, 'ai', 1, 1, 'ai', 'ia', NULL, NULL);
INSERT INTO search_words VALUES (10, '마흔', 1, 0, 'akgms', 'smgka', 'ㅁㅎ', 'MHN');
INSERT INTO search_words VALUES (11, '망설임', 1, 0, 'akdtjfdla', 'aldfjtdka', 'ㅁㅅㅇ', 'MNSLM');
INSERT INTO search_words VALUES (12, '맡기고', 1, 1, 'akxrlrh', 'hrlrxka', 'ㅁㄱㄱ', 'MTKK');
INSERT INTO search_words VALUES (13, '물었어요', 1, 0, 'anfdjTdjdy', 'ydjdTjdfna', 'ㅁㅇㅇㅇ', 'MLT');
INSERT INTO search_words VALUES (14, '미래', 1, 0, 'alfo', 'ofla', 'ㅁㄹ', NULL);
INSERT INTO search_words VALUES (15, '사람', 1, 0, 'tkfka', 'akfkt', 'ㅅㄹ', 'SLM');
INSERT INTO search_words VALUES (16, '생긴', 1, 1, 'todrls', 'slrdot', 'ㅅㄱ', 'SNKN');
INSERT INTO search_words VALUES (17, '소설', 1, 0, 'thtjf', 'fjtht', 'ㅅㅅ', 'SSL');
INSERT INTO search_words VALUES (18, '스무', 1, 0, 'tman', 'namt', 'ㅅㅁ', NULL);
INSERT INTO search_words VALUES (19, '스타트업', 1, 1, 'tmxkxmdjq', 'qjdmxkxmt', 'ㅅㅌㅌㅇ', 'STTP');
INSERT INTO search_words VALUES (2, 'george', 1, 0, 'george', 'egroeg', NULL, NULL);
INSERT INTO search_words VALUES (20, '쓰지', 1, 0, 'Tmwl', 'lwmT', 'ㅆㅈ', NULL);
INSERT INTO search_words VALUES (21, '않습니다', 1, 0, 'dksgtmqslek', 'kelsqmtgskd', 'ㅇㅅㄴㄷ', 'TSPNT');
INSERT INTO search_words VALUES (22, '에게', 1, 1, 'dprp', 'prpd', 'ㅇㄱ', NULL);
INSERT INTO search_words VALUES (23, '오늘', 1, 0, 'dhsmf', 'fmshd', 'ㅇㄴ', NULL);
INSERT INTO search_words VALUES (24, '오르면', 1, 1, 'dhfmaus', 'suamfhd', 'ㅇㄹㅁ', 'LMN');
INSERT INTO search_words VALUES (25, '오웰', 1, 0, 'dhdnpf', 'fpndhd', 'ㅇㅇ', NULL);
INSERT INTO search_words VALUES (26, '우리', 1, 0, 'dnfl', 'lfnd', 'ㅇㄹ', NULL);
INSERT INTO search_words VALUES (27, '읽고', 1, 0, 'dlfrrh', 'hrrfld', 'ㅇㄱ', NULL);
INSERT INTO search_words VALUES (28, '읽었습니다', 1, 0, 'dlfrdjTtmqslek', 'kelsqmtTjdrfld', 'ㅇㅇㅅㄴㄷ', 'TTSPNT');
INSERT INTO search_words VALUES (29, '조지', 1, 0, 'whwl', 'lwhw', 'ㅈㅈ', NULL);
INSERT INTO search_words VALUES (3, 'orwell', 1, 0, 'orwell', 'llewro', NULL, NULL);
INSERT INTO search_words VALUES (30, '지워졌습니다', 1, 0, 'wldnjwuTtmqslek', 'kelsqmtTuwjndlw', 'ㅈㅇㅈㅅㄴㄷ', 'SSTSPNT');
INSERT INTO search_words VALUES (31, '창업', 1, 0, 'ckddjq', 'qjddkc', 'ㅊㅇ', 'SNP');
INSERT INTO search_words VALUES (32, '추워질까요', 1, 1, 'cndnjwlfRkdy', 'ydkRflwjndnc', 'ㅊㅇㅈㄲㅇ', 'SSLK');
INSERT INTO search_words VALUES (33, '친구', 1, 0, 'clsrn', 'nrslc', 'ㅊㄱ', 'SNK');
INSERT INTO search_words VALUES (34, '칼이거든요', 1, 0, 'zkfdlrjemsdy', 'ydsmejrldfkz', 'ㅋㅇㄱㄷㅇ', 'KLKTN');
INSERT INTO search_words VALUES (35, '회의록', 1, 1, 'ghldmlfhr', 'rhflmdlhg', 'ㅎㅇㄹ', 'HLK');
INSERT INTO search_words VALUES (4, '결론', 1, 0, 'ruffhs', 'shffur', 'ㄱㄹ', 'KLN');
INSERT INTO search_words VALUES (5, '금리', 1, 1, 'rmafl', 'lfamr', 'ㄱㄹ', 'KML');
INSERT INTO search_words VALUES (6, '깎는', 1, 0, 'RkRsms', 'smsRkR', 'ㄲㄴ', 'KTN');
INSERT INTO search_words VALUES (7, '끌어올', 1, 0, 'Rmfdjdhf', 'fhdjdfmR', 'ㄲㅇㅇ', 'KLL');
INSERT INTO search_words VALUES (8, '나서', 1, 1, 'sktj', 'jtks', 'ㄴㅅ', NULL);
INSERT INTO search_words VALUES (9, '남고', 1, 0, 'skarh', 'hraks', 'ㄴㄱ', 'NMK');
INSERT INTO sources VALUES (1, 'archive:새벽의 서재', 'archive', '새벽의 서재', '기술과 돈과 사람에 대해, 해 뜨기 전에 씁니다.', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL);
CREATE INDEX sources_due ON sources (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX posts_newest ON posts (sort_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX posts_by_title ON posts (title_key);
CREATE INDEX posts_by_link ON posts (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX posts_by_guid ON posts (source_id, guid) WHERE guid IS NOT NULL;
CREATE INDEX posts_by_place ON posts (source_id, position) WHERE position IS NOT NULL;
CREATE INDEX posts_by_arrival ON posts (first_seen_at);
CREATE INDEX chats_due ON chats (digest_due_at) WHERE digest_due_at IS NOT NULL;
CREATE INDEX messages_by_post ON messages (post_id);
CREATE INDEX messages_due ON messages (refresh_at) WHERE refresh_at IS NOT NULL;
CREATE INDEX reaction_sets_by_actor ON reaction_sets (actor_id);
CREATE INDEX inbox_seen_by_age ON inbox_seen (seen_at);
CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state = 'pending';
CREATE INDEX outbox_open ON outbox (chat_id, id) WHERE state IN ('sending', 'unknown');
CREATE TRIGGER search_post_added AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
        INSERT INTO search_pending (post_id) SELECT new.id
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = new.id);
    END;
CREATE TRIGGER search_post_changed AFTER UPDATE OF title, body, removed_at ON posts
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body
        OR (old.removed_at IS NULL) IS NOT (new.removed_at IS NULL) BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, old.body, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END;
CREATE TRIGGER search_post_deleted AFTER DELETE ON posts BEGIN
        INSERT INTO search_pending (post_id, title, body)
        SELECT old.id, iif(old.removed_at IS NULL, old.title, NULL),
            iif(old.removed_at IS NULL, old.body, NULL)
        WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE post_id = old.id);
    END;
CREATE INDEX search_words_by_keys ON search_words (keys);
CREATE INDEX search_words_backwards ON search_words (backwards);
CREATE INDEX search_words_by_initials ON search_words (initials) WHERE initials IS NOT NULL;
CREATE INDEX search_words_by_sound ON search_words (sound) WHERE sound IS NOT NULL;
CREATE INDEX search_pairs_by_right ON search_pairs (right);
CREATE INDEX search_misses_by_time ON search_misses (last_at);
CREATE INDEX posts_by_listing ON posts (listing_id, position) WHERE listing_id IS NOT NULL;
CREATE INDEX posts_by_words ON posts (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX posts_missing ON posts (source_id, missing_at) WHERE missing_at IS NOT NULL;
CREATE INDEX posts_given ON posts (source_id, published_at)
    WHERE fingerprint IS NOT NULL AND removed_at IS NULL AND missing_at IS NULL
    ;
CREATE INDEX outbox_order ON outbox (chat_id, kind, id) WHERE state = 'pending';
CREATE INDEX forwards_by_origin ON forwards (origin_chat_id, origin_message_id);
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
