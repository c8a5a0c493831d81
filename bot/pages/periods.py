"""The periods of `/top`: what may be typed or pressed, and how far back each reaches."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.chat_settings.words import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, tzinfo

    from bot.locales import Texts

USUAL = "week"
_LENGTHS: Mapping[str, timedelta] = {
    "day": timedelta(days=1),
    USUAL: timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_FIRST_DAYS: Mapping[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "thisweek": lambda day: day - timedelta(days=day.weekday()),
    "thismonth": lambda day: day.replace(day=1),
    "thisyear": lambda day: day.replace(month=1, day=1),
}
"""Of the calendar's periods, the first day; weeks begin on Monday (ISO 8601)."""
PERIODS = (
    "today",
    "day",
    "thisweek",
    USUAL,
    "thismonth",
    "month",
    "thisyear",
    "year",
    "all",
)
"""In the order of the buttons. Each is `top.title.…` and `top.period.…` in the catalogues."""
SHOWN = frozenset({USUAL, "month", "all"})
"""Those that have a button always; the others, while they are shown."""
_WORDS = {
    "today": "오늘 당일 금일",
    "day": "day daily 1day 24hours 24h 하루 일간 1일 24시간",
    "thisweek": "이번주 금주",
    "week": "lastweek pastweek weekly 7days 1week aweek "
    "지난주 저번주 주 주간 한주 일주일 일주 1주 1주일 7일 최근",
    "thismonth": "이번달 이달 금월",
    "month": "lastmonth pastmonth monthly 30days 1month amonth "
    "지난달 저번달 달 월 월간 한달 일개월 1달 1개월 30일 31일 4주",
    "thisyear": "올해 금년 이번해",
    "year": "pastyear yearly 365days 12months 1year ayear 년 연 연간 일년 한해 1년 365일 12개월",
    "all": "alltime total everything ever total overall "
    "전체 전부 모두 모든 역대 지금까지 여태 여태까지 처음부터 전체기간 모든기간",
}
"""What members type, without its spaces; a week that is over is the last seven days, too."""
_NAMES = {word: period for period, words in _WORDS.items() for word in (period, *words.split())}
_ENDINGS = ("동안의", "동안", "의", "에", "간")


def beginning(period: str, now: datetime, zone: tzinfo) -> datetime | None:
    """When one of the `PERIODS` began, the calendar's at a midnight of `zone`; None for `all`."""
    if period in _FIRST_DAYS:
        day = _FIRST_DAYS[period](now.astimezone(zone).date())
        return datetime.combine(day, time(), zone)
    length = _LENGTHS.get(period)
    return None if length is None else now - length


def period_name(texts: Texts, period: str) -> str:
    """What a period is called in a language."""
    return texts(f"top.period.{period}")


def parse_period(texts: Texts, typed: str) -> str | None:
    """The period that somebody typed, in either language; the usual one for nothing, or None."""
    word = normal(typed).replace(" ", "").removeprefix("the").rstrip(".!?")
    if not word:
        return USUAL
    shown = {normal(period_name(texts, one)).replace(" ", ""): one for one in PERIODS}
    names = _NAMES | shown
    bare = next((word.removesuffix(end) for end in _ENDINGS if word.endswith(end)), word)
    return names.get(word) or names.get(bare)
