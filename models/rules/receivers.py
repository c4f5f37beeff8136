"""Which gendarmes receive a citizen: who takes, leaves, exchanges and assigns, and what becomes of what is released.

    nobody ──── take (a gendarme), assign (chief) ────▶ taken ──── leave, intervention, absence ────▶ nobody
                whoever was called away is back early ──▶

Nobody is made to wait for a name: an appointment without one is kept all the same, because somebody of the unit is at
the counter. Only one whose gendarme was called away is given up when no colleague comes forward, because there the
unit knows that nobody is left; the citizen is then told in time, with other times.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.actor import AgentActor
from models.rules.appointments import (
    BOOKED,
    OPEN,
    AppointmentFacts,
    Receiver,
    State,
    require_booked,
    require_chief_of_its_unit,
    require_its_unit,
)
from models.rules.colleagues import Colleague
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound
from models.rules.request_lifecycle import Verdict

# From then on what nobody has taken is the chief's.
CHIEF_BEFORE = timedelta(minutes=45)
CITIZEN_BEFORE = timedelta(minutes=15)
# Colleagues have at least so long, also where the gendarme was called away at the last minute.
COLLEAGUES_HAVE = timedelta(minutes=10)
# One who is called away after so long has received the citizen already.
RECEIVED_AFTER = timedelta(minutes=15)
LONGEST_INTERVENTION = timedelta(hours=24)


@dataclass(frozen=True)
class Exchange:
    """Who goes from the first appointment to the second, and who comes back."""

    giving: Receiver
    taking: Receiver


def take(appointment: AppointmentFacts, actor: AgentActor) -> Verdict:
    """Decide whether the actor receives: anybody of the unit, until there are enough.

    That nobody has two at once is no rule here: a constraint of the database decides it.

    Raises:
        NotFound: `no_such_appointment`: none of the actor's unit.
        Conflict: `already_taken` (with `by` and `at` of whoever came last), `not_booked` or `appointment_ended`.
    """
    require_its_unit(appointment, actor)
    require_booked(appointment)
    if _is_receiver(appointment, actor.agent_id):
        return Verdict.NOOP
    if len(appointment.receivers) >= appointment.agents_needed:
        last = max(appointment.receivers, key=lambda one: one.since)
        names = ", ".join(one.name for one in appointment.receivers)
        raise Conflict("already_taken", {"by": names, "at": last.since.isoformat()})
    return Verdict.APPLY


def leave(appointment: AppointmentFacts, actor: AgentActor) -> Verdict:
    """Decide whether the actor receives no longer; colleagues may take it.

    Raises:
        NotFound, Conflict: `no_such_appointment`, `not_booked`, `appointment_ended`.
    """
    require_its_unit(appointment, actor)
    require_booked(appointment)
    return Verdict.APPLY if _is_receiver(appointment, actor.agent_id) else Verdict.NOOP


def assign(
    appointment: AppointmentFacts, actor: AgentActor, agent_ids: Sequence[int], colleagues: Sequence[Colleague | None]
) -> Verdict:
    """Decide whether exactly these receive, as the chief names them.

    Args:
        colleagues: whom `agent_ids` names, in the same order.

    Raises:
        NotFound: `no_such_appointment`, or `no_such_agent`: somebody is not of the unit.
        Forbidden: `chief_only`.
        Invalid: `agents`: `missing`, or `too_many` for this appointment.
        Conflict: `not_booked`, `appointment_ended`.
    """
    require_chief_of_its_unit(appointment, actor)
    if not agent_ids:
        raise Invalid("invalid_arguments", {"fields": {"agents": "missing"}})
    require_booked(appointment)
    if len(agent_ids) > appointment.agents_needed:
        raise Invalid("invalid_arguments", {"fields": {"agents": "too_many"}})
    if any(one is None or one.serves_in_unit != appointment.unit_id for one in colleagues):
        raise NotFound("no_such_agent")
    named = {receiver.agent_id for receiver in appointment.receivers}
    return Verdict.NOOP if named == set(agent_ids) else Verdict.APPLY


def swap(one: AppointmentFacts, other: AppointmentFacts, actor: AgentActor) -> Exchange | None:
    """Decide who exchanges with whom; None when the same people receive in both.

    A gendarme exchanges their own with a colleague's; the chief any two. The colleague sees it at once and may
    exchange it back: in a small unit the two have spoken.

    Raises:
        NotFound: `no_such_appointment`.
        Forbidden: `not_yours`: the actor, who is no chief, would neither go nor come.
        Conflict: `not_booked`, `appointment_ended`, or `not_swappable`: nobody receives in one of the two, or several
            do and it is not clear who would exchange.
    """
    for appointment in (one, other):
        require_its_unit(appointment, actor)
        require_booked(appointment)
    here, there = _only_in(one, other), _only_in(other, one)
    if not actor.is_chief and not any(_is_receiver(appointment, actor.agent_id) for appointment in (one, other)):
        raise Forbidden("not_yours")
    if not here and not there:
        return None
    giving, taking = _who(here, actor), _who(there, actor)
    if giving is None or taking is None:
        raise Conflict("not_swappable")
    if not actor.is_chief and actor.agent_id not in (giving.agent_id, taking.agent_id):
        # They receive in both, beside the two who would exchange.
        raise Forbidden("not_yours")
    return Exchange(giving, taking)


def start_intervention(until: datetime, now: datetime) -> Verdict:
    """Decide whether somebody leaves for an intervention; one that is over on arrival changes nothing.

    Raises:
        Invalid: `until` is `too_far` (24 h).
    """
    if until - now > LONGEST_INTERVENTION:
        raise Invalid("invalid_arguments", {"fields": {"until": "too_far"}})
    return Verdict.APPLY if until > now else Verdict.NOOP


def is_released(appointment: AppointmentFacts, from_: datetime, until: datetime, now: datetime) -> bool:
    """Say whether somebody who is away from `from_` to before `until` gives this appointment of theirs up.

    One that began a while ago goes on in their name: the citizen has been received. What is only held is given up too:
    it would be booked with somebody who is not there.
    """
    if appointment.state not in OPEN or appointment.starts_at + RECEIVED_AFTER <= now:
        return False
    return appointment.starts_at < until and appointment.ends_at > from_


def is_given_back(appointment: AppointmentFacts, agent_id: int, now: datetime) -> bool:
    """Say whether somebody who was called away from this appointment, and is back, receives again.

    Where a colleague has come forward, it is the colleague's.
    """
    if appointment.state not in OPEN or appointment.ends_at <= now or _is_receiver(appointment, agent_id):
        return False
    return len(appointment.receivers) < appointment.agents_needed


def waits_for_chief(appointment: AppointmentFacts, now: datetime) -> bool:
    """Say whether nobody, or not enough, came forward in time, so that the chief names somebody."""
    lacking = len(appointment.receivers) < appointment.agents_needed
    return appointment.state in BOOKED and lacking and appointment.starts_at - CHIEF_BEFORE <= now < appointment.ends_at


def given_up_at(appointment: AppointmentFacts, released_at: datetime | None) -> datetime | None:
    """When the citizen is told that the time cannot be kept; None: it is kept.

    Args:
        released_at: when its gendarme was called away, and nobody has taken it since.
    """
    if appointment.state is State.REQUESTED:
        # Nobody approved it: whoever comes for it would come for nothing.
        return appointment.starts_at - CITIZEN_BEFORE
    if appointment.state is not State.CONFIRMED or released_at is None:
        return None
    return max(appointment.starts_at - CITIZEN_BEFORE, released_at + COLLEAGUES_HAVE)


def _who(candidates: Collection[Receiver], actor: AgentActor) -> Receiver | None:
    own = [one for one in candidates if one.agent_id == actor.agent_id]
    if own:
        return own[0]
    return next(iter(candidates)) if len(candidates) == 1 else None


def _only_in(one: AppointmentFacts, other: AppointmentFacts) -> list[Receiver]:
    return [receiver for receiver in one.receivers if not _is_receiver(other, receiver.agent_id)]


def _is_receiver(appointment: AppointmentFacts, agent_id: int) -> bool:
    return any(receiver.agent_id == agent_id for receiver in appointment.receivers)
