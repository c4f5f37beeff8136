"""A CalDAV source through the worker's own job: what its calendar says becomes absences, and only what has changed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, timedelta

import pytest
from sqlalchemy import func, select, text

from models.tables import PlanningObject
from push.endpoint_guard import AllowedHost
from server.calendar_settings import CalendarSettings
from server.jobs import wiring
from server.jobs.plannings import poll_planning
from tests.support.caldav_sources import Owner
from tests.support.plannings import absences_of, add_planning, planning_of, source_of
from tests.support.push_service import Say
from tests.support.radicale import PASSWORD, USER, FrontDoor
from tests.support.seed import NOW

DAY = timedelta(days=1)


@pytest.fixture
def owner(authority, radicale):
    """Martin's own calendar; its server has a name that this machine's own lookup knows."""
    door = FrontDoor(authority, "localhost", radicale)
    yield Owner(authority, door, radicale.new_calendar())
    door.close()


@pytest.fixture
def worker(context, owner, authority, monkeypatch):
    """A worker to which the operator has named the server."""
    named = (AllowedHost("localhost", owner.door.port, own=True, inside=True),)
    calendars = CalendarSettings(context.settings.calendar_settings.secrets, named, str(authority.ca_file))
    context = dataclasses.replace(context, settings=dataclasses.replace(context.settings, calendars=calendars))
    monkeypatch.setattr(wiring, "_installed", [context])
    return context


@pytest.fixture
def source(mine, owner, worker):
    """Martin's source."""
    url = f"{owner.door.origin}{owner.calendar.path}"
    return add_planning(mine, kind="caldav", url=url, user=USER, password=PASSWORD)


@pytest.fixture
def poll(source, owner, brigade):
    """Let time go by and have the source asked; what was asked for."""

    def poll(**later):
        brigade.clock.now += timedelta(**(later or {"minutes": 15}))
        owner.door.received.clear()
        poll_planning(source["id"])
        return owner.asked

    return poll


def an_hour(number: int, days: float, *lines: str) -> str:
    """The calendar object of an hour, so many days from the tests' present."""
    start = NOW + timedelta(days=days)
    body = [f"UID:{number}@example.fr", "DTSTAMP:20261101T000000Z", f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//FR", "BEGIN:VEVENT", *body, "DURATION:PT1H", *lines]
    return "\r\n".join([*text, "END:VEVENT", "END:VCALENDAR", ""])


def days(brigade, source) -> list[float]:
    """On which days from the tests' present Martin is not free."""
    starts = (start for start, _ in absences_of(brigade.database, source["id"]))
    return sorted((start - NOW) / DAY for start in starts)


def objects(brigade) -> int:
    with brigade.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(PlanningObject))


def test_what_changes_there_changes_here(brigade, mine, owner, source, poll):
    for number in range(3):
        owner.calendar.write(f"{number}.ics", an_hour(number, number + 1))
    assert poll() == ["PROPFIND", "REPORT", "REPORT"]
    assert days(brigade, source) == [1, 2, 3]
    found = planning_of(mine, source["id"])
    assert (found["state"], found["entries_read"], found["refused_count"], found["failure"]) == ("fresh", 3, 0, None)
    assert poll() == ["REPORT"]
    owner.calendar.write("1.ics", an_hour(1, 5))
    owner.calendar.delete("2.ics")
    owner.calendar.write("3.ics", an_hour(3, 7))
    assert poll() == ["REPORT", "REPORT"]
    assert days(brigade, source) == [1, 5, 7]
    assert (planning_of(mine, source["id"])["entries_read"], objects(brigade)) == (3, 3)
    assert poll() == ["REPORT"]
    assert days(brigade, source) == [1, 5, 7]


def test_a_token_that_is_over_loses_nothing(brigade, owner, source, poll):
    for number in range(3):
        owner.calendar.write(f"{number}.ics", an_hour(number, number + 1))
    poll()
    owner.calendar.write("1.ics", an_hour(1, 5))
    owner.calendar.delete("2.ics")
    owner.door.answer(Say(403, body=b'<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>'))
    assert poll() == ["REPORT", "PROPFIND", "REPORT", "REPORT"]
    assert days(brigade, source) == [1, 5]
    assert poll() == ["REPORT"]


def test_the_calendar_is_read_whole_again_when_the_window_has_rolled(brigade, owner, source, poll):
    owner.calendar.write("a.ics", an_hour(1, 400.25))
    owner.calendar.write("b.ics", an_hour(2, 1, "RRULE:FREQ=YEARLY"))
    poll()
    assert days(brigade, source) == [1, 366]
    assert poll(days=1) == ["PROPFIND", "REPORT", "REPORT"]
    assert days(brigade, source) == [1, 366, 400.25]


