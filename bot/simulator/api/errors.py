"""Answers that are not ok, worded as the Bot API server words them.

The wording rules are those of `fail_query_with_error` in tdlib/telegram-bot-api
`telegram-bot-api/Client.cpp`: a prefix by status, then the message with its first letter lowered
unless the second one is a capital or an underscore (so `CHAT_WRITE_FORBIDDEN` stays as it is).
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A call refused: `code` is the HTTP status too, `parameters` is ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON answer (Bot API, "Making requests")."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(message: str, **parameters: int) -> ApiError:
    """A 400 with its prefix."""
    return ApiError(400, f"Bad Request: {_lowered(message)}", **parameters)


def forbidden(message: str) -> ApiError:
    """A 403 with its prefix."""
    return ApiError(403, f"Forbidden: {_lowered(message)}")


def too_many_requests(retry_after: int) -> ApiError:
    """A 429 (`Query::set_retry_after_error` in telegram-bot-api/Query.cpp)."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def unauthorized() -> ApiError:
    """A 401, for a token that no bot has."""
    return ApiError(401, "Unauthorized")


def conflict(reason: str) -> ApiError:
    """A 409 (`Client::fail_query_conflict`)."""
    return ApiError(409, f"Conflict: {reason}")


def not_found() -> ApiError:
    """A 404 for a method that does not exist (`Client::on_cmd`)."""
    return ApiError(404, "Not Found: method not found")


def _lowered(message: str) -> str:
    second = message[1:2]
    if second == "_" or "A" <= second <= "Z":
        return message
    return message[:1].lower() + message[1:]
