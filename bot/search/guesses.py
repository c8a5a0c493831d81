"""What a word that nothing has may have been meant to be.

Guesses come from how the word was typed: on the other layout, as initials, without or with a space
too many, with a slip of a finger. They are checked against the words that the posts have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from rapidfuzz.distance import OSA

from bot.search.analyse import flat, fold, runs
from bot.search.conjugation import (
    is_short_predicate,
    read_short_stems,
    read_stems,
    short_beginnings,
)
from bot.search.endings import base, is_ending, noun_forms, short_stem
from bot.search.half_typed import clear_up, complete, has_jamo, once
from bot.search.inner_slips import mend_inside
from bot.search.matching import UNSURE
from bot.search.numbers import is_counter
from bot.search.results import RepairKind
from bot.search.shortened import read_short
from bot.text.hangul import (
    VOWELS,
    final_of,
    from_keys,
    initials,
    is_initial,
    is_syllable,
    keys,
    split_syllable,
    untangle,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.search.terms import Lookup
    from storage.search_words import KnownWord

FEWEST_KEYS = 4
"""Shorter words have too many neighbours."""
SHORT = 2
"""Syllables of words that have so many neighbours that only a mishearing is believed."""
SOUNDING_ALIKE = (
    "ㅐㅔ",
    "ㅒㅖㅔ",
    "ㅙㅚㅞ",
    "ㅢㅣ",
    "ㅟㅣ",
    "ㅗㅛ",
    "ㅗㅜ",
    "ㅏㅑ",
    "ㅓㅕ",
    "ㅜㅠ",
)
BESIDE = 12
"""Guesses that are looked for beside a neighbour."""
MOST_KEYS = 40
MOST_SLIPS = 2
"""A slip is a keystroke too many, missing, wrong or swapped with the next: the optimal string
alignment distance."""
LONGEST_COMPOUND = 24
OTHER_OPENING = 0.4
TWO_SLIPS_FROM = 8
"""Keystrokes from which two slips are believed, when the initials agree."""
_STUMPS = frozenset("을습으겠보볼주내졌았었")
"""What ends no word: 심습니다 is named by another form."""
_TOPICS = frozenset("는은을")
"""Particles that end verbs, too."""
LATIN_PART = 3
LONG_LATIN = 7
"""A shorter Latin word with another first letter is another word."""

_LATIN = re.compile(r"[A-Za-z]+\Z")
_HANGUL = re.compile(r"[가-힣]+\Z")
_TYPED_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]+\Z")


class Lexicon(Protocol):
    """The words of the posts."""

    def word(self, word: str) -> KnownWord | None:
        """This word, if it is known."""

    def spelt(self, start: str, lengths: tuple[int, int]) -> list[KnownWord]:
        """Words whose keystrokes start so, and are so many."""

    def ending(self, end: str, lengths: tuple[int, int]) -> list[KnownWord]:
        """Words whose keystrokes end so, and are so many."""

    def alike(self, spelling: str) -> list[KnownWord]:
        """Words with the same first consonants, or the same first two letters."""

    def has_syllable(self, syllable: str) -> bool:
        """Whether a post has this syllable as a word of its own."""

    def opens(self, beginning: str) -> bool:
        """Whether a word of the posts begins so."""

    def beside(self, left: str, right: str) -> bool:
        """Whether posts have these two side by side, or with brackets between them."""

    def completing(self, typed: str) -> list[KnownWord]:
        """Words whose keystrokes begin so, the most common first."""

    def opening(self, syllable: str) -> list[KnownWord]:
        """Words that begin with it, the most common first."""

    def texts_across(self, heads: Sequence[str], right: str) -> list[tuple[str, str]]:
        """Folded titles and bodies of posts where one of `heads` goes on with this syllable."""

    def texts_with(self, pair: str) -> list[str]:
        """Folded texts of some posts that have this pair of syllables."""

    def holds(self, name: str) -> int:
        """How many posts have this name."""

    @property
    def in_time(self) -> bool:
        """Whether there is time for another attempt."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a word may have been meant to be."""

    kind: RepairKind
    text: str
    alternatives: tuple[str, ...] = ()
    """Searched as well as `text`, as readings of one word."""


