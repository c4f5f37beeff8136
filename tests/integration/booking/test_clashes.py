"""Appointments that the planning contradicts: raised with what could be done, ended by themselves, never cancelled."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.queries.feed import appointments as feed
from models.queries.feed.view import View
from models.rules.actor import SystemActor
from models.rules.appointments import State
from models.rules.errors import Conflict, Forbidden, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import Absence, Event, PlanningClash
from server.services._clashes import weigh_clashes
from server.services._offers import offer_instead
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.close_agent import CloseAgent, close_agent
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.keep_clash import KeepClash, keep_clash
from server.services.leave_appointment import LeaveAppointment, leave_appointment
from server.services.release_hold import ReleaseHold, release_hold
from server.services.swap_appointments import SwapAppointments, swap_appointments
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, citizen, keep, row
from tests.support.planned import import_absence, seed_source
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_unit

CLOCK = SystemActor("test")


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(2), counters=2)


@pytest.fixture
def source(session, martin):
    return seed_source(session, martin)


@pytest.fixture
def booked(session, unit, source):
    return book(session, unit.id)


@pytest.fixture
def taken(session, booked, martin):
    """At nine, by Martin."""
    take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(martin), NOW)
    return booked


@pytest.fixture
def clash(session, unit, source, martin, taken):
    """Martin's calendar says that he is away until half past nine."""
    import_absence(session, source, martin, at(-1), at(0.5))
    assert weigh_clashes(session, unit.id, NOW) == 1
    return open_ones(session)[0]


def open_ones(session):
    rows = select(PlanningClash).where(PlanningClash.ended_at.is_(None)).order_by(PlanningClash.raised_at)
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def told(session):
    """What the history says of clashes."""
    return session.scalars(select(Event.name).where(Event.name.like("clash%")).order_by(Event.id)).all()


def body(session, unit, appointment_id):
    return feed.bodies(session, View(unit.id, unit.time_zone, NOW), [str(appointment_id)])[str(appointment_id)]


def test_it_is_raised_once_with_who_could_take_it_and_when_else(session, unit, chief, martin, taken, clash):
    assert (clash.appointment_id, clash.agent_id, clash.raised_at) == (taken.appointment_id, martin.id, NOW)
    assert clash.proposals["agent_ids"] == [chief.id]
    assert clash.proposals["starts"] == [at(hours).isoformat() for hours in (0.5, 1, 1.5)]
    assert weigh_clashes(session, unit.id, NOW) == 0
    assert told(session) == ["clash_raised"]
    assert row(session, taken.appointment_id).state == State.CONFIRMED


def test_terminals_read_it(session, unit, chief, martin, taken, clash):
    document = body(session, unit, taken.appointment_id)
    assert document["to_confirm_because"] is None
    assert document["clashes"] == [
        {
            "id": str(clash.id),
            "agent": {"id": martin.id, "name": "Adj. Martin"},
            "raised_at": NOW.isoformat(),
            "kept_by": None,
            "proposals": {
                "agents": [{"id": chief.id, "name": chief.name}],
                "starts": [at(hours).isoformat() for hours in (0.5, 1, 1.5)],
            },
        }
    ]


def test_the_chief_keeps_it_until_it_is_no_longer_so(session, unit, chief, martin, taken, clash):
    command = KeepClash(taken.appointment_id, clash.id)
    with pytest.raises(Forbidden, match="chief_only"):
        keep_clash(session, command, actor_of(martin), NOW)
    assert keep_clash(session, command, actor_of(chief), NOW) is Verdict.APPLY
    assert keep_clash(session, command, actor_of(chief), NOW) is Verdict.NOOP
    assert weigh_clashes(session, unit.id, NOW) == 0
    assert body(session, unit, taken.appointment_id)["clashes"][0]["kept_by"]["name"] == chief.name
    leave_appointment(session, LeaveAppointment(taken.appointment_id), actor_of(martin), NOW)
    assert told(session) == ["clash_raised", "clash_kept", "clash_ended"]
    assert body(session, unit, taken.appointment_id)["clashes"] == []
    # It came to an end while the chief's terminal was offline.
    assert keep_clash(session, command, actor_of(chief), NOW) is Verdict.NOOP


def test_only_a_clash_of_that_very_appointment_can_be_kept(session, unit, chief, taken, clash):
    other = book(session, unit.id, at(1))
    for appointment_id, clash_id in ((other.appointment_id, clash.id), (taken.appointment_id, uuid4())):
        with pytest.raises(NotFound, match="no_such_clash"):
            keep_clash(session, KeepClash(appointment_id, clash_id), actor_of(chief), NOW)
    stranger = seed_agent(session, seed_unit(session, 2, "Culoz"), *chief.roles)
    with pytest.raises(NotFound, match="no_such_appointment"):
        keep_clash(session, KeepClash(taken.appointment_id, clash.id), actor_of(stranger), NOW)


