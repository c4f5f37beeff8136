"""How it was: asked once it is over, answered without JavaScript, kept without a name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.rules.actor import SystemActor
from models.rules.appointments import EndedBy, State
from models.tables import Appointment, Booking, ContactRequest, Unit
from server.services.accept_request import AcceptRequest, accept_request
from server.services.close_request import CloseRequest, close_request
from server.services.erase_old_requests import EraseOldRequests, erase_old_requests
from tests.integration.pages.booking_support import only_booking
from tests.support.citizen import seed_places
from tests.support.seed import NOW, actor_of, seed_agent, send_request
from tests.support.terminals import application

QUESTION = "Comment cela s’est-il passé"


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock)


@pytest.fixture
def request_(database):
    with database.transaction() as session:
        return send_request(session)


@pytest.fixture
def page(request_):
    return f"/suivi/{request_.follow_token}"


def close(database, request_):
    with database.transaction() as session:
        unit_id = session.get_one(ContactRequest, request_.request_id).unit_id
        agent = seed_agent(session, session.get_one(Unit, unit_id))
        actor = actor_of(agent)
        accept_request(session, AcceptRequest(request_.request_id), actor, NOW)
        close_request(session, CloseRequest(request_.request_id, "handled"), actor, NOW)


def stored(database, request_):
    with database.transaction() as session:
        return session.get_one(ContactRequest, request_.request_id)


def test_nobody_is_asked_before_it_is_over(citizen, database, request_, page):
    citizen.get(page)
    assert QUESTION not in citizen.text
    assert citizen.http.post(f"{page}/avis", data={"opinion": "bad"}).status_code == 303
    assert stored(database, request_).opinion is None


def test_an_answer_is_kept_and_can_be_changed(citizen, database, request_, page):
    close(database, request_)
    citizen.get(page)
    assert QUESTION in citizen.text
    for answer in ("bad", "good"):
        response = citizen.http.post(f"{page}/avis", data={"opinion": answer})
        assert (response.status_code, response.location) == (303, f"{page}#avis")
        row = stored(database, request_)
        assert (row.opinion, row.opinion_at) == (answer, NOW)
    citizen.get(page)
    assert "Merci de votre réponse" in citizen.text


def test_what_is_no_answer_changes_nothing(citizen, database, request_, page):
    close(database, request_)
    for nonsense in ("", "excellent", "good\0"):
        assert citizen.http.post(f"{page}/avis", data={"opinion": nonsense}).status_code == 303
    assert stored(database, request_).opinion is None
    assert citizen.http.post("/suivi/unknown-unknown-unknown/avis", data={"opinion": "good"}).status_code == 404


def test_the_answer_outlives_the_name(citizen, database, request_, page):
    close(database, request_)
    citizen.http.post(f"{page}/avis", data={"opinion": "fair"})
    with database.transaction() as session:
        erase_old_requests(session, EraseOldRequests(timedelta(days=90)), SystemActor("test"), NOW + timedelta(days=91))
    row = stored(database, request_)
    assert (row.caller_name, row.opinion) == (None, "fair")
    assert citizen.http.post(f"{page}/avis", data={"opinion": "good"}).status_code == 404


def test_after_an_appointment_that_took_place(citizen, database, booked):
    citizen.get(booked)
    assert QUESTION not in citizen.text
    with database.transaction() as session:
        booking = session.get_one(Booking, only_booking(database).id)
        booking.ended_at = NOW
        row = session.query(Appointment).filter_by(booking_id=booking.id).one()
        row.state, row.ended_at, row.ended_by = State.HONOURED, NOW, EndedBy.UNIT
    citizen.get(booked)
    assert QUESTION in citizen.text
    assert citizen.http.post(f"{booked}/avis", data={"opinion": "good"}).status_code == 303
    assert only_booking(database).opinion == "good"
