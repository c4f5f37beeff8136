"""A year in the life of one unit: its gendarmes, its week, public holidays closed, and a clock that only we move."""

from __future__ import annotations

import random
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.database import Database
from models.holiday_calendar import holidays_between
from models.rules.actor import AgentActor, Role, SystemActor
from models.rules.appointments import OPEN, State
from models.rules.errors import Refusal
from models.rules.occurrences import HolidayRule, closed_because, occurrences, read_closure
from models.rules.recurrence import Frequency, Recurrence, Weekday
from models.tables import Agent, Appointment, Counter, Opening, OpeningOccurrence, OpeningWindow, Resource
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.reoffer_released import ReofferReleased, reoffer_released
from server.services.settle_outcomes import SettleOutcomes, settle_outcomes
from tests.support.seed import NOW, actor_of, seed_agent, seed_unit

PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)
# Whoever calls in December is received in January.
OPEN_UNTIL = LAST + timedelta(days=31)
GENDARMES = 20
# What a unit may answer while everybody does as they please; any other refusal is a fault of the test or the service.
REFUSALS = frozenset(
    {
        "absence_overlaps", "agent_absent", "agent_busy", "already_ended", "already_taken", "hold_expired",
        "not_swappable", "offer_ended", "slot_taken", "too_late", "verification_needed",
    }
)  # fmt: skip
FINAL = frozenset(State) - OPEN


def local(day: date, hour: float) -> datetime:
    """An hour on the unit's clock, as an instant in UTC."""
    wall = datetime.combine(day, time()) + timedelta(hours=hour)
    return wall.replace(tzinfo=PARIS).astimezone(UTC)


