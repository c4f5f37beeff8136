"""Recurrences: read, written, and compared with what python-dateutil makes of the same text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Invalid
from models.rules.recurrence import LAST, Frequency, MonthDay, Recurrence, Weekday, days_of, ends_before
from models.rules.recurrence_text import read_recurrence, write_recurrence

MO, TU, WE, TH, FR, SA, SU = Weekday
W, M = Frequency.WEEKLY, Frequency.MONTHLY
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "recurrence", "written"),
    [
        ("FREQ=WEEKLY", Recurrence(W), None),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270630T235959",
            Recurrence(W, 2, (MO, TH), until=datetime(2027, 6, 30, 23, 59, 59)),  # noqa: DTZ001
            None,
        ),
        ("FREQ=WEEKLY;UNTIL=20270630", Recurrence(W, until=date(2027, 6, 30)), None),
        (
            "FREQ=WEEKLY;UNTIL=20270630T215959Z",
            Recurrence(W, until=datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC)),
            None,
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", Recurrence(M, month_days=(MonthDay(2, TU),)), None),
        ("FREQ=MONTHLY;BYDAY=-1FR", Recurrence(M, month_days=(MonthDay(LAST, FR),)), None),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO,3MO", Recurrence(M, 3, (), (MonthDay(1, MO), MonthDay(3, MO))), None),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=4", Recurrence(M, month_days=(MonthDay(4, TU),)), "FREQ=MONTHLY;BYDAY=4TU"),
        (
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=4,-1",
            Recurrence(M, month_days=(MonthDay(LAST, TU), MonthDay(4, TU))),
            "FREQ=MONTHLY;BYDAY=-1TU,4TU",
        ),
        ("FREQ=MONTHLY;BYDAY=+2TU", Recurrence(M, month_days=(MonthDay(2, TU),)), "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=WEEKLY;BYDAY=TH,MO,TH;", Recurrence(W, 1, (MO, TH)), "FREQ=WEEKLY;BYDAY=MO,TH"),
        (" rrule:freq=weekly; interval=1 ;byday=mo;wkst=mo; ", Recurrence(W, 1, (MO,)), "FREQ=WEEKLY;BYDAY=MO"),
    ],
)
def test_what_is_understood(text, recurrence, written):
    assert read_recurrence(text) == recurrence
    assert write_recurrence(recurrence) == (written or text)


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("", "unreadable", "FREQ"),
        (";", "unreadable", ""),
        ("FREQ=WEEKLY;" + "BYDAY=MO," * 30, "unreadable", "FREQ"),
        ("tous les lundis", "unreadable", "TOUS LES LUNDIS"),
        ("FREQ=", "unreadable", "FREQ"),
        ("FREQ=WEEKLY;;BYDAY=MO", "unreadable", ""),
        ("BYDAY=MO", "frequency_unsupported", "FREQ"),
        ("FREQ=DAILY", "frequency_unsupported", "FREQ"),
        ("FREQ=WEEKLY;FREQ=WEEKLY", "part_twice", "FREQ"),
        ("FREQ=WEEKLY;COUNT=5", "part_unsupported", "COUNT"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "part_unsupported", "BYMONTHDAY"),
        ("FREQ=WEEKLY;INTERVAL=0", "interval_out_of_range", "INTERVAL"),
        ("FREQ=WEEKLY;INTERVAL=-1", "interval_out_of_range", "INTERVAL"),
        ("FREQ=WEEKLY;INTERVAL=53", "interval_out_of_range", "INTERVAL"),
        ("FREQ=MONTHLY;INTERVAL=13;BYDAY=1MO", "interval_out_of_range", "INTERVAL"),
        ("FREQ=WEEKLY;INTERVAL=two", "interval_out_of_range", "INTERVAL"),
        ("FREQ=WEEKLY;INTERVAL=²", "interval_out_of_range", "INTERVAL"),
        ("FREQ=WEEKLY;BYDAY=LU", "weekdays_unreadable", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO,", "weekdays_unreadable", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=2MO", "ordinal_unsupported", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "ordinal_unsupported", "BYSETPOS"),
        ("FREQ=MONTHLY", "weekdays_missing", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=TU", "ordinal_missing", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6TU", "ordinal_unsupported", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0TU", "ordinal_unsupported", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=-2TU", "ordinal_unsupported", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "ordinal_unsupported", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=2MO;BYSETPOS=1", "ordinal_unsupported", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=first", "ordinal_unsupported", "BYSETPOS"),
        ("FREQ=WEEKLY;WKST=SU", "week_start_unsupported", "WKST"),
        ("FREQ=WEEKLY;UNTIL=2027-06-30", "until_unreadable", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20270631", "until_unreadable", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20270630T240000", "until_unreadable", "UNTIL"),
        ("FREQ=WEEKLY;UNTIL=00000101", "until_unreadable", "UNTIL"),
    ],
)
def test_what_is_refused_by_name(text, code, part):
    with pytest.raises(Invalid) as refusal:
        read_recurrence(text)
    assert refusal.value.detail == {"fields": {"recurrence": code}, "part": part}


untils = st.one_of(
    st.none(),
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)).map(lambda t: t.replace(microsecond=0)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda t: t.replace(microsecond=0)
    ),
)
ordered = {"min_size": 1, "max_size": 4, "unique": True}
recurrences = st.one_of(
    st.builds(
        Recurrence, st.just(W), st.integers(1, 52),
        st.lists(st.sampled_from(Weekday), max_size=7, unique=True).map(lambda days: tuple(sorted(days))),
        st.just(()), untils,
    ),
    st.builds(
        Recurrence, st.just(M), st.integers(1, 12), st.just(()),
        st.lists(st.builds(MonthDay, st.sampled_from([1, 2, 3, 4, 5, -1]), st.sampled_from(Weekday)), **ordered)
        .map(lambda days: tuple(sorted(days))),
        untils,
    ),
)  # fmt: skip


@given(recurrences)
def test_writing_and_reading_are_inverse(recurrence):
    assert read_recurrence(write_recurrence(recurrence)) == recurrence


@given(
    st.text(max_size=60) | st.from_regex(r"FREQ=(WEEKLY|MONTHLY)(;[A-Z]{1,8}=[A-Z0-9,+-]{0,9}){0,4};?", fullmatch=True)
)
def test_any_text_is_read_or_refused(text):
    try:
        recurrence = read_recurrence(text)
    except Invalid:
        return
    assert read_recurrence(write_recurrence(recurrence)) == recurrence


@given(
    recurrences,
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda t: t.replace(microsecond=0)),  # noqa: DTZ001
    st.integers(-40, 900),
    st.integers(0, 400),
)
def test_the_days_are_those_of_another_implementation(recurrence, first, offset, length):
    from_day = first.date() + timedelta(days=offset)
    to_day = from_day + timedelta(days=length)
    ours = [
        day
        for day in days_of(recurrence, first.date(), from_day, to_day)
        if not ends_before(recurrence.until, datetime.combine(day, first.time()), PARIS)
    ]

    until, bare = recurrence.until, Recurrence(
        recurrence.frequency, recurrence.interval, recurrence.weekdays, recurrence.month_days
    )  # fmt: skip
    rule = rrulestr(write_recurrence(bare), dtstart=first)
    theirs = rule.between(
        datetime.combine(from_day, datetime.min.time()), datetime.combine(to_day, datetime.max.time()), inc=True
    )
    if isinstance(until, datetime):
        zone = PARIS if until.tzinfo else None
        theirs = [start for start in theirs if start.replace(tzinfo=zone) <= until]
    elif until is not None:
        theirs = [start for start in theirs if start.date() <= until]
    assert ours == [start.date() for start in theirs]
