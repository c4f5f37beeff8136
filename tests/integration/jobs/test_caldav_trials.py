"""A CalDAV calendar is tested, to be read or to be written to, on a real server."""

from __future__ import annotations

import json
from uuid import UUID

import icalendar
import pytest

from models.tables import CalendarTrial
from server.jobs.calendar_trials import try_calendar
from tests.support.caldav_sources import Owner, event
from tests.support.push_service import HANG, Say
from tests.support.radicale import PASSWORD, USER


@pytest.fixture
def caldav_server(radicale):
    """The server that all share; a test that wants one for itself says so."""
    return radicale


@pytest.fixture
def owner(trials, authority, open_door, caldav_server):
    """Somebody's calendar on a real CalDAV server whose host the operator has named."""
    owner = Owner(authority, open_door(caldav_server), caldav_server.new_calendar())
    trials.name_hosts((owner.door.name, owner.door.port))
    return owner


@pytest.fixture
def tried(trials, owner):
    """Test the owner's calendar."""

    def tried(kind, **body):
        body = {"url": f"{owner.door.origin}{owner.calendar.path}", "user": USER, "password": PASSWORD, **body}
        return trials.tried(trials.brigade.martin, kind=kind, **body)

    return tried


def test_what_a_caldav_calendar_yields(tried, owner):
    owner.calendar.write("a.ics", event(8))
    owner.calendar.write("b.ics", event(9, "RRULE:FREQ=DAILY;COUNT=3"))
    found = tried("caldav")["found"]
    assert (found["read"], found["busy"], found["refused_count"]) == (2, 4, 0)
    assert (found["first_at"], found["last_at"]) == ("2026-11-30T08:00:00+00:00", "2026-12-02T10:00:00+00:00")


@pytest.mark.parametrize("kind", ["caldav", "caldav_export"])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Say(401), "sign_in_needed"),
        (Say(403), "forbidden"),
        (Say(404), "not_found"),
        (Say(405), "not_caldav"),
        (Say(200, body=b"<html>Connexion</html>"), "not_caldav"),
        (Say(302, {"Location": "/"}), "redirected"),
        (Say(503), "http_status"),
        (HANG, "timeout"),
    ],
)
def test_why_a_caldav_calendar_cannot_be_read(tried, owner, monkeypatch, kind, answer, code):
    monkeypatch.setattr("server.jobs.calendar_trials.LONGEST_S", 2.0)
    owner.door.answer(answer)
    assert tried(kind)["code"] == code


def test_an_agenda_to_write_to_is_left_as_it_was(tried, owner):
    owner.calendar.write("a.ics", event(8))
    before = owner.calendar.uids
    trial = tried("caldav_export")
    assert (trial["state"], trial["code"], trial["found"]) == ("succeeded", None, {"holds": 1})
    assert owner.calendar.uids == before
    methods = [one.path.partition(" ")[0] for one in owner.door.received]
    assert methods == ["PROPFIND", "REPORT", "PUT", "REPORT", "DELETE"]
    put = owner.door.received[2]
    assert put.headers["if-none-match"] == "*"
    # It is of the same kind as what an export writes: some servers treat an event with people in it otherwise.
    [written] = icalendar.Calendar.from_ical(put.body).walk("VEVENT")
    assert str(written["ORGANIZER"]).startswith("mailto:")
    assert written["ATTENDEE"].params["SCHEDULE-AGENT"] == "NONE"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Say(207, body=b'<multistatus xmlns="DAV:"/>'), "not_caldav"),
        (Say(400), "http_status"),
        (Say(503), "http_status"),
    ],
)
def test_an_agenda_that_does_not_list_what_was_written_is_none_and_is_left_as_it_was(tried, owner, answer, code):
    owner.door.answer("forward", "forward", "forward", answer)
    trial = tried("caldav_export")
    assert (trial["state"], trial["code"]) == ("failed", code)
    assert owner.calendar.uids == []


@pytest.mark.parametrize("lost", [["lost", "lost"], [Say(500)]])
def test_an_answer_that_is_lost_leaves_nothing_there(tried, owner, lost):
    owner.door.answer("forward", "forward", *lost)
    assert tried("caldav_export")["state"] == "failed"
    assert owner.calendar.uids == []


def test_a_worker_that_dies_in_between_leaves_nothing_for_good(trials, tried, owner):
    """The next attempt finds the event of the first, and takes it away."""
    owner.door.answer("forward", "forward", "forward", "forward", Say(503))
    assert tried("caldav_export")["code"] == "http_status"
    [left] = owner.calendar.uids
    body = {"url": f"{owner.door.origin}{owner.calendar.path}", "user": USER, "password": PASSWORD}
    trial_id = left.partition(".")[0]
    with trials.database.transaction() as session:
        row = session.get_one(CalendarTrial, UUID(trial_id))
        row.state, row.code = "queued", None
        row.address_sealed = trials.context.sealer.seal(json.dumps(body), row.id)
    try_calendar(trial_id)
    assert trials.row(trial_id).state == "succeeded"
    assert owner.calendar.uids == []


class TestOwnServer:
    """On a server that nobody else uses."""

    @pytest.fixture
    def caldav_server(self, own_radicale):
        return own_radicale

    def test_an_address_that_leads_to_several_calendars(self, tried, owner, caldav_server):
        caldav_server.new_calendar()
        for kind in ("caldav", "caldav_export"):
            assert tried(kind, url=f"{owner.door.origin}/{USER}/")["code"] == "several_calendars"

    def test_an_agenda_in_which_one_may_only_look(self, tried, owner, caldav_server):
        caldav_server.only_to_look()
        trial = tried("caldav_export")
        assert (trial["state"], trial["code"], trial["found"]) == ("failed", "read_only", {"status": 403})

    def test_the_folder_of_an_agenda_is_not_the_agenda(self, tried, owner):
        """A source finds its calendar there; an export writes where its address leads."""
        assert tried("caldav", url=f"{owner.door.origin}/{USER}/")["state"] == "succeeded"
        assert tried("caldav_export", url=f"{owner.door.origin}/{USER}/")["code"] == "no_calendar"
        assert "PUT" not in [one.path.partition(" ")[0] for one in owner.door.received]
