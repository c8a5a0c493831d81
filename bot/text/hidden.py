"""Which elements show nothing to a reader, whatever they hold: by their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = {
    *("lineno", "linenos", "linenodiv", "linenumber", "line-number", "line-numbers-rows"),
    *("line-numbers-wrapper", "lnt", "rouge-gutter", "hljs-ln-numbers", "blob-num"),
    *("crayon-nums", "code-gutter"),
}
"""What highlighters call the numbers beside lines of code."""
_CELLS = {"td", "th", "pre"}
_TWICE = {"mathjax_preview", "mjx_assistive_mathml"}
"""Formulas that stand there once more (MathJax 2)."""


def is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element is hidden, or is numbers of lines, or says a formula once more."""
    if "hidden" in attributes:
        return True
    styles = attributes.get("style", "").lower()
    if "none" in styles and any(map(_hides, styles.split(";"))):
        return True
    if "class" not in attributes:
        return False
    classes = set(attributes["class"].lower().split())
    return not classes.isdisjoint(_NUMBERS | _TWICE) or (tag in _CELLS and "gutter" in classes)


def _hides(style: str) -> bool:
    name, _, value = style.partition(":")
    return name.strip() == "display" and value.split("!")[0].strip() == "none"


class Formulas:
    """KaTeX writes a formula as MathML for machines and as HTML for eyes: one is enough."""

    def __init__(self) -> None:
        self._is_written = False

    def is_repeated(self, attributes: Mapping[str, str]) -> bool:
        """Whether an element that begins is the second half of a formula."""
        if "katex" not in attributes.get("class", ""):
            return False
        classes = attributes["class"].split()
        if "katex-mathml" in classes:
            self._is_written = True
        elif "katex-html" in classes and self._is_written:
            self._is_written = False
            return True
        return False