def is_initials(folded: str) -> bool:
    """Whether a word is all first consonants: ㅇㅈㅇ, also where a keyboard joined two of them."""
    plain = untangle(folded)
    return len(plain) > 1 and all(is_initial(c) for c in plain)


def other_layout(typed: str) -> Iterator[str]:
    """The word as the other keyboard layout would have given it, likeliest first."""
    if _LATIN.match(typed):
        for spelt in dict.fromkeys((typed, typed.lower(), typed[0].lower() + typed[1:])):
            hangul = from_keys(spelt)
            if len(hangul) > 1 and all(is_syllable(c) for c in hangul):
                yield hangul
    elif _TYPED_HANGUL.match(typed):
        latin = keys(untangle(typed)).lower()
        if len(latin) > 1:
            yield latin


def guess_layout(typed: str, lexicon: Lexicon) -> Guess | None:
    """The other layout, where posts have what it gives."""
    for text in other_layout(typed):
        if text.isascii() and lexicon.word(text) is None:
            continue
        if lexicon.holds(text) or (not text.isascii() and lexicon.holds(base(text))):
            return Guess(RepairKind.LAYOUT, text)
    return None


def guess_spacing(folded: str, lexicon: Lexicon) -> Guess | None:
    """The word in two or three that posts have: 미국대선 as 미국 대선."""
    best: tuple[int, str] | None = None
    for parts, posts in _known_partings(folded, lexicon):
        if best is None or posts > best[0]:
            best = posts, " ".join(parts)
    return Guess(RepairKind.SPACING, best[1]) if best else None


def _known_partings(folded: str, lexicon: Lexicon) -> Iterator[tuple[list[str], int]]:
    """Partings into known words, with the posts of the rarest; those into three count half."""

    @cache
    def posts_with(part: str) -> int:
        return _posts_with(part, lexicon) if len(part) > 1 else 0

    splits = [(left, right) for left, right in _splits(folded) if posts_with(left)]
    for left, right in splits:
        if posts_with(right):
            yield [left, right], min(posts_with(left), posts_with(right))
    for left, right in splits:
        for middle, last in _splits(right):
            worth = min(posts_with(left), posts_with(middle), posts_with(last)) // 2
            if worth or (posts_with(middle) and posts_with(last)):
                yield [left, middle, last], worth


def guess_scripts(typed: str, lexicon: Lexicon) -> Guess | None:
    """Words of several scripts that were typed without a space: AI회의록 as AI 회의록.

    Each part is parted again where posts have it in two; half of the whole must be in posts.
    """
    pieces = _by_script(typed)
    if len(pieces) < 2 or has_jamo(typed):  # noqa: PLR2004  # a change takes two
        return None
    parts: list[str] = []
    held = 0
    for piece in pieces:
        known = lexicon.holds(fold(piece)) > 0
        parted = None if known else _parted_piece(parts, piece, lexicon)
        parts.append(parted or piece)
        held += len(piece) * (known or parted is not None)
    return Guess(RepairKind.SPACING, " ".join(parts)) if 2 * held >= len("".join(pieces)) else None


def _parted_piece(before: list[str], piece: str, lexicon: Lexicon) -> str | None:
    """A piece in words that posts have; its first syllables may go on the piece before: O형 모기.

    That one is then taken from `before`.
    """
    parted = guess_spacing(fold(piece), lexicon)
    if parted or not before or not _HANGUL.match(piece):
        return parted.text if parted else None
    for place in range(1, len(piece) - 1):
        word = before[-1] + piece[:place]
        if lexicon.in_time and lexicon.holds(fold(word)) and lexicon.holds(piece[place:]):
            before.pop()
            return f"{word} {piece[place:]}"
    return None


