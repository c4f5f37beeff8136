"""The events of appointments: a citizen hears of their booking, the unit's terminals of its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from models.events import CLEAR, CLIMB, DELIVER, EXPORT, TELL_CHIEFS, Deferral, UnitEvent


@dataclass(frozen=True, kw_only=True)
class AppointmentEvent(UnitEvent):
    """Something that happened to an appointment of a booking."""

    subjects: ClassVar[tuple[str, ...]] = ("booking_id", "appointment_id")

    booking_id: UUID
    appointment_id: UUID

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"appointment/{self.appointment_id}",)

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        """The scope that the citizen's follow page listens to."""
        return (booking_scope(self.booking_id),)


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(AppointmentEvent):
    """A citizen, a partner or a gendarme for them has booked; `state` is `requested` or `confirmed`."""

    name: ClassVar[str] = "appointment_booked"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLIMB, EXPORT)

    state: str


@dataclass(frozen=True, kw_only=True)
class AppointmentApproved(AppointmentEvent):
    """The chief has confirmed what was requested."""

    name: ClassVar[str] = "appointment_approved"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR, EXPORT)


@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(AppointmentEvent):
    """The booking has another time: `appointment_id` instead of `from_appointment_id`."""

    name: ClassVar[str] = "appointment_moved"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLIMB, CLEAR, EXPORT)

    from_appointment_id: str
    by: str

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"appointment/{self.appointment_id}", f"appointment/{self.from_appointment_id}")


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentEvent):
    """`by` is `citizen`, `unit`, or `time`: nobody approved it before it began. The unit's word is what they read."""

    name: ClassVar[str] = "appointment_cancelled"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR, EXPORT)
    free_text: ClassVar[tuple[str, ...]] = ("word",)

    by: str
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentOffered(AppointmentEvent):
    """The unit holds a time for the citizen; `offer` is `earlier` or `instead`."""

    name: ClassVar[str] = "appointment_offered"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR)

    offer: str


@dataclass(frozen=True, kw_only=True)
class OfferEnded(AppointmentEvent):
    """An offered time was declined, ran out, or another one was chosen (`declined`, `expired`, `chosen_other`)."""

    name: ClassVar[str] = "offer_ended"

    how: str


@dataclass(frozen=True, kw_only=True)
class AppointmentAgentsChanged(AppointmentEvent):
    """Other gendarmes receive than before, or at another counter.

    `how` is `taken`, `left`, `assigned`, `swapped`, `withdrawn`, `returned`, or `counter`: the same ones
    somewhere else.
    """

    name: ClassVar[str] = "appointment_agents_changed"
    deferrals: ClassVar[tuple[Deferral, ...]] = (EXPORT,)

    how: str
    agent_ids: tuple[int, ...]

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        # Who of the unit receives is the unit's own matter until the citizen comes.
        return ()


@dataclass(frozen=True, kw_only=True)
class AgendaTouched(AppointmentEvent):
    """A gendarme (`agent_id`) has done something to it in their own agenda, and is asked whether they mean it.

    `deed` is `deleted`, `moved` or `declined`.
    """

    name: ClassVar[str] = "agenda_touched"

    deed: str

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, kw_only=True)
class AgendaAnswered(AppointmentEvent):
    """They receive all the same (`keep`), or not (`leave`)."""

    name: ClassVar[str] = "agenda_answered"

    answer: str

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, kw_only=True)
class AppointmentOutcome(AppointmentEvent):
    """The citizen came (`honoured`) or did not (`no_show`)."""

    name: ClassVar[str] = "appointment_outcome"

    outcome: str


@dataclass(frozen=True, kw_only=True)
class AppointmentReminded(AppointmentEvent):
    """It is near: the citizen is reminded. `ahead` is a value of `models.rules.reminders.Ahead`."""

    name: ClassVar[str] = "appointment_reminded"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER,)

    ahead: str


@dataclass(frozen=True, kw_only=True)
class AppointmentPromised(AppointmentEvent):
    """The citizen has answered a reminder: they come. `ahead` says which one."""

    name: ClassVar[str] = "appointment_promised"

    ahead: str


@dataclass(frozen=True, kw_only=True)
class AppointmentLate(AppointmentEvent):
    """Nobody has approved it in time: the supervisors have it on their list, and the citizen is told."""

    name: ClassVar[str] = "appointment_late"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER,)


@dataclass(frozen=True, kw_only=True)
class AppointmentOpinionAsked(AppointmentEvent):
    """They came the day before, and are asked how it was, once."""

    name: ClassVar[str] = "appointment_opinion_asked"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER,)


@dataclass(frozen=True, kw_only=True)
class ClashEvent(AppointmentEvent):
    """Something about the planning's contradicting an appointment.

    `about_agent_id` is who is not there; None when nobody of the unit is left for it.
    """

    clash_id: str
    about_agent_id: int | None

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        # The citizen has their appointment until somebody decides otherwise.
        return ()


@dataclass(frozen=True, kw_only=True)
class ClashRaised(ClashEvent):
    """The planning has come to contradict it; the chief decides."""

    name: ClassVar[str] = "clash_raised"
    deferrals: ClassVar[tuple[Deferral, ...]] = (TELL_CHIEFS,)


@dataclass(frozen=True, kw_only=True)
class ClashKept(ClashEvent):
    """The chief receives the citizen all the same."""

    name: ClassVar[str] = "clash_kept"


@dataclass(frozen=True, kw_only=True)
class ClashEnded(ClashEvent):
    """The planning, the appointment or its gendarmes have changed: nothing contradicts it any more."""

    name: ClassVar[str] = "clash_ended"


@dataclass(frozen=True, kw_only=True)
class EarlierTimeWanted(AppointmentEvent):
    """The citizen waits for an earlier time, or (`wanted` is false) no longer does."""

    name: ClassVar[str] = "earlier_time_wanted"

    wanted: bool


@dataclass(frozen=True, kw_only=True)
class CalendarMailsChosen(AppointmentEvent):
    """The citizen wants mails to keep their calendar true beside another way of being told, or no longer does."""

    name: ClassVar[str] = "calendar_mails_chosen"

    wanted: bool


@dataclass(frozen=True, kw_only=True)
class BookingErased(AppointmentEvent):
    """The retention period is over: personal data is gone, terminals forget theirs."""

    name: ClassVar[str] = "booking_erased"


APPOINTMENT_EVENTS: dict[str, type[UnitEvent]] = {
    event.name: event
    for event in (
        AppointmentBooked,
        AppointmentApproved,
        AppointmentMoved,
        AppointmentCancelled,
        AppointmentOffered,
        OfferEnded,
        AppointmentAgentsChanged,
        AgendaTouched,
        AgendaAnswered,
        AppointmentOutcome,
        AppointmentReminded,
        AppointmentPromised,
        AppointmentLate,
        AppointmentOpinionAsked,
        ClashRaised,
        ClashKept,
        ClashEnded,
        EarlierTimeWanted,
        CalendarMailsChosen,
        BookingErased,
    )
}


def booking_scope(booking_id: UUID) -> str:
    """The feed of whoever follows one booking."""
    return f"booking:{booking_id}"
