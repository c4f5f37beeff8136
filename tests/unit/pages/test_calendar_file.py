"""The calendar file: RFC 5545 to the letter, because each calendar reads it with its own patience."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.pages.booking.calendar_file import CalendarEntry, write_calendar

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
ENTRY = CalendarEntry(
    UUID(int=7),
    datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Paris")),
    datetime(2026, 11, 26, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
    "Rendez-vous",
)


def with_texts(location: str, title: str = "Rendez-vous") -> bytes:
    entry = CalendarEntry(ENTRY.booking_id, ENTRY.starts_at, ENTRY.ends_at, title, location)
    return write_calendar(entry, "example.org", NOW)


def unfolded(file: bytes) -> list[str]:
    return file.replace(b"\r\n ", b"").decode().split("\r\n")


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
        "CLASS:PRIVATE\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_what_separates_is_escaped():
    assert "LOCATION:Mairie\\, 1 place\\; bât. \\\\A\\nBelley" in unfolded(
        with_texts("Mairie, 1 place; bât. \\A\nBelley")
    )


def test_what_is_not_confirmed_is_tentative():
    entry = CalendarEntry(ENTRY.booking_id, ENTRY.starts_at, ENTRY.ends_at, "Rendez-vous", confirmed=False)
    assert "STATUS:TENTATIVE" in unfolded(write_calendar(entry, "example.org", NOW))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character(text):
    file = with_texts(text)
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    written = next(line for line in unfolded(file) if line.startswith("LOCATION:"))
    unescaped = written.removeprefix("LOCATION:")
    for mark in (";", ","):
        unescaped = unescaped.replace(f"\\{mark}", mark)
    assert unescaped.replace("\\\\", "\\") == text
