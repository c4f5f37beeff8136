"""Who must hear of what happens to an appointment, outside the terminals. Pure, as `push.audience`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from models.appointment_events import (
    AppointmentApproved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentLate,
    AppointmentMoved,
    AppointmentOffered,
    AppointmentOpinionAsked,
    AppointmentReminded,
)
from models.rules.appointments import BOOKED, EndedBy, Offer, State
from models.rules.reminders import Ahead, still_helps
from push.ways import Recipient, Ways, in_order


@dataclass(frozen=True, kw_only=True)
class AppointmentSituation:
    """What is true of the appointment when the notice is about to leave, which may be hours after the event.

    Args:
        offer_stands: it is held for them and they can still answer.
        has_another: their booking has an appointment again, whatever became of this one.
        until_start: how long it is until it begins; negative once it has begun.
    """

    state: State
    erased: bool
    offer_stands: bool
    has_another: bool
    until_start: timedelta
    ways: Ways


def appointment_audience(event: AppointmentEvent, situation: AppointmentSituation) -> tuple[Recipient, ...]:
    """Say who must hear of `event` now.

    Returns:
        As `push.audience.audience`.
    """
    still_true = _STILL_TRUE.get(type(event))
    if still_true is None or situation.erased or not still_true(event, situation):
        return ()
    return in_order(situation.ways)


def _still_booked(_event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    return situation.state in BOOKED


def _still_confirmed(_event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    return situation.state is State.CONFIRMED


def _still_requested(_event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    return situation.state is State.REQUESTED


def _still_ahead(event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    # One that waited until the next one is due would only say the same thing twice in a row.
    assert isinstance(event, AppointmentReminded)
    return situation.state is State.CONFIRMED and still_helps(Ahead(event.ahead), situation.until_start)


def _still_honoured(_event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    return situation.state is State.HONOURED


def _still_offered(event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    # What the unit offers instead is in the message that says what it had to give up.
    assert isinstance(event, AppointmentOffered)
    return event.offer == Offer.EARLIER and situation.offer_stands


def _still_without(event: AppointmentEvent, situation: AppointmentSituation) -> bool:
    # Whoever has another time meanwhile must not be asked to choose one.
    assert isinstance(event, AppointmentCancelled)
    return event.by == EndedBy.CITIZEN or not situation.has_another


_STILL_TRUE: dict[type[AppointmentEvent], Callable[[AppointmentEvent, AppointmentSituation], bool]] = {
    AppointmentBooked: _still_booked,
    AppointmentApproved: _still_confirmed,
    AppointmentMoved: _still_booked,
    AppointmentCancelled: _still_without,
    AppointmentOffered: _still_offered,
    AppointmentReminded: _still_ahead,
    AppointmentLate: _still_requested,
    AppointmentOpinionAsked: _still_honoured,
}
