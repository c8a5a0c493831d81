"""Whether matching a regular expression may take more than time in proportion to the text.

A pattern becomes the automaton of its positions (Glushkov), which is asked in how many ways it
reads one text (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991): two ways
round one loop make it exponential, two loops that take one word, one after the other, polynomial.
A search is a loop before all others, which takes anything.

It errs on one side: assertions and atomic groups are taken to forbid nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]  # what `re` is made of
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MANY = 64
"""What repeats at most so often is a factor; beyond that it counts as without end."""
_SAMPLES = " \t\n\r\x0b\0aZé09_-.,:;!?'\"<>()[]{}/\\#@&=+*가힣ㄱㅏ一🙂\ufe0f\u200d"
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
_CHARACTERS = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY}


class Part(NamedTuple):
    """A piece of the automaton: whether it may take nothing, and the positions at both its ends."""

    is_empty: bool = True
    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    asserts: bool = False
    """Whether it asks for more than the characters that it takes."""


class Automaton:
    """The positions of a pattern: what each takes, and which may follow it. 0 is the start."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        text = pattern.pattern
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        self._flags = pattern.flags | (0 if pattern.flags & re.UNICODE else re.ASCII)
        tree = _parser.parse(text, self._flags)
        self._state = tree.state
        self.alphabet = _alphabet(tree)
        self.takes: list[frozenset[str]] = [self.alphabet]
        self.follow: defaultdict[int, set[int]] = defaultdict(set)
        self.is_doubled = False
        """Whether a loop goes round itself: `(a+)+`."""
        self._unsure: set[int] = set()
        whole = self._sequence(tree)
        self.follow[0] |= whole.first
        self.ends = whole.last - self._unsure
        """Where it has matched, whatever comes."""

    def steps(self, position: int, character: str) -> list[int]:
        """Where it may be after one more character."""
        return [one for one in self.follow[position] if character in self.takes[one]]

    def after(self, start: int) -> set[int]:
        """All that may follow, near or far."""
        seen: set[int] = set()
        new = set(self.follow[start])
        while new:
            seen |= new
            new = set[int]().union(*(self.follow[one] for one in new)) - seen
        return seen

    def _sequence(self, nodes: Iterable[Any]) -> Part:
        whole = Part()
        for kind, value in nodes:
            part = self._part(kind, value)
            self._unsure |= whole.last if part.asserts else frozenset()
            for position in whole.last:
                self.follow[position] |= part.first
            whole = Part(
                whole.is_empty and part.is_empty,
                whole.first | part.first if whole.is_empty else whole.first,
                whole.last | part.last if part.is_empty else part.last,
                whole.asserts or part.asserts,
            )
        return whole

    def _part(self, kind: object, value: Any) -> Part:  # noqa: ANN401  # a node of `re`
        if kind in _CHARACTERS or kind is _constants.GROUPREF:
            return self._position(kind, value)
        if kind in _REPEATS:
            return self._repeated(*value)
        if kind is _constants.BRANCH:
            return self._branch(value[1])
        if kind is _constants.SUBPATTERN:
            return self._sequence(value[3])
        if kind is _constants.ATOMIC_GROUP:
            return self._sequence(value)
        return Part(asserts=True)

    def _position(self, kind: object, value: Any) -> Part:  # noqa: ANN401  # likewise
        taken = self.alphabet
        if kind is not _constants.GROUPREF:
            alone = _parser.SubPattern(self._state, [(kind, value)])
            matches = _compiler.compile(alone, self._flags).fullmatch
            taken = frozenset(filter(matches, self.alphabet))
        self.takes.append(taken)
        here = frozenset({len(self.takes) - 1})
        return Part(is_empty=False, first=here, last=here)

    def _repeated(self, least: int, most: int, inner: Any) -> Part:  # noqa: ANN401  # likewise
        part = self._sequence(inner)
        if most > MANY or (most > 1 and _is_endless(inner)):
            for position in part.last:
                self.is_doubled |= not self.follow[position].isdisjoint(part.first)
                self.follow[position] |= part.first
        return part._replace(is_empty=part.is_empty or least == 0)

    def _branch(self, branches: Iterable[Any]) -> Part:
        parts = [self._sequence(one) for one in branches]
        return Part(
            any(one.is_empty for one in parts),
            frozenset[int]().union(*(one.first for one in parts)),
            frozenset[int]().union(*(one.last for one in parts)),
            any(one.asserts for one in parts),
        )