def _by_script(typed: str) -> list[str]:
    """The runs of a word; a number keeps its unit."""
    pieces: list[str] = []
    for run in runs(fold(typed)):
        piece = typed[run.start : run.end]
        if pieces and pieces[-1].isdigit() and is_counter(fold(piece)):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def guess_tail(folded: str, lexicon: Lexicon) -> Guess | None:
    """A word with one of one syllable after it, as posts have them side by side: 토큰값."""
    left, right = folded[:-1], folded[-1:]
    if len(left) < SHORT or not _HANGUL.match(folded) or not _posts_with(left, lexicon):
        return None
    beside = lexicon.has_syllable(right) and lexicon.beside(left, right)
    return Guess(RepairKind.SPACING, f"{left} {right}") if beside else None


def guess_named_parts(folded: str, lexicon: Lexicon, names: Lookup) -> Guess | None:
    """A compound in two words that posts have side by side under other names: 티켓값 as 표 값."""
    if not _HANGUL.match(folded):
        return None
    for left, right in _splits(folded):
        named = [_names_in_posts(part, lexicon, names) for part in (left, right)]
        pairs = ((one, other) for one in (left, *named[0]) for other in (right, *named[1]))
        if any(named) and any(lexicon.in_time and lexicon.holds(flat(a + b)) for a, b in pairs):
            return Guess(RepairKind.SPACING, f"{left} {right}")
    return None


def _names_in_posts(part: str, lexicon: Lexicon, names: Lookup) -> list[str]:
    """Other names of a part, as sure as a glossary's, that posts have."""
    if len(part) < SHORT:
        return []
    sure = dict.fromkeys(flat(fold(name)) for name, weight in names(part) if weight > UNSURE)
    return [name for name in sure if len(name) == 1 or lexicon.holds(name)]


def guess_half_typed(folded: str, lexicon: Lexicon) -> Guess | None:
    """A word that is not all typed, or with more than was meant."""
    text = clear_up(folded, lexicon)
    if text is None and (fuller := next((w for w in once(folded) if lexicon.holds(w)), None)):
        text = fuller
    text = text or complete(folded, lexicon)
    return Guess(RepairKind.HALF_TYPED, text) if text else None


def guess_form(folded: str, lexicon: Lexicon) -> Guess | None:
    """A word as a verb whose stem is one syllable, or as a noun of one and its particle."""
    stem = short_stem(folded)
    if stem and lexicon.has_syllable(stem):
        return Guess(RepairKind.FORM, stem)
    return guess_verb(folded, lexicon)


def guess_verb(folded: str, lexicon: Lexicon) -> Guess | None:
    """The other forms of a verb whose stem is one syllable, where posts have that verb.

    Of two stems that the word may have, both are looked for.
    """
    found: dict[str, None] = {}
    for stem in read_short_stems(folded):
        found.update(dict.fromkeys(_forms_in_posts(stem, folded, lexicon)))
    if not found:
        return None
    if lexicon.opens(folded):
        found[folded] = None
    text, *others = sorted(found, key=lambda form: form[-1] in _STUMPS)
    return Guess(RepairKind.FORM, text, tuple(others))


def _forms_in_posts(stem: str, folded: str, lexicon: Lexicon) -> list[str]:
    """The forms of a verb, those that tell it first; none where there are only those nouns have."""
    telling, nounlike = short_beginnings(stem)
    found = [one for one in telling if one != folded and lexicon.in_time and lexicon.opens(one)]
    doing = stem + "는"
    is_verb = doing in nounlike and not is_ending(doing)
    if is_verb and lexicon.opens(doing) and not _is_noun(doing, lexicon):
        found.append(doing)
    if not found:
        return []
    others = (one for one in nounlike if one not in {folded, doing} and not is_ending(one))
    return found + [
        one
        for one in others
        if lexicon.in_time and lexicon.opens(one) and not _is_noun(one, lexicon)
    ]


