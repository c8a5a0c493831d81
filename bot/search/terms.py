"""From typed words to terms: every spelling under which the answer may be written. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from bot.search.analyse import flat, fold, runs, tokens_of_run
from bot.search.conjugation import changed_forms, read_stems
from bot.search.endings import (
    OPTIONAL_WORDS,
    STOP_WORDS,
    conjugations,
    stems,
    strip_ending,
    strip_particle,
)
from bot.search.matching import UNSURE, Form, Term
from bot.search.numbers import spellings
from bot.text import hangul

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.search.analyse import Run
    from bot.search.query import Word
    from storage.search import Group, Tokens

Lookup: TypeAlias = "Callable[[str], Iterable[tuple[str, float]]]"
"""Other names for a flat name, each with how sure it is (0 to 1)."""

LONGEST_NAME = 4
"""Words that a name may have."""
PARTICLE_WEIGHT = 0.95
STEM_WEIGHT = 0.8
CONJUGATED_WEIGHT = 0.7
MOST_FORMS = 24
PREFIX_LENGTH = 4
"""Latin words from this length match the beginnings of longer ones: prompt, prompts."""


IsNoun: TypeAlias = "Callable[[str], bool]"
"""Whether posts use a word as a noun, ending or not."""


def no_lookup(name: str) -> Iterable[tuple[str, float]]:
    """No other names for anything."""
    del name
    return ()


def no_nouns(word: str) -> bool:
    """Nothing is known of any word."""
    del word
    return False


def build_terms(
    words: Sequence[Word], lookup: Lookup = no_lookup, is_noun: IsNoun = no_nouns
) -> tuple[Term, ...]:
    """One term a word. Where several words make a name, its other names count for each of them.

    A word that `is_noun` is not taken apart, whatever it ends in.
    """
    others = _other_names(words, lookup)
    terms = [_term(word, others[place], is_noun) for place, word in enumerate(words)]
    if not any(term.required for term in terms):
        return tuple(Term(term.typed, term.forms) for term in terms)
    return tuple(terms)


def name_form(name: str, weight: float, *, runs_on: bool = False) -> Form:
    """A form for a name as it is written, spaces and all."""
    folded = fold(name)
    text = flat(folded)
    return Form(text, weight, name_tokens(folded), bare=len(text) == 1, runs_on=runs_on)


def name_tokens(folded: str) -> Group:
    """How the index holds a name: by its runs, and written as one word."""
    joined = flat(folded)
    apart = _tokens(runs(folded))
    together = _tokens(runs(joined))
    return tuple(dict.fromkeys(tokens for tokens in (apart, together) if tokens))


def _other_names(words: Sequence[Word], lookup: Lookup) -> list[list[Form]]:
    others: list[list[Form]] = [[] for _ in words]
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            window = words[start:end]
            if any(word.quoted for word in window):
                break
            for form in _names_of(window, lookup, alone=len(words) == 1):
                for place in range(start, end):
                    others[place].append(form)
    return others


def _names_of(window: Sequence[Word], lookup: Lookup, *, alone: bool) -> list[Form]:
    """Other names of a row of words; where it is `alone`, what only sounds alike comes last."""
    joined = "".join(flat(word.folded) for word in window)
    keys = [joined, "".join(flat(word.folded) for word in window[:-1]) + _bare(window[-1])]
    names = {}
    for key in dict.fromkeys(keys):
        for name, weight in lookup(key):
            if name not in names and flat(fold(name)) != joined:
                heard = weight <= UNSURE and alone
                names[name] = replace(name_form(name, weight), told=name, guessed=heard)
    return [form for form in names.values() if form.tokens]


def _bare(word: Word) -> str:
    return strip_particle(flat(word.folded))


def _term(word: Word, others: list[Form], is_noun: IsNoun) -> Term:
    if word.quoted:
        return Term(
            word.typed, (Form(word.folded, 1.0, (_phrase_tokens(word.folded),), literal=True),)
        )
    forms: dict[str, Form] = {}
    for form in (*_own_forms(word, is_noun), *others):
        if form.text and (form.text not in forms or forms[form.text].weight < form.weight):
            forms[form.text] = form
    required = word.folded not in OPTIONAL_WORDS
    return Term(word.typed, tuple(forms.values())[:MOST_FORMS], required)


def _own_forms(word: Word, is_noun: IsNoun) -> list[Form]:
    """What was typed first, then shorter guesses."""
    text = flat(word.folded)
    typed = Form(text, 1.0, name_tokens(word.folded))
    if counted := spellings(text):
        return [
            typed,
            *map(_counted_form, counted),
            *_without_ending(text),
        ]
    pieces = runs(text)
    if word.folded in STOP_WORDS:
        return [typed]
    if not pieces or pieces[-1].kind != "pairs":
        return [typed, *_singular(text)]
    head, last = text[: pieces[-1].start], pieces[-1].text
    return _analysed(typed, head, last, is_noun)


def _without_ending(text: str) -> list[Form]:
    """A number's word without its particle, and that in its other spellings."""
    bare = strip_particle(text)
    if bare == text:
        return []
    return [*map(_counted_form, (bare, *spellings(bare)))]


