"""From a bare folder to a `.env` that `sosik run` takes: asks, looks, and writes at the very end.

Until all is answered nothing is written; whoever stops before has what there was.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.clock import SystemClock
from bot.config import ENV_FILE, load_settings, prepare_environment, token_places
from bot.delivery.wire import Wire
from bot.errors import SettingError, SosikError
from bot.locales import DEFAULT
from bot.logs import set_up_logs
from bot.process.checking import check
from bot.setup.env_file import check_writable, write_values
from bot.setup.questions import Interview
from bot.setup.telegram import Telegram
from bot.setup.watching import Watch
from bot.sources.http.agents import agents_of
from bot.sources.http.fetch import Fetcher
from bot.sources.http.network import trusted_authorities

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Mapping, Sequence

    from bot.config import Settings
    from bot.process.checking import Finding
    from bot.setup.talk import Talk

ASKED: Mapping[str, Any] = {"bot_token": "", "operator_ids": (), "sources": (), "channels": ()}
"""What setup asks for, as if nothing were set: a wrong one is what it is there to mend."""
INTERRUPTED = 130
CONNECTIONS = 2


class Answers(NamedTuple):
    """What was answered: the bot's name, and the settings that change, as `.env` has them."""

    username: str
    values: dict[str, str]


def set_up(talk: Talk, runner: asyncio.Runner) -> int:
    """Ask, write, check, and say how to go on; the exit code.

    Raises SosikError where another setting is wrong, `.env` cannot be written or does not decide
    which token counts, Telegram is away, or the input ends.
    """
    prepare_environment()
    settings = load_settings(**ASKED)
    set_up_logs(settings.log_format)
    check_writable(ENV_FILE)
    try:
        answers = _ask(settings, talk, runner)
    except EOFError:
        raise SosikError("setup.ended") from None
    except KeyboardInterrupt:
        talk.say("setup.stopped")
        return INTERRUPTED
    _write(answers.values, talk)
    for one in runner.run(_check()):
        talk.show(f"{'✓' if one.good else '✗'} {talk.texts(one.key, **one.values)}")
    talk.say("setup.next", command=_command(), name=answers.username)
    return 0


def _ask(settings: Settings, talk: Talk, runner: asyncio.Runner) -> Answers:
    talk.say("setup.begin", path=ENV_FILE.absolute())
    with _opened(settings, runner) as wire:
        telegram = Telegram(wire, settings.telegram_api_url)
        watch = Watch(talk, telegram, runner)
        interview = Interview(talk, telegram, watch, runner, settings)
        known = _Known(talk)
        token = interview.ask_token(known.settings["bot_token"].get_secret_value())
        if token is not None and (elsewhere := token_places()[0]):
            raise SosikError("setup.token.elsewhere", path=elsewhere)
        watch.begin(settings.database_path)
        before: Sequence[int] = known.settings["operator_ids"]
        operators = interview.ask_operators(before)
        sources = interview.ask_blog(known.settings["sources"])
        channels = interview.ask_channels(
            known.settings["channels"], before if operators is None else operators
        )
    given = {
        "BOT_TOKEN": token,
        "BOT_TOKEN_FILE": None if token is None else _without_file(),
        "OPERATOR_IDS": None if operators is None else " ".join(map(str, operators)),
        "SOURCES": sources,
        "CHANNELS": channels,
        "LANGUAGE": _language(settings, talk),
    }
    values = {name: value for name, value in given.items() if value is not None}
    return Answers(telegram.username, dict.fromkeys(known.wrong, "") | values)


@contextmanager
def _opened(settings: Settings, runner: asyncio.Runner) -> Iterator[Wire]:
    """The way to Telegram that the bot itself takes."""
    proxy = settings.telegram_proxy.get_secret_value() or None
    wire = Wire(CONNECTIONS, verify=trusted_authorities(), proxy=proxy)
    runner.run(wire.initialize())
    try:
        yield wire
    finally:
        runner.run(wire.shutdown())


class _Known:
    """What is set now of that which is asked for; what is wrong is said, and as if it were not."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.wrong: list[str] = []
        self.settings: dict[str, Any] = {name: self._value(name) for name in ASKED}

    def _value(self, name: str) -> Any:  # noqa: ANN401  # each setting's own type
        others = {one: value for one, value in ASKED.items() if one != name}
        try:
            return getattr(load_settings(**others), name)
        except SettingError as error:
            self._talk.show(f"✗ {self._talk.texts(error.key, **error.values)}")
            self.wrong.append(name.upper())
            return getattr(load_settings(**ASKED), name)


def _without_file() -> str | None:
    """What BOT_TOKEN_FILE is to be beside a new BOT_TOKEN: empty, where .env names a file."""
    return "" if token_places()[1] else None


def _language(settings: Settings, talk: Talk) -> str | None:
    """The terminal's, for whoever sets none, where it is not the one that Sosik speaks anyway."""
    is_set = "language" in settings.model_fields_set
    return None if is_set or talk.texts.lang == DEFAULT else talk.texts.lang


def _write(values: Mapping[str, str], talk: Talk) -> None:
    """Write what changed, and say so where it does not count all the same."""
    if not values:
        talk.say("setup.unchanged")
        return
    write_values(ENV_FILE, values)
    talk.approve("setup.written", path=ENV_FILE.absolute(), names=", ".join(values))
    meant = load_settings(**{name.lower(): one for name, one in values.items()})
    read = load_settings()
    ignored = [one for one in values if _differs(one.lower(), meant, read)]
    if ignored:
        talk.say("setup.overridden", names=", ".join(ignored))


def _differs(name: str, meant: Settings, read: Settings) -> bool:
    return getattr(meant, name, None) != getattr(read, name, None)  # no field: a secret's file


async def _check() -> list[Finding]:
    settings, clock = load_settings(), SystemClock()
    async with Fetcher(clock, agents=agents_of(settings)) as fetcher:
        return await check(settings, clock, fetcher)


def _command() -> str:
    """How the bot is started from this folder: a clone has a Makefile, others the command alone."""
    is_clone = all(Path(name).is_file() for name in ("Makefile", "pyproject.toml"))
    return "make run" if is_clone else "sosik run"
