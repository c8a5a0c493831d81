"""A button of each kind; a kind that is added needs one here, and the tests say so."""

from __future__ import annotations

from bot.pages import actions
from bot.search.results import Order
from storage.models import ChatId, MenuId, MessageId, PostId

EVERY: list[actions.Action] = [
    actions.OpenCard(PostId(42)),
    actions.ShowCard(PostId(1)),
    actions.ShowFull(PostId(7), 3),
    actions.LatestPage(20, 5),
    actions.TopPage("week"),
    actions.SearchPage(9, Order.BEST, 1, 10),
    actions.Choose("time", "09:00 18:30"),
    actions.ShowLevel(MenuId(12), "zone.Asia.2"),
    actions.SetTo(MenuId(12), "time", "540", "570"),
    actions.AskFor(MenuId(12), "filter.3"),
    actions.ListRooms(20),
    actions.OpenRoom(ChatId(-1001234567890)),
    actions.ChooseIn(ChatId(-1001234567890), "time", "09:00 18:30"),
    actions.Approve(ChatId(-1001234567890), 1_795_982_492),
    actions.AllowPublishing(ChatId(-1001234567890), 1, 1_795_982_492),
    actions.Leave(ChatId(-1001234567890), 1_795_982_492),
    actions.HandleSource(2, "poll"),
    actions.TakeEdits(2, 1_795_982_492),
    actions.PushQuiet(2, PostId(42)),
    actions.TakeArchive(2, 1_795_982_492, 1),
    actions.Publish(3, 1),
    actions.PublishAll(123456789, 1),
    actions.Again(PostId(42), 3),
    actions.Reword(PostId(42), 3),
    actions.Bundle(ChatId(-1001234567890), MessageId(42)),
    actions.BundlePage("week", 1),
    actions.Schedule(3, 1_795_982_492),
    actions.AskWhen(3),
    actions.CallOff(3),
    actions.HandleScheduled(5, 3, "off"),
    actions.Correct(PostId(42)),
    actions.Reread(PostId(42)),
    actions.AskRemark(PostId(42)),
    actions.TakeDown(PostId(42), 1),
    actions.PutBack(PostId(42), 3),
    actions.About("digest"),
    actions.Forget(123456789),
    actions.SetSynonym(7, 8, 1, "m"),
    actions.Begin(1_795_982_492, "digest"),
    actions.Remember(123456789),
    actions.Vote("👍"),
]
