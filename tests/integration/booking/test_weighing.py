"""When the planning is weighed against what is booked: once for each use case, whatever frees or takes somebody."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.actor import CitizenActor, Role, SystemActor
from models.rules.appointments import Outcome, State
from models.rules.errors import Conflict
from models.rules.openings import Handling
from models.tables import Appointment, OpeningWindow, PlanningClash, Reason
from server.services._clashes import weigh_clashes
from server.services._concerned import settle_concerned
from server.services._next_starts import NEXT, next_starts
from server.services._offers import offer_instead
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_appointment import CancelAppointment, cancel_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.create_agent import CreateAgent, create_agent
from server.services.decline_offer import DeclineOffer, decline_offer
from server.services.end_begun_clashes import EndBegunClashes, end_begun_clashes
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.reoffer_released import ReofferReleased, reoffer_released
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, change_reason, citizen, keep, row
from tests.support.planned import import_absence, seed_source, statements
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent

CLOCK = SystemActor("test")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(3), counters=2)


@pytest.fixture
def source(session, martin):
    return seed_source(session, martin)


def engine(session):
    return session.get_bind().engine


def clashing(session):
    """Which appointments the planning contradicts."""
    open_ones = select(PlanningClash.appointment_id).where(PlanningClash.ended_at.is_(None))
    return session.scalars(open_ones).all()


def too_many(session, unit, source, martin, starts_at=NINE):
    """One more than there are gendarmes left, who booked after everybody else; says which."""
    later = book(session, unit.id, starts_at, now=NOW + MINUTE)
    import_absence(session, source, martin, NINE, at(2))
    weigh_clashes(session, unit.id, NOW + 2 * MINUTE)
    assert clashing(session) == [later.appointment_id]


def test_one_search_serves_all_that_is_raised_together(session, unit, chief, martin, source):
    for hours in (0, 0.5, 1, 1.5):
        booked = book(session, unit.id, at(hours))
        take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(martin), NOW)
    with statements(engine(session)) as one_search:
        next_starts(session, unit.id, session.get_one(Reason, "neighbours"), NOW, ["unit"], NEXT + 1)
    import_absence(session, source, martin, NINE, at(2))
    with statements(engine(session)) as weighing:
        assert weigh_clashes(session, unit.id, NOW) == 4
    searched = [sum("FROM free_times" in one for one in sent) for sent in (one_search, weighing)]
    assert searched[0] == searched[1] > 0


def _run_out(session, unit, chief):
    for hours in (0, 0.5, 1):
        keep(session, unit.id, at(hours))

    def ends():
        assert expire_holds(session, ExpireHolds(), CLOCK, NOW + timedelta(minutes=10)) == 3

    return ends


def _closed(session, unit, chief):
    for hours in (0, 0.5, 1):
        book(session, unit.id, at(hours))
    occurrences = set(session.scalars(select(Appointment.occurrence_id)))
    for window in session.scalars(select(OpeningWindow)):
        session.delete(window)
    session.flush()
    return lambda: settle_concerned(session, occurrences, Handling.REOFFER, "Fermé.", actor_of(chief), NOW)


def _never_confirmed(session, unit, chief):
    change_reason(session, "neighbours", needs_approval=True)
    for hours in (0, 0, 0.5):
        book(session, unit.id, at(hours))

    def ends():
        assert reoffer_released(session, ReofferReleased(), CLOCK, NINE - 5 * MINUTE) > 1

    return ends


def _cancelled_with_its_offers(session, unit, chief):
    booked = book(session, unit.id)
    offers = [at(hours) for hours in (0.5, 1, 1.5)]
    offer_instead(session, row(session, booked.appointment_id), offers, "", actor_of(chief), NOW)
    return lambda: cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)


@pytest.mark.parametrize("prepare", [_run_out, _closed, _never_confirmed, _cancelled_with_its_offers])
def test_many_that_end_together_are_weighed_once(session, unit, chief, martin, source, prepare):
    ends = prepare(session, unit, chief)
    with statements(engine(session)) as sent:
        ends()
    # Nothing else puts receivers together.
    assert len([one for one in sent if "array_agg(appointment_agents.agent_id" in one]) == 1


def test_after_a_refusal_everything_is_weighed_as_ever(session, unit, chief, martin, source):
    booked = book(session, unit.id)
    with pytest.raises(Conflict, match="slot_taken"), session.begin_nested():
        offer_instead(session, row(session, booked.appointment_id), [at(30)], "", actor_of(chief), NOW)
    too_many(session, unit, source, martin)


def _cancelled_by_the_unit(session, unit, chief, martin, source):
    booked = book(session, unit.id)
    too_many(session, unit, source, martin)
    cancel_appointment(session, CancelAppointment(booked.appointment_id, "Une urgence."), actor_of(chief), NOW)


def _offer_declined(session, unit, chief, martin, source):
    booked = book(session, unit.id, at(1))
    appointment = row(session, booked.appointment_id)
    (offered,) = offer_instead(session, appointment, [NINE], "", actor_of(chief), NOW)
    too_many(session, unit, source, martin)
    decline_offer(session, DeclineOffer(booked.booking_id, offered.id), NOW + 3 * MINUTE)


def _somebody_comes(session, unit, chief, martin, source):
    book(session, unit.id)
    too_many(session, unit, source, martin)
    command = CreateAgent("nouvelle", "Gend. Nouvelle", frozenset({Role.GENDARME}), unit.id, "douze-signes-et-plus")
    create_agent(session, command, NOW + 3 * MINUTE)


def _did_not_come(session, unit, chief, martin, source):
    change_reason(session, "neighbours", buffer_minutes=30)
    booked = book(session, unit.id)
    too_many(session, unit, source, martin, at(0.5))
    set_outcome(session, SetOutcome(booked.appointment_id, Outcome.NO_SHOW), actor_of(chief), NINE + 10 * MINUTE)


@pytest.mark.parametrize("frees", [_cancelled_by_the_unit, _offer_declined, _somebody_comes, _did_not_come])
def test_whatever_leaves_somebody_ends_it(session, unit, chief, martin, source, frees):
    frees(session, unit, chief, martin, source)
    assert clashing(session) == []


def test_once_it_has_begun_the_chief_is_asked_no_more(session, unit, chief, martin, source):
    book(session, unit.id)
    too_many(session, unit, source, martin)
    assert end_begun_clashes(session, EndBegunClashes(), NINE - MINUTE) == 0
    assert len(clashing(session)) == 1
    assert end_begun_clashes(session, EndBegunClashes(), NINE) == 1
    assert clashing(session) == []
    assert end_begun_clashes(session, EndBegunClashes(), NINE) == 0


def _held(session, unit, chief):
    held = keep(session, unit.id)

    def books():
        command = BookAppointment(held.hold_token, CAMILLE, "fr", str(uuid4()))
        return book_appointment(session, command, CitizenActor(), NOW, TOKENS).appointment_id

    return books


def _offered_instead(session, unit, chief):
    booked = book(session, unit.id, at(1))
    (offered,) = offer_instead(session, row(session, booked.appointment_id), [NINE], "", actor_of(chief), NOW)

    def books():
        accept_offer(session, AcceptOffer(booked.booking_id, offered.id), NOW)
        return offered.id

    return books


def _held_for_another_time(session, unit, chief):
    booked = book(session, unit.id, at(1))
    (offered,) = offer_instead(session, row(session, booked.appointment_id), [at(2)], "", actor_of(chief), NOW)
    decline_offer(session, DeclineOffer(booked.booking_id, offered.id), NOW)
    held = keep(session, unit.id, booking_id=booked.booking_id)

    def books():
        command = MoveAppointment(booked.booking_id, held.hold_token)
        move_appointment(session, command, citizen(booked), NOW, TOKENS)
        return held.appointment_id

    return books


@pytest.mark.parametrize("prepare", [_held, _offered_instead, _held_for_another_time])
def test_what_the_planning_took_away_while_it_was_held_is_raised_once_booked(
    session, unit, chief, martin, source, prepare
):
    books = prepare(session, unit, chief)
    for agent in (chief, martin):
        import_absence(session, source, agent, NINE, at(0.5))
    assert weigh_clashes(session, unit.id, NOW) == 0
    appointment_id = books()
    assert row(session, appointment_id).state == State.CONFIRMED
    assert clashing(session) == [appointment_id]
