"""What a citizen is told of their appointment: from a delivery to the people, the facts and the link."""

from __future__ import annotations

from datetime import datetime

from models.appointment_events import AppointmentCancelled, AppointmentOffered
from models.queries.appointment_delivery import AppointmentDelivery
from models.rules.appointments import State
from models.tables import Appointment
from push.appointment_audience import AppointmentSituation, appointment_audience
from push.appointment_messages import AppointmentFacts, compose_appointment
from push.audience import Recipient
from push.messages import Message
from server.context import Context


def recipients_of(delivery: AppointmentDelivery, now: datetime) -> tuple[Recipient, ...]:
    """Say who must hear of it now."""
    appointment, booking = delivery.appointment, delivery.booking
    situation = AppointmentSituation(
        state=State(appointment.state),
        erased=booking.erased_at is not None,
        offer_stands=_stands(appointment, now),
        has_another=delivery.has_another,
        email=booking.email,
    )
    return appointment_audience(delivery.event, situation)


def compose_for(context: Context, delivery: AppointmentDelivery, now: datetime) -> Message:
    """Write the message in the booking's language."""
    return compose_appointment(delivery.event, _facts(context, delivery, now), delivery.booking.language)


def _facts(context: Context, delivery: AppointmentDelivery, now: datetime) -> AppointmentFacts:
    appointment, booking, unit, event = delivery.appointment, delivery.booking, delivery.unit, delivery.event
    offers = _offers(delivery, now)
    english = booking.language == "en"
    return AppointmentFacts(
        reference=booking.reference,
        unit_name=unit.name,
        unit_phone=unit.phone_as_printed or None,
        unit_address=" ".join(f"{unit.address}, {unit.postcode} {unit.commune_name}".split()).strip(", "),
        time_zone=unit.time_zone,
        starts_at=appointment.starts_at,
        requested=appointment.state == State.REQUESTED,
        place_kind=appointment.place_kind,
        place_name=appointment.place_name,
        address=booking.address,
        papers=delivery.reason.papers_en if english else delivery.reason.papers_fr,
        word=(event.word if isinstance(event, AppointmentCancelled) else appointment.word) or "",
        by=event.by if isinstance(event, AppointmentCancelled) else "",
        closed=booking.ended_at is not None,
        offers=[one.starts_at for one in offers],
        offers_until=min((one.held_until for one in offers if one.held_until is not None), default=None),
        discreet=booking.discreet,
        new_booking_url=context.settings.public_url + ("/en/" if english else "/"),
        follow_url=_follow_url(context, delivery),
    )


def _offers(delivery: AppointmentDelivery, now: datetime) -> list[Appointment]:
    if isinstance(delivery.event, AppointmentOffered):
        return [delivery.appointment]
    return [one for one in delivery.offers if _stands(one, now)]


def _stands(one: Appointment, now: datetime) -> bool:
    return one.state == State.HELD and one.offer is not None and one.held_until is not None and one.held_until > now


def _follow_url(context: Context, delivery: AppointmentDelivery) -> str:
    booking = delivery.booking
    entrance = f"{context.settings.public_url}/{'en/follow' if booking.language == 'en' else 'suivi'}"
    if booking.discreet:
        # Somebody else may read this mailbox: only whoever has noted the reference and the code comes in.
        return entrance
    return f"{entrance}/{context.tokens.follow_token(booking.id, booking.follow_generation)}"
