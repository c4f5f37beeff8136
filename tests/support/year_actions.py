"""What citizens and gendarmes do in a year, each through the service that their screen calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select

from models.queries.slots import find_slots
from models.rules.actor import CitizenActor
from models.rules.appointments import BOOKED, Outcome, State
from models.rules.booking import BookingDetails
from models.tables import Absence, Appointment, AppointmentAgent, Booking
from server.services._bookings import BookingActor
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.cancel_appointment import CancelAppointment, cancel_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.decline_offer import DeclineOffer, decline_offer
from server.services.hold_slot import Held, HoldSlot, hold_slot
from server.services.leave_appointment import LeaveAppointment, leave_appointment
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.propose_times import ProposeTimes, propose_times
from server.services.release_hold import ReleaseHold, release_hold
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.start_intervention import StartIntervention, start_intervention
from server.services.swap_appointments import SwapAppointments, swap_appointments
from server.services.take_appointment import TakeAppointment, take_appointment
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.bookings import CAMILLE
from tests.support.seed import TOKENS
from tests.support.year import PARIS, Year

REASONS = ("complaint", "complaint", "neighbours", "road", "other", "fraud", "case_follow_up", "domestic_violence",
           "sexual_violence")  # fmt: skip
# Two gendarmes must receive; both are sure from the moment the time is held.
FOR_TWO = "sexual_violence"
IS_BOOKED = Appointment.state.in_(BOOKED)


def hold(year: Year, booking: Booking | None = None, near: bool = True) -> Held | None:
    """Hold one of the starts that a search shows; now and then one that was shown long ago."""
    reason = booking.reason_code if booking else year.draw.choice(REASONS)
    today = year.now.astimezone(PARIS).date()
    first = today + timedelta(days=year.draw.randrange(0, 6 if near else 30))
    with year.database.transaction() as session:
        found = find_slots(session, year.unit_id, reason, first, first + timedelta(days=4), year.now)
    if not found:
        return None
    start = year.draw.choice(found[:12]).starts_at
    comes_back = booking is None and year.stale and year.draw.random() < 0.15
    if comes_back:
        # Somebody comes back to a page that has lain open for days.
        reason, start = year.draw.choice(year.stale[-20:])
    year.stale.append((reason, start))
    command = HoldSlot(year.unit_id, reason, start, booking.id if booking else None)
    held = year.attempt("held", lambda session: hold_slot(session, command, year.now, TOKENS))
    assert held or comes_back, f"{reason} at {start} was shown a moment ago and cannot be had"
    if held and reason == FOR_TWO:
        assert len(receivers(year, held.appointment_id)) == 2
        year.done["two held"] += 1
    return held


def receivers(year: Year, appointment_id: UUID) -> set[int]:
    with year.database.transaction() as session:
        query = select(AppointmentAgent.agent_id).where(AppointmentAgent.appointment_id == appointment_id)
        return set(session.scalars(query))


def book(year: Year, actor: BookingActor | None = None, minutes: float = 3) -> UUID | None:
    held = hold(year, near=year.draw.random() < 0.8)
    if held is None:
        return None
    year.pass_time(minutes)
    # One citizen in twenty is known already; a second appointment in a month needs a proof, or a gendarme who books.
    email = "known@example.org" if year.draw.random() < 0.05 else f"{uuid4()}@example.org"
    who: BookingDetails = replace(CAMILLE, phone="", email=email)
    command = BookAppointment(held.hold_token, who, year.draw.choice(["fr", "en"]), str(uuid4()))
    booked = year.attempt(
        "booked" if actor is None else "booked by a gendarme",
        lambda session: book_appointment(session, command, actor or CitizenActor(), year.now, TOKENS),
    )
    if booked and year.draw.random() < 0.2:
        year.attempt("waits", lambda session: want_earlier(session, WantEarlier(booked.booking_id, True), year.now))
    return booked.appointment_id if booked else None


def call_the_unit(year: Year) -> None:
    book(year, year.gendarme())


def dawdle(year: Year) -> None:
    """Take longer than the ten minutes: what was held is somebody else's again."""
    assert book(year, minutes=11) is None


