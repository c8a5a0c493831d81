import pytest

from bot.simulator.api.errors import ApiError
from bot.simulator.rules.links import checked_link, link_or_none, linked_user_id


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://x.kr", "https://x.kr/"),
        ("x.kr/길", "http://x.kr/길"),
        ("HTTP://X.KR:8080/a b?c#d", "http://x.kr:8080/a%20b?c#d"),
        ("https://user:pw@x.kr/", "https://user:pw@x.kr/"),
        ("https://x.kr?a=1", "https://x.kr/?a=1"),
        ("https://[::1]/", "https://[::1]/"),
        ("https://한글.kr/", "https://한글.kr/"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("tg:resolve", "tg://resolve/"),
        ("ton://transfer/x", "ton://transfer/x"),
        ("tonsite://foundation.ton", "tonsite://foundation.ton/"),
    ],
)
def test_addresses_are_kept_in_the_form_of_the_server(link: str, kept: str) -> None:
    assert checked_link(link, what="") == kept
    assert link_or_none(link) == kept


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://localhost/", "Wrong HTTP URL"),
        ("ftp://x.kr", "Unsupported URL protocol"),
        ("javascript://x.kr", "Unsupported URL protocol"),
        ("https://", "URL host is empty"),
        ("https://./", "Host is invalid"),
        ("https://x.kr:99999", "Wrong port number specified in the URL"),
        ("https://x.kr:abc", "Wrong port number specified in the URL"),
        ("https://x y.kr", "Disallowed character in URL host"),
        ("https://a b@x.kr", "Disallowed character in URL userinfo"),
        ("https://[zz]/", "Wrong IPv6 address specified in the URL"),
        ("tg://x.y", "Unallowed characters in URL host"),
        ("tg:https://x.kr", "Wrong tg URL"),
        ("ton://a@b", "Wrong ton URL"),
    ],
)
def test_other_addresses_are_refused(link: str, reason: str) -> None:
    assert link_or_none(link) is None
    with pytest.raises(ApiError) as refusal:
        checked_link(link, what="Entity ")
    assert refusal.value.description == f"Bad Request: entity URL '{link}' is invalid: {reason}"


@pytest.mark.parametrize(
    ("link", "user_id"),
    [
        ("tg://user?id=42", 42),
        ("TG:user/?a=1&id=42#x", 42),
        ("tg://user?id=x", None),
        ("tg://user?a=1", None),
        ("https://x.kr", None),
    ],
)
def test_links_to_users_are_recognised(link: str, user_id: int | None) -> None:
    assert linked_user_id(link) == user_id
