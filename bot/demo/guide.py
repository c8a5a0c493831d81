"""The first minute at the terminal: five steps, each done by doing it, as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.phrases import STEPS, phrase
from bot.pages.actions import ShowFull, decode

if TYPE_CHECKING:
    from bot.simulator.events import Event
    from bot.simulator.messages import Message


class Guide:
    """Hears of all that happens, and ticks what the bot answered."""

    def __init__(self) -> None:
        self.done: set[str] = set()

    @property
    def next(self) -> str | None:
        """The first step that is not done."""
        return next((step for step in STEPS if step not in self.done), None)

    def note(self, event: Event) -> bool:
        """Whether what happened was a step that was not done yet."""
        step = _step(event)
        if step is None or step in self.done:
            return False
        self.done.add(step)
        return True

    def praise(self, language: str) -> str:
        """What is said when a step was done."""
        if self.next is None:
            return f"✓ {phrase(language, 'guide_done')}"
        following = phrase(language, f"step_{self.next}")
        return f"✓ {phrase(language, 'step_done', n=len(self.done), next=following)}"

    def lines(self, language: str) -> list[str]:
        """All steps, ticked as they are done; the next one is pointed at."""
        steps = [
            f"  {self._mark(step)} {phrase(language, f'step_{step}')}"
            for step in (() if self.next is None else STEPS)
        ]
        end = [self.praise(language)] if self.next is None else []
        return [phrase(language, "guide", n=len(self.done)), *steps, *end]

    def _mark(self, step: str) -> str:
        return "✓" if step in self.done else "▸" if step == self.next else "·"


def _step(event: Event) -> str | None:
    message = event.message
    if message is None or not message.is_ours:
        return None
    if event.kind == "reaction":
        return "react" if event.data["new"] and _is_card(message) else None
    if event.kind != "message":
        return None
    return "publish" if message.chat.is_channel else _answered(message)


def _answered(message: Message) -> str | None:
    asked = message.reply_to or _said_before(message)
    if asked is None:
        return None
    command, _, words = asked.text.partition(" ")
    name = command.partition("@")[0]
    if name in {"/latest", "/최신"}:
        return "latest"
    if name in {"/search", "/검색", "/찾기"} and words:
        return "search"
    is_refused = f"'{words}'" in message.text  # what cannot be read is quoted
    is_set = name == "/digest_time" and words and not is_refused
    return "digest" if is_set and _is_by_admin(asked) else None


def _said_before(answer: Message) -> Message | None:
    """What somebody said last in private, where the bot quotes nothing."""
    if answer.chat.user is None:
        return None
    said = (one for one in reversed(answer.chat.messages.values()) if not one.is_ours)
    return next(said, None)


def _is_by_admin(asked: Message) -> bool:
    """Whether an administrator sent it, under whatever name."""
    if asked.sender_chat is asked.chat:
        return True
    return asked.sender is not None and asked.chat.member(asked.sender).is_admin


def _is_card(message: Message) -> bool:
    """Whether it is one post, on which a reaction counts, and no list of several."""
    buttons = [button for row in message.markup.rows or [] for button in row]
    actions = [decode(str(button.get("callback_data", ""))) for button in buttons]
    return any(isinstance(action, ShowFull) for action in actions)
