"""Runs a case of slot computation in the common form: local times of a zone, or UTC when they end in Z.

`CASES` are our own, one of each kind that the published test suites of other booking systems have; the folder of the
real data holds theirs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval, free_times
from models.rules.occurrences import occurrences
from models.rules.recurrence_text import read_recurrence
from models.rules.slots import BookingTerms, Window, slots

CASES: list[dict[str, Any]] = [
    {
        "id": "a-rest-is-no-slot",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T08:30", "2026-11-24T10:20"]],
        "duration_min": 45,
        "expect_starts": ["2026-11-24T08:30", "2026-11-24T09:15"],
    },
    {
        "id": "now-on-the-next-mark",
        "zone": "Europe/Paris",
        "now": "2026-11-24T09:41",
        "windows": [["2026-11-24T08:00", "2026-11-24T09:00"], ["2026-11-24T09:00", "2026-11-24T11:00"]],
        "duration_min": 30,
        "expect_starts": ["2026-11-24T09:45", "2026-11-24T10:15"],
    },
    {
        "id": "now-on-a-mark-counts",
        "zone": "Europe/Paris",
        "now": "2026-11-24T09:45",
        "windows": [["2026-11-24T09:00", "2026-11-24T10:15"]],
        "duration_min": 30,
        "expect_starts": ["2026-11-24T09:45"],
    },
    {
        "id": "the-grid-begins-again-after-what-is-busy",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T08:00", "2026-11-24T11:00"]],
        "busy": [["2026-11-24T08:40", "2026-11-24T09:10"], ["2026-11-24T08:50", "2026-11-24T09:00"]],
        "duration_min": 30,
        "expect_starts": ["2026-11-24T08:00", "2026-11-24T09:10", "2026-11-24T09:40", "2026-11-24T10:10"],
    },
    {
        "id": "between-two-absences",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T14:00", "2026-11-24T17:00"]],
        "busy": [["2026-11-24T13:00", "2026-11-24T14:20"], ["2026-11-24T15:00", "2026-11-24T16:50"]],
        "expect_free": [["2026-11-24T14:20", "2026-11-24T15:00"], ["2026-11-24T16:50", "2026-11-24T17:00"]],
    },
    {
        "id": "nothing-fits",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T14:00", "2026-11-24T14:25"]],
        "duration_min": 30,
        "expect_starts": [],
    },
    {
        "id": "a-buffer-follows-each",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T14:00", "2026-11-24T15:50"]],
        "duration_min": 30,
        "buffer_min": 15,
        "expect_starts": ["2026-11-24T14:00", "2026-11-24T14:45"],
    },
    {
        "id": "the-last-buffer-fits-exactly",
        "zone": "Europe/Paris",
        "windows": [["2026-11-24T14:00", "2026-11-24T16:15"]],
        "duration_min": 30,
        "buffer_min": 15,
        "expect_starts": ["2026-11-24T14:00", "2026-11-24T14:45", "2026-11-24T15:30"],
    },
    {
        "id": "every-third-week",
        "zone": "Europe/Paris",
        "rrule": {"dtstart": "2026-09-03T09:00", "end": "2026-09-03T11:00", "rule": "FREQ=WEEKLY;INTERVAL=3"},
        "range": ["2026-10-01", "2026-11-30"],
        "expect_occurrence_days": ["2026-10-15", "2026-11-05", "2026-11-26"],
    },
    {
        "id": "until-the-end-of-a-day",
        "zone": "Europe/Paris",
        "rrule": {
            "dtstart": "2026-09-03T09:00",
            "end": "2026-09-03T11:00",
            "rule": "FREQ=WEEKLY;UNTIL=20260917T235959",
        },
        "range": ["2026-09-10", "2026-10-30"],
        "expect_occurrence_days": ["2026-09-10", "2026-09-17"],
    },
    {
        "id": "second-friday-keeps-local-time",
        "zone": "Europe/Paris",
        "rrule": {"dtstart": "2026-09-11T18:00", "end": "2026-09-11T19:00", "rule": "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=2"},
        "range": ["2026-09-01", "2026-12-01"],
        "expect_occurrence_days": ["2026-09-11", "2026-10-09", "2026-11-13"],
        "expect_local_start": "18:00",
    },
    {
        "id": "spring-night-of-2028",
        "zone": "Europe/Paris",
        "windows": [["2028-03-26T00:30", "2028-03-26T04:30"]],
        "expect_free": [["2028-03-25T23:30Z", "2028-03-26T02:30Z"]],
    },
    {
        "id": "autumn-night-of-2026",
        "zone": "Europe/Paris",
        "windows": [["2026-10-24T23:00", "2026-10-25T04:00"]],
        "expect_free": [["2026-10-24T21:00Z", "2026-10-25T03:00Z"]],
    },
    {
        "id": "miquelon-changes-on-american-dates",
        "zone": "America/Miquelon",
        "windows": [["2027-03-20T08:00", "2027-03-20T12:00"]],
        "expect_free": [["2027-03-20T10:00Z", "2027-03-20T14:00Z"]],
    },
    {
        "id": "wallis-is-the-day-before-in-utc",
        "zone": "Pacific/Wallis",
        "windows": [["2026-11-24T08:00", "2026-11-24T11:00"]],
        "expect_free": [["2026-11-23T20:00Z", "2026-11-23T23:00Z"]],
    },
]


def check(case: dict[str, Any]) -> None:
    """Assert everything that the case expects; a case that expects nothing is a mistake in itself."""
    zone = ZoneInfo(case["zone"])
    expected = {key for key in case if key.startswith("expect_")}
    checks = {
        "expect_starts": _check_starts,
        "expect_free": _check_free,
        "expect_occurrence_days": _check_days,
        "expect_local_start": _check_local_start,
    }
    assert expected, case["id"]
    for key in expected:
        checks[key](case, zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _intervals(pairs: list[list[str]], zone: ZoneInfo) -> list[Interval]:
    return [Interval(_instant(start, zone), _instant(end, zone)) for start, end in pairs]


def _check_starts(case: dict[str, Any], zone: ZoneInfo) -> None:
    windows = [Window(number, 1, None, *one) for number, one in enumerate(_intervals(case["windows"], zone))]
    terms = BookingTerms(timedelta(minutes=case["duration_min"]), timedelta(minutes=case.get("buffer_min", 0)))
    now = _instant(case["now"], zone) if "now" in case else windows[0].start - timedelta(days=1)
    found = slots(windows, {1: _intervals(case.get("busy", []), zone)}, {}, "complaint", terms, now)
    assert [slot.starts_at for slot in found] == [_instant(text, zone) for text in case["expect_starts"]]
    assert all(slot.ends_at - slot.starts_at == terms.duration for slot in found)


def _check_free(case: dict[str, Any], zone: ZoneInfo) -> None:
    busy = _intervals(case.get("busy", []), zone)
    found = [free for window in _intervals(case["windows"], zone) for free in free_times(window, busy)]
    assert found == _intervals(case["expect_free"], zone)


def _expanded(case: dict[str, Any], zone: ZoneInfo) -> list[Any]:
    rule = case["rrule"]
    first, last = (date.fromisoformat(day) for day in case["range"])
    times = _instant(rule["dtstart"], zone), _instant(rule["end"], zone)
    return occurrences(*times, read_recurrence(rule["rule"]), zone, first, last, {})


def _check_days(case: dict[str, Any], zone: ZoneInfo) -> None:
    found = _expanded(case, zone)
    assert [one.original_day.isoformat() for one in found] == case["expect_occurrence_days"]


def _check_local_start(case: dict[str, Any], zone: ZoneInfo) -> None:
    starts = {one.starts_at.astimezone(zone).strftime("%H:%M") for one in _expanded(case, zone)}
    assert starts == {case["expect_local_start"]}
