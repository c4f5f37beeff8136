"""What we write is read back as it was meant by two programs that share nothing with us: `icalendar` and ical.js."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.calendars.entries import Status
from server.calendars.writing import write_calendar, write_invitation
from tests.unit.calendars.drawn import ZONES, entries, entry

HOUR = timedelta(hours=1)
# The hour that an autumn night shows twice, in its first and in its second passage.
TWICE = [
    entry(starts_at=at, ends_at=at + HOUR, time_zone=zone)
    for at, zone in (
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Paris"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Paris"),
        (datetime(2026, 11, 1, 3, 30, tzinfo=UTC), "America/Miquelon"),
        (datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "America/Miquelon"),
    )
]


def with_the_nights(test):
    for night in TWICE:
        test = example(night)(test)
    return settings(max_examples=300)(test)


@with_the_nights
@given(entries())
def test_icalendar_reads_what_was_meant(said):
    read = icalendar.Calendar.from_ical(write_calendar([said]))
    [event] = read.walk("VEVENT")
    assert [component.errors for component in read.walk() if component.errors] == []
    assert event["UID"] == said.uid
    assert event["SUMMARY"] == said.title
    assert event.get("LOCATION", "") == said.location
    assert event.get("DESCRIPTION", "") == said.description
    assert (event["STATUS"], event["SEQUENCE"]) == (said.status, said.sequence)
    assert event.start.astimezone(UTC) == said.starts_at
    assert event.end.astimezone(UTC) == said.ends_at
    assert event["DTSTAMP"].dt == said.stamp
    for name, party in (("ORGANIZER", said.organizer), ("ATTENDEE", said.attendee)):
        if party is not None:
            assert event[name] == f"mailto:{party.address}"
            assert event[name].params.get("CN", "") == party.name


@with_the_nights
@given(entries())
def test_ical_js_reads_what_was_meant(ical_js, said):
    read = ical_js(write_calendar([said]))
    assert read["warnings"] == []
    [event] = read["events"]
    assert not event["floating"]
    assert (event["uid"], event["status"], event["sequence"]) == (said.uid, said.status, said.sequence)
    assert (event["title"], event["location"] or "") == (said.title, said.location)
    assert (event["description"] or "") == said.description
    assert datetime.fromtimestamp(event["starts_at"], UTC) == said.starts_at
    assert datetime.fromtimestamp(event["ends_at"], UTC) == said.ends_at
    for party, found in ((said.organizer, event["organizer"]), (said.attendee, event["attendee"])):
        if party is not None:
            assert (found["address"], found.get("cn", "")) == (f"mailto:{party.address}", party.name)


@given(st.lists(entries(), max_size=8))
def test_both_read_all_of_a_feed(ical_js, said):
    calendar = write_calendar(said)
    read = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert [event.start.astimezone(UTC) for event in read] == [one.starts_at for one in said]
    found = ical_js(calendar)
    assert found["warnings"] == []
    assert [datetime.fromtimestamp(one["ends_at"], UTC) for one in found["events"]] == [one.ends_at for one in said]


@given(entries())
def test_an_invitation_says_whether_it_asks_or_cancels(ical_js, said):
    method, calendar = write_invitation(said)
    assert method == ("CANCEL" if said.status is Status.CANCELLED else "REQUEST")
    read = ical_js(calendar)
    assert read["method"] == method
    assert "schedule-agent" not in read["events"][0]["attendee"]
    assert read["events"][0]["attendee"]["partstat"] == "ACCEPTED"


@pytest.mark.parametrize("zone", ZONES)
def test_the_definition_of_a_zone_is_the_zone(zone):
    """Each half hour of three years, read from the definition alone."""
    calendar = write_calendar([entry(starts_at=datetime(2026, 1, 1, tzinfo=UTC), time_zone=zone)])
    [definition] = icalendar.Calendar.from_ical(calendar).walk("VTIMEZONE")
    defined, known = definition.to_tz(lookup_tzid=False), ZoneInfo(zone)
    assert not isinstance(defined, ZoneInfo)
    local, wrong = datetime.fromisoformat("2026-01-01"), []
    while local.year < 2029:
        # Local times that a night leaves out or shows twice have no one meaning.
        here = local.replace(tzinfo=known)
        if here.utcoffset() == here.replace(fold=1).utcoffset() != local.replace(tzinfo=defined).utcoffset():
            wrong.append(local)
        local += timedelta(minutes=30)
    assert wrong == []
