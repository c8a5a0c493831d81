"""What an author may do about a post that is there: correct it, take it down. Pure.

Its buttons stand in private chats alone: who may press them is known there when they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.pages.actions import AskRemark, Correct, PutBack, Reread, ShowCard, TakeDown, encode
from bot.pages.page import PROMPT_MARK, Button, Page
from bot.text.inert import inert
from bot.text.links import web_link
from bot.text.rich import bold, plain

if TYPE_CHECKING:
    from bot.locales import Texts
    from bot.pages.page import Keyboard
    from storage.models import Post


@dataclass(frozen=True, slots=True)
class Hand:
    """An author or an operator: a user's id."""

    person_id: int
    is_operator: bool


def may_take_back(hand: Hand | None, post: Post) -> bool:
    """Whether a post is theirs to correct and to take down: what they published by hand.

    An operator may with any post.
    """
    return hand is not None and (hand.is_operator or hand.person_id == post.publisher_id)


def correction_rows(texts: Texts, hand: Hand | None, post: Post) -> Keyboard:
    """The row of a card by which it is corrected or taken down; none for those who may not."""
    if not may_take_back(hand, post):
        return ()
    correct = Button(texts("button.correct"), data=encode(Correct(post.id)))
    return ((correct, _take_down_button(texts, post, yes=0)),)


def put_back_rows(texts: Texts, hand: Hand | None, post: Post, draft_id: int = 0) -> Keyboard:
    """The button that brings back what was taken down; none for those who may not."""
    if not may_take_back(hand, post):
        return ()
    return ((Button(texts("button.put_back"), data=encode(PutBack(post.id, draft_id))),),)


def correct_page(texts: Texts, post: Post, *, is_by_hand: bool, note: str = "") -> Page:
    """What can be corrected; `note` says what was just done.

    A page that a feed brought is read by the feed, and not again by hand.
    """
    rows = [[Button(texts("button.remark"), data=encode(AskRemark(post.id)))]]
    if is_by_hand and web_link(post.link):
        rows[0].insert(0, Button(texts("button.reread"), data=encode(Reread(post.id))))
    rows.append([Button(texts("menu.back"), data=encode(ShowCard(post.id)))])
    lines = [bold(inert(post.title).text), plain(note or texts("correct.ask"))]
    return Page(plain("\n").join(lines), tuple(map(tuple, rows)))


def prompt_page(texts: Texts, post: Post) -> Page:
    """Asks what is to be said about a post; whoever is asked replies to it."""
    asked = texts("correct.remark", title=inert(post.title).text)
    return Page(plain(f"{PROMPT_MARK} {asked}"), asks=texts("correct.example"))


def take_down_page(texts: Texts, post: Post, chats: int) -> Page:
    """Asks whether a post that so many chats have is to be taken down."""
    title = inert(post.title).text
    asked = texts("takedown.ask", title=title)
    where = texts.count("takedown.where", chats) if chats else texts("publish.known.nowhere")
    no = Button(texts("publish.no"), data=encode(ShowCard(post.id)))
    return Page(plain(f"{asked}\n{where}"), ((_take_down_button(texts, post, yes=1), no),))


def taken_down_page(texts: Texts, post: Post, *, deleting: int, marking: int, dropped: int) -> Page:
    """Says what becomes of its messages, each in so many chats, and offers to bring it back."""
    counts = {"deleting": deleting, "marking": marking, "dropped": dropped}
    lines = [texts("takedown.done", title=inert(post.title).text)]
    lines += [texts.count(f"takedown.{name}", n) for name, n in counts.items() if n]
    again = Button(texts("button.put_back"), data=encode(PutBack(post.id, 0)))
    return Page(plain("\n".join(lines)), ((again,),))


def _take_down_button(texts: Texts, post: Post, *, yes: int) -> Button:
    return Button(texts("button.take_down"), data=encode(TakeDown(post.id, yes)))
