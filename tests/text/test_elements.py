from __future__ import annotations

import pytest

from bot.text.elements import (
    declares_entities,
    is_web_page,
    list_elements,
    skip_comments,
    without_entities,
)
from tests.steps import assert_linear


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("", []),
        ("<script>a</script>", [("", "a")]),
        ('<SCRIPT id="x">a</Script >b<script>c</script>', [(' id="x"', "a"), ("", "c")]),
        ("<scripted>a</scripted>", []),
        ("<script>a", []),
        ("<script", []),
        ("<script>a<script>b</script>", [("", "a<script>b")]),
    ],
)
def test_elements_are_found_with_what_is_in_their_tags(
    markup: str, found: list[tuple[str, str]]
) -> None:
    assert list(list_elements(markup, "script")) == found


@pytest.mark.parametrize(
    ("markup", "rest"),
    [
        ("", ""),
        (" \n<!-- a --> <!----><p>", "<p>"),
        ("<!-- never ends", "<!-- never ends"),
        ("a<!-- b -->", "a<!-- b -->"),
    ],
)
def test_comments_and_white_space_are_passed(markup: str, rest: str) -> None:
    assert markup[skip_comments(markup) :] == rest


@pytest.mark.parametrize(
    ("markup", "is_one"),
    [
        ("<!-- a -->\n<!DOCTYPE  html>", True),
        ("\ufeff<Html>", True),
        ("<headline>", False),
        ("<rss>", False),
        ("<!-- <html>", False),
        (
            '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x">\n<html>',
            True,
        ),
        ('<?xml version="1.0"?><!-- a --><html xmlns="http://www.w3.org/1999/xhtml">', True),
        ("<?php echo 1; ?>\n<html>", True),
        ('<meta charset="utf-8"><title>a</title>', True),
        ("<script>a</script><p>b", True),
        ("<link rel=alternate>", True),
        (
            "<br />\n<b>Notice</b>: Undefined index in <b>/www/x.php</b><br />\n<!doctype html>",
            True,
        ),
        ("Warning: mysql_connect() in /www/x.php\n<!doctype html><html>", True),
        ("<br />\n<b>Notice</b>: in <b>/x</b><br />\n<?xml version='1.0'?><rss>", False),
        ("<p>a</p><atom:feed>", False),
        ("<?xml version='1.0'?><rss><channel><title>a", False),
        ("<?xml version='1.0'?><opml><head>", False),
        ("<?xml version='1.0'?><urlset>", False),
        ("<svg>", False),
        ("plain", False),
    ],
)
def test_a_page_is_told_by_how_it_begins(markup: str, *, is_one: bool) -> None:
    assert is_web_page(markup) is is_one


@pytest.mark.parametrize(
    ("markup", "does"),
    [
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', True),
        ("<!-- x --><!doctype a [ <!entity b SYSTEM 'file:///etc/passwd'>]><a/>", True),
        (
            "<!DOCTYPE a [<!ELEMENT b (#PCDATA)><!ATTLIST c d CDATA \"]>\"><!ENTITY e ''>]><a/>",
            True,
        ),
        ("<!DOCTYPE a [<!-- ' --><!ATTLIST c d CDATA '<f>'><!ENTITY e ''>]><a/>", True),
        ("<!DOCTYPE a [<!ATTLIST c d CDATA '", False),
        ("<!DOCTYPE a [<!ELEMENT b (c)", False),
        ("<!DOCTYPE a [<!ELEMENT b (c)>] ><d><!ENTITY e 'f'></d>", False),
        ('<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://e.example/x.dtd"><rss/>', False),
        ("<!-- <a> --><?b <c ?><!DOCTYPE d [<?e '?><!ENTITY f 'g'>]><d/>", True),
        ("<!ENTITY a 'b'><c>&a;</c>", True),
        ("<!-- a", False),
        ("<rss><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></rss>", False),
        ("", False),
    ],
)
def test_a_dtd_that_names_entities_is_noticed(markup: str, *, does: bool) -> None:
    assert declares_entities(markup) is does


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<rss>&nbsp;</rss>", "<rss>&nbsp;</rss>"),
        ('<!DOCTYPE a [<!ENTITY nbsp "&#160;"><!ENTITY co "가 나">]><a>&nbsp;&co;&lt;</a>',
         "<a>&#160;가 나&lt;</a>"),
        ("<?x?><!DOCTYPE a [<!ENTITY b ''> ] ><a>&b;</a>", "<?x?><a></a>"),
        ('<!DOCTYPE a [<!ENTITY % l PUBLIC "-//W3C//L" "http://e.example/l.ent">%l;]><a>&eacute;</a>',
         "<a>&eacute;</a>"),
        ('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>', None),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', None),
        ('<!DOCTYPE a [<!ENTITY % b "c">%b;]><a/>', None),
        (f'<!DOCTYPE a [<!ENTITY b "{"c" * 33}">]><a>&b;</a>', None),
        ("<!ENTITY a 'b'><c>&a;</c>", None),
        ("<!DOCTYPE a [<!ENTITY b 'c'>", ""),
    ],
)  # fmt: skip
def test_short_entities_are_written_out_and_others_are_not(markup: str, plain: str | None) -> None:
    assert without_entities(markup) == plain


@pytest.mark.parametrize(
    "piece", ["<!DOCTYPE a [", "'", "[<!-- ", "<!DOCTYPE '", "<!ATTLIST '>' >"]
)
def test_a_dtd_is_looked_through_once(piece: str) -> None:
    assert_linear(lambda size: declares_entities("<!DOCTYPE x [" + piece * size), 2_000)
    assert_linear(lambda size: without_entities("<!DOCTYPE x [" + piece * size), 2_000)


@pytest.mark.parametrize("piece", ["<!-- -->", "<script>", "<script ", "</script ", "<!--", " "])
def test_twice_as_much_is_twice_the_work(piece: str) -> None:
    assert_linear(lambda size: is_web_page(piece * size), 2_000)
    assert_linear(lambda size: list(list_elements(piece * size, "script")), 2_000)
