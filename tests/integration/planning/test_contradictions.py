"""A reading contradicts an appointment: the chief decides on the spot, or the planning changes its mind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import Agent, Appointment, Event
from server.services.watch_silence import WatchSilence, watch_silence
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.bookings import book
from tests.support.plannings import add_planning, entry, hour, read, said, write
from tests.support.seed import NOW

START = NOW + timedelta(hours=24)
BUSY = entry("operation", hour(23, 3))


@pytest.fixture
def appointment_id(brigade):
    """Tomorrow at this time, by Martin; the counter is open for some hours."""
    with brigade.database.transaction() as session:
        martin, roux = session.get_one(Agent, brigade.martin.id), session.get_one(Agent, brigade.roux.id)
        (window,) = seed_windows(session, roux, START, START + timedelta(hours=4))
        return str(seed_appointment(session, window, START, agents=[martin]).id)


@pytest.fixture
def source_id(mine):
    return add_planning(mine)["id"]


def held(terminal, appointment_id):
    terminal.pull()
    return terminal.docs[f"appointment/{appointment_id}"]


@pytest.fixture
def clash(brigade, chief, context, source_id, appointment_id):
    """What the chief's terminal holds once Martin's calendar says that he is in an operation then."""
    read(brigade.database, source_id, said(BUSY), NOW, context)
    document = held(chief, appointment_id)
    assert (document["state"], document["agents"][0]["name"]) == ("confirmed", "Adj. Martin")
    (found,) = document["clashes"]
    return found


def test_it_says_who_is_away_and_what_can_be_done(brigade, clash):
    assert clash["agent"] == {"id": brigade.martin.id, "name": "Adj. Martin"}
    assert {one["id"] for one in clash["proposals"]["agents"]} >= {brigade.petit.id, brigade.roux.id}
    assert len(clash["proposals"]["starts"]) == 3


def test_the_chief_keeps_it(brigade, chief, mine, context, source_id, appointment_id, clash):
    assert mine.do("clash.keep", appointment_id=appointment_id, clash_id=clash["id"])["code"] == "chief_only"
    assert chief.do("clash.keep", appointment_id=appointment_id, clash_id=clash["id"])["status"] == "applied"
    read(brigade.database, source_id, said(BUSY, entry("b", hour(50))), NOW + timedelta(minutes=15), context)
    (kept,) = held(chief, appointment_id)["clashes"]
    assert (kept["id"], kept["kept_by"]["name"]) == (clash["id"], "Maj. Roux")


def test_a_colleague_takes_it(brigade, chief, appointment_id, clash):
    assert (
        chief.do("appointment.assign", appointment_id=appointment_id, agents=[brigade.petit.id])["status"] == "applied"
    )
    document = held(chief, appointment_id)
    assert (document["clashes"], document["state"]) == ([], "confirmed")


def test_the_citizen_is_offered_another_time(chief, appointment_id, clash):
    starts = clash["proposals"]["starts"][:1]
    assert chief.do("appointment.propose", appointment_id=appointment_id, starts=starts)["status"] == "applied"
    document = held(chief, appointment_id)
    assert (document["clashes"], document["state"], document["ended_by"]) == ([], "cancelled", "unit")


def test_the_planning_changes_back(brigade, chief, context, source_id, appointment_id, clash):
    read(brigade.database, source_id, said(), NOW + timedelta(minutes=15), context)
    document = held(chief, appointment_id)
    assert (document["clashes"], document["state"]) == ([], "confirmed")
    with brigade.database.transaction() as session:
        names = session.scalars(select(Event.name).where(Event.name.like("clash%")).order_by(Event.id)).all()
    assert names == ["clash_raised", "clash_ended"]


def test_the_source_is_revoked(chief, mine, source_id, appointment_id, clash):
    assert write(mine, "DELETE", f"/api/plannings/{source_id}").status_code == 204
    assert held(chief, appointment_id)["clashes"] == []


def test_a_source_falls_silent_and_is_heard_again(brigade, chief, context, source_id, appointment_id):
    """From its silence on, what is booked waits for the chief; from its next word on, nothing new does."""
    later = NOW + timedelta(hours=25)
    read(brigade.database, source_id, said(), NOW, context)
    with brigade.database.transaction() as session:
        roux = session.get_one(Agent, brigade.roux.id)
        seed_windows(session, roux, START + timedelta(days=2), START + timedelta(days=2, hours=4))
        assert watch_silence(session, WatchSilence(), later) == 1

    def booked(hours, now):
        with brigade.database.transaction() as session:
            made = book(session, brigade.unit.id, START + timedelta(days=2, hours=hours), now=now)
            appointment = session.get_one(Appointment, made.appointment_id)
            return appointment.state, appointment.to_confirm_because

    assert booked(0, later) == ("requested", "planning_silent")
    read(brigade.database, source_id, said(), later + timedelta(minutes=1), context)
    assert booked(1, later + timedelta(minutes=2)) == ("confirmed", None)
