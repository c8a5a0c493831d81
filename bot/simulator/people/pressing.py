"""Pressing buttons and asking inline: a question to the bot, and the wait for its answer.

Bot API, "CallbackQuery" and "InlineQuery"; the fields are those of JsonCallbackQuery and
JsonInlineQuery in telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.simulator.people.queries import Asked, InlineAnswer, PressAnswer
from bot.simulator.rules.keyboards import NO_MARKUP, parse_markup
from bot.simulator.rules.texts import rich_text

if TYPE_CHECKING:
    from bot.simulator.chats import Chat, User
    from bot.simulator.messages import Content, Message
    from bot.simulator.people.cards import Card
    from bot.simulator.world import World


async def press(world: World, user: User, card: Card, label: str, seconds: float) -> PressAnswer:
    """Press the button with that label; raises AssertionError when the bot does not answer."""
    button = card.button(label)
    if button.kind == "callback_data":
        return await press_data(world, user, card, button.value, seconds)
    if button.kind == "copy_text":
        return PressAnswer(copied=button.value["text"])
    if button.kind == "url":
        return PressAnswer(url=button.value)
    if button.kind == "switch_inline_query_chosen_chat":
        return PressAnswer(switch=button.value["query"])
    if button.kind.startswith("switch_inline_query"):
        return PressAnswer(switch=button.value)
    raise AssertionError(f"the button {label!r} does {button.kind}, which is not simulated")


async def press_data(
    world: World, user: User, card: Card, data: str, seconds: float
) -> PressAnswer:
    """Send callback data for a message and wait for the answer."""
    asked = ask_callback(world, user, card.message, data)
    answer = await _answered(asked, seconds)
    if not isinstance(answer, PressAnswer):
        raise AssertionError(f"the bot did not answer the press of {data!r} in {seconds} s")  # noqa: TRY004  # a test's failure
    return answer


def ask_callback(world: World, user: User, message: Message, data: str) -> Asked:
    """Queue the callback query of a press."""
    asked = world.queries.ask(user, world.clock.now(), message=message, chat=message.chat)
    update: dict[str, Any] = {"id": asked.id, "from": user.json()}
    if message.inline_id:
        update["inline_message_id"] = message.inline_id
    elif message.is_deleted:
        update["message"] = message.inaccessible_json()
    else:
        update["message"] = message.json()
    update |= {"chat_instance": str(message.chat.id * 7919), "data": data}
    asked.update_id = world.updates.push("callback_query", update)
    return asked


async def ask_inline(  # what an inline query is
    world: World, user: User, chat: Chat, query: str, offset: str, seconds: float
) -> InlineAnswer:
    """Queue an inline query and wait for its results."""
    assert world.inline, "the bot's inline mode is off"  # noqa: S101  # a test's failure
    asked = world.queries.ask(user, world.clock.now(), query=query, chat=chat)
    update = {
        "id": asked.id,
        "from": user.json(),
        "chat_type": "sender" if chat.user is user else chat.kind,
        "query": query,
        "offset": offset,
    }
    world.updates.push("inline_query", update)
    answer = await _answered(asked, seconds)
    if not isinstance(answer, InlineAnswer):
        raise AssertionError(f"the bot gave no inline results for {query!r} in {seconds} s")  # noqa: TRY004  # likewise
    return replace(answer, query=query)


def choose_result(
    world: World, user: User, chat: Chat, answer: InlineAnswer, which: int
) -> Message:
    """Post an inline result via the bot, and report it where feedback is on."""
    result = answer.results[which]
    given = result.get("input_message_content") or {}
    text = given.get("message_text") or result.get("caption") or result.get("title", "")
    rich = rich_text(str(text), given.get("parse_mode") or "", given.get("entities"))
    content: Content = {"text": rich.text}
    if rich.spans:
        content["entities"] = rich.entities()
    markup = parse_markup(result["reply_markup"]) if result.get("reply_markup") else NO_MARKUP
    inline_id = f"inline-{result['id']}-{len(world.inline_messages)}" if markup else ""
    message = world.post(
        chat,
        content,
        sender=None if chat.is_channel else user,
        sender_chat=chat if chat.is_channel else None,
        via_bot=world.bot,
        markup=markup,
        inline_id=inline_id,
    )
    if inline_id:
        world.inline_messages[inline_id] = message
    if world.inline_feedback:
        chosen = {"from": user.json(), "query": answer.query, "result_id": result["id"]}
        chosen |= {"inline_message_id": inline_id} if inline_id else {}
        world.updates.push("chosen_inline_result", chosen)
    return message


async def _answered(asked: Asked, seconds: float) -> PressAnswer | InlineAnswer | None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while asked.answer is None and loop.time() < deadline:
        await asked.answered.wait(deadline - loop.time())
    return asked.answer
