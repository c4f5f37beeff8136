"""The calendar part of a citizen's mail: their appointment as an invitation, or its end."""

from __future__ import annotations

from urllib.parse import urlsplit

from models.appointment_events import (
    AppointmentApproved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from models.queries.appointment_delivery import AppointmentDelivery
from models.queries.competence import unit_facts
from models.rules.appointments import State
from push.email import parse_address
from push.messages import CalendarPart
from server.calendars.citizens import CitizenAppointment, for_citizen
from server.calendars.entries import Party
from server.calendars.writing import write_invitation
from server.context import Context

_CHANGES = (AppointmentBooked, AppointmentApproved, AppointmentMoved, AppointmentCancelled)


def says_a_change(delivery: AppointmentDelivery) -> bool:
    """Say whether a mail about this holds an invitation or its end.

    A discreet appointment has none: programs put an invitation into a calendar that others see, without a question. So
    has a cancellation after which the booking has another appointment, whose own mail says it.
    """
    cancelled = isinstance(delivery.event, AppointmentCancelled)
    return (
        isinstance(delivery.event, _CHANGES)
        and not delivery.booking.discreet
        and not (cancelled and delivery.has_another)
    )


def invitation_for(context: Context, delivery: AppointmentDelivery, address: str) -> CalendarPart | None:
    """The part that goes with the mail about a change; None where `says_a_change` is false."""
    if not says_a_change(delivery):
        return None
    entry = for_citizen(
        _said(delivery),
        host=urlsplit(context.settings.public_url).hostname or "localhost",
        # Whoever answers the mail reaches nobody either; the calendar asks for no answer.
        organizer=Party(parse_address(context.settings.mail_from).addr_spec),
        attendee=Party(address),
    )
    method, content = write_invitation(entry)
    return CalendarPart(method, content)


def _said(delivery: AppointmentDelivery) -> CitizenAppointment:
    appointment, booking = delivery.appointment, delivery.booking
    return CitizenAppointment(
        booking_id=booking.id,
        reference=booking.reference,
        language=booking.language,
        discreet=booking.discreet,
        state=State(appointment.state),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        place_kind=appointment.place_kind,
        place_name=appointment.place_name,
        address=booking.address,
        unit=unit_facts(delivery.unit),
        sequence=delivery.changes.sequence,
        changed_at=delivery.changes.changed_at,
    )
