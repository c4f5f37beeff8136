"""Occurrences: the clock on the wall stays, clock changes, single ones changed, public holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.errors import Invalid
from models.rules.occurrences import (
    DROPPED,
    Closure,
    ClosureCode,
    HolidayRule,
    Occurrence,
    OccurrenceChange,
    closed_because,
    holiday_verdict,
    occurrences,
    read_closure,
)
from models.rules.recurrence_text import read_recurrence
from tests.unit.rules.zones import TIME_ZONES

PARIS = ZoneInfo("Europe/Paris")
MIQUELON = ZoneInfo("America/Miquelon")
LONG_AGO, FAR_AHEAD = date(2000, 1, 1), date(2040, 1, 1)


def local(text: str, zone: ZoneInfo = PARIS, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def expand(start, end, rule, first, last, changes=None, zone=PARIS):
    recurrence = None if rule is None else read_recurrence(rule)
    return occurrences(
        local(start, zone), local(end, zone), recurrence, zone, date.fromisoformat(first), date.fromisoformat(last),
        changes or {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "rule", "first", "last", "days"),
    [
        ("2026-11-24T09:00", "2026-11-24T12:00", None, "2026-11-24", "2026-11-24", ["2026-11-24"]),
        ("2026-11-24T09:00", "2026-11-24T12:00", None, "2026-11-25", "2026-12-24", []),
        ("2026-11-24T23:30", "2026-11-25T01:00", None, "2026-11-25", "2026-12-24", []),
        ("2026-09-02T09:00", "2026-09-02T11:00", "FREQ=WEEKLY;INTERVAL=2", "2026-09-28", "2026-10-06", ["2026-09-30"]),
        (
            "2026-09-07T09:00",
            "2026-09-07T11:00",
            "FREQ=WEEKLY;UNTIL=20260921T235959",
            "2026-09-14",
            "2026-10-30",
            ["2026-09-14", "2026-09-21"],
        ),
        ("2026-09-07T09:00", "2026-09-07T11:00", "FREQ=WEEKLY;UNTIL=20260907T085959", "2026-09-01", "2026-10-30", []),
        (
            "2026-09-07T09:00",
            "2026-09-07T11:00",
            "FREQ=WEEKLY;UNTIL=20260914T070000Z",
            "2026-09-01",
            "2026-10-30",
            ["2026-09-07", "2026-09-14"],
        ),
        # It begins on a Wednesday; the weeks are counted from that week's Monday.
        (
            "2026-09-02T09:00",
            "2026-09-02T11:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "2026-09-01",
            "2026-09-18",
            ["2026-09-03", "2026-09-14", "2026-09-17"],
        ),
        (
            "2026-09-29T17:00",
            "2026-09-29T18:00",
            "FREQ=MONTHLY;BYDAY=5TU",
            "2026-09-01",
            "2027-01-31",
            ["2026-09-29", "2026-12-29"],
        ),
        (
            "2026-01-30T17:00",
            "2026-01-30T18:00",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR",
            "2026-02-01",
            "2026-08-01",
            ["2026-03-27", "2026-05-29", "2026-07-31"],
        ),
    ],
)
def test_the_days(start, end, rule, first, last, days):
    assert [one.original_day.isoformat() for one in expand(start, end, rule, first, last)] == days


def test_the_clock_on_the_wall_stays_when_the_clocks_change():
    found = expand("2026-10-20T17:00", "2026-10-20T18:00", "FREQ=WEEKLY", "2026-10-20", "2026-10-27")
    assert found == [
        Occurrence(date(2026, 10, 20), utc("2026-10-20T15:00"), utc("2026-10-20T16:00")),
        Occurrence(date(2026, 10, 27), utc("2026-10-27T16:00"), utc("2026-10-27T17:00")),
    ]


@pytest.mark.parametrize(
    ("a_week_before", "starts_at", "ends_at", "zone"),
    [
        # The night of 27 to 28 March 2027 in Paris has no hour from two to three.
        (("2027-03-21T01:00", "2027-03-21T05:00"), "2027-03-28T00:00", "2027-03-28T03:00", PARIS),
        (("2027-03-20T22:00", "2027-03-21T06:00"), "2027-03-27T21:00", "2027-03-28T04:00", PARIS),
        (("2027-03-21T02:30", "2027-03-21T04:00"), "2027-03-28T01:30", "2027-03-28T02:00", PARIS),
        (("2027-03-21T02:15", "2027-03-21T02:45"), "2027-03-28T01:15", "2027-03-28T01:45", PARIS),
        (("2027-03-21T02:30", "2027-03-21T03:00"), "2027-03-28T01:30", "2027-03-28T02:00", PARIS),
        # That of 30 to 31 October 2027 has it twice.
        (("2027-10-23T22:00", "2027-10-24T06:00"), "2027-10-30T20:00", "2027-10-31T05:00", PARIS),
        (("2027-10-24T02:30", "2027-10-24T04:00"), "2027-10-31T00:30", "2027-10-31T03:00", PARIS),
        (("2027-10-24T01:30", "2027-10-24T02:30"), "2027-10-30T23:30", "2027-10-31T00:30", PARIS),
        # Miquelon changes its clocks a fortnight before Paris.
        (("2027-03-07T08:00", "2027-03-07T09:00"), "2027-03-14T10:00", "2027-03-14T11:00", MIQUELON),
    ],
)
def test_nights_on_which_the_clocks_change(a_week_before, starts_at, ends_at, zone):
    day = date.fromisoformat(a_week_before[0][:10]) + timedelta(days=7)
    found = expand(*a_week_before, "FREQ=WEEKLY", day.isoformat(), day.isoformat(), zone=zone)
    assert found == [Occurrence(day, utc(starts_at), utc(ends_at))]


def test_the_first_one_keeps_the_instants_that_were_given():
    start, end = local("2027-10-31T02:15"), local("2027-10-31T02:15", fold=1)
    weekly = read_recurrence("FREQ=WEEKLY")
    found = occurrences(start, end, weekly, PARIS, date(2027, 10, 31), date(2027, 11, 7), {})
    assert [(one.starts_at, one.ends_at) for one in found] == [
        (utc("2027-10-31T00:15"), utc("2027-10-31T01:15")),
        (utc("2027-11-07T01:15"), utc("2027-11-07T02:15")),
    ]


def test_one_is_moved_or_shortened_or_dropped_without_touching_the_others():
    changes = {
        date(2026, 9, 7): OccurrenceChange(local("2026-09-08T14:00"), local("2026-09-08T16:00")),
        date(2026, 9, 14): OccurrenceChange(local("2026-09-14T09:00"), local("2026-09-14T10:00")),
        date(2026, 9, 21): DROPPED,
        date(2026, 9, 22): OccurrenceChange(local("2026-09-22T09:00"), local("2026-09-22T10:00")),
    }
    rule = ("2026-09-07T09:00", "2026-09-07T11:00", "FREQ=WEEKLY")
    found = expand(*rule, "2026-09-07", "2026-09-28", changes)
    assert found == [
        Occurrence(date(2026, 9, 7), utc("2026-09-08T12:00"), utc("2026-09-08T14:00")),
        Occurrence(date(2026, 9, 14), utc("2026-09-14T07:00"), utc("2026-09-14T08:00")),
        Occurrence(date(2026, 9, 28), utc("2026-09-28T07:00"), utc("2026-09-28T09:00")),
    ]
    assert all(one.starts_at.tzinfo is UTC and one.ends_at.tzinfo is UTC for one in found)
    # By its original day: the range of the day that it moved to does not give it a second time.
    assert expand(*rule, "2026-09-08", "2026-09-13", changes) == []


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        ("2026-09-07T09:00", "2026-09-07T09:00", {"ends_at": "before_start"}),
        ("2026-09-07T09:00", None, {"ends_at": "missing"}),
        (None, "2026-09-07T09:00", {"starts_at": "missing"}),
    ],
)
def test_a_change_has_two_times_in_order(start, end, fields):
    with pytest.raises(Invalid) as refusal:
        OccurrenceChange(start and local(start), end and local(end))
    assert refusal.value.detail == {"fields": fields}


@given(
    st.sampled_from(TIME_ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001
    st.timedeltas(timedelta(minutes=5), timedelta(hours=24)),
    st.sampled_from(["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=MONTHLY;BYDAY=-1SU,1SU"]),
    st.integers(0, 365),
)
def test_adjoining_ranges_give_each_one_once_and_in_order(zone, wall, length, rule, cut):
    first_start = wall.replace(microsecond=0, tzinfo=zone).astimezone(UTC)
    arguments = (first_start, first_start + length, read_recurrence(rule), zone)
    day = wall.date()
    until, middle = day + timedelta(days=366), day + timedelta(days=cut)
    whole = occurrences(*arguments, day, until, {})
    assert whole == [
        *occurrences(*arguments, day, middle, {}),
        *occurrences(*arguments, middle + timedelta(days=1), until, {}),
    ]
    for one in whole:
        assert one.starts_at < one.ends_at
        # Never more than the hour that a clock change takes or gives.
        assert abs((one.ends_at - one.starts_at) - length) <= timedelta(hours=1)
        shown = one.starts_at.astimezone(zone)
        skipped = shown.replace(fold=0).utcoffset() != (shown - timedelta(hours=2)).utcoffset()
        assert shown.date() == one.original_day
        assert skipped or shown.time() == arguments[0].astimezone(zone).time()


ALL_SAINTS = {date(2026, 11, 1): "Toussaint"}


@pytest.mark.parametrize(
    ("rule", "name", "because"),
    [
        (HolidayRule.CLOSED, "Toussaint", "holiday:Toussaint"),
        (HolidayRule.CLOSED, None, None),
        (HolidayRule.OPEN, "Toussaint", None),
        (HolidayRule.OPEN, None, None),
        (HolidayRule.ONLY, "Toussaint", None),
        (HolidayRule.ONLY, None, "not_holiday"),
    ],
)
def test_public_holidays(rule, name, because):
    assert holiday_verdict(rule, name) == because


def test_why_it_is_closed_can_be_read_back():
    assert read_closure("holiday:Fête : à part") == Closure(ClosureCode.PUBLIC_HOLIDAY, "Fête : à part")
    assert read_closure("not_holiday") == Closure(ClosureCode.NO_PUBLIC_HOLIDAY)
    with pytest.raises(ValueError, match="strike"):
        read_closure("strike")


@pytest.mark.parametrize(
    ("start", "end", "because"),
    [
        ("2026-11-01T09:00", "2026-11-01T11:00", "holiday:Toussaint"),
        # In UTC it is still the day before; the unit's own day counts.
        ("2026-11-01T00:30", "2026-11-01T02:00", "holiday:Toussaint"),
        ("2026-10-31T22:00", "2026-11-01T06:00", None),
        ("2026-11-02T09:00", "2026-11-02T11:00", None),
    ],
)
def test_the_day_on_which_it_really_begins_decides(start, end, because):
    moved = Occurrence(date(2026, 10, 30), local(start).astimezone(UTC), local(end).astimezone(UTC))
    assert closed_because(moved, HolidayRule.CLOSED, ALL_SAINTS, PARIS) == because
