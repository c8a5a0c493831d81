"""What each HTML element means to a reader: a style, a break, a list, or nothing at all."""

from __future__ import annotations

from bot.text.rich import Kind

STYLES: dict[str, Kind] = {
    **dict.fromkeys(("b", "strong", "mark", "th", "dt", "summary"), Kind.BOLD),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Kind.BOLD),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var", "figcaption", "caption"), Kind.ITALIC),
    **dict.fromkeys(("u", "ins"), Kind.UNDERLINE),
    **dict.fromkeys(("s", "strike", "del"), Kind.STRIKETHROUGH),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Kind.CODE),
    "tg-spoiler": Kind.SPOILER,
    "blockquote": Kind.QUOTE,
}

BREAKS: dict[str, int] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), 2),
    **dict.fromkeys(("p", "blockquote", "pre", "ul", "ol", "dl", "table", "figure"), 2),
    **dict.fromkeys(("details", "section", "article", "hr"), 2),
    **dict.fromkeys(("div", "li", "dt", "dd", "tr", "caption", "figcaption", "summary"), 1),
    **dict.fromkeys(("main", "header", "footer", "nav", "aside", "address", "form"), 1),
    **dict.fromkeys(("fieldset", "legend", "center", "dir", "menu", "hgroup", "body"), 1),
}
"""Line feeds before and after an element; two leave a blank line."""

DROPPED = {
    *("script", "style", "template", "title", "noscript", "iframe", "frame", "noframes"),
    *("object", "embed", "applet", "audio", "video", "canvas", "svg", "map"),
    *("select", "option", "datalist", "textarea", "button", "input"),
    *("rp", "annotation", "annotation-xml"),
}
"""Elements of which nothing is shown."""

RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
SCRIPTS = {"sup": RAISED, "sub": LOWERED}

AROUND = {"q": ("“", "”"), "rt": ("(", ")")}
"""What is written before and after an element."""

BULLETS = "•◦▪"
RULE = "———"
PICTURE = "🖼 "
PLAY = "▶ "
DONE, TO_DO = "☑ ", "☐ "
UNFOLDED = "▸ "
CELL_GAP = " | "
