"""What is read of an event that a server gives back, whoever has had it in hand meanwhile."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars.caldav.held_events import content_of, read_object, write_object
from server.calendars.entries import Party
from tests.support.agendas import appointment
from tests.unit.calendars.drawn import entries

ENTRY = appointment(1, title="Rendez-vous à Belley, mairie", sequence=3)
WRITTEN = write_object(ENTRY).decode()


def read(text=WRITTEN):
    return read_object(text.encode(), "/a.ics", '"1"')


@given(entries())
def test_what_we_put_there_says_what_it_should(entry):
    event = read_object(write_object(entry), "/a.ics", '"1"')
    assert event is not None
    assert event.uid == entry.uid
    assert event.says(entry)
    assert event.untouched
    assert not event.declined


def test_an_object_has_no_method():
    assert "METHOD" not in WRITTEN


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("SUMMARY:Rendez-vous", "SUMMARY: Rendez-vous \\n "),
        ("DTEND;TZID=Europe/Paris:20261130T100000", "DURATION:PT30M"),
        ("DTSTART;TZID=Europe/Paris:20261130T093000", "DTSTART:20261130T083000Z"),
        ("CLASS:PRIVATE", "CLASS:PUBLIC\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM"),
        ("SEQUENCE:3", "SEQUENCE:4"),
    ],
)
def test_what_a_program_writes_differently_is_the_same(said, instead):
    assert said in WRITTEN
    event = read(WRITTEN.replace(said, instead))
    assert event.says(ENTRY)
    assert event.untouched


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("T093000", "T083000"),
        ("T100000", "T103000"),
        ("SUMMARY:Rendez-vous", "SUMMARY:Autre"),
        ("STATUS:CONFIRMED", "STATUS:TENTATIVE"),
        ("CLASS:PRIVATE", "LOCATION:Ailleurs"),
        ("CLASS:PRIVATE", "DESCRIPTION:Une note"),
        ("CLASS:PRIVATE", "RRULE:FREQ=DAILY;COUNT=3"),
        ("DTSTART;TZID=Europe/Paris:20261130T093000", "DTSTART;VALUE=DATE:20261130"),
        ("DTSTART;TZID=Europe/Paris:20261130T093000", "DTSTART:20261130T093000"),
        ("DTEND;TZID=Europe/Paris:20261130T100000\r\n", ""),
        ("DTSTART;TZID=Europe/Paris:20261130T093000", "DTSTART:hier"),
        ("DTSTART;TZID=Europe/Paris:20261130T093000", "DTSTART;TZID=Europe/Paris:00010101T000000"),
        ("DTEND;TZID=Europe/Paris:20261130T100000", "DURATION:P999999W"),
    ],
)
def test_what_somebody_has_changed_no_longer_fits_its_mark(said, instead):
    assert said in WRITTEN
    event = read(WRITTEN.replace(said, instead))
    assert not event.says(ENTRY)
    assert not event.untouched


def test_a_second_event_of_the_same_name_is_a_repetition():
    event_lines = WRITTEN[WRITTEN.index("BEGIN:VEVENT") : WRITTEN.index("END:VCALENDAR")]
    other = event_lines.replace("CLASS:PRIVATE", "RECURRENCE-ID:20261130T083000Z")
    event = read(WRITTEN.replace("END:VCALENDAR", other + "END:VCALENDAR"))
    assert event.content is None
    assert not event.untouched


def test_a_mark_that_is_gone_is_seen():
    line = next(line for line in WRITTEN.split("\r\n") if line.startswith("X-BRIGADE-MARK"))
    event = read(WRITTEN.replace(f"{line}\r\n", ""))
    assert event.says(ENTRY)
    assert not event.untouched


OWNED = dataclasses.replace(ENTRY, organizer=Party("service@example.org"), attendee=Party("martin@example.org"))


@pytest.mark.parametrize("owner", [None, Party("petit@example.org")])
def test_an_event_that_names_another_owner_is_to_be_written_anew_and_was_not_touched(owner):
    event = read(write_object(dataclasses.replace(OWNED, attendee=owner)).decode())
    assert (event.says(OWNED), event.untouched, event.times_untouched) == (False, True, True)
    assert read(write_object(OWNED).decode()).says(OWNED)


def test_a_server_that_keeps_no_people_is_written_to_once():
    lines = write_object(OWNED).decode().replace("\r\n ", "").split("\r\n")
    kept = [line for line in lines if not line.startswith(("ATTENDEE", "ORGANIZER"))]
    assert len(lines) - len(kept) == 2
    assert read("\r\n".join(kept)).says(OWNED)


def test_a_refusal_by_an_earlier_owner_is_left_until_it_is_answered():
    earlier = write_object(dataclasses.replace(OWNED, attendee=Party("petit@example.org"))).decode()
    assert read(earlier.replace("PARTSTAT=ACCEPTED", "PARTSTAT=DECLINED")).says(OWNED)


@pytest.mark.parametrize("attendees", [1, 2])
def test_a_refusal_is_seen_among_any_number(attendees):
    lines = ["ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org"] * (attendees - 1)
    lines.append("ATTENDEE;PARTSTAT=declined:mailto:b@example.org")
    event = read(WRITTEN.replace("CLASS:PRIVATE", "\r\n".join(lines)))
    assert event.declined
    assert event.says(ENTRY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        WRITTEN[: len(WRITTEN) // 2],
        WRITTEN.replace("UID:", "X-UID:"),
        WRITTEN.replace("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:other\r\nEND:VEVENT\r\nEND:VCALENDAR"),
    ],
)
def test_what_cannot_be_read_is_nothing_of_ours(text):
    assert read(text) is None


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"BEGIN:VCALENDAR\r\n{text}".encode()))
def test_nothing_that_a_server_sends_breaks_the_reading(octets):
    assert read_object(octets, "/a.ics", '"1"') is None


@given(st.integers(0, len(WRITTEN)), st.text(max_size=20))
def test_nothing_that_is_smuggled_into_an_event_breaks_the_reading(at, text):
    event = read(WRITTEN[:at] + text + WRITTEN[at:])
    assert event is None or isinstance(event.sequence, int)


def test_parts_of_a_second_are_not_kept():
    entry = dataclasses.replace(ENTRY, starts_at=ENTRY.starts_at.replace(microsecond=5))
    assert isinstance(content_of(entry).starts_at, datetime)
    assert content_of(entry) == content_of(ENTRY)
