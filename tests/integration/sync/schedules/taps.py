"""What people tap: arguments for every mutation there is, often about the same thing as somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from models.rules.appointments import Outcome as AppointmentOutcome
from models.rules.duty import Status
from models.rules.openings import Handling, PlaceKind
from models.rules.request_lifecycle import Outcome
from server.services.answer_agenda import Answer
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
    "agenda.answer": {"agenda_answered": 1},
    "clash.keep": {"clash_kept": 1},
    "intervention.start": {"duty_status_set": 1},
}
# What is tapped most is drawn most.
OPS = [*sorted(MUTATIONS), *["request.accept", "request.note"] * 4]
# The words of what may end appointments by the way: such an end is not what was tapped, and is not counted as it.
BY_THE_WAY = ("Fête patronale", "L’ouverture n’a pas lieu.")


@dataclass
class Taps:
    """Everything that exists to be tapped on."""

    units: list[int]
    agents: list[int]
    requests: list[UUID]
    appointments: list[str]
    absences: list[str]
    openings: dict[str, date]
    clashes: list[tuple[str, str]]
    findings: list[tuple[str, int]]
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
        if kind == "agenda":
            # Whoever leaves it does what `appointment.leave` does, and would be counted as if they had.
            appointment_id, finding_id = _of(self.findings, which)
            return {"appointment_id": appointment_id, "finding_id": finding_id, "answer": Answer.KEEP}
        if kind == "clash":
            appointment_id, clash_id = _of(self.clashes, which)
            return {"appointment_id": appointment_id, "clash_id": clash_id if how % 4 else str(uuid4())}
        if kind == "intervention":
            # Each until another minute, so that it is never what holds already.
            until = NOW + timedelta(hours=how % 4 + 1, minutes=next(self.texts) % 59 + 1)
            return {"absence_id": self._absence_id(which, how), "until": until.isoformat()}
        if kind == "holiday":
            return self._holiday(which, how)
        if kind == "occurrence":
            opening_id = _of([*self.openings], which)
            return {"opening_id": opening_id, **self._change(self.openings[opening_id], how), **self._handling(how)}
        return self._opening(verb, which, how)

    def _about_request(self, verb: str, how: int) -> dict[str, Any]:
        if verb == "note":
            return {"text": f"{POISONED if how % 4 == 0 else 'note'} {next(self.texts)}"}
        if verb == "close":
            return {"outcome": _of(list(Outcome), how)}
        return {"to_unit_id": _of(self.units, how)} if verb == "transfer" else {}

    def _about_appointment(self, verb: str, how: int) -> dict[str, Any]:
        if verb == "swap":
            return {"other_appointment_id": _of(self.appointments, how + 1)}
        if verb == "assign":
            # Two are too many for most.
            return {"agents": [_of(self.agents, how), _of(self.agents, how + 1)][: 1 if how % 4 else 2]}
        if verb == "outcome":
            return {"outcome": _of(list(AppointmentOutcome), how)}
        if verb == "propose":
            return {"starts": [(NOW + timedelta(hours=how % 8 + 1)).isoformat()]}
        return {"word": "Brigade fermée."} if verb == "cancel" else {}

    def _absence(self, verb: str, which: int, how: int) -> dict[str, Any]:
        if verb == "cancel":
            return {"absence_id": _of(self.absences, which)}
        # Few hours, so that absences overlap.
        start = NOW + timedelta(hours=how % 6)
        span = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        return {"absence_id": self._absence_id(which, how), **span, "agent_id": self._somebody(which)}

    def _absence_id(self, which: int, how: int) -> str:
        """Mostly a new one; sometimes one that was declared before."""
        if how % 5 == 4:
            return _of(self.absences, which)
        self.absences.append(str(uuid4()))
        return self.absences[-1]

    def _opening(self, verb: str, which: int, how: int) -> dict[str, Any]:
        if verb == "propose":
            opening_id = str(uuid4())
            self.openings[opening_id] = (NOW + timedelta(days=how % 30)).date()
            return {"opening_id": opening_id, **self._proposal(which, how)}
        # What was proposed last, more often than not: the others have been decided about.
        opening_id = _of([*self.openings][-1 - which % 2 :: -1], which // 2)
        if verb == "amend":
            return {"opening_id": opening_id, **self._proposal(which, how)}
        if verb == "withdraw":
            return {"opening_id": opening_id, **self._handling(how)}
        return {"opening_id": opening_id, **({"word": "Pas ce jour-là."} if verb == "refuse" else {})}

    def _handling(self, how: int) -> dict[str, Any]:
        """What becomes of the appointments there; sometimes somebody has booked of whom the terminal has not heard."""
        if how % 3 == 0:
            return {}
        one = _of(list(Handling), how // 3)
        return {"appointments": dict.fromkeys(self.appointments, one), "word": BY_THE_WAY[1]}

    def _proposal(self, which: int, how: int) -> dict[str, Any]:
        start = NOW + timedelta(days=how % 30)
        rule = (None, "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630")[how % 3]
        return {
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=3)).isoformat(),
            # A named agent has one counter; who names one and asks for more is told so.
            "counters": how // 3 % 2 + 1,
            "place_kind": PlaceKind.UNIT,
            "agent_id": self._somebody(which) if how % 4 == 1 else None,
            "recurrence": rule,
        }

    def _change(self, first: date, how: int) -> dict[str, Any]:
        """The first occurrence or the one a week later, dropped, moved by some hours, or as it was."""
        day = first + timedelta(days=how % 3 // 2 * 7)
        if how % 2:
            return {"day": day.isoformat()}
        start = NOW + (day - NOW.date()) + timedelta(hours=how % 5)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
        return {"day": day.isoformat(), **times}

    def _holiday(self, which: int, how: int) -> dict[str, Any]:
        # The days on which something takes place; whoever has an appointment then is offered another time.
        day = _of([*self.openings.values()], which).isoformat()
        return {"day": day, **({"name": BY_THE_WAY[0]}, {"name": BY_THE_WAY[0]}, {"ordinary": True}, {})[how % 4]}

    def _somebody(self, which: int) -> int | None:
        return None if which % 2 else _of(self.agents, which // 2)


def _of(things: list[Any], which: int) -> Any:
    return things[which % len(things)]
