"""What "1" and "2" do after a reminder, and what they do not after anything else."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from models.appointment_events import AppointmentReminded
from models.record import record
from models.rules.actor import Role
from models.rules.appointments import State
from models.rules.text_messages import Purpose
from models.tables import Booking, Event, FeedEntry, TextMessage
from push.sms.segments import Alphabet, weigh
from server.services import answer_reminder as answers
from server.services.act_on_answer import act_on_answer
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.queue_text import QueueText, queue_text
from server.services.receive_text import ReceiveText, receive_text
from server.services.settle_text import SettleText, settle_text
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen, row
from tests.support.seed import NOW, TOKENS, seed_agent, seed_territory

PHONE = "+33639980012"
IN_TIME, TOO_LATE = NINE - timedelta(hours=47), NINE - timedelta(hours=1)


@pytest.fixture
def unit(session):
    unit = seed_territory(session)
    for reason in ("neighbours", "domestic_violence"):
        change_reason(session, reason, notice_minutes=0)
    chief = seed_agent(session, unit, Role.GENDARME, Role.CHIEF)
    seed_windows(session, chief, NINE, at(4))
    seed_windows(session, chief, at(24), at(28))
    return unit


@pytest.fixture
def booked(session, unit):
    return book(session, unit.id, phone=PHONE)


def tell(session, booked, event_id, now):
    """Text what an event is about, as the jobs do."""
    _, notice_id = claim_notice(session, ClaimNotice(event_id, "sms", "citizen"), now)
    command = QueueText(notice_id, Purpose.NOTICE, PHONE, "fr", now + timedelta(hours=1), "Gardé.", notice_id)
    queue_text(session, command, now, TOKENS)
    settle_text(session, SettleText(notice_id, "twilio", f"SM-{notice_id}"), now)
    session.flush()
    return notice_id


def remind(session, booked, now=IN_TIME):
    appointment = row(session, booked.appointment_id)
    event = AppointmentReminded(
        at=now,
        unit_id=appointment.unit_id,
        booking_id=booked.booking_id,
        appointment_id=appointment.id,
        ahead="two_days",
    )
    return tell(session, booked, record(session, event), now)


def answer(session, body, now=IN_TIME, provider_id=None):
    command = ReceiveText("twilio", provider_id or str(uuid4()), PHONE, body)
    received = receive_text(session, command, now, TOKENS)
    if received is not None:
        act_on_answer(session, received, now, TOKENS)
    session.flush()


def said(session):
    """What was answered to the answer."""
    return session.scalars(select(TextMessage.body).where(TextMessage.purpose == Purpose.ANSWER)).all()


def is_not_understood(session):
    """Whether somebody was told that nobody was asked."""
    return session.scalar(select(TextMessage.state).where(TextMessage.purpose == Purpose.NOT_UNDERSTOOD)) == "queued"


def state(session, booked):
    return row(session, booked.appointment_id).state


def version(session, booked):
    session.flush()
    document = f"appointment/{booked.appointment_id}"
    return session.scalar(select(FeedEntry.version).where(FeedEntry.document == document))


def test_one_is_a_promise_that_the_unit_reads(session, booked):
    remind(session, booked)
    before = version(session, booked)
    session.info.clear()
    answer(session, " 1 !")
    assert state(session, booked) == State.CONFIRMED
    assert said(session) == ["C'est noté, merci."]
    assert version(session, booked) > before


def test_two_cancels_and_the_notice_about_it_says_so(session, booked):
    remind(session, booked)
    answer(session, "2", provider_id="SM1")
    # The provider calls twice.
    answer(session, "2", provider_id="SM1")
    assert state(session, booked) == State.CANCELLED
    assert said(session) == []
    event = session.scalars(select(Event).where(Event.name == "appointment_cancelled")).one()
    assert event.data["by"] == "citizen"
    jobs = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver' AND args->>'event_id' = :id"),
        {"id": str(event.id)},
    )
    assert jobs == 1


def test_two_after_the_term_says_whom_to_call(session, unit, booked):
    remind(session, booked)
    answer(session, "2", TOO_LATE)
    assert state(session, booked) == State.CONFIRMED
    assert said(session) == ["Trop tard pour annuler par SMS. Appelez le 04 65 71 00 12."]


@pytest.mark.parametrize("what", ["moved", "cancelled"])
@pytest.mark.parametrize("body", ["1", "2"])
def test_an_answer_about_a_time_that_is_no_longer_theirs_changes_nothing(session, unit, booked, body, what):
    remind(session, booked)
    if what == "moved":
        held = hold_slot(session, HoldSlot(unit.id, "neighbours", at(24), booking_id=booked.booking_id), NOW, TOKENS)
        move_appointment(session, MoveAppointment(booked.booking_id, held.hold_token), citizen(booked), NOW, TOKENS)
    else:
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)
    answer(session, body)
    (sentence,) = said(session)
    assert "Rien n'a été annulé" in sentence
    if what == "moved":
        assert row(session, held.appointment_id).state == State.CONFIRMED


def test_another_notice_after_the_reminder_takes_no_answer_from_it(session, booked):
    remind(session, booked)
    confirmation = session.scalars(select(Event.id).where(Event.name == "appointment_booked")).one()
    tell(session, booked, confirmation, IN_TIME + timedelta(minutes=1))
    answer(session, "2", IN_TIME + timedelta(minutes=2))
    assert state(session, booked) == State.CANCELLED


def test_two_when_no_reminder_was_sent_cancels_nothing_and_is_answered(session, booked):
    confirmation = session.scalars(select(Event.id).where(Event.name == "appointment_booked")).one()
    tell(session, booked, confirmation, IN_TIME)
    answer(session, "2", IN_TIME + timedelta(minutes=1))
    assert state(session, booked) == State.CONFIRMED
    assert said(session) == []
    assert is_not_understood(session)


def test_our_own_answer_is_not_what_the_next_one_is_about(session, booked):
    remind(session, booked)
    answer(session, "1")
    session.execute(
        update(TextMessage)
        .where(TextMessage.purpose == Purpose.ANSWER)
        .values(state="sent", phone=None, body=None, created_at=IN_TIME + timedelta(seconds=1))
    )
    answer(session, "2", IN_TIME + timedelta(minutes=1))
    assert state(session, booked) == State.CANCELLED


def test_a_discreet_reminder_has_asked_nothing(session, unit):
    booked = book(session, unit.id, reason="domestic_violence", phone=PHONE)
    remind(session, booked)
    answer(session, "2")
    assert state(session, booked) == State.CONFIRMED
    assert said(session) == []
    assert is_not_understood(session)


def test_an_erased_booking_has_nobody_to_answer(session, booked):
    remind(session, booked)
    session.execute(update(Booking).values(erased_at=NOW, phone=None))
    answer(session, "2")
    assert said(session) == []


@pytest.mark.parametrize(("which", "words"), list(answers._WORDS.items()))
def test_each_answer_is_one_segment(which, words):
    weighed = weigh(words.format(phone="+33 4 65 71 00 12"))
    assert weighed.alphabet is Alphabet.GSM_7
    assert len(weighed.segments) == 1
