"""What people type for off, for on and the like: one list for every setting. Pure."""

from __future__ import annotations

from unicodedata import normalize

_OFF_WORDS = (
    "off none no never disable disabled clear - 끄기 꺼 꺼줘 꺼주세요 꺼요 꺼짐 끔 끄다 없음 없이 "
    "없애기 안함 안받음 안받기 해제 사용안함 중지 그만 필요없음"
)
_ON_WORDS = "on yes enable enabled 켜기 켜 켜줘 켜주세요 켜요 켜짐 켬 켜다 받기 바로"
_LATER_WORDS = "digest 다이제스트 요약 모아서 모아보기 모아받기"
OFF = frozenset(_OFF_WORDS.split())
ON = frozenset(_ON_WORDS.split())
LATER = frozenset(_LATER_WORDS.split())
"""In the digest instead of at once."""


def normal(typed: str) -> str:
    """As it is compared: composed, in lower case, with single spaces."""
    return " ".join(normalize("NFKC", typed).casefold().split())


def means_off(typed: str) -> bool:
    """Whether this is one of the words for off, spaces aside."""
    return _joined(typed) in OFF


def means_on(typed: str) -> bool:
    """Whether this is one of the words for on."""
    return _joined(typed) in ON


def means_later(typed: str) -> bool:
    """Whether this asks for the digest."""
    return _joined(typed) in LATER


def _joined(typed: str) -> str:
    return normal(typed).replace(" ", "").rstrip(".!")
