from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.process.backup_names import DAYS, WEEKS, is_part, last_slot, made_at, name_of, superfluous

SEOUL, PARIS = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 30, 4, 30, tzinfo=SEOUL)


@given(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  # given zones below
    st.sampled_from([SEOUL, PARIS, ZoneInfo("Asia/Kathmandu"), UTC]),
)
def test_a_name_tells_its_moment_also_while_clocks_go_back(
    stem: str, at: datetime, zone: ZoneInfo
) -> None:
    for fold in (0, 1):
        moment = at.replace(microsecond=0, tzinfo=zone, fold=fold)
        found = made_at(stem, name_of(stem, moment))
        assert found is not None
        assert found.astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "name",
    [
        "sosik.db",
        "sosik.20261130-043000.backup",
        "sosik.20261130-043000.before",
        "sosik-20261131-043000+0900.db",
        "sosik-20261130-043000.db",
        "sosik-20261130-043000+0900.db-wal",
        "sosik-20261130-043000+0900.db.gz",
        "my-sosik-20261130-043000+0900.db",
        "sosik-2-20261130-043000+0900.db",
        "20261130-043000+0900.db",
        "sosik-２０２６1130-043000+0900.db",
    ],
)
def test_no_other_file_is_taken_for_one(name: str) -> None:
    assert made_at("sosik", name) is None
    assert not is_part("sosik", name)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("sosik-20261130-043000+0900.db.0a1b2c3d.part", True),
        ("sosik-20261130-043000+0900.db.0a1b2c3d.part-journal", True),
        ("sosik-20261130-043000+0900.db.part", False),
        ("other-20261130-043000+0900.db.0a1b2c3d.part", False),
        ("20261130-043000+0900.db.0a1b2c3d.part", False),
    ],
)
def test_what_a_kill_left_is_known(name: str, *, is_one: bool) -> None:
    assert is_part("sosik", name) is is_one


@pytest.mark.parametrize(
    ("now", "minutes", "slot"),
    [
        ((2026, 11, 30, 4, 30), 270, (2026, 11, 30, 4, 30)),
        ((2026, 11, 30, 4, 29), 270, (2026, 11, 29, 4, 30)),
        ((2026, 11, 30, 0, 0), 0, (2026, 11, 30, 0, 0)),
        ((2026, 3, 29, 12, 0), 150, (2026, 3, 29, 3, 30)),  # there is no half past two that day
        ((2026, 10, 25, 12, 0), 150, (2026, 10, 25, 2, 30)),  # and twice that day: the first
    ],
)
def test_the_last_time_that_one_was_due(
    now: tuple[int, ...], minutes: int, slot: tuple[int, ...]
) -> None:
    def at(parts: tuple[int, ...]) -> datetime:
        year, month, day, hour, minute = parts
        return datetime(year, month, day, hour, minute, tzinfo=PARIS)

    assert last_slot(at(now), minutes).astimezone(UTC) == at(slot).astimezone(UTC)


def daily(days: int, until: datetime = NOW) -> dict[str, datetime]:
    made = [until - timedelta(days=ago) for ago in range(days)]
    return {name_of("sosik", at): at for at in made}


def test_after_a_year_seven_days_and_four_weeks_are_left() -> None:
    made: dict[str, datetime] = {}
    for at in reversed(daily(365).values()):
        made[name_of("sosik", at)] = at
        for gone in superfluous(made, at):
            del made[gone]
    ago = sorted((NOW - at).days for at in made.values())
    assert ago == [0, 1, 2, 3, 4, 5, 6, 8, 15]  # a Monday: its week has but one


def test_one_of_a_database_that_was_begun_anew_does_not_replace_the_one_of_that_day() -> None:
    """The disk is lost, the bot started on an empty one first: what is needed now is there."""
    made = daily(30)
    for later in range(3):
        at = NOW + timedelta(hours=1 + later)
        made[name_of("sosik", at)] = at
        for gone in superfluous(made, at):
            del made[gone]
        assert name_of("sosik", NOW) in made
        assert name_of("sosik", at) in made


@given(st.lists(st.integers(0, 500 * 24), unique=True), st.integers(0, 500 * 24))
def test_the_newest_stays_and_there_are_never_many(hours: list[int], now: int) -> None:
    start = NOW - timedelta(hours=600 * 24)
    made = {f"{hour}": start + timedelta(hours=hour) for hour in hours}
    moment = start + timedelta(hours=now)
    gone = superfluous(made, moment)
    past = [hour for hour in hours if hour <= now]
    left = {int(name) for name in made} - {int(name) for name in gone}
    assert {hour for hour in hours if hour > now} <= left
    assert len(left & set(past)) <= 2 * DAYS + WEEKS
    assert not past or max(past) in left
    days = {made[f"{hour}"].date() for hour in past}
    kept = {made[f"{hour}"].date() for hour in left & set(past)}
    assert set(sorted(days)[-DAYS:]) <= kept
