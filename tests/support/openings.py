"""A unit whose chief approves openings, and what is stored of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence_text import read_recurrence
from models.tables import Counter, Opening, OpeningOccurrence, OpeningWindow
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.propose_opening import ProposeOpening, propose_opening
from tests.support.seed import NOW, actor_of, seed_agent, seed_territory

PARIS = ZoneInfo("Europe/Paris")
# The tests' present is a Tuesday; the next one is in December.
TUESDAY = date(2026, 12, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of the brigade's clock."""
    return datetime.combine(day, time(hour, minute), PARIS)


class OpeningWorld:
    """Belley with its chief and a gendarme; `now` moves."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit = seed_territory(session)
        self.agent = seed_agent(session, self.unit, name="Adj. Martin")
        self.chief: AgentActor = actor_of(seed_agent(session, self.unit, Role.CHIEF, name="Maj. Roux"))
        self.martin: AgentActor = actor_of(self.agent)
        self.now = NOW

    def proposal(self, rule: str | None = None, day: date = TUESDAY, **changes: Any) -> Proposal:
        """From 9:00 to 12:00 at two counters of the unit, for every reason."""
        plain = Proposal(
            at(day, 9),
            at(day, 12),
            2,
            (),
            PlaceKind.UNIT,
            "",
            None,
            recurrence=None if rule is None else read_recurrence(rule),
        )
        return replace(plain, **changes)

    def propose(self, rule: str | None = None, day: date = TUESDAY, **changes: Any) -> UUID:
        command = ProposeOpening(uuid4(), self.proposal(rule, day, **changes))
        propose_opening(self.session, command, self.martin, self.now)
        return command.opening_id

    def approve(self, rule: str | None = None, day: date = TUESDAY, **changes: Any) -> UUID:
        opening_id = self.propose(rule, day, **changes)
        approve_opening(self.session, ApproveOpening(opening_id), self.chief, self.now)
        return opening_id

    def opening(self, opening_id: UUID) -> Opening:
        return self.session.get_one(Opening, opening_id, populate_existing=True)

    def occurrences(self, opening_id: UUID) -> list[OpeningOccurrence]:
        return list(
            self.session.scalars(
                select(OpeningOccurrence)
                .where(OpeningOccurrence.opening_id == opening_id)
                .order_by(OpeningOccurrence.day)
                .execution_options(populate_existing=True)
            )
        )

    def windows(self, opening_id: UUID) -> dict[date, list[tuple[int, datetime, datetime]]]:
        """The number, begin and end of each counter, by the day that the recurrence gives."""
        found: dict[date, list[tuple[int, datetime, datetime]]] = {}
        for day, number, begin, end in self.session.execute(
            select(
                OpeningOccurrence.day,
                Counter.number,
                func.lower(OpeningWindow.during),
                func.upper(OpeningWindow.during),
            )
            .join(OpeningWindow, OpeningWindow.occurrence_id == OpeningOccurrence.id)
            .join(Counter, Counter.id == OpeningWindow.counter_id)
            .where(OpeningOccurrence.opening_id == opening_id)
            .order_by(OpeningOccurrence.day, Counter.number)
        ):
            found.setdefault(day, []).append((number, begin, end))
        return found

    def windows_of(self, opening_id: UUID) -> list[OpeningWindow]:
        return list(
            self.session.scalars(
                select(OpeningWindow)
                .join(OpeningOccurrence, OpeningOccurrence.id == OpeningWindow.occurrence_id)
                .where(OpeningOccurrence.opening_id == opening_id)
                .order_by(OpeningOccurrence.day, OpeningWindow.counter_id)
            )
        )

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)
