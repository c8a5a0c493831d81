"""What may be typed after `sosik`: its commands, with help and errors in a person's language."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.locales import Texts

COMMANDS = ("run", "demo", "import", "search", "check", "poll", "record", "status", "backup")
_ARGPARSE = {
    "usage: ": "cli.usage",
    "options": "cli.options",
    "positional arguments": "cli.arguments",
    "show this help message and exit": "cli.help",
    "%(prog)s: error: %(message)s\n": "cli.error",
    "argument %(argument_name)s: %(message)s": "cli.argument",
    "the following arguments are required: %s": "cli.required",
    "unrecognized arguments: %s": "cli.unrecognized",
    "expected one argument": "cli.one",
    "expected at least one argument": "cli.some",
    "ignored explicit argument %r": "cli.explicit",
    "ambiguous option: %(option)s could match %(matches)s": "cli.ambiguous",
    "invalid choice: %(value)r (choose from %(choices)s)": "cli.choice",
}
"""What argparse says (Lib/argparse.py, CPython 3.11 and later), with its own places in it."""
_FIRST, _LAST = 0, (1 << 16) - 1


class Parser(argparse.ArgumentParser):
    """argparse's, which quotes what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401  # argparse's own
        super()._print_message(redact(message), file)


class _ShowVersion(argparse.Action):
    """Print the version that is installed, which pyproject.toml gives, and leave."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415  # needed here alone

        print(f"sosik {version('sosik')}", flush=True)  # noqa: T201  # a command
        parser.exit()


def read_arguments(texts: Texts, given: Sequence[str]) -> argparse.Namespace:
    """What was typed; `command` is the name of one of COMMANDS.

    Leaves the process as argparse does: with 2 where it was wrong, and 0 after help.
    """
    with _speaking(texts):
        return _parser(texts).parse_args(given)


@contextmanager
def _speaking(texts: Texts) -> Iterator[None]:
    """Have argparse speak: it asks gettext, whose compiled catalogues there are none of here."""
    before = vars(argparse)["_"]
    said: Mapping[str, str] = {words: texts(key) for words, key in _ARGPARSE.items()}
    vars(argparse)["_"] = lambda words: said.get(words) or before(words)
    try:
        yield
    finally:
        vars(argparse)["_"] = before


def _parser(texts: Texts) -> argparse.ArgumentParser:
    parser = Parser(prog="sosik", description=texts("cli.sosik"))
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help=texts("cli.version"))
    commands = parser.add_subparsers(
        required=True, metavar=texts("cli.command"), dest="command", parser_class=Parser
    )
    parsers = {name: _command(commands, texts, name) for name in COMMANDS}
    _take_demo(parsers["demo"], texts)
    for name in ("import", "backup"):
        parsers[name].add_argument("file", type=Path, metavar=texts("cli.file"))
    search = parsers["search"]
    search.add_argument("words", nargs="+", metavar=texts("cli.words"))
    search.add_argument("--json", action="store_true", help=texts("cli.json"))
    parsers["record"].add_argument("address", metavar=texts("cli.address"))
    parsers["record"].add_argument("folder", type=Path, metavar=texts("cli.folder"))
    return parser


def _command(
    commands: argparse._SubParsersAction[Parser],  # as argparse names it
    texts: Texts,
    name: str,
) -> Parser:
    about = texts(f"cli.{name}.about")
    return commands.add_parser(name, help=about, description=about)


def _take_demo(demo: Parser, texts: Texts) -> None:
    demo.add_argument("--terminal", action="store_true", help=texts("cli.terminal"))
    demo.add_argument("--keep", type=Path, metavar=texts("cli.folder"), help=texts("cli.keep"))
    demo.add_argument("--port", type=_port(texts), metavar="N", help=texts("cli.port"))
    demo.add_argument("--no-browser", action="store_true", help=texts("cli.no_browser"))


def _port(texts: Texts) -> Any:  # noqa: ANN401  # a function, as argparse takes it
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not _FIRST <= int(value) <= _LAST:
            raise argparse.ArgumentTypeError(texts("cli.no_port", value=value))
        return int(value)

    return read