def _is_noun(form: str, lexicon: Lexicon) -> bool:
    """Whether posts use what may be a verb as a noun, or as one and its particle: 사고를, 차를."""
    if form[1:] in _TOPICS:
        return lexicon.opens(form[0] + ("에" if final_of(form[0]) else "를"))
    return any(lexicon.opens(one) for one in noun_forms(form))


def guess_shortened(folded: str, lexicon: Lexicon) -> Guess | None:
    """What a short form stands for."""
    text = read_short(folded, lexicon)
    return Guess(RepairKind.SHORTENED, text) if text else None


def guess_joined(left: str, right: str, lexicon: Lexicon) -> Guess | None:
    """Two words that posts write as one."""
    joined = left + right
    return Guess(RepairKind.SPACING, joined) if lexicon.word(joined) else None


def guess_typo(folded: str, lexicon: Lexicon) -> Guess | None:
    """The likeliest word within a slip or two; for a compound, of one of its parts."""
    if is_short_predicate(folded):
        return guess_misheard(folded, lexicon)
    near = near_words(folded, lexicon)
    if near:
        return Guess(RepairKind.TYPO, near[0])
    mended = _split_with_slip(folded, lexicon) or mend_inside(folded, lexicon)
    return Guess(RepairKind.TYPO, mended) if mended else None


def guess_misheard(folded: str, lexicon: Lexicon) -> Guess | None:
    """What sounds like a word of two syllables that may be a verb, too: 찌게 is 찌개."""
    if len(folded) != SHORT or read_stems(folded) or not is_short_predicate(folded):
        return None
    return guess_slip(folded, lexicon)


def guess_slip(folded: str, lexicon: Lexicon) -> Guess | None:
    """A known word one slip away."""
    near = near_words(folded, lexicon, slips=1)
    return Guess(RepairKind.TYPO, near[0]) if near else None


def guess_beside(word: str, left: str, right: str, lexicon: Lexicon) -> Guess | None:
    """A short word with a slip, believed where posts have the result beside a neighbour.

    `left` and `right` are the words around it, empty at the ends: 전럭 after 투자 is 전략.
    """
    for near in near_words(word, lexicon, slips=1, doubtful=True)[:BESIDE]:
        sides = ((left, left + near), (right, near + right))
        if lexicon.in_time and any(side and lexicon.holds(both) for side, both in sides):
            return Guess(RepairKind.TYPO, near)
    return None


def near_words(
    folded: str, lexicon: Lexicon, *, slips: int = MOST_SLIPS, doubtful: bool = False
) -> list[str]:
    """Known words within so many slips, the nearest and then the most common first.

    `doubtful` takes those that are not believed by themselves.
    """
    ranked: dict[str, tuple[float, float]] = {}
    for spelling in dict.fromkeys((folded, base(folded))):
        if not (_LATIN.match(spelling) or _HANGUL.match(spelling)):
            continue
        for cost, word in _neighbours(spelling, slips, lexicon, doubtful=doubtful):
            rank = cost, -float(word.posts + 2 * word.titles)
            is_nearer = word.word != folded and rank < ranked.get(word.word, (9.0, 0.0))
            if is_nearer and not _only_ends(word.word, lexicon):
                ranked[word.word] = rank
    return sorted(ranked, key=lambda word: (ranked[word], word))


def _only_ends(word: str, lexicon: Lexicon) -> bool:
    """Whether it only closes other words, and is no noun of the posts: 라는, but not 라면, 지도."""
    return is_ending(word) and not any(lexicon.opens(one) for one in noun_forms(word))


