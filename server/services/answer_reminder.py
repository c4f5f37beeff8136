from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentReminded
from models.events import unit_scope
from models.record import stamp
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict, NotFound
from models.rules.text_messages import Meaning, Purpose
from models.tables import Booking
from server.services._bookings import active_appointment, lock_booking
from server.services._notices import event_of
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.queue_text import QueueText, queue_text
from server.tokens import Tokens

# One segment each, of the characters of GSM 03.38 alone; they name neither us nor the appointment.
_WORDS = {
    ("coming", "fr"): "C'est noté, merci.",
    ("coming", "en"): "Noted, thank you.",
    ("changed", "fr"): "Ce rendez-vous a changé depuis notre message. Rien n'a été annulé : voyez la page de suivi.",
    ("changed", "en"): "This appointment has changed since our message. Nothing was cancelled: see its page.",
    ("too_late", "fr"): "Trop tard pour annuler par SMS. Appelez le {phone}.",
    ("too_late", "en"): "It is too late to cancel by text. Please call {phone}.",
    ("too_late_no_phone", "fr"): "Trop tard pour annuler par SMS. Appelez-nous.",
    ("too_late_no_phone", "en"): "It is too late to cancel by text. Please call us.",
}
_GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class AnswerReminder:
    """What somebody answered to the notice `notice_id`."""

    notice_id: UUID
    meaning: Meaning


def answer_reminder(session: Session, command: AnswerReminder, now: datetime, tokens: Tokens) -> bool:
    """Do what "1" (I am coming) and "2" (I cancel) mean after a reminder; other notices ask nothing.

    A cancellation follows the rules of the citizen's own page. When it is done, the notice about it says so; when it is
    not, a text says why. A discreet reminder has asked nothing: whoever answers may be somebody else.

    Returns:
        Whether the answer was one to a reminder.
    """
    event = event_of(session, command.notice_id)
    if event.name != AppointmentReminded.name or command.meaning not in (Meaning.ONE, Meaning.TWO):
        return False
    assert event.booking_id is not None
    try:
        booking = lock_booking(session, event.booking_id).booking
    except NotFound:
        # Erased: there is nobody to answer.
        return True
    if booking.discreet:
        return False
    active = active_appointment(session, booking.id)
    if active is None or active.id != event.appointment_id:
        _say(session, booking, "changed", now, tokens)
    elif command.meaning is Meaning.ONE:
        # The unit reads it with the reminder.
        stamp(session, unit_scope(booking.unit_id), f"appointment/{active.id}")
        _say(session, booking, "coming", now, tokens)
    else:
        _cancel(session, booking, now, tokens)
    return True


def _cancel(session: Session, booking: Booking, now: datetime, tokens: Tokens) -> None:
    try:
        cancel_booking(session, CancelBooking(booking.id), CitizenActor(booking_id=booking.id), now)
    except Conflict as refusal:
        phone = refusal.detail.get("phone")
        if refusal.code != "too_late":
            _say(session, booking, "changed", now, tokens)
        elif phone:
            _say(session, booking, "too_late", now, tokens, phone=phone)
        else:
            _say(session, booking, "too_late_no_phone", now, tokens)


def _say(session: Session, booking: Booking, words: str, now: datetime, tokens: Tokens, **values: Any) -> None:
    if not booking.phone:
        return
    body = _WORDS[words, booking.language].format(**values)
    answer = QueueText(uuid4(), Purpose.ANSWER, booking.phone, booking.language, now + _GOOD_FOR, body)
    queue_text(session, answer, now, tokens)
