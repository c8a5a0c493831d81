from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.text.charsets import decode


def test_bytes_that_fit_nowhere_are_read_as_declared_or_western() -> None:
    assert decode(b"caf\xe9 \x80\x81", "text/html; charset=iso-8859-1").startswith("café")
    assert decode(b"caf\xe9 \xff\xff") == "café ÿÿ"
    assert "\ufffd" in decode(b"\xff\xff\x81", "text/html; charset=iso-unheard-of")
    assert "\ufffd" in decode(b"\xff\xff\x81", "text/html; charset=ascii")


@given(st.binary(max_size=60), st.text(max_size=40))
def test_any_bytes_are_text(data: bytes, content_type: str) -> None:
    decode(data, content_type)
    decode(data, f"text/html; charset={content_type}")


@given(st.text(max_size=40))
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    if not data.startswith((b"<\0", b"\0<", b"\xef\xbb\xbf")):
        assert decode(data, "text/xml; charset=euc-kr") == data.decode()
