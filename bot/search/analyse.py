"""From a text to what is indexed of it. Raise ANALYSIS_VERSION when any of this changes.

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

from bot.search.endings import STOP_WORDS, base
from bot.search.hangul import initials

ANALYSIS_VERSION = 1

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
_RUN = re.compile(
    r"(?P<pairs>[가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+)"
    r"|(?P<special>(?<![a-z])[a-z](?:\+\+|#))"
    r"|(?P<latin>[a-z]+)|(?P<digits>[0-9]+(?:,[0-9]{3})*)"
    r"|(?P<other>(?:(?![a-z0-9가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff_])\w)+)"
)
_GAP = re.compile(r"[ \t\n\-·‧]{1,2}")
_GAPS = re.compile(r"[\s\-·‧,]+")


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
    return _GAPS.sub("", folded)


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one kind in a row; `kind` is the group of the pattern that took it."""

    text: str
    kind: str
    start: int
    end: int


def runs(folded: str) -> list[Run]:
    """The runs of a folded text, in order."""
    return [Run(m.group(), m.lastgroup or "", m.start(), m.end()) for m in _RUN.finditer(folded)]


def tokens_of_run(run: Run) -> list[str]:
    """What a run is indexed as: its pairs, or itself."""
    if run.kind != "pairs":
        return [_SPECIAL.get(run.text, run.text.replace(",", ""))[:LONGEST_TOKEN]]
    pairs = [run.text[i : i + 2] for i in range(len(run.text) - 1)]
    return pairs or [run.text]


_SPECIAL = {f"{letter}++": f"{letter}plusplus" for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    f"{letter}#": f"{letter}sharp" for letter in "abcdefghijklmnopqrstuvwxyz"
}


def text_tokens(text: str) -> Counter[str]:
    """Tokens of a text with how often each is in it."""
    folded = fold(normalise(text))
    found: Counter[str] = Counter()
    before: Run | None = None
    for run in runs(folded):
        found.update(tokens_of_run(run))
        if run.kind == "pairs":
            _add_pair_edges(found, run, before, folded)
        before = run
    return found


def _add_pair_edges(found: Counter[str], run: Run, before: Run | None, folded: str) -> None:
    """The pair across the gap before the run, and the one syllable that it comes down to."""
    stem = base(run.text)
    if len(stem) == 1 and len(run.text) > 1:
        found[stem] += 1
    if before and before.kind == "pairs" and _GAP.fullmatch(folded, before.end, run.start):
        found[before.text[-1] + run.text[0]] += 1


def post_tokens(title: str, body: str) -> list[str]:
    """Every token under which a post is indexed, each once, marks included; sorted."""
    of_title = text_tokens(title)
    of_body = text_tokens(body)
    tokens = set(of_title) | set(of_body)
    tokens.update(TITLE_MARK + token for token in of_title)
    tokens.update(OFTEN_MARK + token for token, count in of_body.items() if count >= OFTEN)
    first = initials(normalise(title))
    tokens.update(INITIALS_MARK + first[i : i + 2] for i in range(len(first) - 1))
    return sorted(tokens)


def text_words(text: str) -> set[str]:
    """The vocabulary of a text: words without particles and endings, each once."""
    found = set()
    for run in runs(fold(normalise(text))):
        word = base(run.text) if run.kind == "pairs" else run.text
        if run.kind in {"pairs", "latin"} and len(word) in WORD_LENGTHS and word not in STOP_WORDS:
            found.add(word)
    return found
