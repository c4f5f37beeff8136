"""What this installation has written into a calendar takes nobody's time a second time."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.calendars.entries import uid_of
from server.own_events import MARK
from tests.unit.planning.calendars import calendar, read, times

HOST = "rdv.example.gouv.fr"
BOOKING, EXPORT = UUID("0f8fad5b-d9cb-469f-a165-70867728950e"), UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


@pytest.mark.parametrize(
    "event",
    [
        # Of a feed, and of an agenda or a mailbox.
        f"UID:{uid_of(BOOKING, HOST)} DTSTART:20261125T090000Z DURATION:PT1H",
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
        uid_of(BOOKING, "autre.example.gouv.fr"),
        uid_of(BOOKING, f"x{HOST}"),
        f"reunion@{HOST}",
        f"x{uid_of(BOOKING, HOST)}",
        str(BOOKING),
    ],
)
def test_what_only_looks_like_ours_takes_time(uid):
    reading = read(calendar(f"VEVENT UID:{uid} DTSTART:20261125T090000Z DURATION:PT1H"), own_host=HOST)
    assert (times(reading), reading.ours) == (["2026-11-25 09:00 to 10:00"], 0)


def test_a_calendar_of_which_the_rest_is_refused_is_still_understood():
    ours = f"VEVENT UID:{uid_of(BOOKING, HOST)} DTSTART:20261125T090000Z DURATION:PT1H"
    reading = read(calendar(ours, "VEVENT UID:b DTSTART:yesterday"), own_host=HOST)
    assert (times(reading), reading.ours, [one.uid for one in reading.refused]) == ([], 1, ["b"])