def _counted_form(written: str) -> Form:
    """Another spelling of a number; one with a space is meant with it: 세 배 is not 세배."""
    if " " in written:
        return Form(written, PARTICLE_WEIGHT, (_phrase_tokens(written),), literal=True)
    return name_form(written, PARTICLE_WEIGHT)


def _analysed(typed: Form, head: str, last: str, is_noun: IsNoun) -> list[Form]:
    """The typed form, and what its last Hangul may be without particle and ending."""
    shorter, other = stems(last), conjugations(last)
    if not all(stem.sure for stem in shorter) and is_noun(typed.text):
        shorter, other = tuple(stem for stem in shorter if stem.sure), ()
    bare = strip_particle(last)
    is_other = strip_ending(last) == last and is_noun(typed.text)
    predicates = [] if is_other else _predicates(head, last)
    found = [replace(typed, runs_on=bool(other or predicates))]
    for stem in shorter:
        weight = PARTICLE_WEIGHT if stem.text == bare else STEM_WEIGHT
        form = name_form(head + stem.text, weight, runs_on=bool(other))
        told = form.text if form.bare or not stem.sure else ""
        guessed = not stem.sure and not (stem.text == bare and is_noun(form.text))
        found.append(replace(form, told=told, guessed=guessed))
    doubtful = any(form.guessed for form in found)
    forms = [name_form(head + one, CONJUGATED_WEIGHT, runs_on=True) for one in other]
    forms += predicates
    return found + [replace(f, told=f.text, guessed=True) if doubtful else f for f in forms]


def _predicates(head: str, word: str) -> list[Form]:
    """Every stem of two syllables that the word may have, and its other forms."""
    read = [stem for stem in read_stems(word) if len(stem) > 1]
    changed = dict.fromkeys(one for stem in read for one in changed_forms(stem))
    before_ending = (
        replace(name_form(head + stem, CONJUGATED_WEIGHT, runs_on=True), stem=True)
        for stem in read
        if stem not in changed
    )
    forms = (name_form(head + one, CONJUGATED_WEIGHT, runs_on=True) for one in changed)
    return [*before_ending, *forms]


def _singular(text: str) -> list[Form]:
    if text.isascii() and text.isalpha() and len(text) > PREFIX_LENGTH and text.endswith("s"):
        return [name_form(text[:-1], PARTICLE_WEIGHT)]
    return []


def _tokens(pieces: Sequence[Run]) -> Tokens:
    found: list[str] = []
    for piece in pieces:
        for token in tokens_of_run(piece):
            opens_more = piece.kind == "latin" and len(token) >= PREFIX_LENGTH
            found.append(token + "*" if opens_more else token)
    longer = [token for token in found if len(token) > 1 or not hangul.is_syllable(token)]
    return tuple(dict.fromkeys(longer or found))


def _phrase_tokens(folded: str) -> Tokens:
    """A phrase by its pairs, also across its spaces; single syllables where there is no more."""
    pieces = runs(folded)
    found = [
        t for piece in pieces for t in tokens_of_run(piece) if piece.kind != "pairs" or len(t) > 1
    ]
    for left, right in pairwise(pieces):
        if left.kind == right.kind == "pairs" and folded[left.end : right.start] == " ":
            found.append(left.text[-1] + right.text[0])
    if pieces[-1].kind == "latin":
        found[-1] += "*"
    return tuple(dict.fromkeys(found)) or tuple(piece.text for piece in pieces)


def is_syllable(term: Term) -> bool:
    """Whether one syllable was typed."""
    return len(term.forms[0].text) == 1 and hangul.is_syllable(term.forms[0].text)


def open_syllable(term: Term, opened_by: Callable[[str], Group]) -> Term:
    """A term of one typed syllable also finds longer words that it opens: 칩 finds 칩셋."""
    if not is_syllable(term):
        return term
    typed = term.forms[0]
    wide = replace(typed, tokens=opened_by(typed.text))
    return replace(term, forms=(wide, *term.forms[1:]))


def index_group(term: Term) -> Group:
    """What to ask the index for a term: alternatives that another one includes are left out."""
    wanted = {frozenset(tokens): tokens for form in term.forms for tokens in form.tokens}
    return tuple(
        tokens for key, tokens in wanted.items() if not any(other < key for other in wanted)
    )
