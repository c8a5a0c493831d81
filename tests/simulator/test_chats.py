import pytest

from bot.simulator import Simulator
from bot.simulator.chats import Member, User
from tests.simulator.conftest import Api


async def test_the_bot_knows_itself(sim: Simulator, api: Api) -> None:
    me = await api.result("getMe")
    assert (me["id"], me["username"], me["is_bot"]) == (sim.bot.id, "sosik_bot", True)
    assert me["can_read_all_group_messages"] is False
    for method in ("logOut", "close", "setChatMenuButton"):
        assert await api.result(method) is True


async def test_chats_describe_themselves(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지", username="minji")
    group, forum = sim.group("모임"), sim.supergroup("큰모임", topics=True)
    assert (await api.result("getChat", chat_id=group.id))["permissions"]["can_send_messages"]
    assert (await api.result("getChat", chat_id=forum.id))["is_forum"] is True
    assert (await api.result("getChat", chat_id=minji.id))["first_name"] == "민지"
    group.chat.renamed("새 이름")
    assert (await api.result("getChat", chat_id=group.id))["title"] == "새 이름"


async def test_members_and_administrators(sim: Simulator, api: Api) -> None:
    minji, boss, owner = sim.user("민지"), sim.user("관리자"), sim.user("모임장")
    group = sim.supergroup(
        "모임", members=[minji], admins=[boss], owner=owner, bot_rights=["can_pin_messages"]
    )
    group.chat.members[minji.id] = Member(minji.user, "restricted", can_write=False)
    statuses = [
        (await api.result("getChatMember", chat_id=group.id, user_id=user_id))["status"]
        for user_id in (minji.id, boss.id, owner.id, sim.bot.id, sim.user("손님").id)
    ]
    assert statuses == ["restricted", "administrator", "creator", "administrator", "left"]
    admins = await api.result("getChatAdministrators", chat_id=group.id)
    assert {admin["user"]["id"] for admin in admins} == {boss.id, owner.id, sim.bot.id}
    me = next(admin for admin in admins if admin["user"]["id"] == sim.bot.id)
    assert (me["can_pin_messages"], me["can_delete_messages"]) == (True, False)
    assert await api.result("getChatMemberCount", chat_id=group.id) == 4


async def test_private_chats_have_no_administrators(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    sim.private(minji)
    assert await api.result("getChatMemberCount", chat_id=minji.id) == 2
    member = await api.result("getChatMember", chat_id=minji.id, user_id=minji.id)
    assert member["status"] == "member"
    assert await api.refused("getChatAdministrators", chat_id=minji.id) == (
        "Bad Request: there are no administrators in the private chat"
    )


@pytest.mark.parametrize(
    ("user_id", "reason"),
    [(0, "invalid user_id specified"), (77, "user not found")],
)
async def test_unknown_members(sim: Simulator, api: Api, user_id: int, reason: str) -> None:
    group = sim.group("모임")
    assert await api.refused("getChatMember", chat_id=group.id, user_id=user_id) == (
        f"Bad Request: {reason}"
    )


async def test_a_channels_members_are_for_its_administrators(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    channel = sim.channel("소식", owner=minji)
    channel.chat.members[sim.bot.id] = Member(sim.bot)
    for method in ("getChatMember", "getChatAdministrators"):
        assert "member list is inaccessible" in await api.refused(
            method, chat_id=channel.id, user_id=minji.id
        )


async def test_commands_by_scope_and_language(sim: Simulator, api: Api) -> None:
    minji, boss = sim.user("민지"), sim.user("관리자", language="en-US")
    group = sim.group("모임", members=[minji], admins=[boss])
    sim.private(minji)

    async def register(name: str, scope: dict[str, object] | None, language: str = "") -> None:
        commands = [{"command": name, "description": "설명"}]
        await api.result("setMyCommands", commands=commands, scope=scope, language_code=language)

    def shown() -> list[str]:
        offered = (
            sim.world.commands.shown(minji.private.chat, minji.user),
            sim.world.commands.shown(group.chat, minji.user),
            sim.world.commands.shown(group.chat, boss.user),
        )
        return [commands[0]["command"] if commands else "" for commands in offered]

    assert shown() == ["", "", ""]
    await register("all", None)
    await register("english", None, "en")
    assert shown() == ["all", "all", "english"]
    await register("private", {"type": "all_private_chats"})
    await register("groups", {"type": "all_group_chats"})
    await register("admins", {"type": "all_chat_administrators"})
    assert shown() == ["private", "groups", "admins"]
    await register("here", {"type": "chat", "chat_id": group.id})
    await register("bosses", {"type": "chat_administrators", "chat_id": group.id})
    await register("minji", {"type": "chat_member", "chat_id": group.id, "user_id": minji.id})
    assert shown() == ["private", "minji", "bosses"]
    scope = {"type": "chat", "chat_id": group.id}
    assert (await api.result("getMyCommands", scope=scope))[0]["command"] == "here"
    await api.result("deleteMyCommands", scope=scope)
    assert await api.result("getMyCommands", scope=scope) == []


@pytest.mark.parametrize(
    ("command", "description", "reason"),
    [
        ("", "설명", "command must be non-empty"),
        ("a" * 33, "설명", "command length must not exceed 32"),
        ("latest", " ", "command description must be non-empty"),
        ("latest", "가" * 257, "command description length must not exceed 256"),
        ("최신", "설명", "BOT_COMMAND_INVALID"),
    ],
)
async def test_wrong_commands_are_refused(
    api: Api, command: str, description: str, reason: str
) -> None:
    commands = [{"command": command, "description": description}]
    assert await api.refused("setMyCommands", commands=commands) == f"Bad Request: {reason}"


async def test_malformed_commands_and_scopes_are_refused(sim: Simulator, api: Api) -> None:
    minji = sim.user("민지")
    sim.private(minji)
    channel, group = sim.channel("소식"), sim.group("모임")
    one = {"command": "latest", "description": "최신"}
    refusals: list[tuple[dict[str, object], str]] = [
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": [one] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [{}]}, "can't parse BotCommand: expected an Object"),
        ({"commands": "{"}, "can't parse commands JSON object"),
        ({"scope": []}, "can't parse BotCommandScope: BotCommandScope must be an Object"),
        ({"scope": {"type": "x"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"scope": {"type": "chat"}}, "chat not found"),
        (
            {"scope": {"type": "chat", "chat_id": channel.id}},
            "can't change commands in channel chats",
        ),
        (
            {"scope": {"type": "chat_administrators", "chat_id": minji.id}},
            "can't use specified scope in private chats",
        ),
        (
            {"scope": {"type": "chat_member", "chat_id": group.id}},
            "can't parse BotCommandScope: Invalid user_id specified",
        ),
        ({"language_code": "kor"}, "invalid language code specified"),
    ]
    for parameters, reason in refusals:
        assert await api.refused("setMyCommands", **parameters) == f"Bad Request: {reason}"


async def test_names_and_descriptions_by_language(sim: Simulator, api: Api) -> None:
    assert await api.result("getMyName") == {"name": "소식"}
    await api.result("setMyName", name="Sosik", language_code="en")
    assert await api.result("getMyName", language_code="en") == {"name": "Sosik"}
    await api.result("setMyDescription", description="설명")
    assert await api.result("getMyDescription", language_code="en") == {"description": "설명"}
    await api.result("setMyShortDescription", short_description="짧게")
    assert await api.result("getMyShortDescription") == {"short_description": "짧게"}
    assert "TOO_LONG" in await api.refused("setMyDescription", description="가" * 513)
    assert len(sim.calls.of("setMyDescription")) == 2


def test_users_and_members_have_only_what_is_known() -> None:
    plain = User(5, "민지")
    assert plain.json() == {"id": 5, "is_bot": False, "first_name": "민지"}
    assert plain.json() is plain.json()
    assert Member(plain, "kicked").json("group")["until_date"] == 0
