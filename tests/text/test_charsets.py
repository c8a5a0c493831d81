from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from bot.text.charsets import decode

KOREAN = "새벽의 서재에 새 글이 올라왔어요. 오늘은 빵집 이야기를 해요ㅋㅋ"


def test_bytes_that_fit_nowhere_are_read_as_declared_or_western() -> None:
    assert decode(b"caf\xe9 \x80\x81", "text/html; charset=iso-8859-1").startswith("café")
    assert decode(b"caf\xe9 \xff\xff") == "café ÿÿ"
    assert "\ufffd" in decode(b"\xff\xff\x81", "text/html; charset=iso-unheard-of")
    assert "\ufffd" in decode(b"\xff\xff\x81", "text/html; charset=ascii")


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("iso-8859-1", b"It\x92s \x93fine\x94 \x97 \x80", "It’s “fine” — €"),
        ("latin1", b"\x85", "…"),
        ("us-ascii", b"don\x92t", "don’t"),
        ("iso-8859-9", b"\x93\xfd\x94", "“ı”"),
        ("iso-8859-11", b"\xa1\x93", "ก“"),
        ("gb2312", "朱镕基".encode("gb18030"), "朱镕基"),
        ("gbk", "𠮷".encode("gb18030"), "𠮷"),
        ("x-gbk", "镕".encode("gb18030"), "镕"),
        ("shift_jis", "①髙橋".encode("cp932"), "①髙橋"),
        ("Shift-JIS", "①".encode("cp932"), "①"),
        ("x-sjis", "㈱".encode("cp932"), "㈱"),
        ("euc-jp", "①日本".encode("euc_jis_2004"), "①日本"),
        ("big5", "測試𠱃".encode("big5hkscs"), "測試𠱃"),
        ("euc-kr", "뷁 똠방각하".encode("cp949"), "뷁 똠방각하"),
        ("ks_c_5601-1987", "뷁".encode("cp949"), "뷁"),
        ("korean", "뷁".encode("cp949"), "뷁"),
        ("MS949", "뷁".encode("cp949"), "뷁"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("iso-2022-kr", "한글".encode("iso2022_kr"), "한글"),
        ("koi8-r", "Привет".encode("koi8_r"), "Привет"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("macintosh", "é".encode("mac_roman"), "é"),
        ("johab", "한글".encode("johab"), "한글"),
        ("utf-16", "글".encode(), "글"),
        ("x-user-defined", "글".encode("cp949"), "글"),
        ("hz-gb-2312", "글".encode(), "글"),
        ("hz", "中文".encode("hz"), "中文"),
        ("iso-unheard-of", b"caf\xe9", "café"),
    ],
)
def test_a_label_means_what_it_means_to_browsers(label: str, data: bytes, text: str) -> None:
    assert decode(data, f"text/xml; charset={label}") == text
    assert decode(f'<?xml encoding="{label}"?>'.encode() + data).endswith(text)


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_of_the_standard_is_read(label: str) -> None:
    assert decode(KOREAN.encode(), f"text/html; charset={label}") == KOREAN
    decode(b"\xff\xff", f"text/html; charset={label}")


@pytest.mark.parametrize("label", ["", "utf-8", "euc-kr", "iso-8859-1", "unheard-of", "shift_jis"])
@pytest.mark.parametrize(
    "bad", [b"\xed\x95", b"\xff", b"\xb1", b"\x92", "é".encode("cp1252"), b"\xf0\x9f"]
)
def test_a_bad_byte_does_not_change_the_language(label: str, bad: bytes) -> None:
    data = f"<p>{KOREAN}</p>".encode()
    read = decode(data + bad + b"<b>" + data, f"text/xml; charset={label}")
    assert read.count(KOREAN) == 2
    assert "<b>" in read
    assert "\ufffd" in read


@pytest.mark.parametrize("label", ["", "utf-8", "euc-kr", "unheard-of"])
@pytest.mark.parametrize("bad", [b"", b"\xff", b"\xc7"])
def test_cp949_is_read_by_its_hangul_whatever_is_declared(label: str, bad: bytes) -> None:
    data = KOREAN.encode("cp949")
    read = decode(data + bad + b"<b>" + data, f"text/xml; charset={label}")
    assert read.count(KOREAN) == 2
    assert "<b>" in read


def test_a_server_that_adds_latin_1_by_itself_is_not_believed() -> None:
    data = b'<?xml version="1.0" encoding="euc-kr"?>' + KOREAN.encode("cp949")
    assert decode(data, "text/xml; charset=iso-8859-1").endswith(KOREAN)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"don\x92t stop, it\x92s ok", "don’t stop, it’s ok"),
        (b"\x93Caf\xe9\x94 \x96 na\xefve", "“Café” – naïve"),
        (b"100 \x80 \x95 \xdcbergr\xf6\xdfe", "100 € • Übergröße"),
        (b"\xbfQu\xe9 pasa en Espa\xf1a?", "¿Qué pasa en España?"),
    ],
)
def test_western_text_is_not_taken_for_korean(data: bytes, text: str) -> None:
    assert decode(data) == decode(data, "text/xml; charset=utf-8") == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("测试朱镕基你好我们今天去北京看长城然后吃烤鸭", "gb18030"),
        ("これは日本語のテストです。東京へ行きました。", "cp932"),
        ("これは日本語のテストです。東京へ行きました。", "euc_jp"),
        ("Привет, как дела? Это проверка.", "cp1251"),
    ],
)
def test_other_languages_are_not_taken_for_korean(text: str, charset: str) -> None:
    assert not any("가" <= character <= "힣" for character in decode(text.encode(charset)))


def test_surrogates_in_utf_8_are_what_they_stand_for() -> None:
    assert decode("글 ".encode() + b"\xed\xa0\xbd\xed\xb8\x80") == "글 😀"
    assert decode("글 ".encode() + b"\xed\xa0\xbd!") == "글 \ufffd!"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_without_a_mark(charset: str) -> None:
    assert decode("<rss>글</rss>".encode(charset)) == "<rss>글</rss>"
    if "16" in charset:
        assert decode('{"items": "글"}'.encode(charset)) == '{"items": "글"}'


@given(st.binary(max_size=60), st.text(max_size=40))
def test_any_bytes_are_text(data: bytes, content_type: str) -> None:
    decode(data, content_type)
    decode(data, f"text/html; charset={content_type}")


@given(st.text(max_size=40))
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    if not data.startswith((b"<\0", b"\0<", b"{\0", b"\0{", b"\xef\xbb\xbf")):
        assert decode(data, "text/xml; charset=euc-kr") == data.decode()