def cost(pattern: re.Pattern[Any], *, searches: bool = True, whole: bool = False) -> str:
    """`linear`, `polynomial` or `exponential`; `whole` where it must match to the text's end."""
    automaton = Automaton(pattern)
    if searches:
        automaton.follow[0].add(0)
    loops = [one for one in range(len(automaton.takes)) if one in automaton.after(one)]
    if automaton.is_doubled or any(_is_ambiguous(automaton, loop) for loop in loops if loop):
        return "exponential"
    ends = frozenset() if whole else automaton.ends
    chains = (
        _are_chained(automaton, one, two)
        for one in loops
        for two in automaton.after(one).intersection(loops) - ends - {one}
    )
    return "polynomial" if any(chains) else "linear"


def _is_ambiguous(automaton: Automaton, loop: int) -> bool:
    """Whether one word leads round the loop in two ways."""
    return _leads(automaton, (loop, loop), (loop, loop), parting=True)


def _are_chained(automaton: Automaton, one: int, two: int) -> bool:
    """Whether one word leads round both loops, and from the one to the other."""
    return _leads(automaton, (one, one, two), (one, two, two))


def _leads(
    automaton: Automaton, start: tuple[int, ...], goal: tuple[int, ...], *, parting: bool = False
) -> bool:
    """Whether one word takes each position of `start` to that of `goal`, ways `parting` or not."""
    seen: set[tuple[tuple[int, ...], bool]] = set()
    new = [(start, not parting)]
    while new:
        places, parted = new.pop()
        for following in _moves(automaton, places):
            state = (following, parted or len(set(following)) > 1)
            if state == (goal, True):
                return True
            if state not in seen:
                seen.add(state)
                new.append(state)
    return False


def _moves(automaton: Automaton, places: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for character in automaton.alphabet:
        yield from _product([automaton.steps(place, character) for place in places])


def _product(choices: list[list[int]]) -> Iterator[tuple[int, ...]]:
    if not choices:
        yield ()
        return
    for rest in _product(choices[1:]):
        yield from ((one, *rest) for one in choices[0])


def _is_endless(nodes: Iterable[Any]) -> bool:
    """Whether something in it repeats without end."""
    return any(
        (kind in _REPEATS and value[1] > MANY) or any(map(_is_endless, _inner(kind, value)))
        for kind, value in nodes
    )


def _inner(kind: object, value: Any) -> list[Any]:  # noqa: ANN401  # a node of `re`
    if kind in _REPEATS:
        return [value[2]]
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind is _constants.SUBPATTERN:
        return [value[3]]
    return [value] if kind is _constants.ATOMIC_GROUP else []


def _alphabet(tree: Any) -> frozenset[str]:  # noqa: ANN401  # likewise
    """A character for each way of being in the pattern's sets or not."""
    sets = list(_sets(tree))
    edges = {point for kind, value in sets for point in _edges(kind, value)}
    near = {chr(point + by) for point in edges for by in (-1, 0, 1) if 0 <= point + by < 0x110000}
    return frozenset(near | set(_SAMPLES))


def _sets(nodes: Iterable[Any]) -> Iterator[tuple[object, Any]]:
    for kind, value in nodes:
        if kind in _CHARACTERS:
            yield kind, value
        for inner in _inner(kind, value):
            yield from _sets(inner)


def _edges(kind: object, value: Any) -> Iterator[int]:  # noqa: ANN401  # likewise
    if kind is _constants.IN:
        for one, said in value:
            yield from _edges(one, said)
    elif kind is _constants.RANGE:
        yield from value
    elif isinstance(value, int) and kind in _CHARACTERS:
        yield value
