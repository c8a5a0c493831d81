"""Bytes of a feed or a page as text, whatever their header claims. Pure.

Korean sites declare `euc-kr` for CP949, or for UTF-8: what the bytes are goes before what is said
of them.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_KOREAN = {"euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "cp949", "ms949", "uhc"}
_KOREAN |= {"windows-949", "x-windows-949", "korean"}
_IN_HEADER = re.compile(r"charset\s*=[\s\"']*([\w.:-]+)", re.IGNORECASE)
_IN_TEXT = re.compile(rb"(?:encoding|charset)\s*=[\s\"']*([\w.:-]+)", re.IGNORECASE)
_CHARSET = re.compile(
    r"(?:iso|windows|cp|ibm|euc|shift|big5|gb|koi8|mac|latin|tis|johab)[\w.-]*|(?:us-)?ascii",
    re.IGNORECASE,
)
"""Python knows codecs that are no charsets (unicode_escape, idna)."""
_HEAD = 2048
_LAST_RESORT = "cp1252"


def decode(data: bytes, content_type: str = "") -> str:
    """The text of `data`; a byte that fits nowhere becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    declared = _declared(data, content_type)
    for encoding in ("utf-8", *declared, "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(declared[0] if declared else _LAST_RESORT, "replace")


def _declared(data: bytes, content_type: str) -> list[str]:
    """What the header and the text itself say, in this order, as far as Python knows it."""
    found = [match[1] for match in [_IN_HEADER.search(content_type)] if match]
    found += [match[1].decode("ascii") for match in [_IN_TEXT.search(data[:_HEAD])] if match]
    names = ["cp949" if name.lower() in _KOREAN else name for name in found]
    return [name for name in names if _CHARSET.fullmatch(name) and _is_known(name)]


def _is_known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