def _neighbours(
    spelling: str, slips: int, lexicon: Lexicon, *, doubtful: bool
) -> Iterator[tuple[float, KnownWord]]:
    """Words a slip away; where there is none, those two slips away that open the same.

    A word one slip away shares its first half or its last half: two ranges hold them all.
    """
    typed = keys(spelling)
    if not FEWEST_KEYS <= len(typed) <= MOST_KEYS or not lexicon.in_time:
        return
    half, lengths = len(typed) // 2, (len(typed) - 1, len(typed) + 1)
    near = lexicon.spelt(typed[:half], lengths) + lexicon.ending(typed[half:], lengths)
    found = False
    for word in near:
        one_slip = OSA.distance(typed, word.keys, score_cutoff=1) == 1
        if one_slip and (doubtful or _believed(spelling, typed, word)):
            found = True
            yield 1 + (not _opens_alike(spelling, word.word)) * OTHER_OPENING, word
    if found or slips == 1 or len(typed) < TWO_SLIPS_FROM:
        return
    for word in lexicon.alike(spelling):
        if OSA.distance(typed, word.keys, score_cutoff=MOST_SLIPS) <= MOST_SLIPS:
            yield 2.0, word


def _believed(spelling: str, typed: str, word: KnownWord) -> bool:
    if word.word.isascii() != spelling.isascii():
        return False
    if spelling.isascii():
        return len(typed) >= LONG_LATIN or typed[0] == word.keys[0]
    return len(spelling) > SHORT or _mishearing(spelling, word.word)


def _mishearing(left: str, right: str) -> bool:
    """Whether two short words differ only in vowels that sound the same, as 검섹 and 검색 do."""
    if len(left) != len(right):
        return False
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return all(_same_sound(split_syllable(a), split_syllable(b)) for a, b in pairs)


def _same_sound(left: tuple[int, int, int], right: tuple[int, int, int]) -> bool:
    return (left[0], left[2]) == (right[0], right[2]) and any(
        {VOWELS[left[1]], VOWELS[right[1]]} <= set(alike) for alike in SOUNDING_ALIKE
    )


def _opens_alike(left: str, right: str) -> bool:
    """The same first consonants, or first letter: slips there are rare."""
    return left[0] == right[0] if left.isascii() else initials(left) == initials(right)


def _split_with_slip(folded: str, lexicon: Lexicon) -> str | None:
    """Two neighbouring words, one of them with a slip: 짐캘러 as 짐 켈러."""
    best: tuple[int, str] | None = None
    for left, right in _splits(folded):
        for text in _mended_halves(left, right, lexicon):
            posts = lexicon.holds(text.replace(" ", ""))
            if posts and (best is None or posts > best[0]):
                best = posts, text
    return best[1] if best else None


def _mended_halves(left: str, right: str, lexicon: Lexicon) -> Iterator[str]:
    if _known_part(left, lexicon):
        yield from (f"{left} {word}" for word in near_words(right, lexicon, slips=1)[:5])
    if _known_part(right, lexicon):
        yield from (f"{word} {right}" for word in near_words(left, lexicon, slips=1)[:5])


def _splits(folded: str) -> Sequence[tuple[str, str]]:
    if len(folded) > LONGEST_COMPOUND or not (_LATIN.match(folded) or _HANGUL.match(folded)):
        return ()
    shortest = LATIN_PART if folded.isascii() else 1
    places = range(shortest, len(folded) - shortest + 1)
    return [(folded[:place], folded[place:]) for place in places]


def _known_part(part: str, lexicon: Lexicon) -> int:
    """How common a part of a compound is; single syllables are believed where they are words."""
    if len(part) == 1:
        return int(is_syllable(part) and lexicon.has_syllable(part))
    return _posts_with(part, lexicon)


def _posts_with(word: str, lexicon: Lexicon) -> int:
    """How many posts have this word, or its stem."""
    for spelling in dict.fromkeys((word, base(word))):
        if len(spelling) > 1 and (known := lexicon.word(spelling)):
            return known.posts
    return 0
