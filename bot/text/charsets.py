"""Bytes of a feed or a page as text, whatever their header claims. Pure.

Korean sites declare `euc-kr` for CP949, or for UTF-8: what the bytes are goes before what is said
of them. Labels mean what they mean to browsers (WHATWG, Encoding Standard): `iso-8859-1` is
Windows-1252, `gb2312` GB18030, `shift_jis` CP932.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

import webencodings

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_KOREAN = "cp949"
_KOREAN_LABELS = {"euckr", "ks_c_5601", "cp949", "ms949", "uhc", "x-windows-949"}
"""Those that browsers do not know."""
_UTF_8 = "utf-8"
_WIDER = {"gbk": "gb18030", "euc-jp": "euc_jis_2004", "iso-2022-jp": "iso2022_jp_ext"}
"""Python's codecs that read all of what these names stand for."""
_ESCAPING = {"iso2022_jp_ext": b"\x1b", "iso2022_kr": b"\x0e", "hz": b"~{"}
"""Charsets of ASCII bytes, and what no other text of such bytes has."""
_IN_HEADER = re.compile(r"charset\s*=[\s\"']*([\w.:-]+)", re.IGNORECASE)
_IN_TEXT = re.compile(rb"(?:encoding|charset)\s*=[\s\"']*([\w.:-]+)", re.IGNORECASE)
_CHARSET = re.compile(
    r"(?:iso|windows|cp|ibm|euc|shift|big5|gb|hz|koi8|mac|latin|tis|johab)[\w.-]*",
    re.IGNORECASE,
)
"""Python knows codecs that are no charsets (unicode_escape, idna)."""
_HEAD = 2048
_LAST_RESORT = "cp1252"
_GOOD_TO_BAD = 3
"""A text with so many good characters of UTF-8 to each bad one was UTF-8; in CP949 one of seven
pairs of bytes looks like a good one, in others less."""
_IN_KOREAN = re.compile("[\x00-\x7fㄱ-ㆎ]")
_EVERYDAY = 0xA1
"""Both bytes of the syllables of KS X 1001 are at least that; the rare ones of CP949 are others."""
_HANGUL_TO_OTHERS = 4
"""Chinese read as CP949 is three quarters Hangul, Korean all but a few Chinese characters."""


def decode(data: bytes, content_type: str = "") -> str:
    """The text of `data`; a byte that fits nowhere becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    declared = _declared(data, content_type)
    escaping = [name for name in declared if _ESCAPING.get(name, b"\xff") in data]
    for encoding in (*escaping, _UTF_8):
        if (text := _read(data, encoding)) is not None:
            return text
    return _with_faults(data, declared)


def _with_faults(data: bytes, declared: list[str]) -> str:
    """The text of what is not UTF-8 throughout."""
    if (text := _utf_8(data)) is not None:
        return text
    for encoding in declared:
        if encoding != _UTF_8 and (text := _read(data, encoding)) is not None:
            return text
    korean = data.decode(_KOREAN, "replace")
    if _is_korean(korean):
        return korean
    named = next((name for name in declared if name != _UTF_8), _LAST_RESORT)
    return data.decode(named, "replace")


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf_8(data: bytes) -> str | None:
    """What is UTF-8 but for a few bytes, or for pairs of surrogates; else None."""
    try:
        paired = data.decode(_UTF_8, "surrogatepass").encode("utf-16-le", "surrogatepass")
        return paired.decode("utf-16-le", "replace")
    except UnicodeDecodeError:
        text = data.decode(_UTF_8, "replace")
    bad = text.count("\ufffd") - data.count("\ufffd".encode())
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return text if good >= _GOOD_TO_BAD * bad else None


def _is_korean(text: str) -> bool:
    """Whether a text read as CP949 is Korean: Hangul of the everyday set, hardly anything else."""
    everyday = rare = others = 0
    for character, count in Counter(text).items():
        if "가" <= character <= "힣":
            is_everyday = min(character.encode(_KOREAN)) >= _EVERYDAY
            everyday += count * is_everyday
            rare += count * (not is_everyday)
        elif character == "\ufffd" or (character.isalpha() and not _IN_KOREAN.match(character)):
            others += count
    return everyday > rare + _HANGUL_TO_OTHERS * others


def _declared(data: bytes, content_type: str) -> list[str]:
    """Python's names of what the header and the text say, in this order.

    What fits any bytes comes last: servers add `iso-8859-1` by themselves.
    """
    found = [match[1] for match in [_IN_HEADER.search(content_type)] if match]
    found += [match[1].decode("ascii") for match in [_IN_TEXT.search(data[:_HEAD])] if match]
    names = [name for name in map(_codec, found) if name is not None]
    return sorted(names, key=lambda name: name == _LAST_RESORT)


def _codec(label: str) -> str | None:
    """Python's name of the charset that is meant by a label; None where there is none."""
    if label.lower() in _KOREAN_LABELS:
        return _KOREAN
    known = webencodings.lookup(label)
    if known is None or known.name == "replacement":
        return _of_python(label)
    if known.name.startswith("utf-16"):
        return _UTF_8  # whose label was read in bytes of ASCII
    name = _WIDER.get(known.name, known.codec_info.name)
    return None if name == "x-user-defined" else name


def _of_python(label: str) -> str | None:
    """The same of a charset that browsers do not read."""
    try:
        return codecs.lookup(label).name if _CHARSET.fullmatch(label) else None
    except LookupError:
        return None
