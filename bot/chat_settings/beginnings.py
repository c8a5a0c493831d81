"""How posts come to a group from the beginning: what its greeting asks for. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.models import PushMode

if TYPE_CHECKING:
    from storage.models import ChatSettings

BEGINNINGS = ("push", "digest", "both")
"""As they come, once a day, or both, which is what a group starts with."""


def begin(settings: ChatSettings, how: str) -> ChatSettings:
    """The settings of a group that starts with both, with one of the BEGINNINGS instead."""
    if how == "push":
        return replace(settings, digest_times=())
    return replace(settings, push=PushMode.DIGEST) if how == "digest" else settings


def how_of(settings: ChatSettings) -> str | None:
    """Which of the BEGINNINGS a group's settings are; None where nothing comes by itself."""
    if settings.push is PushMode.ON:
        return "both" if settings.digest_times else "push"
    return "digest" if settings.push is PushMode.DIGEST and settings.digest_times else None
