"""Reminders and the question how it was: recorded once each, of what is true when they are due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.appointment_events import AppointmentBooked, AppointmentOpinionAsked, AppointmentReminded
from models.events import RequestOpinionAsked
from models.rules.actor import Role
from models.rules.appointments import Outcome
from models.rules.request_lifecycle import Outcome as RequestOutcome
from models.tables import Booking, ContactRequest, Event, Unit
from server.jobs.bookings import ask, remind
from server.jobs.deliver import deliver
from server.services.accept_request import AcceptRequest, accept_request
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.close_request import CloseRequest, close_request
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.settle_outcomes import SettleOutcomes, settle_outcomes
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, send_request
from tests.unit.push.test_messages import plain

TWO_DAYS_BEFORE, TWO_HOURS_BEFORE = NINE - timedelta(hours=48), NINE - timedelta(hours=2)


@pytest.fixture
def chief(context, database):
    with database.transaction() as session:
        for reason in ("neighbours", "domestic_violence"):
            change_reason(session, reason, notice_minutes=0)
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        seed_windows(session, chief, at(24), at(28))
    return chief


def booked(database, chief, starts_at=NINE, **more):
    with database.transaction() as session:
        return book(session, chief.unit_id, starts_at, **more)


def reminded(database):
    """Which reminders have been recorded, of which appointments."""
    return events(database, AppointmentReminded, lambda one: (one.appointment_id, one.data["ahead"]))


def events(database, kind, what=lambda one: one.id):
    with database.transaction() as session:
        return [what(one) for one in session.scalars(select(Event).where(Event.name == kind.name).order_by(Event.id))]


def look(clock, now):
    clock.now = now
    remind(timestamp=0)


def test_each_reminder_is_sent_once_when_it_is_due(database, relay, clock, chief):
    one = booked(database, chief)
    for now in (NOW, TWO_DAYS_BEFORE - timedelta(minutes=1)):
        look(clock, now)
    assert reminded(database) == []
    for minutes in range(3):
        look(clock, TWO_DAYS_BEFORE + timedelta(minutes=minutes))
    assert reminded(database) == [(one.appointment_id, "two_days")]
    for minutes in range(3):
        look(clock, TWO_HOURS_BEFORE + timedelta(minutes=minutes))
    assert reminded(database) == [(one.appointment_id, "two_days"), (one.appointment_id, "two_hours")]
    # The first one waited too long: the second says it.
    for event_id in events(database, AppointmentReminded):
        deliver(event_id=event_id)
    (mail,) = relay.messages
    assert plain(mail["Subject"]) == "Rappel : votre rendez-vous, mardi 1er décembre à 9 h"
    body = plain(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")
    assert f"Je viens\nhttps://rdv.example.org/suivi/{one.follow_token}/je-viens\n" in body
    # The term to cancel is over.
    assert "J’annule" not in body
    assert (
        "Il est trop tard pour annuler en ligne. Appelez la brigade de gendarmerie de Belley au 04 65 71 00 12." in body
    )
    # Nobody has to get it, which the button of their mail program says.
    assert mail["List-Unsubscribe"] == f"<https://rdv.example.org/suivi/{one.follow_token}/desabonnement>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("language", "pages"), [("fr", ["je-viens", "annuler"]), ("en", ["coming", "withdraw"])])
def test_the_first_reminder_leads_to_both_answers(database, relay, clock, chief, language, pages):
    one = booked(database, chief, language=language)
    look(clock, TWO_DAYS_BEFORE)
    deliver(event_id=events(database, AppointmentReminded)[0])
    (mail,) = relay.messages
    entrance = f"https://rdv.example.org/{'en/follow' if language == 'en' else 'suivi'}/{one.follow_token}"
    for kind in ("plain", "html"):
        content = mail.get_body((kind,)).get_content()
        assert all(f"{entrance}/{page}" in content for page in pages)


def test_what_must_be_known_and_what_is_discreet_has_no_button_to_stop_it(database, relay, clock, chief):
    booked(database, chief)
    booked(database, chief, at(2), reason="domestic_violence")
    for now in (NOW, TWO_HOURS_BEFORE, at(2) - timedelta(hours=2)):
        look(clock, now)
        for event_id in events(database, AppointmentBooked) + events(database, AppointmentReminded):
            deliver(event_id=event_id)
    found = {str(mail["Subject"]).partition(",")[0]: mail["List-Unsubscribe"] is not None for mail in relay.messages}
    assert found == {"Votre rendez-vous": False, "Rappel : votre rendez-vous": True, "Vous avez un message": False}


def test_a_clock_that_jumps_ahead_and_back_reminds_once_of_what_is_left(database, clock, chief):
    one = booked(database, chief)
    for now in (TWO_HOURS_BEFORE + timedelta(hours=1), TWO_DAYS_BEFORE, TWO_HOURS_BEFORE, NINE, TWO_DAYS_BEFORE):
        look(clock, now)
    assert sorted(reminded(database)) == sorted([(one.appointment_id, "two_hours"), (one.appointment_id, "two_days")])
    assert len(reminded(database)) == 2


def test_one_made_thirty_hours_before_gets_the_second_one_alone(database, clock, chief):
    one = booked(database, chief, now=NINE - timedelta(hours=30))
    for hours in (30, 29, 3, 2):
        look(clock, NINE - timedelta(hours=hours))
    assert reminded(database) == [(one.appointment_id, "two_hours")]


def test_nobody_is_reminded_of_a_time_that_is_no_longer_theirs(database, relay, clock, chief):
    moved, cancelled = booked(database, chief), booked(database, chief, at(1))
    with database.transaction() as session:
        held = hold_slot(
            session, HoldSlot(chief.unit_id, "neighbours", at(24), booking_id=moved.booking_id), NOW, TOKENS
        )
        move_appointment(session, MoveAppointment(moved.booking_id, held.hold_token), citizen(moved), NOW, TOKENS)
        cancel_booking(session, CancelBooking(cancelled.booking_id), citizen(cancelled), NOW)
    look(clock, TWO_DAYS_BEFORE)
    assert reminded(database) == []
    for now in (at(24) - timedelta(hours=48), TWO_HOURS_BEFORE):
        look(clock, now)
    assert reminded(database) == [(held.appointment_id, "two_days")]
    # Cancelled between the look and the sending.
    with database.transaction() as session:
        cancel_booking(session, CancelBooking(moved.booking_id), citizen(moved), clock.now)
    for event_id in events(database, AppointmentReminded):
        deliver(event_id=event_id)
    assert relay.messages == []


def test_one_that_waits_for_approval_is_reminded_of_from_its_approval_on(database, clock, chief):
    with database.transaction() as session:
        change_reason(session, "neighbours", needs_approval=True)
    one = booked(database, chief)
    look(clock, TWO_DAYS_BEFORE)
    with database.transaction() as session:
        approve_appointment(
            session, ApproveAppointment(one.appointment_id), actor_of(chief), NINE - timedelta(hours=40)
        )
    look(clock, NINE - timedelta(hours=39))
    assert reminded(database) == []
    look(clock, TWO_HOURS_BEFORE)
    assert reminded(database) == [(one.appointment_id, "two_hours")]


def honour(database, chief, one, now):
    with database.transaction() as session:
        set_outcome(session, SetOutcome(one.appointment_id, Outcome.HONOURED), actor_of(chief), now)


def asked(database, clock, now):
    """Whom the hourly look at `now` has asked, all in all."""
    clock.now = now
    ask(timestamp=0)
    of_bookings = events(database, AppointmentOpinionAsked, lambda one: one.booking_id)
    return of_bookings + events(database, RequestOpinionAsked, lambda one: one.request_id)


def test_who_came_is_asked_once_on_the_day_after(database, relay, clock, chief):
    one = booked(database, chief)
    honour(database, chief, one, at(1))
    assert asked(database, clock, at(24)) == []
    for hours in (25, 26, 80):
        assert asked(database, clock, at(hours)) == [one.booking_id]
    deliver(event_id=events(database, AppointmentOpinionAsked)[0])
    (mail,) = relay.messages
    assert plain(mail["Subject"]) == "Votre rendez-vous : comment cela s’est-il passé ?"


def test_who_is_not_asked_about_an_appointment(database, clock, chief):
    late, silent, unsaid = (booked(database, chief, at(hours)) for hours in (0, 0.5, 1))
    discreet = booked(database, chief, at(2), reason="domestic_violence")
    for one in (late, discreet, silent):
        honour(database, chief, one, at(4))
    with database.transaction() as session:
        session.execute(update(Booking).where(Booking.id == silent.booking_id).values(told_by="nothing"))
        # Nobody has said that this one took place.
        assert settle_outcomes(session, SettleOutcomes(), at(24 * 8)) == 1
    assert asked(database, clock, at(30)) == [late.booking_id]
    assert asked(database, clock, at(24 * 10)) == [late.booking_id]
    assert unsaid.booking_id not in asked(database, clock, at(24 * 9 + 1))


@pytest.mark.parametrize(
    ("outcome", "changes", "is_asked"),
    [
        (RequestOutcome.HANDLED, {}, True),
        (RequestOutcome.REDIRECTED, {}, True),
        (RequestOutcome.APPOINTMENT, {}, False),
        (RequestOutcome.UNREACHABLE, {}, False),
        (RequestOutcome.MISTAKE, {}, False),
        (RequestOutcome.HANDLED, {"reason_code": "domestic_violence"}, False),
        (RequestOutcome.HANDLED, {"told_by": "nothing"}, False),
    ],
)
def test_who_is_asked_about_a_request(database, relay, clock, chief, outcome, changes, is_asked):
    with database.transaction() as session:
        created = send_request(session, **{name: value for name, value in changes.items() if name != "told_by"})
        session.execute(update(ContactRequest).values(told_by=changes.get("told_by")))
        accept_request(session, AcceptRequest(created.request_id), actor_of(chief), NOW)
        close_request(session, CloseRequest(created.request_id, outcome), actor_of(chief), NOW)
    assert asked(database, clock, NOW + timedelta(hours=23)) == []
    for hours in (24, 25):
        found = asked(database, clock, NOW + timedelta(hours=hours))
        assert found == ([created.request_id] if is_asked else [])
    for event_id in events(database, RequestOpinionAsked):
        deliver(event_id=event_id)
    assert len(relay.messages) == int(is_asked)
