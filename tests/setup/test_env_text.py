from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from bot.config import Settings
from bot.setup.env_text import with_values, written

if TYPE_CHECKING:
    from pathlib import Path

VALUES = st.text(
    st.one_of(
        st.sampled_from(" '\"#$\\{}=:-`!;&"),
        st.characters(exclude_categories=("Cs", "Cc")),
    ),
    max_size=30,
)
NAMES = ("BOT_TOKEN", "SOURCES", "CHANNELS", "OPERATOR_IDS")


def read(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text)))


@given(VALUES)
@example("\\")
@example("'\\'")
@example("${HOME}")
@example("$${HOME}")
@example("a b # c")
@example(" # ")
@example("${:-$}{")
def test_a_value_reads_back_the_same(value: str) -> None:
    assert read(f"NAME={written(value)}\n") == {"NAME": value}
    assert read(f"NAME={written(value)} # 설명\n") == {"NAME": value}


def test_what_needs_no_quotes_has_none() -> None:
    for value in (
        "123:ABC-d_e",
        "https://blog.example/rss?a=b&c=d",
        "-1001 @name",
        "https://글.kr",
    ):
        assert written(value) == value


LINES = st.lists(
    st.sampled_from(
        [
            "# 설명",
            "",
            "TIMEZONE=Asia/Seoul",
            "export DIGEST_TIME='09:00' # 아침",
            "BOT_TOKEN=",
            "bot_token = 'old' # 봇",
            'BOT_TOKEN="a # b"#c',
            "BOT_TOKEN",
            "BOT_TOKEN= # 비어 있음",
            "SOURCES=a b # c",
            "nonsense 'without end",
            "CONTACT_URL='two\nlines'",
        ]
    ),
    max_size=8,
)


@given(
    LINES,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES),
)
def test_all_else_stays_as_it_was(
    lines: list[str], end: str, last: str, values: dict[str, str]
) -> None:
    text = end.join(lines) + last
    changed = with_values(text, values)
    before, after = read(text), {name.upper(): one for name, one in read(changed).items()}
    assert {name: after[name] for name in values} == values
    assert {name: one for name, one in after.items() if name not in values} == {
        name.upper(): one for name, one in before.items() if name.upper() not in values
    }
    for comment in ("# 설명", "# 아침", "# 봇", "# 비어 있음"):
        assert changed.count(comment) >= text.count(comment)
    assert with_values(changed, values) == changed, "a second time changes nothing"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", "BOT_TOKEN=new\n"),
        ("A=1", "A=1\nBOT_TOKEN=new\n"),
        ("A=1\r\n", "A=1\r\nBOT_TOKEN=new\r\n"),
        ("\n\nBOT_TOKEN=old # 봇\nA=1\n", "\n\nBOT_TOKEN=new # 봇\nA=1\n"),
        ("export BOT_TOKEN='o\\'ld'#봇\n", "export BOT_TOKEN=new #봇\n"),
        ("bot_token=old#1\n", "bot_token=new\n"),
        ("BOT_TOKEN=a\nbot_token=b\n", "BOT_TOKEN=new\nbot_token=new\n"),
        ("# BOT_TOKEN=old\n", "# BOT_TOKEN=old\nBOT_TOKEN=new\n"),
        ("BOT_TOKEN # 봇\n", "BOT_TOKEN=new\n"),
    ],
)
def test_a_line_is_changed_where_it_stands(text: str, changed: str) -> None:
    assert with_values(text, {"BOT_TOKEN": "new"}) == changed


@given(VALUES.map(str.strip))
def test_settings_read_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    path: Path = tmp_path_factory.mktemp("env") / ".env"
    text = with_values("", {"DATABASE_PATH": f"x{value}x"})
    path.write_text(text, encoding="utf-8")
    assert str(Settings(_env_file=path).database_path) == str(type(path)(f"x{value}x"))  # type: ignore[call-arg]