def test_an_object_that_is_not_understood_keeps_what_it_said(brigade, owner, source, poll):
    owner.calendar.write("a.ics", an_hour(1, 1))
    owner.calendar.write("b.ics", an_hour(2, 2))
    poll()
    owner.calendar.write("b.ics", an_hour(2, 6))
    said = an_hour(2, 6, "RRULE:FREQ=NEVER")
    href = f"{owner.calendar.path}b.ics"
    body = (
        '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response>'
        f'<D:href>{href}</D:href><D:propstat><D:prop><D:getetag>"2"</D:getetag><C:calendar-data>{said}'
        "</C:calendar-data></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>"
    )
    owner.door.answer("forward", Say(207, body=body.encode()))
    poll()
    assert days(brigade, source) == [1, 2]
    refused = [{"line": 0, "cause": "bad_rule"}]
    assert source_of(brigade.database, source["id"]).refused == refused
    owner.calendar.write("a.ics", an_hour(1, 3))
    poll()
    # It has not changed since, and its cause is still told.
    assert (days(brigade, source), source_of(brigade.database, source["id"]).refused) == ([2, 3], refused)
    poll(days=1)
    assert (days(brigade, source), source_of(brigade.database, source["id"]).refused) == ([3, 6], [])


FAILURES = {
    "a wrong password": (Say(401), "sign_in_needed"),
    "no right": (Say(403, body=b"no"), "forbidden"),
    "a redirection": (Say(302, {"Location": "https://169.254.169.254/"}), "redirected"),
    "broken": (Say(500), "http_status"),
    "an entity that grows": (
        Say(207, body=b'<!DOCTYPE a [<!ENTITY b "c">]><D:multistatus xmlns:D="DAV:">&b;</D:multistatus>'),
        "not_caldav",
    ),
    "a web page": (Say(207, body=b"<html/>"), "not_caldav"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_why_and_what_was_read_stands(brigade, mine, owner, source, poll, name):
    answer, code = FAILURES[name]
    owner.calendar.write("a.ics", an_hour(1, 1))
    poll()
    owner.calendar.write("a.ics", an_hour(1, 4))
    # Whatever is wrong with what has changed, the whole is looked at before it is told.
    owner.door.answer(answer, answer)
    poll()
    found = planning_of(mine, source["id"])
    assert (found["failure"]["code"], found["state"], found["entries_read"]) == (code, "fresh", 1)
    assert days(brigade, source) == [1]
    owner.door.mend()
    poll()
    assert (planning_of(mine, source["id"])["failure"], days(brigade, source)) == (None, [4])


def test_only_the_objects_that_have_changed_are_written(brigade, owner, source, poll):
    def versions() -> dict[bytes, str]:
        with brigade.database.transaction() as session:
            rows = session.execute(text("SELECT key, xmin::text AS version FROM planning_objects"))
            return {row.key: row.version for row in rows}

    for number in range(4):
        owner.calendar.write(f"{number}.ics", an_hour(number, number + 1))
    poll()
    before = versions()
    owner.calendar.write("1.ics", an_hour(1, 6))
    owner.calendar.delete("2.ics")
    owner.calendar.write("4.ics", an_hour(4, 7))
    poll()
    after = versions()
    assert len(before.items() & after.items()) == 2
    assert len(before.keys() & after.keys()) == 3
    assert days(brigade, source) == [1, 4, 6, 7]


def test_a_calendar_that_was_emptied_takes_no_time(brigade, owner, source, poll):
    owner.calendar.write("a.ics", an_hour(1, 1))
    poll()
    owner.calendar.delete("a.ics")
    poll()
    assert (days(brigade, source), objects(brigade)) == ([], 0)


def test_the_calendar_is_found_from_the_owner_s_place(brigade, authority, mine, worker, own_radicale, monkeypatch):
    door = FrontDoor(authority, "localhost", own_radicale)
    try:
        calendars = dataclasses.replace(
            worker.settings.calendar_settings, own_hosts=(AllowedHost("localhost", door.port, own=True, inside=True),)
        )
        settings = dataclasses.replace(worker.settings, calendars=calendars)
        monkeypatch.setattr(wiring, "_installed", [dataclasses.replace(worker, settings=settings)])
        own_radicale.new_calendar().write("a.ics", an_hour(1, 1))
        source = add_planning(mine, kind="caldav", url=f"{door.origin}/{USER}/", user=USER, password=PASSWORD)
        poll_planning(source["id"])
        assert days(brigade, source) == [1]
        assert source_of(brigade.database, source["id"]).sync_token.startswith("~")
    finally:
        door.close()