def give_up(year: Year) -> None:
    """Hold a time and never come back, or go back to the list of times."""
    held = hold(year)
    if held and year.draw.random() < 0.5:
        command = ReleaseHold(held.hold_token)
        year.attempt("let go", lambda session: release_hold(session, command, year.now, TOKENS))


def booking_to_come(year: Year) -> Booking | None:
    appointment = year.pick(IS_BOOKED, Appointment.starts_at > year.now)
    if appointment is None:
        return None
    with year.database.transaction() as session:
        return session.get_one(Booking, appointment.booking_id)


def move(year: Year) -> None:
    booking = booking_to_come(year)
    held = hold(year, booking) if booking else None
    if booking and held:
        command, who = MoveAppointment(booking.id, held.hold_token), CitizenActor(booking_id=booking.id)
        year.attempt("moved", lambda session: move_appointment(session, command, who, year.now, TOKENS))


def cancel(year: Year) -> None:
    if booking := booking_to_come(year):
        who = CitizenActor(booking_id=booking.id)
        command = CancelBooking(booking.id, "Un empêchement.")
        year.attempt("cancelled by the citizen", lambda session: cancel_booking(session, command, who, year.now))


def answer_offers(year: Year) -> None:
    """Half of those who were offered something say yes to one, some say no, the others let the time run out."""
    for offer in year.all_of(Appointment.state == State.HELD, Appointment.offer.is_not(None)):
        assert offer.booking_id is not None
        accept = AcceptOffer(offer.booking_id, offer.id)
        decline = DeclineOffer(offer.booking_id, offer.id)
        luck = year.draw.random()
        if luck < 0.4:
            name = f"accepted {offer.offer}"
            year.attempt(name, lambda session, command=accept: accept_offer(session, command, year.now))
        elif luck < 0.6:
            year.attempt("declined", lambda session, command=decline: decline_offer(session, command, year.now))


def take(year: Year) -> None:
    if appointment := year.pick(IS_BOOKED, Appointment.starts_at > year.now):
        actor, command = year.gendarme(), TakeAppointment(appointment.id)
        year.attempt("taken", lambda session: take_appointment(session, command, actor, year.now))


def leave(year: Year) -> None:
    """Somebody gives one of theirs back."""
    named = _named_to_come(year)
    if named:
        agent_id, appointment_id = year.draw.choice(named)
        actor = year.person(agent_id)
        command = LeaveAppointment(appointment_id)
        year.attempt("left", lambda session: leave_appointment(session, command, actor, year.now))


def swap(year: Year) -> None:
    named = _named_to_come(year)
    if len(named) > 1:
        (agent_id, one), (_, other) = year.draw.sample(named, 2)
        actor = year.person(agent_id)
        command = SwapAppointments(one, other)
        year.attempt("swapped", lambda session: swap_appointments(session, command, actor, year.now))


def _named_to_come(year: Year) -> list[tuple[int, UUID]]:
    query = (
        select(AppointmentAgent.agent_id, Appointment.id)
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .where(IS_BOOKED, Appointment.starts_at > year.now)
        .order_by(Appointment.starts_at, AppointmentAgent.agent_id)
    )
    with year.database.transaction() as session:
        return [tuple(row) for row in session.execute(query)]


def assign(year: Year) -> None:
    """The chief names who receives, as many as it needs."""
    if appointment := year.pick(IS_BOOKED, Appointment.starts_at > year.now):
        names = year.draw.sample(year.gendarmes, appointment.agents_needed)
        command = AssignAppointment(appointment.id, tuple(one.agent_id for one in names))
        year.attempt("assigned", lambda session: assign_appointment(session, command, year.chief, year.now))


def decide(year: Year) -> None:
    """The chief goes through what waits for approval: yes mostly, at times other times, at times nothing."""
    for appointment in year.all_of(Appointment.state == State.REQUESTED, Appointment.starts_at > year.now):
        luck = year.draw.random()
        if luck < 0.5:
            approve = ApproveAppointment(appointment.id)
            year.attempt(
                "approved", lambda session, command=approve: approve_appointment(session, command, year.chief, year.now)
            )
        elif luck < 0.65:
            propose(year, appointment)


def propose_others(year: Year) -> None:
    if appointment := year.pick(IS_BOOKED, Appointment.starts_at > year.now):
        propose(year, appointment)


