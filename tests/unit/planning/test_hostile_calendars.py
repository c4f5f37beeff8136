"""Calendars that were made to do harm are refused, and what they cost is bounded: outcomes here, figures in bench/."""

from __future__ import annotations

import io
import tracemalloc
from datetime import timedelta

import pytest

from server.planning.errors import PlanningRefused
from server.planning.ical import read_calendar
from server.planning.ical_lines import Limits
from tests.unit.planning.calendars import PARIS, YEARS, calendar, read, times

MB = 1_000_000
HEAD = b"BEGIN:VCALENDAR\r\n"
EVENT = b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20261125T090000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"


class Endless(io.RawIOBase):
    """A stream that is made as it is read; `given` counts the octets."""

    def __init__(self, head: bytes, again: bytes, octets: int = 1000 * MB) -> None:
        super().__init__()
        self._next, self._again, self._left, self.given = head, again, octets, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer):
        if self.given >= self._left:
            return 0
        while len(self._next) < len(buffer):
            self._next += self._again * (len(buffer) // len(self._again) + 1)
        buffer[:] = self._next[: len(buffer)]
        self._next = self._next[len(buffer) :]
        self.given += len(buffer)
        return len(buffer)


def refusal_of(octets: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(PlanningRefused) as caught:
        read(octets, limits=limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("head", "again", "code"),
    [
        (HEAD, b"X-FILLER:" + b"x" * 900 + b"\r\n", "too_big"),
        # One line that never ends, of a property that nobody reads, and of one that is read.
        (HEAD + b"SUMMARY:", b"x" * 1000, "too_big"),
        (HEAD + b"METHOD:", b"x" * 1000, "too_big"),
        # A folded line that goes on for ever, in small pieces.
        (HEAD + b"METHOD:x\r\n", b" x\r\n", "too_big"),
        (HEAD, EVENT % 1, "too_many_components"),
        (b"", b"BEGIN:VCALENDAR\r\n", "too_deep"),
        (b"", b"\0" * 1000, "too_big"),
    ],
)
def test_a_gigabyte_is_not_read_to_its_end_and_never_held(head, again, code):
    stream = Endless(head, again)
    limits = Limits(octets=3 * MB, lines=100_000, components=5000)
    tracemalloc.start()
    try:
        with pytest.raises(PlanningRefused) as caught, io.BufferedReader(stream) as reader:
            read_calendar(reader, YEARS, PARIS, limits=limits)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == code
    assert stream.given <= limits.octets + 2 * MB
    assert peak < 40 * MB


def test_ten_thousand_nested_components():
    assert refusal_of(HEAD + b"BEGIN:VEVENT\r\n" * 10_000 + b"END:VEVENT\r\n" * 10_000 + b"END:VCALENDAR") == "too_deep"


def test_ten_thousand_parameters():
    line = "DTSTART" + ";X-A=b" * 10_000 + ":20261125T090000Z"
    assert refusal_of(calendar(f"VEVENT UID:a {line}")) == "too_many_parameters"


@pytest.mark.parametrize("value", ['"' * 200_000, "a," * 100_000, '"a",' * 50_000, ";" * 200_000])
def test_parameters_that_make_a_pattern_go_back_and_forth(value):
    assert refusal_of(calendar(f"VEVENT UID:a DTSTART;X-A={value}")) in ("broken_line", "too_many_parameters")


def test_a_line_that_is_too_long_where_it_matters_and_where_it_does_not():
    long = "x" * (Limits().line + 1)
    assert refusal_of(calendar(f"VEVENT UID:{long}")) == "line_too_long"
    assert len(read(calendar(f"VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H X-ALT-DESC:{long}")).busy) == 1


def test_entities_are_letters():
    tricks = "SUMMARY:&lol9;&lt;!ENTITY_lol9_SYSTEM_'file:///etc/passwd'&gt; X-A:%(a)s{0.__class__}"
    reading = read(calendar(f"VEVENT UID:&lol9; DTSTART:20261125T090000Z DURATION:PT1H {tricks}"))
    assert [one.uid for one in reading.busy] == ["&lol9;"]


def test_rules_without_end_go_as_far_as_the_window():
    reading = read(calendar("VEVENT UID:a DTSTART:20200101T090000Z DURATION:PT1H RRULE:FREQ=DAILY"))
    assert len(reading.busy) == (YEARS.end - YEARS.start) // timedelta(days=1)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYSETPOS=300;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
    ],
)
def test_a_rule_that_nothing_fulfils_is_not_walked_to_the_end_of_time(rule):
    reading = read(calendar(f"VEVENT UID:a DTSTART:20261125T090000Z DURATION:PT1H RRULE:{rule}"))
    assert (times(reading), reading.refused) == (["2026-11-25 09:00 to 10:00"], ())


def test_many_rules_that_nothing_fulfils():
    events = (f"VEVENT UID:{n} DTSTART:20261125T09{n:02}00Z RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31" for n in range(9))
    assert refusal_of(calendar(*events), Limits(steps=500_000)) == "too_much_work"


def test_many_rules_that_begin_long_ago():
    events = (f"VEVENT UID:{n} DTSTART:19000101T000000Z RRULE:FREQ=DAILY" for n in range(9))
    assert refusal_of(calendar(*events), Limits(steps=200_000)) == "too_much_work"


def test_more_occurrences_than_anybody_has():
    event = "VEVENT UID:a DTSTART:20281101T000000Z DURATION:PT1H RRULE:FREQ=HOURLY"
    assert refusal_of(calendar(event), Limits(busy=1000)) == "too_many_occurrences"


def test_more_shifts_of_all_later_occurrences_than_anybody_makes():
    change = "VEVENT UID:a RECURRENCE-ID;RANGE=THISANDFUTURE:202601{0:02}T{1:02}0000Z DTSTART:202601{0:02}T{1:02}3000Z"
    changes = (change.format(day, hour) for day in range(1, 29) for hour in range(10))
    series = "VEVENT UID:a DTSTART:20260101T000000Z RRULE:FREQ=HOURLY"
    assert refusal_of(calendar(series, *changes)) == "too_many_occurrences"


def test_more_zones_than_the_world_has():
    zone = "VTIMEZONE TZID:Z{0} BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:+0100 TZOFFSETTO:+0100 END:STANDARD"
    events = (f"VEVENT UID:{n} DTSTART;TZID=Z{n}:20261125T090000" for n in range(41))
    assert refusal_of(calendar(*(zone.format(n) for n in range(41)), *events)) == "too_many_zones"


@pytest.mark.parametrize(
    "observance",
    [
        "DTSTART:19700101T000000 TZOFFSETFROM:+0100 TZOFFSETTO:+0100 RRULE:FREQ=SECONDLY",
        "DTSTART:19700101T000000 TZOFFSETFROM:+9900 TZOFFSETTO:+0100",
        "DTSTART:19700101T000000 TZOFFSETFROM:+0100",
        "DTSTART:19700101 TZOFFSETFROM:+01 TZOFFSETTO:+02",
        "TZOFFSETFROM:+0100 TZOFFSETTO:+0100",
    ],
)
def test_a_zone_whose_definition_means_nothing(observance):
    zone = f"VTIMEZONE TZID:Z BEGIN:STANDARD {observance} END:STANDARD"
    assert refusal_of(calendar(zone, "VEVENT UID:a DTSTART;TZID=Z:20261125T090000")) == "unknown_zone"