def _assign(session, unit, chief, martin, source, taken):
    assign_appointment(session, AssignAppointment(taken.appointment_id, (chief.id,)), actor_of(chief), NOW)


def _propose(session, unit, chief, martin, source, taken):
    offer_instead(session, row(session, taken.appointment_id), [at(1)], "", actor_of(chief), NOW)


def _cancel(session, unit, chief, martin, source, taken):
    cancel_booking(session, CancelBooking(taken.booking_id), citizen(taken), NOW)


def _swap(session, unit, chief, martin, source, taken):
    other = book(session, unit.id, at(1))
    take_appointment(session, TakeAppointment(other.appointment_id), actor_of(chief), NOW)
    swap_appointments(session, SwapAppointments(taken.appointment_id, other.appointment_id), actor_of(chief), NOW)


def _planning_changes_back(session, unit, chief, martin, source, taken):
    for absence in session.scalars(select(Absence).where(Absence.planning_source_id == source.id)):
        session.delete(absence)
    weigh_clashes(session, unit.id, NOW)


def _revoked(session, unit, chief, martin, source, taken):
    source.revoked_at, source.revoked_by_id, source.address_sealed = NOW, chief.id, None
    weigh_clashes(session, unit.id, NOW)


def _begins(session, unit, chief, martin, source, taken):
    weigh_clashes(session, unit.id, NINE)


@pytest.mark.parametrize("what", [_assign, _propose, _cancel, _swap, _planning_changes_back, _revoked, _begins])
def test_it_ends_with_whatever_makes_it_no_longer_so(session, unit, chief, martin, source, taken, clash, what):
    what(session, unit, chief, martin, source, taken)
    assert open_ones(session) == []
    assert told(session) == ["clash_raised", "clash_ended"]


def test_nobody_is_left_for_one_without_a_name(session, unit, chief, martin, source, booked):
    import_absence(session, source, martin, NINE, at(1))
    assert weigh_clashes(session, unit.id, NOW) == 0
    absence = DeclareAbsence(uuid4(), NINE, at(0.5))
    declare_absence(session, absence, actor_of(chief), NOW)
    (raised,) = open_ones(session)
    assert (raised.appointment_id, raised.agent_id, raised.proposals["agent_ids"]) == (booked.appointment_id, None, [])
    cancel_absence(session, CancelAbsence(absence.absence_id), actor_of(chief), NOW)
    assert open_ones(session) == []


def test_whoever_booked_first_keeps_who_is_left(session, unit, chief, martin, source, booked):
    later = book(session, unit.id, now=NOW + timedelta(minutes=1))
    import_absence(session, source, martin, NINE, at(1))
    weigh_clashes(session, unit.id, NOW + timedelta(minutes=2))
    assert [one.appointment_id for one in open_ones(session)] == [later.appointment_id]
    cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW + timedelta(minutes=3))
    assert open_ones(session) == []


def _runs_out(session, held):
    assert expire_holds(session, ExpireHolds(), CLOCK, NOW + timedelta(minutes=10)) == 1


def _given_back(session, held):
    release_hold(session, ReleaseHold(held.hold_token), NOW + timedelta(minutes=3), TOKENS)


@pytest.mark.parametrize("ends", [_runs_out, _given_back])
def test_whoever_was_kept_back_for_a_hold_is_left_afterwards(session, unit, chief, martin, source, ends):
    held = keep(session, unit.id)
    booked = book(session, unit.id, now=NOW + timedelta(minutes=1))
    import_absence(session, source, martin, NINE, at(1))
    weigh_clashes(session, unit.id, NOW + timedelta(minutes=2))
    assert [one.appointment_id for one in open_ones(session)] == [booked.appointment_id]
    ends(session, held)
    assert open_ones(session) == []


def test_an_account_that_is_closed_leaves_nobody(session, unit, chief, martin, source, booked):
    import_absence(session, source, martin, NINE, at(1))
    close_agent(session, CloseAgent(chief.login), NOW)
    assert [one.agent_id for one in open_ones(session)] == [None]


def test_without_a_planning_nothing_is_raised(session, unit, chief, martin):
    booked = book(session, unit.id)
    declare_absence(session, DeclareAbsence(uuid4(), NINE, at(0.5)), actor_of(chief), NOW)
    declare_absence(session, DeclareAbsence(uuid4(), NINE, at(0.5)), actor_of(martin), NOW)
    assert open_ones(session) == []
    assert row(session, booked.appointment_id).state == State.CONFIRMED


def test_nobody_who_is_away_by_the_planning_is_named(session, chief, martin, taken, clash):
    assign_appointment(session, AssignAppointment(taken.appointment_id, (chief.id,)), actor_of(chief), NOW)
    with pytest.raises(Conflict, match="agent_absent"):
        assign_appointment(session, AssignAppointment(taken.appointment_id, (martin.id,)), actor_of(chief), NOW)
