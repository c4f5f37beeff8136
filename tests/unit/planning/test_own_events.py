"""What this installation has written into a calendar takes nobody's time a second time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from models.rules.intervals import Interval
from server.calendars.entries import uid_of
from server.own_events import MARK
from server.planning.caldav_answers import Resource
from server.planning.caldav_objects import Object, ObjectReader, check_understood, key_of
from server.planning.errors import PlanningRefused
from tests.unit.planning.calendars import calendar, read, times

HOST = "rdv.example.gouv.fr"
BOOKING, EXPORT = UUID("0f8fad5b-d9cb-469f-a165-70867728950e"), UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


@pytest.mark.parametrize(
    "event",
    [
        # Of a feed, an agenda or a mailbox.
        f"UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:20261125T090000Z DURATION:PT1H",
        f"UID:{uid_of(BOOKING, HOST, EXPORT).upper()} DTSTART:20261125T090000Z DURATION:PT1H",
        # A copy has another name; who moved it, made it repeat or broke it has not made it another appointment.
        f"UID:copy {MARK}:abc.def DTSTART:20261125T090000Z DURATION:PT1H",
        f"UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY",
        f"UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:yesterday",
    ],
)
def test_what_we_have_written_there_is_neither_busy_nor_refused(event):
    other = "VEVENT UID:b DTSTART:20261125T140000Z DURATION:PT1H"
    reading = read(calendar(f"VEVENT {event}", other), own_host=HOST)
    assert times(reading) == ["2026-11-25 14:00 to 15:00"]
    assert (reading.read, reading.ours, reading.refused) == (2, 1, ())


@pytest.mark.parametrize(
    "uid",
    [
        # A gendarme who books somewhere as anybody does has that hour taken.
        uid_of(BOOKING, HOST),
        uid_of(BOOKING, "autre.example.gouv.fr", EXPORT),
        uid_of(BOOKING, f"x{HOST}", EXPORT),
        f"reunion@{HOST}",
        f"x{uid_of(BOOKING, HOST, EXPORT)}",
        str(BOOKING),
    ],
)
def test_what_only_looks_like_ours_takes_time(uid):
    reading = read(calendar(f"VEVENT UID:{uid} DTSTART:20261125T090000Z DURATION:PT1H"), own_host=HOST)
    assert (times(reading), reading.ours) == (["2026-11-25 09:00 to 10:00"], 0)


@pytest.mark.parametrize("others", [["b"], ["b", "c"]])
def test_of_a_calendar_of_which_all_the_rest_is_refused_nothing_is_understood(others):
    ours = f"VEVENT UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:20261125T090000Z DURATION:PT1H"
    with pytest.raises(PlanningRefused, match="bad_time"):
        read(calendar(ours, *(f"VEVENT UID:{uid} DTSTART:yesterday" for uid in others)), own_host=HOST)


def test_a_calendar_of_which_something_else_is_understood_is_read():
    ours = f"VEVENT UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:20261125T090000Z DURATION:PT1H"
    free = "VEVENT UID:c DTSTART:20261125T090000Z DURATION:PT1H TRANSP:TRANSPARENT"
    reading = read(calendar(ours, "VEVENT UID:b DTSTART:yesterday", free), own_host=HOST)
    assert (times(reading), reading.ours, [one.uid for one in reading.refused]) == ([], 1, ["b"])


def objects(*events: str) -> list[Object]:
    """What is read of a CalDAV calendar of these objects, one event each."""
    window = Interval(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC))
    reader = ObjectReader(window, ZoneInfo("Europe/Paris"), tentative_counts=True, own_host=HOST)
    return [
        reader.read(key_of(f"/{number}.ics"), Resource(f"/{number}.ics", etag='"1"', data=calendar(event)))
        for number, event in enumerate(events)
    ]


def test_own_objects_are_no_sign_that_a_calendar_is_understood():
    ours = f"VEVENT UID:{uid_of(BOOKING, HOST, EXPORT)} DTSTART:20261125T090000Z DURATION:PT1H"
    broken, whole = "VEVENT UID:b DTSTART:yesterday", "VEVENT UID:c DTSTART:20261125T090000Z DURATION:PT1H"
    with pytest.raises(PlanningRefused, match="bad_time"):
        check_understood(objects(ours, broken))
    check_understood(objects(ours))
    check_understood(objects(ours, broken, whole))
