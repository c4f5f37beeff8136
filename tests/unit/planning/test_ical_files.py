"""The collected calendars, each with what it must yield and why; those of RFC 5545 in sections of the RFC.

The files are real ones of other projects' issues and of the State; they are read where REAL_DATA has them. Small ones
of our own with the same peculiarity stand in for them in `test_ical.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from models.rules.intervals import Interval
from server.planning.errors import PlanningRefused
from tests.unit.planning.calendars import between, read, times

ALWAYS = between("1990-01-01", "2031-01-01")


@dataclass(frozen=True)
class Expected:
    """What a file must yield within a window, in UTC; or the code with which it is refused as a whole."""

    busy: list[str] = field(default_factory=list)
    window: Interval = ALWAYS
    read: int = 0
    refused: str = ""
    left_out: list[str] = field(default_factory=list)
    tentative_counts: bool = True


def days(month: str, numbers: str, hours: str) -> list[str]:
    return [f"{month}-{number} {hours}" for number in numbers.split()]


FILES = {
    # A byte order mark before BEGIN is no part of the text (section 3.1.4 says UTF-8, no more); there are no events.
    "bom_calendar.ics": Expected(),
    # `DTSTART;;VALUE=…` is no property (section 3.1), and the calendar has nothing else: it changes nothing.
    "broken_ical.ics": Expected(refused="broken_line"),
    # Two versions of one UID: the higher SEQUENCE counts (section 3.8.7.4), whichever comes first in the file.
    "duplicate-uid-sequence.ics": Expected(["2024-01-15 10:00 to 11:00", "2024-01-20 14:00 to 15:00"], read=4),
    # Eight weeks at 0:30 in Berlin; EXDATE names the second one in UTC, which is the evening before. On 31 March the
    # clocks go forward, so that from then on it is 22:30 in UTC.
    "each_week_but_one_deleted.ics": Expected(
        [
            *days("2019-03", "03", "23:30 to 03-04 00:00"), *days("2019-03", "17", "23:30 to 03-18 00:00"),
            *days("2019-03", "24", "23:30 to 03-25 00:00"), *days("2019-03", "31", "22:30 to 23:00"),
            *days("2019-04", "07 14 21", "22:30 to 23:00"),
        ],
        read=1,
    ),
    # DTEND must be later than DTSTART (section 3.8.2.2). Which of the two is wrong, nobody knows: it is not swapped
    # in silence, and as nothing else is in the file, it is refused whole.
    "end_before_start_event.ics": Expected(refused="end_before_start"),
    # Three days, of which the second is cancelled by a version of its own (STATUS, section 3.8.1.11): its time is free.
    "issue_18_cancel_status.ics": Expected(["2020-01-28 21:00 to 22:00", "2020-01-30 21:00 to 22:00"], read=2),
    # A school in Chicago over the end of summer time on 1 November: 10:15 is 15:15 in UTC before and 16:15 after.
    # What is deleted (EXDATE) is gone; what has ended before or begins later does not show.
    "issue_48_dst.ics": Expected(
        [
            *days("2020-10", "26 27 29 30", "15:15 to 15:30"), "2020-10-30 19:15 to 19:30",
            "2020-11-02 16:15 to 16:30", "2020-11-03 16:15 to 16:30", "2020-11-03 18:30 to 18:45",
            "2020-11-03 20:15 to 20:30", "2020-11-05 16:15 to 16:30", "2020-11-05 18:30 to 18:45",
            "2020-11-06 16:15 to 16:30", "2020-11-09 16:15 to 16:30", "2020-11-09 18:30 to 18:45",
        ],
        between("2020-10-24", "2020-11-10"), read=13,
    ),
    # UNTIL is a day where section 3.3.10 asks for a time in UTC. It is meant whole, but a Wednesday: the last Thursday
    # before it is the 17th. London keeps summer time until the 27th.
    "issue_4_rrule_until.ics": Expected(
        [
            *days("2019-08", "01 08 15 22 29", "13:00 to 14:00"), *days("2019-09", "05 12 19 26", "13:00 to 14:00"),
            *days("2019-10", "03 10 17", "13:00 to 14:00"),
        ],
        read=1,
    ),
    # RANGE=THISANDFUTURE (section 3.2.13), twice: from the 13th 3 h earlier and 7 h long, which the added day of the
    # 14th follows; from the 21st a day and more later, 1 h 51 long. What is said of the 15th alone counts for it.
    "issue_75_range_parameter.ics": Expected(
        [
            *days("2024-09", "09 11", "12:00 to 14:00"), "2024-09-13 09:00 to 16:00", "2024-09-14 06:00 to 13:00",
            "2024-09-15 17:00 to 19:00", *days("2024-09", "17 19", "09:00 to 16:00"),
            *days("2024-09", "22 24", "14:22 to 16:13"),
        ],
        between("2024-09-08", "2024-09-25"), read=4,
    ),
    # FREEBUSY (section 3.8.2.6) with several periods in a line, ends or lengths, and a folded line; FBTYPE (3.2.9)
    # tells what is free, and without it the time is busy.
    "issue_798_freebusy.ics": Expected(
        [
            "1997-03-08 16:00 to 19:00", "1997-03-08 16:00 to 03-09 00:30 unavailable", "1997-03-08 20:00 to 21:00",
        ],
        read=3,
    ),
    # The State's calendar of holidays: DTEND repeats DTSTART. A day blocks its day (section 3.6.1), from midnight to
    # midnight of the source's zone.
    "jours_feries_alsace-moselle.ics": Expected(
        [
            "2026-04-02 22:00 to 04-03 22:00", "2026-04-05 22:00 to 04-06 22:00", "2026-04-30 22:00 to 05-01 22:00",
            "2026-05-07 22:00 to 05-08 22:00", "2026-05-13 22:00 to 05-14 22:00", "2026-05-24 22:00 to 05-25 22:00",
            "2026-07-13 22:00 to 07-14 22:00", "2026-08-14 22:00 to 08-15 22:00",
        ],
        between("2026-04-01", "2026-09-01"), read=143,
    ),
    # Exchange's names of zones: 9:00 in W. Europe is 7:00 in UTC, 8:30 in Pacific time 15:30. Two series are
    # transparent (section 3.8.2.7); of one of them a quotation mark swallows the time, so that it is refused aloud.
    "ms_timezones.ics": Expected(
        ["2020-09-10 07:00 to 07:30", "2020-09-15 15:30 to 16:30"], read=4, left_out=["broken_line"]
    ),
    # Occurrences that moved (RECURRENCE-ID, section 3.8.4.4) are where they went, and not where they were. DTEND is
    # read, not the DURATION of nothing that Thunderbird writes beside it against section 3.6.1.
    "recurring_events_moved.ics": Expected(
        [
            "2019-03-07 01:00 to 02:00", "2019-03-08 00:00 to 01:00", "2019-03-09 02:00 to 03:00",
            "2019-03-10 01:00 to 02:00", *days("2019-03", "18 19 20", "03:00 to 04:00"),
        ],
        read=5,
    ),
    # TENTATIVE, CONFIRMED, CANCELLED, and an event without status, which takes place; here tentative does not count.
    "tentative-apple-calendar.ics": Expected(
        ["2022-07-05 16:00 to 17:00", "2022-07-07 16:00 to 17:00"], read=4, tentative_counts=False
    ),
    # One VFREEBUSY with 29 lines; DTSTART and DTEND say what was asked for, not what is busy (section 3.6.4).
    "vfreebusy-zimbra.ics": Expected(
        ["2014-05-05 16:55 to 17:30", "2014-05-05 20:15 to 20:30", "2014-05-05 21:00 to 21:30"],
        between("2014-05-03", "2014-06-01"), read=1,
    ),
    # Three whole days, one of them moved, all of them transparent: nobody's time is taken.
    "whole_day_moved_over_dst_change_berlin.ics": Expected(read=2),
    # A time without an end is a moment (section 3.6.1), which takes no time.
    "zero_size_event.ics": Expected(read=1),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_collected_calendars(name, real_data):
    expected = FILES[name]
    octets = (real_data / "cases/ics" / name).read_bytes()
    if expected.refused:
        with pytest.raises(PlanningRefused) as caught:
            read(octets)
        assert caught.value.code == expected.refused
        return
    reading = read(octets, expected.window, tentative_counts=expected.tentative_counts)
    assert times(reading) == expected.busy
    assert reading.read == expected.read
    assert [one.cause for one in reading.refused] == expected.left_out


def test_no_collected_calendar_is_forgotten(real_data):
    assert sorted(path.name for path in (real_data / "cases/ics").iterdir()) == sorted(FILES)


def test_tentative_counts_where_a_unit_says_so(real_data):
    octets = (real_data / "cases/ics/tentative-apple-calendar.ics").read_bytes()
    assert "2022-07-04 23:00 to 23:50 tentative" in times(read(octets, between("2022-07-01", "2022-08-01")))
