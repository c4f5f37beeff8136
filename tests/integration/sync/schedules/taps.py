"""What people tap: arguments for every mutation there is, often about the same thing as somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from models.rules.duty import Status
from models.rules.openings import PlaceKind
from models.rules.request_lifecycle import Outcome
from server.services.mutations import MUTATIONS
from tests.integration.sync.schedules.crashing import POISONED
from tests.support.seed import NOW

# The event in the history that an applied mutation leaves, once.
EVENTS = {
    "request.accept": "request_accepted",
    "request.release": "request_released",
    "request.transfer": "request_transferred",
    "request.note": "request_noted",
    "request.close": "request_closed",
    "duty.set": "duty_status_set",
    "absence.declare": "absence_declared",
    "absence.cancel": "absence_cancelled",
    "opening.propose": "opening_proposed",
    "opening.approve": "opening_approved",
    "opening.refuse": "opening_refused",
    "opening.withdraw": "opening_withdrawn",
}
# What is tapped most is drawn most.
OPS = [*sorted(MUTATIONS), "request.accept", "request.accept", "request.note", "request.note"]


@dataclass
class Taps:
    """Everything that exists to be tapped on."""

    units: list[int]
    agents: list[int]
    requests: list[UUID]
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
        return self._opening(verb, which, how)

    def _about_request(self, verb: str, how: int) -> dict[str, Any]:
        if verb == "note":
            return {"text": f"{POISONED if how % 4 == 0 else 'note'} {next(self.texts)}"}
        if verb == "close":
            return {"outcome": _of(list(Outcome), how)}
        return {"to_unit_id": _of(self.units, how)} if verb == "transfer" else {}

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
            start = NOW + timedelta(days=how % 30)
            return {
                "opening_id": self.openings[-1],
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(hours=3)).isoformat(),
                "counters": how % 3 + 1,
                "place_kind": PlaceKind.UNIT,
                "agent_id": self._somebody(which),
            }
        word = {"word": "Pas ce jour-là."} if verb == "refuse" else {}
        return {"opening_id": _of(self.openings, which) if self.openings else str(uuid4()), **word}

    def _somebody(self, which: int) -> int | None:
        return None if which % 2 else _of(self.agents, which // 2)


def _of(things: list[Any], which: int) -> Any:
    return things[which % len(things)]
