"""From a text to what is indexed of it. Raise ANALYSIS_VERSION when any of this changes. Pure.

Hangul (and Han, kana) are indexed as overlapping pairs of characters, also across one space, so
that a compound is found whether or not it is written together; other scripts and numbers as words.
One posting carries no count and no place (`detail=none`): a token that is in the title, or three
times in the text, is stored a second time under a mark. That is all the ranking that SQL does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from bot.search.endings import STOP_WORDS, base
from bot.text.hangul import initials

ANALYSIS_VERSION = 3

TITLE_MARK = "\ue000"
OFTEN_MARK = "\ue001"
INITIALS_MARK = "\ue002"
"""Private-use characters before a token: of the title, often in the text, initials of the title."""
OFTEN = 3
WORD_LENGTHS = range(2, 17)
"""Lengths that the vocabulary takes: longer words are lines, addresses and noise."""

LONGEST_TOKEN = 32

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_HAS_WIDE = re.compile("[！-～\u3000\xa0]")
_PAIRS = "가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_LETTERS = "a-zß-öø-ɏͰ-ӿ"
"""Latin, Greek and Cyrillic, with what they wear."""
_RUN = re.compile(
    rf"(?P<pairs>[{_PAIRS}]+)"
    rf"|(?P<special>(?<![{_LETTERS}])[a-z](?:\+\+|#))"
    rf"|(?P<latin>[{_LETTERS}]+)|(?P<digits>[0-9]+(?:,[0-9]{{3}})*)"
    rf"|(?P<other>(?:(?![0-9{_PAIRS}{_LETTERS}_])\w)+)"
)
_GAP = re.compile(r"[ \t\n\-·‧]{1,2}")
_WIDEST_GAP = 2
_GAPS = "\n\t\r\v\f\u2003\u2009-·‧,"


def normalise(text: str) -> str:
    """NFC: what macOS sends taken apart comes together; compatibility jamo stay what they are.

    NFKC would turn ㄱ (U+3131) into U+1100 and break search by initials.
    """
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case and narrow letters; as long as `text`, so that places stay places."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lowered.translate(_WIDE) if _HAS_WIDE.search(lowered) else lowered


def flat(folded: str) -> str:
    """The text without spaces, hyphens and commas: 데이터 센터 is 데이터센터, and 3,000 is 3000."""
    joined = folded.replace(" ", "")
    for gap in _GAPS:
        if gap in joined:
            joined = joined.replace(gap, "")
    return joined


class Run(NamedTuple):
    """Letters of one kind in a row; `kind` is the group of the pattern that took it."""

    text: str
    kind: str
    start: int
    end: int


def runs(folded: str) -> list[Run]:
    """The runs of a folded text, in order."""
    return [Run(m.group(), m.lastgroup or "", *m.span()) for m in _RUN.finditer(folded)]


def tokens_of_run(run: Run) -> list[str]:
    """What a run is indexed as: its pairs, or itself."""
    text = run.text
    if run.kind != "pairs":
        return [_SPECIAL.get(text, text.replace(",", ""))[:LONGEST_TOKEN]]
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


_SPECIAL = {f"{letter}++": f"{letter}plusplus" for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    f"{letter}#": f"{letter}sharp" for letter in "abcdefghijklmnopqrstuvwxyz"
}


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text as tokens, with how often each is in it, and as words of the vocabulary."""

    tokens: Counter[str]
    words: set[str]


def analyse_text(text: str) -> Analysed:
    """What is indexed of a text: its tokens; its words without particles and endings."""
    folded = fold(normalise(text))
    tokens: list[str] = []
    words: set[str] = set()
    before: Run | None = None
    for run in runs(folded):
        tokens += tokens_of_run(run)
        word = run.text
        if run.kind == "pairs":
            word = base(word)
            if len(word) == 1 < len(run.text):
                tokens.append(word)
            if before and _continues(before, run, folded):
                tokens.append(before.text[-1] + run.text[0])
        if run.kind in _WORDS and len(word) in WORD_LENGTHS and word not in STOP_WORDS:
            words.add(word)
        before = run
    return Analysed(Counter(tokens), words)


_WORDS = frozenset({"pairs", "latin"})


def _continues(before: Run, run: Run, folded: str) -> bool:
    """Whether only a gap that compounds may have lies between two runs of pairs."""
    if before.kind != "pairs" or run.start - before.end > _WIDEST_GAP:
        return False
    return _GAP.fullmatch(folded, before.end, run.start) is not None


def post_tokens(title: Analysed, body: Analysed, title_text: str) -> list[str]:
    """Every token under which a post is indexed, each once, marks included; sorted."""
    tokens = {*title.tokens, *body.tokens}
    tokens.update(TITLE_MARK + token for token in title.tokens)
    tokens.update(OFTEN_MARK + token for token, count in body.tokens.items() if count >= OFTEN)
    first = initials(normalise(title_text))
    tokens.update(INITIALS_MARK + first[i : i + 2] for i in range(len(first) - 1))
    return sorted(tokens)
