"""parse_mode=HTML, as strict as the real one.

The rules and error texts of `parse_html` in tdlib/td `td/telegram/MessageEntity.cpp` (Bot API,
"HTML style"): a small set of tags, `&lt; &gt; &amp; &quot;` and numeric references, nothing else;
offsets in errors count bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.simulator.api.errors import ApiError, bad_request
from bot.simulator.rules.links import link_or_none, linked_user_id
from bot.simulator.rules.spans import Span, utf16_length

_KINDS = {
    b"b": "bold",
    b"strong": "bold",
    b"i": "italic",
    b"em": "italic",
    b"s": "strikethrough",
    b"strike": "strikethrough",
    b"del": "strikethrough",
    b"u": "underline",
    b"ins": "underline",
    b"tg-spoiler": "spoiler",
    b"span": "spoiler",
}
_TAGS = frozenset(_KINDS) | {b"a", b"tg-emoji", b"tg-time", b"pre", b"code", b"blockquote"}
_REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([a-zA-Z]*));?")
_NAMED = {b"lt": 0x3C, b"gt": 0x3E, b"amp": 0x26, b"quot": 0x22}
_PLAIN = re.compile(rb"[^<&]+")
_SPACES = re.compile(rb"[ \t\r\n\0\v]*")
_TAG_NAME = re.compile(rb"[^ \t\r\n\0\v>]*")
_ATTRIBUTE = re.compile(rb"[^ \t\r\n\0\v=>/\"']*")
_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")
_LONGEST_REFERENCE = 10
_LARGEST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


@dataclass(slots=True)
class _Open:
    tag: bytes
    argument: str
    date: int
    offset: int
    parts: int


def parse_html(text: str) -> tuple[str, list[Span]]:
    """Plain text and its spans, sorted; raises ApiError with the server's words."""
    return _Reader(text.encode()).read()


