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
        ("https://x.kr:0080/", "https://x.kr:80/"),
        ("https://x.kr:65535", "https://x.kr:65535/"),
        ("https://[::1]:443/a", "https://[::1]:443/a"),
        ("https://@x.kr/", "https://x.kr/"),
        ("https://:@x.kr/", "https://:@x.kr/"),
        ("https://user:@x.kr/", "https://user:@x.kr/"),
        ("https://x.kr/?", "https://x.kr/?"),
        ("https://x.kr#", "https://x.kr/#"),
        ("https://x.kr/a \t\n", "https://x.kr/a"),
        ("https://x.kr/a\u3000", "https://x.kr/a\u3000"),
        ("https://%ED%95%9C.kr", "https://%ed%95%9c.kr/"),
        ("https://É.kr", "https://É.kr/"),
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
        ("", "URL host is empty"),
        ("tg:", "URL host is empty"),
        ("https://./", "Host is invalid"),
        ("https://x.kr:99999", "Wrong port number specified in the URL"),
        ("https://x.kr:abc", "Wrong port number specified in the URL"),
        ("https://x.kr:", "Wrong port number specified in the URL"),
        ("https://x.kr:/a", "Wrong port number specified in the URL"),
        ("https://x.kr:?a", "Wrong port number specified in the URL"),
        ("https://x.kr:#a", "Wrong port number specified in the URL"),
        ("x.kr:", "Wrong port number specified in the URL"),
        ("https://user@x.kr:", "Wrong port number specified in the URL"),
        ("https://[::1]:", "Wrong port number specified in the URL"),
        ("https://x.kr: ", "Wrong port number specified in the URL"),
        ("https://x.kr:0", "Wrong port number specified in the URL"),
        ("https://x.kr:000", "Wrong port number specified in the URL"),
        ("https://x.kr:-1", "Wrong port number specified in the URL"),
        ("https://x.kr:+80", "Wrong port number specified in the URL"),
        ("https://x.kr:８０", "Wrong port number specified in the URL"),
        ("https://x.kr:65536", "Wrong port number specified in the URL"),
        ("tg:resolve:", "Wrong port number specified in the URL"),
        ("https:///a", "URL host is empty"),
        ("https://?a", "URL host is empty"),
        ("https://user@", "URL host is empty"),
        ("https://@", "URL host is empty"),
        ("https://user@:80", "URL host is empty"),
        ("https://:80", "Disallowed character in URL host"),
        ("https://:", "Disallowed character in URL host"),
        ("https://x.kr:80:90", "Disallowed character in URL host"),
        ("https://%.kr", "Wrong percent-encoded symbol in URL host"),
        ("https://%2@x.kr", "Wrong percent-encoded symbol in URL userinfo"),
        ("https://a@b@x.kr", "Disallowed character in URL userinfo"),
        ("https://[]", "Wrong IPv6 address specified in the URL"),
        ("https://[[::1]]", "Wrong IPv6 address specified in the URL"),
        ("https://[fe80::1%eth0]", "Wrong IPv6 address specified in the URL"),
        ("https://[::1", "Disallowed character in URL host"),
        ("tg://[::1]", "Wrong tg URL"),
        ("tg://x:80", "Wrong tg URL"),
        ("tonsite://x.$", "Unallowed characters in URL host"),
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


@pytest.mark.parametrize("link", ["http://x.kr", "x.kr", "http://localhost", "tg://x", "ton:x"])
def test_where_only_https_is_taken_others_are_refused_as_they_were_written(link: str) -> None:
    with pytest.raises(ApiError, match="Only HTTPS links are allowed") as refusal:
        checked_link(link, what="", https_only=True)
    assert f"'{link}'" in refusal.value.description
    assert checked_link("https://x.kr", what="", https_only=True) == "https://x.kr/"
