"""Who is called away gives up what is only held, too, and is back where nobody has come forward."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from models.queries.slot_explanations import explain_slots
from models.rules.actor import CitizenActor, SystemActor
from models.rules.appointments import Offer, State
from models.rules.duty import Status
from models.rules.errors import Conflict
from models.rules.slot_explanations import Rule
from models.tables import Absence, AppointmentAgent, Event
from server.services._offers import offer_instead
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.close_agent import CloseAgent, close_agent
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.release_hold import ReleaseHold, release_hold
from server.services.reoffer_released import ReofferReleased, reoffer_released
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from server.services.start_intervention import StartIntervention, start_intervention
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, change_reason, keep, row
from tests.support.recomputation import recomputed_gaps, stored_gaps
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit)


def away(session, agent, first=NINE, last=None):
    """Declare an absence, from nine to one o'clock unless another time is named; returns its id."""
    absence_id = uuid4()
    declare_absence(session, DeclareAbsence(absence_id, first, last or at(4)), actor_of(agent), NOW)
    return absence_id


def receivers(session, appointment_id):
    who = AppointmentAgent.appointment_id == appointment_id
    return sorted(session.scalars(select(AppointmentAgent.agent_id).where(who)))


def changes(session):
    query = select(Event.data).where(Event.name == "appointment_agents_changed").order_by(Event.id)
    return [data["how"] for data in session.scalars(query)]


def confirm(session, held):
    booked = book_appointment(
        session, BookAppointment(held.hold_token, CAMILLE, "fr", str(uuid4())), CitizenActor(), NOW, TOKENS
    )
    return row(session, booked.appointment_id)


def test_a_time_held_while_typing_is_booked_without_whoever_is_away(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1), agent=martin)
    held = keep(session, unit.id)
    assert receivers(session, held.appointment_id) == [martin.id]
    away(session, martin)
    assert (receivers(session, held.appointment_id), changes(session)) == ([], [])
    booked = confirm(session, held)
    assert (booked.state, booked.released_at, receivers(session, booked.id)) == (State.CONFIRMED, NOW, [])


def test_of_two_gendarmes_at_once_one_is_lacking(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1))
    change_reason(session, "neighbours", agents_needed=2)
    held = keep(session, unit.id)
    away(session, martin)
    booked = confirm(session, held)
    assert (booked.released_at, receivers(session, booked.id)) == (NOW, [chief.id])


def test_an_offer_stands_without_whoever_is_away_and_terminals_see_it(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1))
    seed_windows(session, chief, at(2), at(3), agent=martin)
    booked = book(session, unit.id)
    (offer,) = offer_instead(
        session, row(session, booked.appointment_id), [at(2)], "Une intervention.", actor_of(chief), NOW
    )
    away(session, martin)
    assert (receivers(session, offer.id), changes(session)) == ([], ["withdrawn"])
    accept_offer(session, AcceptOffer(booked.booking_id, offer.id), NOW)
    accepted = row(session, offer.id)
    assert (accepted.offer, accepted.state, accepted.released_at) == (Offer.INSTEAD, State.CONFIRMED, NOW)


def taken(session, unit, agent, starts_at=NINE):
    booked = book(session, unit.id, starts_at)
    take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(agent), NOW)
    return booked.appointment_id


def test_a_mistaken_absence_taken_back_gives_back_what_nobody_took(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(4))
    alone, covered, busy = (taken(session, unit, martin, at(hours)) for hours in (0, 1, 2))
    absence_id = away(session, martin)
    take_appointment(session, TakeAppointment(covered), actor_of(chief), NOW)
    cancel_absence(session, CancelAbsence(absence_id), actor_of(martin), NOW)
    assert (row(session, alone).released_at, row(session, alone).called_away) == (None, [])
    assert [receivers(session, one) for one in (alone, covered, busy)] == [[martin.id], [chief.id], [martin.id]]
    assert changes(session)[-2:] == ["returned", "returned"]
    assert reoffer_released(session, ReofferReleased(), SystemActor("reoffer"), NINE) == 0


def test_who_is_back_but_busy_or_absent_all_the_same_is_not_named(session, unit, chief, martin):
    windows = seed_windows(session, chief, NINE, at(4), counters=2)
    busy, absent = taken(session, unit, martin), taken(session, unit, martin, at(2))
    absence_id = away(session, martin)
    seed_appointment(session, windows[1], NINE, agents=[martin])
    # Another absence, from the planning, for the second hour.
    session.add(Absence(id=uuid4(), agent_id=martin.id, during=Range(at(2), at(3)), source="planning", declared_at=NOW))
    cancel_absence(session, CancelAbsence(absence_id), actor_of(martin), NOW)
    assert [receivers(session, one) for one in (busy, absent)] == [[], []]
    assert row(session, busy).released_at == NOW


def test_back_from_an_intervention_before_its_time(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(4))
    soon, later, last = (taken(session, unit, martin, at(hours)) for hours in (0.5, 2, 3))
    for until in (at(4), at(2.75)):
        start_intervention(session, StartIntervention(uuid4(), until), actor_of(martin), NINE)
    # Said anew with an earlier end: only what lies after it is theirs again.
    assert [receivers(session, one) for one in (soon, later, last)] == [[], [], [martin.id]]
    set_duty_status(session, SetDutyStatus(Status.AVAILABLE), actor_of(martin), at(1))
    # The first one is over.
    assert [receivers(session, one) for one in (soon, later, last)] == [[], [martin.id], [martin.id]]


def test_a_closed_account_receives_nobody_and_its_windows_offer_nothing(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1), agent=martin)
    seed_windows(session, chief, at(2), at(3))
    named, taken_later = book(session, unit.id).appointment_id, taken(session, unit, martin, at(2))
    held = keep(session, unit.id, at(0.5))
    close_agent(session, CloseAgent(martin.login), NOW)
    assert [receivers(session, one) for one in (named, taken_later, held.appointment_id)] == [[], [], []]
    assert row(session, named).released_at == NOW
    release_hold(session, ReleaseHold(held.hold_token), NOW, TOKENS)
    with pytest.raises(Conflict, match="slot_taken"):
        keep(session, unit.id, at(0.5))
    assert stored_gaps(session) == recomputed_gaps(session)
    (day,) = explain_slots(session, unit.id, "neighbours", NINE.date(), NINE.date(), NOW)
    assert list(day.offered) == [at(2.5)]
    assert (Rule.ABSENCE, at(0.5)) in [(one.rule, one.starts_at) for one in day.removed]
    martin.active = True
    session.flush()
    keep(session, unit.id, at(0.5))