class Year:
    """The unit and what happened to it so far.

    Attributes:
        done, refused: how often each thing was done, and each refusal was heard.
        ended: the final state of every appointment that has one, as it was first seen.
        corrected: appointments whose outcome a gendarme put right on the day itself.
    """

    def __init__(self, database: Database, seed: int = 2027) -> None:
        self.database = database
        self.draw = random.Random(seed)
        self.now = local(FIRST, 0)
        self.done: Tally[str] = Tally()
        self.refused: Tally[str] = Tally()
        self.ended: dict[UUID, str] = {}
        self.corrected: set[UUID] = set()
        self.stale: list[tuple[str, datetime]] = []
        self.holidays = holidays_between("Métropole", FIRST, OPEN_UNTIL, {})
        with database.transaction() as session:
            unit = seed_unit(session)
            self.unit_id = unit.id
            self.chief = actor_of(seed_agent(session, unit, Role.CHIEF))
            agents = [seed_agent(session, unit) for _ in range(GENDARMES)]
            self.gendarmes = [actor_of(agent) for agent in agents]
            session.add(Resource(unit_id=unit.id, kind="room", name="Salle Mélanie"))
            self._open(session, agents)

    def _open(self, session: Session, agents: list[Agent]) -> None:
        """Mornings at two counters for anybody, afternoons of one gendarme every other week, the town hall's day."""
        weekdays = list(Weekday)[:5]
        for counter in (1, 4):
            self._opening(session, counter, weekdays, local(date(2027, 1, 4), 9), 2)
        for number, agent in enumerate(agents[:10]):
            first = date(2027, 1, 4) + timedelta(days=number % 5 + 7 * (number // 5))
            self._opening(session, 2, [weekdays[number % 5]], local(first, 14), 3, interval=2, agent=agent)
        town_hall = {"reasons": ["neighbours", "other", "fraud"], "place_kind": "town_hall"}
        self._opening(session, 3, [Weekday.WE], local(date(2027, 1, 6), 10), 2, **town_hall)

    def _opening(
        self, session: Session, counter: int, weekdays: list[Weekday], starts_at: datetime, hours: float, *,
        interval: int = 1, agent: Agent | None = None, reasons: list[str] | None = None, place_kind: str = "unit",
    ) -> None:  # fmt: skip
        """An approved opening with what it stores: an occurrence a day, and a window unless a holiday closes it."""
        agent_id, ends_at = agent.id if agent else None, starts_at + timedelta(hours=hours)
        opening = Opening(
            id=uuid4(), unit_id=self.unit_id, agent_id=agent_id, starts_at=starts_at, ends_at=ends_at, counters=1,
            reason_codes=reasons or [], place_kind=place_kind, state="approved", proposed_by_id=self.chief.agent_id,
            proposed_at=NOW, decided_by_id=self.chief.agent_id, decided_at=NOW, stored_until=OPEN_UNTIL,
        )  # fmt: skip
        session.add(opening)
        row = session.scalar(select(Counter).where(Counter.number == counter))
        if row is None:
            row = Counter(unit_id=self.unit_id, number=counter)
            session.add(row)
        session.flush()
        recurrence = Recurrence(Frequency.WEEKLY, interval, tuple(weekdays))
        for one in occurrences(starts_at, ends_at, recurrence, PARIS, FIRST, OPEN_UNTIL, {}):
            closed = closed_because(one, HolidayRule.CLOSED, self.holidays, PARIS)
            closure = read_closure(closed) if closed else None
            occurrence = OpeningOccurrence(
                id=uuid4(), opening_id=opening.id, unit_id=self.unit_id, day=one.original_day, starts_at=one.starts_at,
                ends_at=one.ends_at, closed_because=closure and closure.code, closed_name=closure and closure.name,
            )  # fmt: skip
            session.add(occurrence)
            if closure is None:
                session.flush()
                window = OpeningWindow(
                    occurrence_id=occurrence.id, unit_id=self.unit_id, counter_id=row.id, agent_id=agent_id,
                    during=Range(one.starts_at, one.ends_at), reason_codes=reasons or [], place_kind=place_kind,
                )  # fmt: skip
                session.add(window)
        session.flush()

    def days(self) -> Iterator[tuple[date, bool]]:
        """Every day of the year, and whether the unit receives on it."""
        for number in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=number)
            yield day, day.weekday() < 5 and day not in self.holidays

    def attempt(self, name: str, use_case: Callable[[Session], Any]) -> Any:
        """Do one thing in a transaction of its own, as an edge does; a refusal undoes it and is counted: None."""
        try:
            with self.database.transaction() as session:
                answer = use_case(session)
        except Refusal as refusal:
            if refusal.code not in REFUSALS:
                raise
            self.refused[refusal.code] += 1
            return None
        self.done[name] += 1
        return answer

    def pass_time(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def upkeep(self) -> None:
        """What the clock does, each until nothing is left to do."""
        system = SystemActor("year")
        for name, tick in (
            ("given up", lambda session: reoffer_released(session, ReofferReleased(), system, self.now)),
            ("expired", lambda session: expire_holds(session, ExpireHolds(), system, self.now)),
            ("offered earlier", lambda session: offer_earlier(session, OfferEarlier(), system, self.now)),
            ("settled", lambda session: settle_outcomes(session, SettleOutcomes(), self.now)),
        ):
            with self.database.transaction() as session:
                self.done[name] += tick(session)

    def pick(self, *where: Any, order: Any = Appointment.starts_at) -> Appointment | None:
        """One of the appointments that `where` selects, drawn anew each time; None when there is none."""
        with self.database.transaction() as session:
            found = session.scalars(select(Appointment).where(*where).order_by(order, Appointment.counter_id)).all()
        return self.draw.choice(found) if found else None

    def all_of(self, *where: Any) -> list[Appointment]:
        with self.database.transaction() as session:
            query = select(Appointment).where(*where).order_by(Appointment.starts_at, Appointment.counter_id)
            return list(session.scalars(query))

    def gendarme(self) -> AgentActor:
        """Somebody of the unit; in turn six of them are on duty, so that the same ones are asked for twice."""
        first = self.now.date().toordinal() // 7 % GENDARMES
        return self.draw.choice([*self.gendarmes, *self.gendarmes][first : first + 6])

    def person(self, agent_id: int) -> AgentActor:
        """Whoever has this id; where a reason needs two, the chief may be one of them."""
        return next(one for one in (*self.gendarmes, self.chief) if one.agent_id == agent_id)

    def note_endings(self) -> list[str]:
        """Note the final states that are new, and return what should not be: final states that have changed."""
        with self.database.transaction() as session:
            rows = session.execute(select(Appointment.id, Appointment.state).where(Appointment.state.in_(FINAL))).all()
        known = dict(rows)
        wrong = [
            f"{one}: {before}, then {known.get(one)}"
            for one, before in self.ended.items()
            if known.get(one) != before and one not in self.corrected
        ]
        self.ended = {**self.ended, **known}
        return wrong
