"""What is kept of a source or an export stands in for what a test of its address leaves empty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import PlanningSource
from tests.support.calendar_trials import NAME
from tests.support.plannings import add_planning, calendar, write
from tests.support.push_service import Say
from tests.support.seed import NOW

CALENDAR = calendar(("a", NOW, NOW + timedelta(hours=1)))


@pytest.fixture
def source(trials):
    """Martin's calendar, with its password."""
    url = f"{trials.site.origin}/gardé.ics".replace("é", "e")
    return add_planning(trials.terminal(trials.brigade.martin), url=url, user="martin", password="mot de passe")


def test_what_is_stored_stands_in_for_what_is_left_empty(trials, source):
    trials.site.usual = Say(200, body=CALENDAR)
    tried = trials.tried(trials.brigade.martin, url="", source_id=source["id"])
    assert tried["state"] == "succeeded"
    [request] = trials.site.received
    assert request.path == "/garde.ics"
    assert request.headers["authorization"].startswith("Basic ")


def test_a_stored_password_goes_to_no_other_host(trials, source):
    trials.name_hosts((NAME, trials.site.port), ("other.test", trials.site.port))
    tried = trials.tried(
        trials.brigade.martin, url=f"https://other.test:{trials.site.port}/a.ics", source_id=source["id"]
    )
    assert tried["code"] == "certificate"
    trials.site.usual = Say(200, body=CALENDAR)
    trials.tried(trials.brigade.martin, user="autre", source_id=source["id"])
    assert "authorization" in trials.site.received[0].headers
    assert "bWFydGlu" not in trials.site.received[0].headers["authorization"]


def test_the_chief_may_test_a_colleague_s_source_and_a_stranger_s_does_not_exist(trials, source):
    brigade = trials.brigade
    trials.site.usual = Say(200, body=CALENDAR)
    assert trials.tried(brigade.roux, url="", source_id=source["id"])["state"] == "succeeded"
    for stranger in (brigade.petit, brigade.noir):
        answer = trials.ask(stranger, url="", source_id=source["id"])
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_planning")
    write(trials.terminal(brigade.martin), "DELETE", f"/api/plannings/{source['id']}")
    assert trials.ask(brigade.martin, url="", source_id=source["id"]).status_code == 404


def test_a_source_is_not_an_export(trials, source):
    answer = trials.ask(trials.brigade.martin, kind="caldav_export", url="", source_id=source["id"])
    assert (answer.status_code, answer.json["code"]) == (404, "no_such_export")


def test_what_an_export_is_reached_with_stands_in_for_what_is_left_empty(trials):
    martin = trials.brigade.martin
    body = {"kind": "caldav", "name": "Agenda", "url": f"{trials.site.origin}/a/", "user": "martin", "password": "x"}
    export = write(trials.terminal(martin), "POST", "/api/calendar-exports", json=body).json
    trials.site.usual = Say(401)
    tried = trials.tried(martin, kind="caldav_export", url="", source_id=export["id"])
    assert (tried["code"], tried["found"]) == ("sign_in_needed", {"status": 401})
    assert trials.site.received[0].headers["authorization"].startswith("Basic ")
    for stranger in (trials.brigade.petit, trials.brigade.noir):
        answer = trials.ask(stranger, kind="caldav_export", url="", source_id=export["id"])
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_export")


@pytest.mark.parametrize("url", ["", "/autre.ics"])
def test_a_new_password_is_tried_with_the_stored_user(trials, source, url):
    trials.site.usual = Say(200, body=CALENDAR)
    trials.tried(trials.brigade.martin, url=url and trials.site.origin + url, password="neuf", source_id=source["id"])
    assert trials.site.received[0].headers["authorization"] == "Basic bWFydGluOm5ldWY="


def test_a_test_changes_no_source(trials, source):
    def row():
        with trials.database.transaction() as session:
            found = session.scalars(select(PlanningSource)).one()
            return {name: getattr(found, name.key) for name in PlanningSource.__table__.columns}

    before = row()
    for answer in (Say(200, body=CALENDAR), Say(500)):
        trials.site.usual = answer
        trials.tried(trials.brigade.martin, url="", source_id=source["id"])
    assert row() == before