class _Reader:
    """One pass over the bytes of a text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pos = 0
        self._out: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._spans: list[Span] = []
        self._has_surrogate = False

    def read(self) -> tuple[str, list[Span]]:
        while self._pos < len(self._data):
            byte = self._data[self._pos]
            if byte == ord("<"):
                self._tag()
            elif byte == ord("&"):
                self._reference()
            else:
                self._plain()
        if self._open:
            tag = self._open[-1].tag.decode(errors="replace")
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return self._finished()

    def _finished(self) -> tuple[str, list[Span]]:
        text = "".join(self._out)
        if self._has_surrogate:
            raise _wrong(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        for span in self._spans:
            if span.kind == "code":
                span.extra.pop("language", None)
        return text, sorted(self._spans, key=Span.order)

    def _emit(self, text: str) -> None:
        self._out.append(text)
        self._length += utf16_length(text)

    def _plain(self) -> None:
        match = _PLAIN.match(self._data, self._pos)
        if match is None:  # pragma: no cover  # read() calls it only on a plain byte
            return
        self._pos = match.end()
        self._emit(match.group().decode())

    def _reference(self) -> None:
        code, end = _decode_reference(self._data, self._pos)
        if code == 0:
            self._pos += 1
            self._emit("&")
            return
        self._pos = end
        self._has_surrogate |= code in _SURROGATES
        self._emit(chr(code))

    def _tag(self) -> None:
        begin = self._pos
        self._pos += 1
        if self._data[self._pos : self._pos + 1] == b"/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._take(_TAG_NAME).lower()
        if self._at_end():
            raise _wrong(f"Unclosed start tag at byte offset {begin}")
        name = tag.decode(errors="replace")
        if tag not in _TAGS:
            raise _wrong(f'Unsupported start tag "{name}" at byte offset {begin}')
        opened = _Open(tag, "", 0, self._length, len(self._out))
        while not self._next_is(b">"):
            self._take(_SPACES)
            if self._next_is(b">"):
                break
            self._attribute(opened, name, begin)
        self._pos += 1
        if tag == b"span" and opened.argument != "spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._open.append(opened)

    def _attribute(self, opened: _Open, tag: str, begin: int) -> None:
        attribute = self._take(_ATTRIBUTE)
        if not attribute:
            raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self._take(_SPACES)
        if not self._next_is(b"="):
            if self._at_end():
                raise _wrong(f'Unclosed start tag "{tag}" at byte offset {begin}')
            if opened.tag == b"blockquote" and attribute == b"expandable":
                opened.argument = "1"
            return
        self._pos += 1
        self._take(_SPACES)
        if self._at_end():
            raise _wrong(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._attribute_value()
        if self._at_end():
            raise _wrong(f"Unclosed start tag at byte offset {begin}")
        _apply_attribute(opened, attribute, value)

    def _attribute_value(self) -> str:
        quote = self._data[self._pos : self._pos + 1]
        if quote not in {b"'", b'"'}:
            begin = self._pos
            token = self._take(_TOKEN).lower()
            if not self._at_end() and self._data[self._pos] not in b" \t\r\n\0\v>":
                raise _wrong(f"Unexpected end of name token at byte offset {begin}")
            return token.decode()
        self._pos += 1
        value = bytearray()
        while not self._at_end() and not self._next_is(quote):
            code, end = _decode_reference(self._data, self._pos)
            if code:
                value += chr(code).encode(errors="replace")
                self._pos = end
            else:
                value.append(self._data[self._pos])
                self._pos += 1
        self._pos += 1
        return value.decode(errors="replace")

    def _end_tag(self, begin: int) -> None:
        if not self._open:
            raise _wrong(f"Unexpected end tag at byte offset {begin}")
        self._pos += 1
        found = self._take(_TAG_NAME).lower().decode(errors="replace")
        self._take(_SPACES)
        if not self._next_is(b">"):
            raise _wrong(f"Unclosed end tag at byte offset {begin}")
        self._pos += 1
        opened = self._open.pop()
        expected = opened.tag.decode()
        if found and found != expected:
            raise _wrong(
                f'Unmatched end tag at byte offset {begin}, expected "</{expected}>", '
                f'found "</{found}>"'
            )
        if self._length > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        span = Span("", opened.offset, self._length - opened.offset)
        if opened.tag in _KINDS:
            span.kind = _KINDS[opened.tag]
        elif opened.tag == b"blockquote":
            span.kind = "expandable_blockquote" if opened.argument else "blockquote"
        elif opened.tag == b"tg-emoji":
            if not re.fullmatch(r"-?0*[1-9][0-9]*", opened.argument):
                raise _wrong("Invalid custom emoji identifier specified")
            span.kind, span.extra = "custom_emoji", {"custom_emoji_id": opened.argument}
        elif opened.tag == b"tg-time":
            span.kind, span.extra = "date_time", {"unix_time": opened.date}
        elif opened.tag == b"a":
            _fill_link(span, opened.argument or "".join(self._out[opened.parts :]))
        else:
            self._close_code(span, opened)
        if span.kind and not (span.kind == "date_time" and opened.date <= 0):
            self._spans.append(span)

    def _close_code(self, span: Span, opened: _Open) -> None:
        """`pre` around one `code` with a language is one entity, in either nesting."""
        last = self._spans[-1] if self._spans else None
        is_same = last is not None and (last.offset, last.length) == (span.offset, span.length)
        tag = opened.tag.decode()
        if is_same and last is not None and {last.kind, tag} == {"pre", "code"}:
            language = last.extra.get("language") or opened.argument
            if language:
                last.kind, last.extra = "pre", {"language": language}
                return
        span.kind = tag
        if opened.argument:
            span.extra = {"language": opened.argument}

    def _take(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self._data, self._pos)
        taken = match.group() if match else b""
        self._pos += len(taken)
        return taken

    def _next_is(self, byte: bytes) -> bool:
        return self._data[self._pos : self._pos + 1] == byte

    def _at_end(self) -> bool:
        return self._pos >= len(self._data)


def _apply_attribute(opened: _Open, attribute: bytes, value: str) -> None:
    match opened.tag, attribute:
        case (b"a", b"href") | (b"tg-emoji", b"emoji-id") | (b"tg-time", b"format"):
            opened.argument = value
        case (b"code", b"class") if value.startswith("language-"):
            opened.argument = value.removeprefix("language-")
        case (b"span", b"class") if value.startswith("tg-"):
            opened.argument = value.removeprefix("tg-")
        case (b"blockquote", b"expandable"):
            opened.argument = "1"
        case (b"tg-time", b"unix") if value.isdigit():
            opened.date = int(value)
        case _:
            pass


def _fill_link(span: Span, url: str) -> None:
    user_id = linked_user_id(url)
    if user_id is not None:
        span.kind, span.extra = "text_mention", {"user": {"id": user_id}}
        return
    link = link_or_none(url)
    if link is not None:
        span.kind, span.extra = "text_link", {"url": link}


def _decode_reference(data: bytes, pos: int) -> tuple[int, int]:
    """The code point of a character reference and the position after it; (0, pos) if none."""
    match = _REFERENCE.match(data, pos)
    if match is None:
        return 0, pos
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name, 0), match.end()
    code = int(hexadecimal or b"0", 16) if hexadecimal is not None else int(decimal or b"0")
    length = match.end() - pos - match.group().endswith(b";")
    if code == 0 or code >= _LARGEST_CODE or length >= _LONGEST_REFERENCE:
        return 0, pos
    return code, match.end()


def _wrong(reason: str) -> ApiError:
    return bad_request(f"Can't parse entities: {reason}")
