from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_settings.typed_times import parse_days, parse_quiet, parse_times
from bot.errors import InputError
from storage.models import QuietHours


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("9시", [(9, 0)]),
        ("오전 9:30", [(9, 30)]),
        ("오후 3시 반", [(15, 30)]),
        ("0900", [(9, 0)]),
        ("930", [(9, 30)]),
        ("9", [(9, 0)]),
        ("9pm", [(21, 0)]),
        ("9 a.m. and 6 p.m.", [(9, 0), (18, 0)]),
        ("09:00 18:30", [(9, 0), (18, 30)]),
        ("18:30, 09:00, 9시", [(9, 0), (18, 30)]),
        ("아침 8시", [(8, 0)]),
        ("아침 9시에", [(9, 0)]),
        ("정오", [(12, 0)]),
        ("noon", [(12, 0)]),
        ("자정과 낮 12시", [(0, 0), (12, 0)]),
        ("낮 11시 낮 2시", [(11, 0), (14, 0)]),
        ("아홉시 반", [(9, 30)]),
        ("열두 시", [(12, 0)]),
        ("오전 12시", [(0, 0)]),
        ("오후 12시", [(12, 0)]),
        ("12am 12pm", [(0, 0), (12, 0)]),
        ("밤 12시", [(0, 0)]),
        ("밤 1시", [(1, 0)]),
        ("밤 10시 40분", [(22, 40)]),
        ("저녁 7시", [(19, 0)]),
        ("오후 15시", [(15, 0)]),
        ("새벽 5시", [(5, 0)]),
        ("24:00", [(0, 0)]),
        ("０９：００", [(9, 0)]),
        ("pm 3:15", [(15, 15)]),
        ("9 o'clock", [(9, 0)]),
        ("off", []),
        ("끄기", []),
        ("안 함", []),
        ("없음", []),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, times: list[tuple[int, int]]) -> None:
    assert parse_times(typed) == tuple(hour * 60 + minute for hour, minute in times)


@pytest.mark.parametrize(
    "typed",
    [
        "", "x", "9:5", "25시", "24:30", "오전 13시", "오전 9시 pm", "9:75", "9시 x", "99999",
        "1 2 3 4 5 6 7", "'; DROP", "９９",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_times(typed)
    assert raised.value.key == "settings.usage.time"
    assert raised.value.values == {"typed": typed}


def forms(minutes: int) -> list[str]:
    """Ways to write one time of day."""
    hour, minute = divmod(minutes, 60)
    half, twelve = ("오전", "오후")[hour // 12], hour % 12 or 12
    english = ("am", "pm")[hour // 12]
    return [
        f"{hour:02}:{minute:02}",
        f"{hour}:{minute:02}",
        f"{hour:02}{minute:02}",
        f"{hour}시 {minute}분",
        f"{half} {twelve}:{minute:02}",
        f"{half} {twelve}시 {minute}분",
        f"{half}{twelve}시{minute}분",
        f"{twelve}:{minute:02}{english}",
        f"{twelve}:{minute:02} {english.upper()}",
    ]


MINUTES = st.integers(0, 24 * 60 - 1)


WRITTEN = MINUTES.flatmap(lambda at: st.sampled_from(forms(at)).map(lambda typed: (at, typed)))


@given(
    st.lists(WRITTEN, min_size=1, max_size=6),
    st.sampled_from([" ", ", ", ",", " / ", " 그리고 ", "와 ", " and "]),
)
def test_every_form_of_every_time_is_read_back(pairs: list[tuple[int, str]], between: str) -> None:
    typed = between.join(text for _, text in pairs)
    assert parse_times(typed) == tuple(sorted({at for at, _ in pairs}))


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_readers(typed: str) -> None:
    for parse in (parse_times, parse_days, parse_quiet):
        try:
            parse(typed)
        except InputError as error:
            assert error.values == {"typed": typed}  # noqa: PT017  # whichever of the three it was


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("매일", range(7)),
        ("daily", range(7)),
        ("every day", range(7)),
        ("평일", range(5)),
        ("평일에만", range(5)),
        ("weekdays", range(5)),
        ("주말", [5, 6]),
        ("weekends", [5, 6]),
        ("월수금", [0, 2, 4]),
        ("월요일, 수요일", [0, 2]),
        ("mon-fri", range(5)),
        ("Mon – Fri", range(5)),
        ("monday through friday", range(5)),
        ("월-금", range(5)),
        ("월요일부터 금요일까지", range(5)),
        ("금~월", [4, 5, 6, 0]),
        ("mon, wed and fri", [0, 2, 4]),
        ("tues thurs saturdays", [1, 3, 5]),
        ("weekends, mon", [0, 5, 6]),
        ("일", [6]),
    ],
)
def test_days_are_read_as_people_type_them(typed: str, days: list[int]) -> None:
    assert parse_days(typed) == frozenset(days)


@pytest.mark.parametrize("typed", ["", "x", "-월", "월-", "월--금", "월-평일", "off", "monx"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match=r"settings\.usage\.days"):
        parse_days(typed)


KOREAN, ENGLISH = "월화수목금토일", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@given(st.sets(st.integers(0, 6), min_size=1), st.sampled_from(["", " ", ", ", "·"]))
def test_every_set_of_days_is_read_back(days: set[int], between: str) -> None:
    assert parse_days(between.join(KOREAN[day] for day in days)) == days
    assert parse_days((between or " ").join(ENGLISH[day] for day in days)) == days


@given(st.integers(0, 6), st.integers(0, 6))
def test_every_range_goes_round_the_week(first: int, last: int) -> None:
    days = parse_days(f"{KOREAN[first]}~{KOREAN[last]}")
    assert {first, last} <= days
    assert len(days) == (last - first) % 7 + 1


@pytest.mark.parametrize(
    ("typed", "quiet"),
    [
        ("22:00-08:00", (22, 8)),
        ("22:00 ~ 08:00", (22, 8)),
        ("22-8", (22, 8)),
        ("밤 10시~아침 8시", (22, 8)),
        ("22시부터 8시까지", (22, 8)),
        ("from 10pm to 8am", (22, 8)),
        ("between 23:00 and 07:00", None),
        ("1시-6시", (1, 6)),
    ],
)
def test_quiet_hours_are_read_as_people_type_them(
    typed: str, quiet: tuple[int, int] | None
) -> None:
    if quiet is None:
        with pytest.raises(InputError):
            parse_quiet(typed)
    else:
        assert parse_quiet(typed) == QuietHours(quiet[0] * 60, quiet[1] * 60)


@pytest.mark.parametrize("typed", ["off", "끄기", "없음"])
def test_quiet_hours_can_be_switched_off(typed: str) -> None:
    assert parse_quiet(typed) is None


@pytest.mark.parametrize("typed", ["", "밤", "8-8", "22:00", "1-2-3", "x-y", "22:00 08:00"])
def test_what_is_no_span_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match=r"settings\.usage\.quiet"):
        parse_quiet(typed)


@given(MINUTES, MINUTES, st.data())
def test_every_span_is_read_back(start: int, end: int, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(forms(start))) + "~" + data.draw(st.sampled_from(forms(end)))
    if start == end:
        with pytest.raises(InputError):
            parse_quiet(typed)
    else:
        assert parse_quiet(typed) == QuietHours(start, end)