def propose(year: Year, appointment: Appointment) -> None:
    today = year.now.astimezone(PARIS).date()
    week = today, today + timedelta(days=7)
    with year.database.transaction() as session:
        found = find_slots(session, year.unit_id, appointment.reason_code, *week, year.now)
    starts = [slot.starts_at for slot in found if slot.starts_at != appointment.starts_at]
    if starts:
        command = ProposeTimes(appointment.id, tuple(year.draw.sample(starts, min(2, len(starts)))), "Autre horaire ?")
        year.attempt("proposed", lambda session: propose_times(session, command, year.chief, year.now))


def cancel_by_unit(year: Year) -> None:
    if appointment := year.pick(IS_BOOKED, Appointment.starts_at > year.now):
        command = CancelAppointment(appointment.id, "Brigade fermée ce jour-là.")
        year.attempt(
            "cancelled by the unit", lambda session: cancel_appointment(session, command, year.chief, year.now)
        )


def be_absent(year: Year) -> None:
    """A day of leave or a week of illness, declared a few days before or on the day itself."""
    starts_at = year.now + timedelta(days=year.draw.randrange(0, 12), hours=1)
    ends_at = starts_at + timedelta(hours=year.draw.choice([4, 24, 120]))
    actor, command = year.gendarme(), DeclareAbsence(uuid4(), starts_at, ends_at)
    year.attempt("absent", lambda session: declare_absence(session, command, actor, year.now))


def be_back(year: Year) -> None:
    with year.database.transaction() as session:
        to_come = select(Absence).where(Absence.cancelled_at.is_(None), Absence.declared_at > year.now - MONTH)
        absences = list(session.scalars(to_come.order_by(Absence.declared_at)))
    if absences:
        command = CancelAbsence(year.draw.choice(absences).id)
        year.attempt("back", lambda session: cancel_absence(session, command, year.chief, year.now))


def leave_at_once(year: Year) -> None:
    """Somebody who is to receive today is called away; what no colleague has taken then is given up in time."""
    ends = year.now + timedelta(hours=10)
    soon = {one.id: one for one in year.all_of(IS_BOOKED, Appointment.starts_at.between(year.now, ends))}
    named = [(agent_id, soon[one]) for agent_id, one in _named_to_come(year) if one in soon]
    if named:
        # Where two must receive, one alone cannot; that is rare enough to be sought.
        agent_id, appointment = max(named, key=lambda one: one[1].agents_needed)
        actor = year.person(agent_id)
        command = StartIntervention(uuid4(), ends)
        away = year.attempt("called away", lambda session: start_intervention(session, command, actor, year.now))
        if away is not None:
            assert agent_id not in receivers(year, appointment.id)
            year.done["released"] += 1
        year.now = max(year.now + timedelta(minutes=11), appointment.starts_at - timedelta(minutes=14))
        year.upkeep()


def say_outcomes(year: Year) -> None:
    """In the evening: who came, who did not, and what nobody thought of saying."""
    for appointment in year.all_of(Appointment.state == State.CONFIRMED, Appointment.ends_at <= year.now):
        luck, actor = year.draw.random(), year.gendarme()
        if luck < 0.12 or appointment.ends_at < year.now - timedelta(days=1):
            continue
        outcome = Outcome.NO_SHOW if luck < 0.25 else Outcome.HONOURED
        said = [outcome, Outcome.HONOURED] if luck < 0.15 else [outcome]
        for word in said:
            command = SetOutcome(appointment.id, word)
            year.attempt(word, partial(set_outcome, command=command, actor=actor, now=year.now))
        if len(said) > 1:
            year.corrected.add(appointment.id)


MONTH = timedelta(days=30)
Action = Callable[[Year], object]
# With how often each is drawn, compared to the others.
CITIZENS: dict[Action, int] = {book: 12, call_the_unit: 3, dawdle: 1, give_up: 2, move: 3, cancel: 2}
GENDARMES: dict[Action, int] = {
    take: 14, leave: 2, swap: 3, assign: 3, propose_others: 1, cancel_by_unit: 1, be_absent: 3, be_back: 1,
    leave_at_once: 5,
}  # fmt: skip


def act(year: Year, actions: dict[Action, int]) -> None:
    (action,) = year.draw.choices(list(actions), list(actions.values()))
    action(year)
    year.pass_time(1)
