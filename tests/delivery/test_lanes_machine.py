"""Whatever comes in whatever order: never over a limit, nothing starves, a hold holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.delivery.flood import TRIAL_SECONDS
from bot.delivery.lanes import Ending, Kind, Lanes, Priority, Turn

if TYPE_CHECKING:
    from bot.delivery.flood import ChatKey

CHATS = st.sampled_from([1, 2, 3, -10, -11, -1001, "@channel", *range(100, 140)])
WAITS = st.sampled_from([0.5, 1.0, 5.0, 35.0, 600.0])
TICKS = st.sampled_from([0.0, 0.001, 0.04, 0.3, 1.0, 3.1, 20.0, 61.0])
ENDINGS = st.sampled_from(Ending)


class Sending(RuleBasedStateMachine):
    """Requests come, leave as the lanes let them, and end in all ways."""

    def __init__(self) -> None:
        super().__init__()
        self.lanes, self.now = Lanes(), 0.0
        self.waiting: list[Turn] = []
        self.under_way: dict[Turn, float] = {}
        self.tries = set[Turn]()
        self.spans: list[tuple[float, float]] = []
        self.begun: dict[ChatKey, list[float]] = {}
        self.held: dict[ChatKey, float] = {}
        self.all_held = 0.0

    @rule(chat=CHATS, priority=st.sampled_from(Priority), kind=st.sampled_from(Kind))
    def asks(self, chat: ChatKey, priority: Priority, kind: Kind) -> None:
        self.waiting.append(self.lanes.add(chat, priority, self.now, kind))

    @rule(chats=st.integers(30, 60))
    def broadcasts(self, chats: int) -> None:
        for chat in range(1000, 1000 + chats):
            self.asks(-chat, Priority.REPLY, Kind.SEND)

    @rule(seconds=TICKS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def sends_what_may_leave(self) -> None:
        while (turn := self.lanes.take(self.now)) is not None:
            self.check(turn)
            self.waiting.remove(turn)
            self.under_way[turn] = self.now
            self.begun.setdefault(turn.chat, []).append(self.now)

    def check(self, turn: Turn) -> None:
        """What leaves may leave."""
        assert self.now >= self.all_held
        assert self.now >= self.held.get(turn.chat, 0.0), "a chat that is held"
        assert turn.chat not in {one.chat for one in self.under_way}, "two in one chat"
        if f"all {turn.kind.value} are refused" in self.lanes.troubles:
            others = [one for one in self.under_way if one.kind is turn.kind]
            assert not others, "one alone tries"
        if "nothing is answered" in self.lanes.troubles:
            assert not self.tries & self.under_way.keys(), "one alone tries"
            self.tries.add(turn)
        else:
            self.tries.clear()
        recent = sum(end > self.now - 1.0 for _, end in self.spans)
        assert recent + len(self.under_way) < 30, "more may arrive in a second than thirty"
        mine = [*self.begun.get(turn.chat, []), self.now]
        assert sum(at > self.now - 3.0 for at in mine) <= 3
        if not isinstance(turn.chat, int) or turn.chat < 0:
            spares = turn.priority is Priority.REFRESH and self.now < turn.due
            assert sum(at > self.now - 60.0 for at in mine) <= (10 if spares else 20)

    def ends(self, draw: st.DataObject) -> Turn:
        turn: Turn = draw.draw(st.sampled_from(list(self.under_way)))
        self.spans.append((self.under_way.pop(turn), self.now))
        return turn

    @precondition(lambda self: self.under_way)
    @rule(draw=st.data(), ending=ENDINGS)
    def is_answered(self, draw: st.DataObject, ending: Ending) -> None:
        turn = self.ends(draw)
        if ending is Ending.UNSENT:  # as if it had not been
            self.spans.pop()
            self.begun[turn.chat].pop()
        self.lanes.finish(turn, self.now, ending)

    @precondition(lambda self: self.under_way)
    @rule(draw=st.data(), seconds=WAITS)
    def is_refused(self, draw: st.DataObject, seconds: float) -> None:
        turn = self.ends(draw)
        again_in = self.lanes.put_back(turn, self.now, seconds)
        self.waiting.append(turn)
        assert again_in <= seconds
        if f"all {turn.kind.value} are refused" in self.lanes.troubles:
            self.held.clear()  # they wait with all others, which test_flood.py looks at
        else:
            self.held[turn.chat] = self.now + seconds
            assert again_in in {seconds, min(seconds, TRIAL_SECONDS)}
            assert self.lanes.held_for(turn.chat, self.now) == self.held[turn.chat] - self.now

    @precondition(lambda self: self.waiting)
    @rule(draw=st.data())
    def is_given_up(self, draw: st.DataObject) -> None:
        turn = draw.draw(st.sampled_from(self.waiting))
        self.waiting.remove(turn)
        self.lanes.withdraw(turn, self.now)

    @rule(seconds=WAITS)
    def all_is_held(self, seconds: float) -> None:
        self.all_held = max(self.all_held, self.now + seconds)
        self.lanes.hold_all(self.now + seconds)

    @rule()
    def something_else_is_answered(self) -> None:
        self.lanes.heard()

    @invariant()
    def while_nothing_is_answered_nothing_leaves(self) -> None:
        if self.lanes.knocks_in_seconds is not None:
            assert self.lanes.take(self.now) is None

    def teardown(self) -> None:
        """In the end all is accepted, and nothing is left over."""
        for turn in list(self.under_way):
            self.spans.append((self.under_way.pop(turn), self.now))
            self.lanes.finish(turn, self.now)
        for _ in range(20 * len(self.waiting) + 20):
            if not self.waiting:
                break
            self.lanes.heard()
            self.sends_what_may_leave()
            for turn, since in list(self.under_way.items()):
                del self.under_way[turn]
                self.spans.append((since, self.now))
                self.lanes.finish(turn, self.now)
            self.now = max(self.now, self.lanes.next_at() or self.now)
        assert not self.waiting, "something starves"


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=30, stateful_step_count=60, deadline=None)
