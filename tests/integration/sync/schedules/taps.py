"""What people tap: arguments for every mutation there is, often about the same thing as somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from models.rules.appointments import Outcome as AppointmentOutcome
from models.rules.duty import Status
from models.rules.openings import PlaceKind
from models.rules.request_lifecycle import Outcome
from server.services.mutations import MUTATIONS
from tests.integration.sync.schedules.crashing import POISONED
from tests.support.seed import NOW

# The events in the history that an applied mutation leaves, and how many of each; those that say how have it after a
# colon. Others may come with them: an intervention brings absences and releases what there is.
EVENTS: dict[str, dict[str, int]] = {
    "request.accept": {"request_accepted": 1},
    "request.release": {"request_released": 1},
    "request.transfer": {"request_transferred": 1},
    "request.note": {"request_noted": 1},
    "request.close": {"request_closed": 1},
    "request.seen": {},
    "duty.set": {"duty_status_set": 1},
    "absence.declare": {"absence_declared": 1},
    "absence.cancel": {"absence_cancelled": 1},
    "opening.propose": {"opening_proposed": 1},
    "opening.amend": {"opening_amended": 1},
    "opening.approve": {"opening_approved": 1},
    "opening.refuse": {"opening_refused": 1},
    "opening.withdraw": {"opening_withdrawn": 1},
    "occurrence.change": {"occurrence_changed": 1},
    "holiday.set": {"holiday_set": 1},
    "appointment.take": {"appointment_agents_changed:taken": 1},
    "appointment.leave": {"appointment_agents_changed:left": 1},
    "appointment.swap": {"appointment_agents_changed:swapped": 2},
    "appointment.assign": {"appointment_agents_changed:assigned": 1},
    "appointment.outcome": {"appointment_outcome": 1},
    "appointment.approve": {"appointment_approved": 1},
    "appointment.propose": {"appointment_cancelled": 1},
    "appointment.cancel": {"appointment_cancelled": 1},
    "intervention.start": {"duty_status_set": 1},
}
# What is tapped most is drawn most.
OPS = [*sorted(MUTATIONS), *["request.accept", "request.note"] * 4]


@dataclass
class Taps:
    """Everything that exists to be tapped on."""

    units: list[int]
    agents: list[int]
    requests: list[UUID]
    appointments: list[str]
    absences: list[str] = field(default_factory=list)
    openings: list[str] = field(default_factory=list)
    texts: Any = field(default_factory=lambda: count(1))

    def arguments(self, op: str, which: int, how: int) -> dict[str, Any]:
        """The arguments of `op`: about the `which`-th thing there is, in the `how`-th way."""
        kind, _, verb = op.partition(".")
        if kind == "request":
            return {"request_id": str(_of(self.requests, which)), **self._about_request(verb, how)}
        if kind == "duty":
            until = (NOW + timedelta(hours=how % 5)).isoformat() if how % 3 else None
            return {"status": _of(list(Status), how), "until": until, "agent_id": self._somebody(which)}
        if kind == "absence":
            return self._absence(verb, which, how)
        if kind == "appointment":
            return {"appointment_id": _of(self.appointments, which), **self._about_appointment(verb, how)}
        if kind == "intervention":
            # Each until another minute, so that it is never what holds already.
            until = NOW + timedelta(hours=how % 4 + 1, minutes=next(self.texts) % 59 + 1)
            self.absences.append(str(uuid4()))
            return {"absence_id": self.absences[-1], "until": until.isoformat()}
        if kind == "holiday":
            return self._holiday(which, how)
        if kind == "occurrence":
            return {"opening_id": self._one_opening(which), **self._change(which, how)}
        return self._opening(verb, which, how)

    def _about_request(self, verb: str, how: int) -> dict[str, Any]:
        if verb == "note":
            return {"text": f"{POISONED if how % 4 == 0 else 'note'} {next(self.texts)}"}
        if verb == "close":
            return {"outcome": _of(list(Outcome), how)}
        return {"to_unit_id": _of(self.units, how)} if verb == "transfer" else {}

    def _about_appointment(self, verb: str, how: int) -> dict[str, Any]:
        if verb == "swap":
            return {"other_appointment_id": _of(self.appointments, how)}
        if verb == "assign":
            return {"agents": [_of(self.agents, how)]}
        if verb == "outcome":
            return {"outcome": _of(list(AppointmentOutcome), how)}
        if verb == "propose":
            return {"starts": [(NOW + timedelta(hours=how % 8 + 1)).isoformat()]}
        return {"word": "Brigade fermée."} if verb == "cancel" else {}

    def _absence(self, verb: str, which: int, how: int) -> dict[str, Any]:
        if verb == "cancel":
            return {"absence_id": _of(self.absences, which) if self.absences else str(uuid4())}
        # Few hours, so that absences overlap; sometimes one that was declared before.
        start = NOW + timedelta(hours=how % 6)
        absence_id = _of(self.absences, which) if self.absences and how % 5 == 0 else str(uuid4())
        self.absences.append(absence_id)
        span = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        return {"absence_id": absence_id, **span, "agent_id": self._somebody(which)}

    def _opening(self, verb: str, which: int, how: int) -> dict[str, Any]:
        if verb == "propose":
            self.openings.append(str(uuid4()))
            return {"opening_id": self.openings[-1], **self._proposal(which, how)}
        if verb == "amend":
            return {"opening_id": self._one_opening(which), **self._proposal(which, how)}
        word = {"word": "Pas ce jour-là."} if verb == "refuse" else {}
        return {"opening_id": self._one_opening(which), **word}

    def _proposal(self, which: int, how: int) -> dict[str, Any]:
        start = NOW + timedelta(days=how % 30)
        rule = (None, "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630")[how % 3]
        return {
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=3)).isoformat(),
            "counters": how % 3 + 1,
            "place_kind": PlaceKind.UNIT,
            "agent_id": self._somebody(which),
            "recurrence": rule,
        }

    def _change(self, which: int, how: int) -> dict[str, Any]:
        # The day of many a proposal's first occurrence; sometimes dropped, sometimes moved by some hours.
        day = NOW + timedelta(days=which % 30)
        if how % 2:
            return {"day": day.date().isoformat()}
        start = day + timedelta(hours=how % 6)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
        return {"day": day.date().isoformat(), **times}

    def _holiday(self, which: int, how: int) -> dict[str, Any]:
        # Never today, when closing would also cancel what citizens have booked.
        day = (NOW + timedelta(days=which % 20 + 1)).date().isoformat()
        return {"day": day, **({"name": "Fête patronale"}, {"ordinary": True}, {})[how % 3]}

    def _one_opening(self, which: int) -> str:
        return _of(self.openings, which) if self.openings else str(uuid4())

    def _somebody(self, which: int) -> int | None:
        return None if which % 2 else _of(self.agents, which // 2)


def _of(things: list[Any], which: int) -> Any:
    return things[which % len(things)]
