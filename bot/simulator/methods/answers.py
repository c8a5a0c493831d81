"""answerCallbackQuery, answerInlineQuery, setMessageReaction.

Bot API, "CallbackQuery" and "Inline mode"; reading of inline results as in
`get_inline_query_results` of telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.simulator.api.access import Access, chat_of, message_of
from bot.simulator.api.errors import bad_request
from bot.simulator.people.queries import LONGEST_ANSWER, InlineAnswer, PressAnswer
from bot.simulator.reactions import parse_reactions
from bot.simulator.rules.keyboards import parse_markup
from bot.simulator.rules.texts import rich_text

if TYPE_CHECKING:
    from bot.simulator.api.arguments import Arguments
    from bot.simulator.world import World

MOST_RESULTS = 50
LONGEST_OFFSET = 64
"""Bytes (Bot API, answerInlineQuery)."""
_LONGEST_RESULT_ID = 64
_LONGEST_CACHE_SECONDS = 86_400
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def answer_callback_query(world: World, arguments: Arguments) -> bool:
    """answerCallbackQuery: once, in time, at most 200 characters."""
    text = arguments.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = PressAnswer(text, arguments.flag("show_alert"), arguments.text("url"))
    query_id = arguments.text("callback_query_id")
    asked = world.queries.answer(query_id, answer, world.clock.now())
    world.tell("answer", asked.chat, asked.message, answer=answer, user=asked.user)
    return True


def answer_inline_query(world: World, arguments: Arguments) -> bool:
    """answerInlineQuery: at most 50 results, each with an id of its own."""
    results = _results(
        arguments.decoded("results", "Can't parse JSON encoded inline query results")
    )
    next_offset = arguments.text("next_offset")
    if len(next_offset.encode()) > LONGEST_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    cache_seconds = min(max(0, arguments.number("cache_time", 300)), _LONGEST_CACHE_SECONDS)
    answer = InlineAnswer(
        query="",
        results=results,
        next_offset=next_offset,
        cache_seconds=cache_seconds,
        is_personal=arguments.flag("is_personal"),
        button=_results_button(
            arguments.decoded("button", "Can't parse inline query results button JSON object")
        ),
    )
    query_id = arguments.text("inline_query_id")
    asked = world.queries.answer(query_id, answer, world.clock.now())
    world.tell("inline", user=asked.user, answer=answer)
    return True


def set_message_reaction(world: World, arguments: Arguments) -> bool:
    """setMessageReaction, of which the bot itself hears nothing."""
    value = arguments.decoded("reaction", "Can't parse reaction types JSON object")
    reactions = parse_reactions(value)
    chat = chat_of(world, arguments, Access.READ)
    message = message_of(world, chat, arguments, "message to react")
    if message.is_service:
        raise bad_request("MESSAGE_ID_INVALID")
    world.reactions.set(message, world.bot, reactions)
    return True


def _results(value: object) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_request("Expected an Array of inline query results")
    if len(value) > MOST_RESULTS:
        raise bad_request("Too many inline query results specified")
    results = [_result(item) for item in value]
    if len({result["id"] for result in results}) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    return results


def _result(item: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    if not isinstance(item, dict):
        raise _unparsable("Inline query result must be an object")
    for name in ("type", "id"):
        if not isinstance(item.get(name), str):
            raise _unparsable(f'Can\'t find field "{name}"')
    if not 1 <= len(item["id"].encode()) <= _LONGEST_RESULT_ID:
        raise bad_request("RESULT_ID_INVALID")
    if item["type"] == "article" and not isinstance(item.get("title"), str):
        raise _unparsable('Can\'t find field "title"')
    content = item.get("input_message_content")
    if item["type"] == "article" and not isinstance(content, dict):
        raise _unparsable('Can\'t find field "message_text"')
    if isinstance(content, dict) and "message_text" in content:
        rich_text(
            str(content["message_text"]), content.get("parse_mode") or "", content.get("entities")
        )
    if item.get("reply_markup"):
        parse_markup(item["reply_markup"], only_inline=True)
    return item


def _results_button(value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise bad_request("Can't parse inline query results button: expected an Object")
    parameter = value.get("start_parameter")
    if parameter is None and "web_app" not in value:
        raise bad_request(
            "Can't parse inline query results button: InlineQueryResultsButton must have exactly "
            "one optional field"
        )
    if parameter is not None and not _START_PARAMETER.match(str(parameter)):
        raise bad_request("Unallowed characters in start_parameter are used")
    return value


def _unparsable(reason: str) -> Exception:
    return bad_request(f"Can't parse inline query result: {reason}")
