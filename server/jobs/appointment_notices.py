"""What a citizen is told of their appointment: from a delivery to the people, the facts and the link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.appointment_events import AppointmentCancelled, AppointmentOffered
from models.queries.appointment_delivery import AppointmentDelivery
from models.queries.competence import unit_facts
from models.rules.appointments import State
from models.rules.booking import change_until
from models.tables import Appointment
from push.appointment_audience import AppointmentSituation, appointment_audience
from push.appointment_messages import AppointmentFacts, compose_appointment
from push.messages import Message
from push.short_words import ShortWords, short_appointment
from push.ways import Recipient, Ways
from server.context import Context
from server.jobs.citizen_invitations import invitation_for
from server.jobs.follow_links import cancelling_url, coming_url, follow_url


def recipients_of(delivery: AppointmentDelivery, ways: Ways, now: datetime) -> tuple[Recipient, ...]:
    """Say who must hear of it now, over which ways."""
    appointment, booking = delivery.appointment, delivery.booking
    situation = AppointmentSituation(
        state=State(appointment.state),
        erased=booking.erased_at is not None,
        offer_stands=_stands(appointment, now),
        has_another=delivery.has_another,
        until_start=appointment.starts_at - now,
        ways=ways,
    )
    return appointment_audience(delivery.event, situation)


def compose_for(context: Context, delivery: AppointmentDelivery, address: str, now: datetime) -> Message:
    """Write the mail to `address` in the booking's language, with the appointment for the calendar."""
    message = compose_appointment(delivery.event, _facts(context, delivery, now), delivery.booking.language)
    return replace(message, calendar=invitation_for(context, delivery, address))


def short_for(context: Context, delivery: AppointmentDelivery, now: datetime) -> ShortWords:
    """Write what a push and a text message say."""
    return short_appointment(delivery.event, _facts(context, delivery, now), delivery.booking.language)


def _facts(context: Context, delivery: AppointmentDelivery, now: datetime) -> AppointmentFacts:
    appointment, booking, unit, event = delivery.appointment, delivery.booking, delivery.unit, delivery.event
    offers = _offers(delivery, now)
    english = booking.language == "en"
    return AppointmentFacts(
        reference=booking.reference,
        unit_name=unit.name,
        unit_phone=unit.phone_as_printed or None,
        unit_address=", ".join(unit_facts(unit).address_lines),
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
        follow_url=follow_url(context, booking),
        coming_url=coming_url(context, booking),
        cancelling_url=cancelling_url(context, booking) if _may_cancel(delivery, now) else "",
    )


def _may_cancel(delivery: AppointmentDelivery, now: datetime) -> bool:
    notice = timedelta(minutes=delivery.reason.change_notice_minutes)
    return now <= change_until(delivery.appointment.starts_at, notice)


def _offers(delivery: AppointmentDelivery, now: datetime) -> list[Appointment]:
    if isinstance(delivery.event, AppointmentOffered):
        return [delivery.appointment]
    return [one for one in delivery.offers if _stands(one, now)]


def _stands(one: Appointment, now: datetime) -> bool:
    return one.state == State.HELD and one.offer is not None and one.held_until is not None and one.held_until > now
