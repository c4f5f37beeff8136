"""An appointment that waits for approval climbs to its end: chiefs only, each once a step, whatever the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.actor import Role
from models.rules.appointments import State
from models.tables import Event, Ladder, LadderCall, Reason, Scope, Unit
from server.jobs.deliver import deliver
from server.jobs.ladder import climb
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.ladders import seed_people
from tests.support.seed import NOW, actor_of, seed_agent

MORNING = NOW + timedelta(days=7)


@pytest.fixture
def people(context, database):
    with database.transaction() as session:
        unit = session.scalars(select(Unit)).one()
        # A second chief, of whose position nothing is known.
        seed_agent(session, unit, Role.CHIEF, name="Second chief")
        return seed_people(session, unit, NOW)


@pytest.fixture
def appointment(database, people):
    with database.transaction() as session:
        [window] = seed_windows(session, people.chief, MORNING, MORNING + timedelta(hours=2))
        appointment = seed_appointment(session, window, MORNING, state=State.REQUESTED)
        facts = {"unit_id": appointment.unit_id, "appointment_id": appointment.id, "booking_id": appointment.booking_id}
        record(session, AppointmentBooked(at=NOW, state="requested", **facts))
        return appointment


def look(database):
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).filter_by(name="appointment_booked")).one()
    climb(event_id)


def ladder(database):
    with database.transaction() as session:
        return session.scalars(select(Ladder)).one()


def calls(database):
    with database.transaction() as session:
        found = session.scalars(select(LadderCall)).all()
    return sorted((one.step, one.channel, one.agent_id or 0) for one in found)


def chiefs(database):
    with database.transaction() as session:
        return set(session.scalars(select(LadderCall.agent_id).where(LadderCall.agent_id.is_not(None))))


def test_it_climbs_to_the_supervisors_by_its_own_deadlines(database, clock, people, carriers, appointment, relay):
    steps = []
    for minutes in (0, 119, 1, 359, 1, 959, 1):
        clock.forward(minutes=minutes)
        look(database)
        steps.append(ladder(database).climbed)
    assert steps == [1, 1, 2, 2, 3, 3, 4]
    assert ladder(database).ended_because == "supervisor"
    with database.transaction() as session:
        second = session.scalar(select(LadderCall.agent_id).where(LadderCall.step == 1, LadderCall.who == "agent"))
        assert session.get_one(Scope, "supervisors").version == 1, "their list has been poked once"
        [late] = session.scalars(select(Event).where(Event.name.endswith("_late")))
        assert (late.name, late.appointment_id, late.at) == ("appointment_late", appointment.id, clock())
    # Nobody but chiefs can do anything about it; the one who is available is not in their place.
    assert chiefs(database) == {people.chief.id, second}
    assert [step for step, channel, _ in calls(database) if channel == "sms"] == [3, 3]
    assert [(mail["To"], mail["Subject"]) for mail in relay.messages] == [
        ("cob.belley@example.org", "Un rendez-vous attend toujours votre accord")
    ]
    once_per_step_and_person(database, carriers)
    deliver(late.id)
    told = relay.messages[1]
    assert told["To"] == "camille@example.org"
    assert "les responsables ont été prévenus" in " ".join(told.get_body(("plain",)).get_content().split())


@pytest.mark.parametrize("hours", [-30, -1, 1, 30], ids=lambda hours: f"{hours:+d} h")
def test_a_clock_that_is_moved_between_looks_calls_nobody_twice_in_a_step(
    database, clock, people, carriers, appointment, hours
):
    look(database)
    clock.forward(hours=hours)
    looks = 0
    while ladder(database).ended_because is None:
        look(database)
        look(database)
        clock.forward(minutes=60)
        looks += 1
        assert looks <= 26, "it comes to its end within a day of waiting, whatever the clock shows"
    assert ladder(database).ended_because == "supervisor"
    assert people.chief.id in chiefs(database)
    once_per_step_and_person(database, carriers)


def test_an_approval_ends_it_where_it_stands(database, clock, people, carriers, appointment):
    look(database)
    clock.forward(minutes=480)
    look(database)
    before = calls(database)
    with database.transaction() as session:
        approve_appointment(session, ApproveAppointment(appointment.id), actor_of(people.chief), clock())
    clock.forward(minutes=960)
    look(database)
    assert (ladder(database).ended_because, calls(database)) == ("taken", before)


def test_its_deadlines_are_the_reasons(database, clock, people, carriers, appointment):
    with database.transaction() as session:
        session.get_one(Reason, appointment.reason_code).approval_minutes = [1, 2, 3]
    look(database)
    clock.forward(minutes=3)
    look(database)
    assert ladder(database).ended_because == "supervisor"


def once_per_step_and_person(database, carriers):
    """The rows are unique in the database; what was carried must be as many, and each its own."""
    carried = [call.id for carrier in carriers.values() for call in carrier.calls]
    with database.transaction() as session:
        written = session.scalars(
            select(LadderCall.id).where(LadderCall.channel.in_(list(carriers)), LadderCall.state == "sent")
        ).all()
    assert sorted(carried) == sorted(written)
    assert len(set(calls(database))) == len(calls(database))
