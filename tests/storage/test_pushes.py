from __future__ import annotations

from datetime import date

import pytest

from storage.models import (
    ChatId,
    DigestPush,
    EditionPush,
    NoticePush,
    OutboxKind,
    Period,
    PostId,
    PostPush,
    Push,
    UnreadablePush,
)
from storage.pushes import kind_of, payload_of, read_push

ONE, TWO = PostId(1), PostId(2)
EDITION = '{"period": "week", "best": [[1, 3]], "new": [2], "above": 4, "earlier": [2, 7]}'
KEPT: list[tuple[Push, str, str]] = [
    (PostPush((ONE, TWO)), "post", '{"posts": [1, 2]}'),
    (DigestPush((ONE,), (TWO, ONE)), "digest", '{"new": [1], "liked": [2, 1]}'),
    (
        DigestPush((), (), (ONE,), (TWO,)),
        "digest",
        '{"new": [], "liked": [], "brief": [1], "passed": [2]}',
    ),
    (
        NoticePush("notice.waiting", {"title": "독서모임"}, ChatId(-5)),
        "notice",
        '{"key": "notice.waiting", "values": {"title": "독서모임"}, "chat_id": -5}',
    ),
    (
        NoticePush("notice.x", {"address": "blog", "problem": None}),
        "notice",
        '{"key": "notice.x", "values": {"address": "blog", "problem": null}, "chat_id": null}',
    ),
    (EditionPush(Period.WEEK, ((ONE, 3),), (TWO,), 4, (TWO, 7)), "edition", EDITION),
    (
        EditionPush(Period.MONTH, (), ()),
        "edition",
        '{"period": "month", "best": [], "new": [], "above": 0, "earlier": null}',
    ),
]
"""As version 0.1 wrote them: databases that hold these are read on."""


@pytest.mark.parametrize(("push", "kind", "payload"), KEPT)
def test_a_push_is_kept_as_it_always_was(push: Push, kind: str, payload: str) -> None:
    assert (kind_of(push), payload_of(push)) == (kind, payload)
    assert read_push(kind, payload) == push


def test_each_kind_has_its_example_here() -> None:
    assert {kind_of(push) for push, _, _ in KEPT} == set(OutboxKind)


def test_a_value_that_json_lacks_becomes_text() -> None:
    push = NoticePush("x", {"on": date(2026, 11, 23)})
    assert read_push("notice", payload_of(push)) == NoticePush("x", {"on": "2026-11-23"})


@pytest.mark.parametrize(
    ("kind", "payload", "push"),
    [
        ("post", "{}", PostPush(())),
        ("post", '{"posts": [1], "style": "wide"}', PostPush((ONE,))),
        ("digest", '{"new": [1]}', DigestPush((ONE,), ())),
        ("notice", '{"key": "x", "values": {}}', NoticePush("x", {})),
        ("edition", '{"period": "week", "new": [1]}', EditionPush(Period.WEEK, (), (ONE,))),
    ],
)
def test_what_is_missing_is_empty_and_what_is_new_is_left_out(
    kind: str, payload: str, push: Push
) -> None:
    assert read_push(kind, payload) == push


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("story", '{"posts": [1]}'),
        ("post", ""),
        ("post", "[1]"),
        ("post", '{"posts": 1}'),
        ("post", '{"posts": ["1"]}'),
        ("digest", '{"new": [1], "liked": {}}'),
        ("digest", '{"new": null}'),
        ("digest", '{"new": [1], "brief": 1}'),
        ("notice", '{"key": "x"}'),
        ("notice", '{"values": {}}'),
        ("notice", '{"key": "x", "values": {}, "chat_id": "-5"}'),
        ("edition", "{}"),
        ("edition", EDITION.replace("week", "century")),
        ("edition", EDITION.replace("[[1, 3]]", "3")),
        ("edition", EDITION.replace("[[1, 3]]", "[3]")),
        ("edition", EDITION.replace("[[1, 3]]", "[[1, 3, 5]]")),
        ("edition", EDITION.replace("[2]", "2")),
        ("edition", EDITION.replace("4", '"4"')),
        ("edition", EDITION.replace("[2, 7]", '"2, 7"')),
    ],
)
def test_what_cannot_be_read_says_what_it_is(kind: str, payload: str) -> None:
    assert read_push(kind, payload) == UnreadablePush(kind, payload)
