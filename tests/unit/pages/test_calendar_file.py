"""The citizen's calendar file; how its lines are written is tested in tests/unit/calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from server.pages.booking.calendar_file import CalendarEntry, write_calendar

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
ENTRY = CalendarEntry(
    UUID(int=7),
    datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Paris")),
    datetime(2026, 11, 26, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
    "Rendez-vous",
)


def test_the_whole_file():
    assert write_calendar(ENTRY, "example.org", NOW).decode() == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//Brigade numerique//FR\r\n"
        "METHOD:PUBLISH\r\n"
        "BEGIN:VEVENT\r\n"
        "UID:00000000-0000-0000-0000-000000000007@example.org\r\n"
        "DTSTAMP:20261124T133000Z\r\n"
        "DTSTART:20261126T080000Z\r\n"
        "DTEND:20261126T083000Z\r\n"
        "SUMMARY:Rendez-vous\r\n"
        "STATUS:CONFIRMED\r\n"
        "SEQUENCE:0\r\n"
        "CLASS:PRIVATE\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_what_is_not_confirmed_is_tentative():
    entry = CalendarEntry(ENTRY.booking_id, ENTRY.starts_at, ENTRY.ends_at, "Rendez-vous", confirmed=False)
    assert "STATUS:TENTATIVE" in write_calendar(entry, "example.org", NOW).decode().split("\r\n")
