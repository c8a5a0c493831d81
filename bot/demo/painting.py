"""Messages painted for a terminal, with rich."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from rich.text import Text

from bot.simulator.labels import label
from bot.simulator.people.cards import Button, Card

if TYPE_CHECKING:
    from bot.simulator.messages import Message
    from bot.simulator.people.queries import PressAnswer
    from bot.simulator.world import World

SEOUL = timezone(timedelta(hours=9))
_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "reverse",
    "code": "cyan",
    "pre": "cyan",
    "blockquote": "dim",
    "expandable_blockquote": "dim",
    "text_link": "underline blue",
    "url": "underline blue",
    "mention": "blue",
    "hashtag": "blue",
    "bot_command": "blue",
}
_MARKS = {"copy_text": " ⧉", "url": " ↗"}


def paint_message(world: World, message: Message, language: str, *, edited: bool = False) -> Text:
    """Number, sender, time, text, reactions and buttons."""
    painted = _header(message, language, edited=edited)
    painted.append("\n")
    lines = _body(message, language).split("\n", allow_blank=True)
    painted.append_text(Text("\n").join(Text.assemble("  ", line) for line in lines))
    reactions = _reactions(message)
    if reactions:
        painted.append(f"\n  {reactions}", "yellow")
    card = Card(world, message)
    number = 0
    for row in card.rows:
        painted.append("\n  ")
        for button in row:
            number += 1
            painted.append_text(_button(number, button))
            painted.append(" ")
    return painted


def paint_answer(answer: PressAnswer, language: str) -> Text:
    """What a press gave."""
    if answer.copied:
        return Text(f"⧉ {label(language, 'copied')}: {answer.copied}", "green")
    if answer.switch is not None:
        return Text(f"🔎 {label(language, 'switches')}: {answer.switch}", "green")
    if answer.url:
        return Text(f"↗ {label(language, 'opens')}: {answer.url}", "green")
    kind = "alert" if answer.is_alert else "toast"
    style = "bold red" if answer.is_alert else "green"
    return Text(f"💬 {label(language, kind)}: {answer.text or '✓'}", style)


def sender_name(message: Message) -> str:
    """Who seems to have sent it."""
    if message.sender_chat is not None:
        return message.sender_chat.title
    return message.sender.first_name if message.sender is not None else message.chat.title


def _header(message: Message, language: str, *, edited: bool) -> Text:
    at = datetime.fromtimestamp(message.edit_date or message.date, UTC).astimezone(SEOUL)
    style = "bold magenta" if message.is_ours else "bold green"
    header = Text.assemble((f"[{message.id}] ", "dim"), (sender_name(message), style))
    if message.via_bot is not None:
        header.append(f" via @{message.via_bot.username}", "dim")
    topic = message.chat.topics.get(message.thread_id)
    if topic is not None:
        header.append(f" · {topic.name}", "dim")
    header.append(f" {at:%H:%M}", "dim")
    if edited:
        header.append(f" ✎ {label(language, 'edited')}", "yellow")
    if message.reply_to is not None:
        header.append(f" ↪ [{message.reply_to.id}]", "dim")
    return header


def _body(message: Message, language: str) -> Text:
    content = message.content
    body = Text()
    for kind in ("photo", "document"):
        if kind in content:
            body.append(f"🖼 {label(language, kind)} ", "dim")
    if not message.text and message.is_service:
        body.append(_service_text(message, language), "dim")
        return body
    text = Text(message.text)
    starts = _unit_positions(message.text)
    for entity in message.entities:
        end = entity["offset"] + entity["length"]
        begin, until = starts.get(entity["offset"], 0), starts.get(end, len(message.text))
        text.stylize(_STYLES.get(entity["type"], ""), begin, until)
    body.append_text(text)
    links = [entity["url"] for entity in message.entities if "url" in entity]
    for link in dict.fromkeys(links):
        body.append(f"\n↗ {link}", "blue")
    return body


def _service_text(message: Message, language: str) -> str:
    """What a service message says, in one line."""
    content = message.content
    if "forum_topic_created" in content:
        return label(language, "topic_made", name=content["forum_topic_created"]["name"])
    for key in ("new_chat_member", "left_chat_member"):
        if key in content:
            return label(language, key, name=content[key]["first_name"])
    if "pinned_message" in content:
        return label(language, "pinned")
    return label(language, "migrated")


def _unit_positions(text: str) -> dict[int, int]:
    """Positions in a Python string by UTF-16 offset."""
    positions: dict[int, int] = {}
    units = 0
    for index, char in enumerate(text):
        positions[units] = index
        units += 2 if char > "\uffff" else 1
    return positions


def _reactions(message: Message) -> str:
    counts: dict[str, int] = {}
    for reactions in message.reactions.values():
        for reaction in reactions:
            counts[str(reaction)] = counts.get(str(reaction), 0) + 1
    return "  ".join(f"{emoji} {count}" for emoji, count in counts.items())


def _button(number: int, button: Button) -> Text:
    mark = _MARKS.get(button.kind, "")
    return Text.assemble((f"#{number} ", "dim"), (f"[{button.label}{mark}]", "black on cyan"))
