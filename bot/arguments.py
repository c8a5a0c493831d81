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

COMMANDS = (
    "setup",
    "run",
    "demo",
    "import",
    "search",
    "check",
    "poll",
    "record",
    "status",
    "health",
    "backup",
    "restore",
    *("outbox", "post", "completion"),
)
SHELLS = ("bash", "zsh", "tcsh", "fish")
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
    "not allowed with argument %s": "cli.apart",
    "invalid choice: %(value)r (choose from %(choices)s)": "cli.choice",
}
"""What argparse says (Lib/argparse.py, CPython 3.11 and later), with its own places in it."""
ALL = "all"
_LARGEST = (1 << 63) - 1
"""What SQLite takes for a row's number."""
_FIRST, _LAST = 0, (1 << 16) - 1


class Parser(argparse.ArgumentParser):
    """argparse's, which quotes what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401  # argparse's own
        super()._print_message(redact(message), file)


class _ShowVersion(argparse.Action):
    """Print the version that is installed and what it runs on, and leave."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.process.build import build_lines  # noqa: PLC0415  # needed here alone

        print("\n".join(build_lines()), flush=True)  # noqa: T201  # a command
        parser.exit()


def completion_script(texts: Texts, shell: str) -> str:
    """What a shell, one of SHELLS, sources to complete commands, options and files."""
    import shtab  # noqa: PLC0415  # needed here alone

    parser = _parser(texts)
    for action in _actions(parser):
        if action.type is Path:
            vars(action)["complete"] = shtab.FILE  # where shtab looks for it
    return str(shtab.complete(parser, shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All that a parser takes, and its commands take."""
    for action in parser._actions:  # noqa: SLF001  # as shtab walks it
        yield action
        for one in action.choices.values() if isinstance(action.choices, dict) else ():
            yield from _actions(one)


def read_arguments(texts: Texts, given: Sequence[str]) -> argparse.Namespace:
    """What was typed; `command` is the name of one of COMMANDS.

    Leaves the process as argparse does: with 2 where it was wrong, and 0 after help.
    """
    with _speaking(texts):
        read = _parser(texts).parse_args(given)
        if read.command == "import" and read.file is None and not read.undo:
            read.refuse(texts("cli.required") % texts("cli.file"))
    return read


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
    _take_import(parsers["import"], texts)
    for name in ("backup", "restore"):
        parsers[name].add_argument("file", type=Path, metavar=texts("cli.file"))
    search = parsers["search"]
    search.add_argument("words", nargs="+", metavar=texts("cli.words"))
    search.add_argument("--json", action="store_true", help=texts("cli.json"))
    parsers["status"].add_argument("--json", action="store_true", help=texts("cli.status.json"))
    _take_outbox(parsers["outbox"], texts)
    _take_post(parsers["post"], texts)
    completion = parsers["completion"]
    completion.add_argument("shell", choices=SHELLS, metavar="|".join(SHELLS))
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


def _take_import(command: Parser, texts: Texts) -> None:
    command.add_argument("file", nargs="?", type=Path, metavar=texts("cli.file"))
    one = command.add_mutually_exclusive_group()
    one.add_argument("--dry-run", action="store_true", help=texts("cli.dry_run"))
    one.add_argument("--undo", action="store_true", help=texts("cli.undo"))
    command.set_defaults(refuse=command.error)
    command.add_argument("--yes", action="store_true", help=texts("cli.yes"))


def _take_outbox(outbox: Parser, texts: Texts) -> None:
    one = outbox.add_mutually_exclusive_group()
    one.add_argument("--failed", action="store_true", help=texts("cli.outbox.failed"))
    what = f"{texts('cli.number')}|{ALL}"
    again = _number(texts, besides=ALL)
    one.add_argument("--retry", type=again, metavar=what, help=texts("cli.outbox.retry"))
    number = texts("cli.number")
    one.add_argument("--drop", type=_number(texts), metavar=number, help=texts("cli.outbox.drop"))


def _take_post(post: Parser, texts: Texts) -> None:
    deeds = post.add_subparsers(
        required=True, metavar=texts("cli.command"), dest="deed", parser_class=Parser
    )
    for name in ("remove", "restore"):
        about = texts(f"cli.post.{name}.about")
        deed = deeds.add_parser(name, help=about, description=about)
        deed.add_argument("number", type=_number(texts), metavar=texts("cli.number"))


def _number(texts: Texts, *, besides: str = "") -> Any:  # noqa: ANN401  # a function, as argparse takes it
    """Reads 12 and #12; the word `besides` stays what it is."""

    def read(value: str) -> int | str:
        number = value.removeprefix("#")
        if besides and value == besides:
            return value
        if number.isascii() and number.isdigit() and 0 < int(number[:20]) <= _LARGEST:
            return int(number)
        raise argparse.ArgumentTypeError(texts("cli.no_number", value=value))

    return read


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
