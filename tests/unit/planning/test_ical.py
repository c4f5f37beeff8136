"""A calendar is read for the times that are taken; small calendars of our own, one for each peculiarity."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from server.planning.errors import PlanningRefused
from server.planning.ical import LONGEST_UID
from tests.unit.planning.calendars import between, calendar, read, times

ZONE = """VTIMEZONE TZID:Bruxelles,_Paris
BEGIN:STANDARD DTSTART:16010101T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT DTSTART:16010101T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT"""
NIGHT = "VEVENT UID:a DTSTART;TZID=Europe/Paris:20261024T220000"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # In UTC, in a zone of IANA, of Windows, of a producer's spelling, without zone: that of the source.
        ("DTSTART:20261125T090000Z DTEND:20261125T100000Z", ["2026-11-25 09:00 to 10:00"]),
        ("DTSTART;TZID=America/Cayenne:20261125T090000 DURATION:PT1H", ["2026-11-25 12:00 to 13:00"]),
        ("DTSTART;TZID=Romance_Standard_Time:20261125T090000 DURATION:PT1H", ["2026-11-25 08:00 to 09:00"]),
        ("DTSTART;TZID=/example.com/2026/Europe/Paris:20261125T090000 DURATION:PT1H", ["2026-11-25 08:00 to 09:00"]),
        ('DTSTART;TZID="Europe/Paris":20261125T090000 DURATION:PT1H', ["2026-11-25 08:00 to 09:00"]),
        ("DTSTART:20260625T090000 DURATION:PT1H", ["2026-06-25 07:00 to 08:00"]),
        # Whole days: to the next midnight, to the end that is named, and where the end repeats the beginning.
        ("DTSTART;VALUE=DATE:20260714", ["2026-07-13 22:00 to 07-14 22:00"]),
        ("DTSTART;VALUE=DATE:20260714 DTEND;VALUE=DATE:20260714", ["2026-07-13 22:00 to 07-14 22:00"]),
        ("DTSTART;VALUE=DATE:20260714 DTEND;VALUE=DATE:20260716", ["2026-07-13 22:00 to 07-15 22:00"]),
        ("DTSTART;VALUE=DATE:20260714 DURATION:P2D", ["2026-07-13 22:00 to 07-15 22:00"]),
        # The day on which the clocks go back has 25 hours.
        ("DTSTART;VALUE=DATE:20261025", ["2026-10-24 22:00 to 10-25 23:00"]),
        # A moment takes no time.
        ("DTSTART:20261125T090000Z", []),
        ("DTSTART:20261125T090000Z DTEND:20261125T090000Z", []),
        # Cancelled, transparent, tentative; small letters are the same (section 2.1 of RFC 5545).
        ("DTSTART:20261125T090000Z DURATION:PT1H STATUS:CANCELLED", []),
        ("DTSTART:20261125T090000Z DURATION:PT1H TRANSP:transparent", []),
        ("dtstart:20261125T090000Z DURATION:PT1H status:tentative", ["2026-11-25 09:00 to 10:00 tentative"]),
        # A rule with the semicolon of Google's.
        ("DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=2;",
         ["2026-11-25 09:00 to 10:00", "2026-11-26 09:00 to 10:00"]),
        # Summer time begins between the two: the clock on the wall stays.
        ("DTSTART;TZID=Europe/Paris:20260328T090000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=2",
         ["2026-03-28 08:00 to 09:00", "2026-03-29 07:00 to 08:00"]),
        # A day as the end of a rule of times counts whole (section 3.3.10, "inclusive").
        ("DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY;UNTIL=20261126",
         ["2026-11-25 09:00 to 10:00", "2026-11-26 09:00 to 10:00"]),
        # Outlook's end of a rule of days: the local midnight, in UTC.
        ("DTSTART;VALUE=DATE:20261125 RRULE:FREQ=DAILY;UNTIL=20261125T230000Z",
         ["2026-11-24 23:00 to 11-25 23:00", "2026-11-25 23:00 to 11-26 23:00"]),
        # A period keeps its own length (section 3.8.5.2).
        ("DTSTART:20261125T090000Z DURATION:PT1H RDATE;VALUE=PERIOD:20261127T090000Z/PT3H",
         ["2026-11-25 09:00 to 10:00", "2026-11-27 09:00 to 12:00"]),
        # A deleted day, named without the zone of its event.
        ("DTSTART;TZID=America/Cayenne:20261125T090000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=2 EXDATE:20261125T090000",
         ["2026-11-26 12:00 to 13:00"]),
        # Any Monday and the last Friday, not days that are both (section 3.3.10).
        ("DTSTART:20261102T090000Z DURATION:PT1H RRULE:FREQ=MONTHLY;BYDAY=MO,-1FR;COUNT=6",
         [f"2026-11-{day} 09:00 to 10:00" for day in ("02", "09", "16", "23", "27", "30")]),
        # Nothing ever fulfils the rule; the beginning counts all the same (section 3.8.5.3).
        ("DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
         ["2026-11-25 09:00 to 10:00"]),
    ],
)  # fmt: skip
def test_when_an_event_takes_time(event, expected):
    reading = read(calendar(f"VEVENT UID:a {event}"))
    assert (times(reading), reading.refused) == (expected, ())


@pytest.mark.parametrize(
    ("ending", "ends"),
    [
        # A night shift from ten to six has nine hours when the clocks go back: DTEND is the clock on the wall.
        ("DTEND;TZID=Europe/Paris:20261025T060000", "05:00"),
        # Eight hours that pass (section 3.3.6) end at five.
        ("DURATION:PT8H", "04:00"),
    ],
)
@pytest.mark.parametrize("rule", ["", "RRULE:FREQ=DAILY;COUNT=1", "RRULE:FREQ=DAILY;INTERVAL=7;COUNT=2"])
def test_a_night_shift_when_the_clocks_go_back(ending, ends, rule):
    assert times(read(calendar(f"{NIGHT} {ending} {rule}")))[0] == f"2026-10-24 20:00 to 10-25 {ends}"


def test_a_recurring_night_shift_loses_no_hour():
    event = "VEVENT UID:a DTSTART;TZID=Europe/Paris:20261023T220000 DTEND;TZID=Europe/Paris:20261024T060000"
    found = times(read(calendar(f"{event} RRULE:FREQ=DAILY;COUNT=3")))
    assert found == [
        "2026-10-23 20:00 to 10-24 04:00",
        "2026-10-24 20:00 to 10-25 05:00",
        "2026-10-25 21:00 to 10-26 05:00",
    ]


@pytest.mark.parametrize(("end", "before", "on_the_night"), [("03", "02:00", "02:00"), ("033", "02:30", "02:30")])
def test_an_occurrence_in_the_hour_that_a_spring_night_leaves_out_keeps_its_length(end, before, on_the_night):
    end = end.ljust(6, "0")
    event = f"VEVENT UID:a DTSTART;TZID=Europe/Paris:20260328T023000 DTEND;TZID=Europe/Paris:20260328T{end}"
    found = times(read(calendar(f"{event} RRULE:FREQ=DAILY;COUNT=2")))
    assert found == [f"2026-03-28 01:30 to {before}", f"2026-03-29 01:30 to {on_the_night}"]


def test_a_zone_that_only_the_file_defines():
    event = 'VEVENT UID:a DTSTART;TZID="Bruxelles,_Paris":{}T090000 DURATION:PT1H'
    reading = read(calendar(ZONE, event.format("20260328"), event.format("20260329").replace("UID:a", "UID:b")))
    assert times(reading) == ["2026-03-28 08:00 to 09:00", "2026-03-29 07:00 to 08:00"]
    # What one file defines says nothing to the next.
    with pytest.raises(PlanningRefused, match="unknown_zone"):
        read(calendar(event.format("20260328")))


@pytest.mark.parametrize("order", [1, -1])
def test_the_highest_sequence_counts(order):
    versions = [
        "VEVENT UID:a SEQUENCE:2 DTSTART:20261125T140000Z DURATION:PT1H",
        "VEVENT UID:a SEQUENCE:10 DTSTART:20261125T160000Z DURATION:PT1H",
        "VEVENT UID:a DTSTART:20261125T120000Z DURATION:PT1H",
    ]
    assert times(read(calendar(*versions[::order]))) == ["2026-11-25 16:00 to 17:00"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_sequences_the_later_stamp_counts(order):
    versions = [
        "VEVENT UID:a DTSTAMP:20261101T000000Z DTSTART:20261125T140000Z DURATION:PT1H",
        "VEVENT UID:a DTSTAMP:20261102T000000Z DTSTART:20261125T160000Z DURATION:PT1H",
    ]
    assert times(read(calendar(*versions[::order]))) == ["2026-11-25 16:00 to 17:00"]


@pytest.mark.parametrize(
    ("change", "second", "third"),
    [
        ("RECURRENCE-ID:20261126T090000Z DTSTART:20261126T150000Z DURATION:PT2H", "15:00 to 17:00", "09:00 to 10:00"),
        ("RECURRENCE-ID:20261126T090000Z DTSTART:20261126T090000Z DURATION:PT1H STATUS:CANCELLED", "",
         "09:00 to 10:00"),
        ("RECURRENCE-ID:20261126T090000Z DTSTART:20261126T090000Z DURATION:PT1H TRANSP:TRANSPARENT", "",
         "09:00 to 10:00"),
        ("RECURRENCE-ID;TZID=Europe/Paris:20261126T100000 DTSTART:20261126T150000Z DURATION:PT2H", "15:00 to 17:00",
         "09:00 to 10:00"),
        ("RECURRENCE-ID;RANGE=thisandfuture:20261126T090000Z DTSTART:20261126T110000Z DURATION:PT2H", "11:00 to 13:00",
         "11:00 to 13:00"),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20261126T090000Z DTSTART:20261126T090000Z STATUS:CANCELLED", "", ""),
    ],
)  # fmt: skip
def test_changed_occurrences(change, second, third):
    series = "VEVENT UID:a SEQUENCE:1 DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=3"
    expected = [("25", "09:00 to 10:00"), ("26", second), ("27", third)]
    found = times(read(calendar(f"VEVENT UID:a SEQUENCE:1 {change}", series)))
    assert found == [f"2026-11-{day} {hours}" for day, hours in expected if hours]


def test_a_changed_occurrence_whose_series_is_not_in_the_file():
    change = "VEVENT UID:a RECURRENCE-ID:20261126T090000Z DTSTART:20261126T150000Z DURATION:PT2H"
    assert times(read(calendar(change))) == ["2026-11-26 15:00 to 17:00"]


def test_busy_times():
    reading = read(
        calendar(
            "VFREEBUSY UID:f FREEBUSY:20261125T080000Z/PT1H,20261125T100000Z/20261125T110000Z",
            "VFREEBUSY FREEBUSY;FBTYPE=FREE:20261126T080000Z/PT1H FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261126T100000Z/PT1H",
            "VFREEBUSY FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261127T080000Z/PT1H FREEBUSY;FBTYPE=X:20261127T100000Z/PT1H",
            "VFREEBUSY FREEBUSY:20261125T100000Z/20261125T090000Z",
        )
    )
    assert times(reading) == [
        "2026-11-25 08:00 to 09:00",
        "2026-11-25 10:00 to 11:00",
        "2026-11-26 10:00 to 11:00 tentative",
        "2026-11-27 08:00 to 09:00 unavailable",
        "2026-11-27 10:00 to 11:00",
    ]
    assert (reading.read, [one.cause for one in reading.refused]) == (4, ["bad_time"])


def test_tentative_counts_as_configured():
    event = calendar("VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H STATUS:TENTATIVE")
    assert times(read(event)) == ["2026-11-25 09:00 to 10:00 tentative"]
    assert times(read(event, tentative_counts=False)) == []


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        ("DTEND:20261125T090000Z", "no_start"),
        ("DTSTART:20261125T250000Z", "bad_time"),
        ("DTSTART:tomorrow", "bad_time"),
        ("DTSTART:99991231T090000Z DURATION:PT1H", "bad_time"),
        ("DTSTART:20261125T090000Z DURATION:-PT1H", "bad_time"),
        ("DTSTART:20261125T090000Z DURATION:P9999999999D", "bad_time"),
        ("DTSTART:20261125T090000Z DTEND:20261125T080000Z", "end_before_start"),
        ("DTSTART;VALUE=DATE:20261125 DTEND;VALUE=DATE:20261124", "end_before_start"),
        ("DTSTART;VALUE=DATE:20261125 DTEND:20261126T090000Z", "mixed_times"),
        ("DTSTART;TZID=Mars/Olympus:20261125T090000", "unknown_zone"),
        ("DTSTART;TZID=../../etc/passwd:20261125T090000", "unknown_zone"),
        ("DTSTART;;VALUE=DATE:20261125", "broken_line"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=SOMETIMES", "bad_rule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=DAILY;RSCALE=CHINESE", "bad_rule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=DAILY;BYEASTER=1", "bad_rule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=DAILY;INTERVAL=0", "bad_rule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261201", "bad_rule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=DAILY EXRULE:FREQ=WEEKLY", "exrule"),
        ("DTSTART:20261125T090000Z RRULE:FREQ=SECONDLY", "too_many_occurrences"),
        ("DTSTART:19010101T000000Z RRULE:FREQ=HOURLY", "too_many_occurrences"),
    ],
)
def test_an_entry_that_is_not_understood_is_named_and_the_others_stand(event, cause):
    good = "VEVENT UID:good DTSTART:20261125T090000Z DURATION:PT1H"
    reading = read(calendar(f"VEVENT UID:bad {event}", good))
    assert times(reading) == ["2026-11-25 09:00 to 10:00"]
    assert [(one.uid, one.cause) for one in reading.refused] == [("bad", cause)]
    assert reading.read == 2


def test_a_refused_entry_without_name_is_found_by_its_line():
    reading = read(calendar("VEVENT DTSTART:20261125T090000Z DURATION:PT1H", "VEVENT DTSTART:never"))
    assert [(one.uid, one.line, one.cause) for one in reading.refused] == [("", 7, "bad_time")]
    assert times(reading) == ["2026-11-25 09:00 to 10:00"]


def test_a_name_that_is_too_long_is_cut_where_it_is_told():
    reading = read(calendar(f"VEVENT UID:{'x' * 1000} DTSTART:20261125T090000Z", "VEVENT DTSTART:20261125T090000Z"))
    assert [(len(one.uid), one.cause) for one in reading.refused] == [(LONGEST_UID, "uid_too_long")]


WHOLE = calendar("VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H SUMMARY:Réunion_à_huis_clos")


@pytest.mark.parametrize("end", [len(WHOLE) - 3, len(WHOLE) - 10, len(WHOLE) - 17, len(WHOLE) - 40, 60, 20])
def test_a_file_that_stops_before_its_end_changes_nothing(end):
    with pytest.raises(PlanningRefused) as caught:
        read(WHOLE[:end])
    assert caught.value.code in ("truncated", "broken")


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "not_a_calendar"),
        (b"\r\n\r\n", "not_a_calendar"),
        (b"<!DOCTYPE html><title>404</title>", "not_a_calendar"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not_a_calendar"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "not_a_calendar"),
        (b"BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n", "not_a_calendar"),
        (WHOLE.replace(b"DURATION:PT1H", b"and so on"), "broken"),
        (WHOLE.replace(b"END:VEVENT", b"END:VTODO"), "broken"),
        (WHOLE + b"SUMMARY:behind the end\r\n", "broken"),
        (calendar(head="METHOD:REPLY"), "not_published"),
        (calendar(head="CALSCALE:HEBREW"), "calendar_scale"),
    ],
)
def test_what_is_no_calendar_changes_nothing(octets, code):
    with pytest.raises(PlanningRefused) as caught:
        read(octets)
    assert caught.value.code == code


def test_spellings_of_the_same_file():
    plain = read(WHOLE)
    assert times(plain) == ["2026-11-25 09:00 to 10:00"]
    folded = WHOLE.replace(b"DTSTART:20261125", b"DTST\r\n ART:2026\r\n\t1125").replace(b"\xc3", b"\xc3\r\n ")
    for octets in (b"\xef\xbb\xbf" + WHOLE, WHOLE.replace(b"\r\n", b"\n"), WHOLE.rstrip(), folded):
        assert times(read(octets)) == times(plain)
    # Latin-1, which nothing that is read here has a use for.
    assert read(WHOLE.replace("é".encode(), b"\xe9")) == plain


def test_a_cancelled_calendar_frees_what_it_names():
    assert read(calendar("VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H", head="METHOD:CANCEL")).busy == ()


def test_several_calendars_in_one_stream():
    other = calendar("VEVENT UID:b DTSTART:20261126T090000Z DURATION:PT1H")
    off = calendar("VEVENT UID:c DTSTART:20261127T090000Z DURATION:PT1H", head="METHOD:CANCEL")
    reading = read(WHOLE + off + other)
    assert times(reading) == ["2026-11-25 09:00 to 10:00", "2026-11-26 09:00 to 10:00"]
    assert reading.read == 3


def test_what_does_not_overlap_the_window_is_left_out():
    event = calendar("VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H RRULE:FREQ=DAILY")
    assert times(read(event, between("2026-11-26T10:00", "2026-11-27T09:01"))) == ["2026-11-27 09:00 to 10:00"]
    # A day in Nouméa begins when it is still the day before in UTC.
    day = calendar("VEVENT UID:a DTSTART;VALUE=DATE:20261125 RRULE:FREQ=DAILY;COUNT=2")
    noumea = read(day, between("2026-11-24T12:00", "2026-11-24T13:30"), ZoneInfo("Pacific/Noumea"))
    assert times(noumea) == ["2026-11-24 13:00 to 11-25 13:00"]
