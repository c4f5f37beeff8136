"""What a citizen is told about the hours, in the unit's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.rules.opening_hours import ALWAYS_OPEN, UNKNOWN_WEEK, TimeRange
from models.rules.opening_hours_reading import read_hours
from models.rules.opening_hours_status import describe, hours_on

PARIS = ZoneInfo("Europe/Paris")
WEEK = read_hours("$Lundi : 8h00-12h00 14h00-18h00$Jeudi : 14h00-18h00$Jours Fériés : 9h00-12h00").weekly
BASTILLE_DAY = date(2026, 7, 14)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_open_now():
    status = describe(WEEK, at("2026-11-23 09:00"), PARIS)  # a Monday
    assert status.is_open is True
    assert status.closes_at == at("2026-11-23 12:00")
    assert status.opens_at == at("2026-11-23 14:00")


def test_closed_for_lunch_and_the_last_minute():
    assert describe(WEEK, at("2026-11-23 12:00"), PARIS).is_open is False
    assert describe(WEEK, at("2026-11-23 11:59"), PARIS).is_open is True


def test_the_next_opening_may_be_days_away():
    status = describe(WEEK, at("2026-11-24 10:00"), PARIS)
    assert status.today == ()
    assert status.is_open is False
    assert status.closes_at is None
    assert status.opens_at == at("2026-11-26 14:00")


def test_a_holiday_has_hours_of_its_own():
    assert hours_on(WEEK, BASTILLE_DAY, {BASTILLE_DAY}) == (TimeRange(540, 720),)
    status = describe(WEEK, at("2026-07-14 10:00"), PARIS, {BASTILLE_DAY})
    assert status.is_holiday
    assert status.is_open is True


def test_a_holiday_without_hours_is_not_known():
    week = read_hours("$Mardi : 8h00-12h00").weekly
    status = describe(week, at("2026-07-14 10:00"), PARIS, {BASTILLE_DAY})
    assert status.is_open is None
    assert status.today is None
    assert status.opens_at == at("2026-07-21 08:00")


def test_nothing_known_says_nothing():
    status = describe(UNKNOWN_WEEK, at("2026-11-23 09:00"), PARIS)
    assert (status.is_open, status.today, status.opens_at) == (None, None, None)


def test_day_and_night_never_closes_nor_opens():
    status = describe(ALWAYS_OPEN, at("2026-11-23 23:59"), PARIS)
    assert status.is_open is True
    assert status.closes_at is None


def test_a_night_counter_closes_the_next_morning():
    week = read_hours("Lundi : 20h00-2h00").weekly
    status = describe(week, at("2026-11-23 23:00"), PARIS)
    assert status.closes_at == at("2026-11-24 02:00")
    assert describe(week, at("2026-11-24 01:00"), PARIS).is_open is True


def test_the_units_zone_counts():
    marquesas = ZoneInfo("Pacific/Marquesas")
    # Monday 8:30 in Nuku-Hiva is Monday 18:00 in UTC (nine hours and a half behind).
    status = describe(WEEK, datetime(2026, 11, 23, 18, 0, tzinfo=UTC), marquesas)
    assert status.is_open is True
    assert status.closes_at == datetime(2026, 11, 23, 21, 30, tzinfo=UTC)


def test_the_clock_change_does_not_move_the_hours():
    before, after = describe(WEEK, at("2026-10-22 09:00"), PARIS), describe(WEEK, at("2026-10-25 20:00"), PARIS)
    assert before.opens_at == datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
    assert after.opens_at == datetime(2026, 10, 26, 7, 0, tzinfo=UTC)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="aware"):
        describe(WEEK, datetime(2026, 11, 23, 9, 0), PARIS)  # noqa: DTZ001 -- This is what is refused.
