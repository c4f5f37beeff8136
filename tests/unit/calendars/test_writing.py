"""What a calendar says, line by line."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars.content_lines import LONGEST_LINE, plain
from server.calendars.entries import Party, Status
from server.calendars.writing import Method, write_calendar, write_invitation
from tests.unit.calendars.drawn import entries, entry


def lines(calendar: bytes) -> list[str]:
    return calendar.replace(b"\r\n ", b"").decode().split("\r\n")


def test_the_whole_of_an_invitation():
    said = entry(
        location="Mairie, 1 place; bât. \\A\nBelley",
        sequence=3,
        organizer=Party("ne-pas-repondre@example.org", "Brigade de Belley"),
        attendee=Party("camille@example.org"),
    )
    method, calendar = write_invitation(said)
    assert method is Method.REQUEST
    assert lines(calendar) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Brigade numerique//FR",
        "METHOD:REQUEST",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:00000000-0000-0000-0000-000000000007@example.org",
        "DTSTAMP:20261127T090000Z",
        "DTSTART;TZID=Europe/Paris:20261126T090000",
        "DTEND;TZID=Europe/Paris:20261126T093000",
        "SUMMARY:Rendez-vous",
        "LOCATION:Mairie\\, 1 place\\; bât. \\\\A\\nBelley",
        "STATUS:CONFIRMED",
        "SEQUENCE:3",
        "CLASS:PRIVATE",
        'ORGANIZER;CN="Brigade de Belley":mailto:ne-pas-repondre@example.org',
        "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:camille@example.org",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_miquelon_changes_its_clocks_on_other_sundays():
    said = lines(write_calendar([entry(time_zone="America/Miquelon")]))
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU" in said
    assert "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU" in said


def test_a_zone_that_stands_still_has_no_rule():
    said = lines(write_calendar([entry(time_zone="Pacific/Marquesas")]))
    assert "TZOFFSETTO:-0930" in said
    assert not any(line.startswith("RRULE") or line == "BEGIN:DAYLIGHT" for line in said)


def test_a_zone_that_changed_its_rules_has_each_change_written_out():
    """No zone of ours did so in years; Turkey stayed in its summer of 2016."""
    at = datetime(2016, 1, 7, 9, tzinfo=UTC)
    [definition] = icalendar.Calendar.from_ical(
        write_calendar([entry(starts_at=at, ends_at=at, time_zone="Europe/Istanbul")])
    ).walk("VTIMEZONE")
    defined = definition.to_tz(lookup_tzid=False)
    for month, hours in ((1, 2), (7, 3), (12, 3)):
        offset = datetime(2016, month, 15, tzinfo=defined).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == hours * 3600


def test_each_zone_is_defined_once_and_utc_needs_none():
    said = [entry(time_zone=zone) for zone in (None, "Europe/Paris", "Indian/Reunion", "Europe/Paris")]
    assert [line for line in lines(write_calendar(said)) if line.startswith("TZID:")] == [
        "TZID:Europe/Paris",
        "TZID:Indian/Reunion",
    ]
    assert "BEGIN:VTIMEZONE" not in lines(write_calendar(said[:1]))


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "DTSTART:20261025T003000Z"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "DTSTART:20261025T013000Z"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "DTSTART;TZID=Europe/Paris:20261025T033000"),
    ],
)
def test_an_hour_that_is_shown_twice_is_written_in_utc(at, written):
    assert written in lines(write_calendar([entry(starts_at=at, ends_at=at.replace(hour=9))]))


def test_what_has_ended_is_cancelled_under_the_same_name():
    parties = {"organizer": Party("a@example.org"), "attendee": Party("b@example.org")}
    method, calendar = write_invitation(entry(status=Status.CANCELLED, sequence=4, **parties))
    assert method is Method.CANCEL
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4"} <= set(lines(calendar))
    assert "UID:00000000-0000-0000-0000-000000000007@example.org" in lines(calendar)


@pytest.mark.parametrize("missing", ["organizer", "attendee"])
def test_an_invitation_needs_two(missing):
    parties = {"organizer": Party("a@example.org"), "attendee": Party("b@example.org"), missing: None}
    with pytest.raises(ValueError, match="organizer and an attendee"):
        write_invitation(entry(**parties))


def test_a_server_that_holds_the_event_sends_no_mails():
    said = lines(write_calendar([entry(attendee=Party("camille@example.org"))]))
    assert "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE;SCHEDULE-AGENT=NONE:mailto:camille@example.org" in said
    assert not any(line.startswith("METHOD") for line in said)


def test_neither_an_address_nor_a_name_smuggles_a_line_in():
    party = Party("a@example.org\r\nX-EVIL:1", 'Camille"\r\nX-EVIL:1')
    written = lines(write_calendar([entry(attendee=party, organizer=party, title="A\r\nX-EVIL:1")]))
    assert not any(line.startswith("X-EVIL") for line in written)


@given(entries())
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character(said):
    calendar = write_calendar([said])
    for line in calendar.split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert "\n" not in line.decode()


@given(st.text())
def test_control_characters_are_left_out_and_line_ends_are_one(text):
    kept = plain(text)
    assert all(char >= " " and char != "\x7f" and not "\x80" <= char <= "\x9f" for char in kept if char not in "\t\n")
    assert plain(kept) == kept
    assert (kept + "x").splitlines() == (kept + "x").split("\n")
