"""What may happen to an appointment.

    held ──────────▶ requested ──────────▶ confirmed ──────────▶ honoured | no_show
     │    book          │       approve        │       outcome
     │                  │                      ├── move (another appointment takes its place) ──▶ moved
     │                  └── move, cancel ──────┴── cancel (citizen or unit) ────────────────────▶ cancelled
     ├── book (a reason that needs no approval) ──▶ confirmed
     ├── let go ──▶ cancelled
     └── ten minutes pass (an offer: its own time) ──▶ expired

Who comes is decided first (capacity), which gendarme receives later (name): taking one changes no state. Who receives
is decided in `models.rules.receivers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.actor import AgentActor
from models.rules.colleagues import require_chief, require_unit
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.openings import FORTNIGHT
from models.rules.request_lifecycle import Verdict

HOLD = timedelta(minutes=10)
# A citizen who comes early is received early.
EARLIEST_OUTCOME = timedelta(minutes=15)
# A slip of the thumb is put right on the same day; later on, what was said has been counted.
CORRECTABLE = timedelta(days=1)
# What nobody has said after a week, nobody will: most citizens come, and nothing was held against this one.
UNSAID = timedelta(days=7)
ENDED_STAYS = timedelta(days=7)
MOST_PROPOSED = 3


class State(StrEnum):
    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    HONOURED = "honoured"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    MOVED = "moved"
    EXPIRED = "expired"


# What may still become something else by itself; everything else has ended.
OPEN = frozenset({State.HELD, State.REQUESTED, State.CONFIRMED})
BOOKED = frozenset({State.REQUESTED, State.CONFIRMED})
# These take their counter's time, and their gendarmes'; the database lets no two of them overlap. Who was said to have
# come is still there until the appointment's end: nobody else may be booked into their hour.
OCCUPYING = OPEN | {State.HONOURED}


class Offer(StrEnum):
    """Why the unit holds a time for a citizen."""

    EARLIER = "earlier"
    INSTEAD = "instead"


class EndedBy(StrEnum):
    CITIZEN = "citizen"
    UNIT = "unit"
    TIME = "time"


class Outcome(StrEnum):
    """What became of a confirmed appointment, as a gendarme of the unit says."""

    HONOURED = "honoured"
    NO_SHOW = "no_show"


@dataclass(frozen=True)
class Receiver:
    """A gendarme of an appointment, and since when."""

    agent_id: int
    name: str
    since: datetime


@dataclass(frozen=True)
class AppointmentFacts:
    """What the rules need to know of an appointment; who ended it explains a conflict."""

    unit_id: int
    state: State
    starts_at: datetime
    ends_at: datetime
    agents_needed: int
    receivers: tuple[Receiver, ...] = ()
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None


def approve(appointment: AppointmentFacts, actor: AgentActor, now: datetime) -> Verdict:
    """Decide whether what a citizen requested is confirmed.

    Raises:
        NotFound: `no_such_appointment`: none of the actor's unit.
        Forbidden: `chief_only`.
        Conflict: `appointment_ended` (with `state`, `by`, `at`), or `appointment_over` by the clock.
    """
    require_chief_of_its_unit(appointment, actor)
    if appointment.state is State.CONFIRMED:
        return Verdict.NOOP
    require_booked(appointment)
    if appointment.ends_at <= now:
        raise Conflict("appointment_over")
    return Verdict.APPLY


def propose(appointment: AppointmentFacts, actor: AgentActor, starts: tuple[datetime, ...], now: datetime) -> Verdict:
    """Decide whether the unit gives the time up and offers others instead.

    Raises:
        NotFound, Forbidden, Conflict: as `approve`.
        Invalid: `starts`: `missing`, `too_many` (three), `past` (one has begun).
    """
    require_chief_of_its_unit(appointment, actor)
    if not starts:
        raise _invalid("starts", "missing")
    if len(starts) > MOST_PROPOSED:
        raise _invalid("starts", "too_many")
    if min(starts) <= now:
        raise _invalid("starts", "past")
    require_booked(appointment)
    if appointment.ends_at <= now:
        raise Conflict("appointment_over")
    return Verdict.APPLY


def cancel_by_unit(appointment: AppointmentFacts, actor: AgentActor) -> Verdict:
    """Decide whether the unit cancels: its chief, also on the day itself; the citizen reads the word.

    Raises:
        NotFound, Forbidden: as `approve`.
        Conflict: `appointment_ended` otherwise than by the unit.
    """
    require_chief_of_its_unit(appointment, actor)
    if appointment.state is State.CANCELLED and appointment.ended_by is EndedBy.UNIT:
        return Verdict.NOOP
    require_booked(appointment)
    return Verdict.APPLY


def cancel_for_citizen(appointment: AppointmentFacts, actor: AgentActor) -> Verdict:
    """Decide whether anybody of the unit cancels for a citizen who asked for it, on the telephone or at the desk.

    Raises:
        NotFound: `no_such_appointment`: none of the actor's unit.
        Conflict: `appointment_ended` otherwise than by the citizen.
    """
    require_its_unit(appointment, actor)
    if appointment.state is State.CANCELLED and appointment.ended_by is EndedBy.CITIZEN:
        return Verdict.NOOP
    require_booked(appointment)
    return Verdict.APPLY


def set_outcome(appointment: AppointmentFacts, actor: AgentActor, outcome: Outcome, now: datetime) -> Verdict:
    """Decide whether the citizen came or did not, as anybody of the unit says from a quarter of an hour before.

    That nobody came is not said before the beginning: their time would be given away while they are on their way. A
    gendarme's word may be corrected for a day. One that the clock has given (nobody said anything) is final.

    Raises:
        NotFound: `no_such_appointment`: none of the actor's unit.
        Conflict: `outcome_too_early`, `no_show_too_early`, `not_approved` (the chief has not confirmed it),
            `outcome_settled` (said more than a day ago, with `state`, `by`, `at`), or `appointment_ended`.
    """
    require_its_unit(appointment, actor)
    if appointment.state.value == outcome.value:
        return Verdict.NOOP
    if appointment.state in (State.HONOURED, State.NO_SHOW):
        if appointment.ended_by is EndedBy.TIME or appointment.ended_at is None:
            raise Conflict("outcome_settled", ending(appointment))
        if now - appointment.ended_at > CORRECTABLE:
            raise Conflict("outcome_settled", ending(appointment))
        _require_begun(appointment, outcome, now)
        return Verdict.APPLY
    require_booked(appointment)
    if appointment.state is State.REQUESTED:
        raise Conflict("not_approved")
    if now < appointment.starts_at - EARLIEST_OUTCOME:
        raise Conflict("outcome_too_early")
    _require_begun(appointment, outcome, now)
    return Verdict.APPLY


def is_unsaid(appointment: AppointmentFacts, now: datetime) -> bool:
    """Say whether the clock ends the appointment as honoured, because nobody has said for a week what became of it."""
    return appointment.state is State.CONFIRMED and appointment.ends_at <= now - UNSAID


def is_held(
    state: State,
    starts_at: datetime,
    ended_at: datetime | None,
    *,
    has_booking: bool,
    only_held: bool,
    midnight: datetime,
) -> bool:
    """Say whether terminals hold an appointment on the day that begins at `midnight` in the unit's zone.

    The coming fortnight and whatever is still to be said of the past; requested ones however far ahead, because the
    chief decides; ended ones for a week. A time that a citizen holds while typing or moving is nobody's business, and
    neither is an offer that ran out.

    Args:
        only_held: it was neither booked nor offered.
    """
    if not has_booking or only_held or state is State.EXPIRED:
        return False
    if ended_at is not None:
        return ended_at >= midnight - ENDED_STAYS
    return state is State.REQUESTED or starts_at < midnight + FORTNIGHT


def require_its_unit(appointment: AppointmentFacts, actor: AgentActor) -> None:
    """Let only the appointment's own unit through.

    Raises:
        NotFound: `no_such_appointment`.
    """
    if appointment.unit_id != require_unit(actor):
        raise NotFound("no_such_appointment")


def require_chief_of_its_unit(appointment: AppointmentFacts, actor: AgentActor) -> None:
    """Let only the chief of the appointment's unit through.

    Raises:
        NotFound, Forbidden: `no_such_appointment`, `chief_only`.
    """
    require_its_unit(appointment, actor)
    require_chief(actor)


def require_booked(appointment: AppointmentFacts) -> None:
    """Let only what a citizen has booked and nobody has ended through.

    Raises:
        Conflict: `not_booked` (an offer that the citizen has not accepted), or `appointment_ended`.
    """
    if appointment.state is State.HELD:
        raise Conflict("not_booked")
    if appointment.state not in BOOKED:
        raise Conflict("appointment_ended", ending(appointment))


def ending(appointment: AppointmentFacts) -> dict[str, str | None]:
    """What a conflict says of an appointment that has ended: how, by whom of the unit (or None), and when."""
    at = appointment.ended_at.isoformat() if appointment.ended_at else None
    by = appointment.decided_by_name if appointment.ended_by is EndedBy.UNIT else None
    return {"state": appointment.state.value, "by": by, "at": at}


def _require_begun(appointment: AppointmentFacts, outcome: Outcome, now: datetime) -> None:
    if outcome is Outcome.NO_SHOW and now < appointment.starts_at:
        raise Conflict("no_show_too_early")


def _invalid(field: str, code: str) -> Invalid:
    return Invalid("invalid_arguments", {"fields": {field: code}})
