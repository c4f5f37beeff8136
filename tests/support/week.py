"""A brigade whose next week is full: openings of several counters, appointments in every state, absences, proposals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.appointments import State
from models.rules.occurrences import HolidayRule
from models.tables import Agent, FeedEntry, Opening, OpeningOccurrence, OpeningWindow
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.roster import ZONE, Roster

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)


def next_monday() -> date:
    """The Monday after this week: all of its working days are within the fortnight that terminals hold."""
    today = datetime.now(ZONE).date()
    return today + timedelta(days=7 - today.weekday())


def at(weekday: int, hour: float) -> datetime:
    """An hour of a day of the next week, by the unit's clock."""
    day = next_monday() + timedelta(days=weekday)
    local = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)
    return local.astimezone(UTC)


class Week:
    """The roster's brigade with an agenda in it."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.brigade = roster.brigade

    def open(
        self, weekday: int, start: float, end: float, *, counters: int = 1, agent: Agent | None = None,
        holiday_rule: HolidayRule = HolidayRule.CLOSED,
    ) -> list[OpeningWindow]:  # fmt: skip
        """An approved opening with its occurrence and a window for each counter."""
        with self.brigade.database.transaction() as session:
            windows = seed_windows(
                session, self.roster.chief, at(weekday, start), at(weekday, end), counters=counters, agent=agent
            )
            occurrence_id = windows[0].occurrence_id
            opening_id = session.get_one(OpeningOccurrence, occurrence_id).opening_id
            session.get_one(Opening, opening_id).holiday_rule = holiday_rule
            tell(session, windows[0].unit_id, f"opening/{opening_id}", f"occurrence/{occurrence_id}")
            return windows

    def book(
        self,
        window: OpeningWindow,
        weekday: int,
        hour: float,
        state: State = State.CONFIRMED,
        agents: Sequence[Agent] = (),
        **more: Any,
    ) -> Any:
        """An appointment of three quarters of an hour, with a quarter of pause after it."""
        with self.brigade.database.transaction() as session:
            appointment = seed_appointment(
                session, window, at(weekday, hour), minutes=45, buffer=15, state=state, agents=agents, **more
            )
            tell(session, window.unit_id, f"appointment/{appointment.id}")
            return appointment.id


def tell(session: Session, unit_id: int, *documents: str) -> None:
    """Put them into the unit's feed, as `record()` does for whoever changes them."""
    scope = unit_scope(unit_id)
    version = lock_scopes(session, {scope})[scope]
    session.add_all(FeedEntry(scope=scope, document=document, version=version) for document in documents)


@pytest.fixture
def week(people: Roster) -> Week:
    """Next week as a chief meets it on a Friday."""
    week = Week(people)
    first, second = week.open(MONDAY, 9, 12, counters=2)
    week.book(first, MONDAY, 9, agents=[people.me])
    week.book(first, MONDAY, 10, State.REQUESTED)
    week.book(second, MONDAY, 10, agents=[people.colleague], reason_code="fraud")
    (named,) = week.open(TUESDAY, 14, 17, agent=people.me)
    week.book(named, TUESDAY, 14, agents=[people.me])
    windows = week.open(THURSDAY, 8.5, 17, counters=3)
    for number, window in enumerate(windows):
        for hour in (8.5, 9.5, 11.5, 14, 15):
            if (hour * 2 + number) % 3:
                week.book(window, THURSDAY, hour, State.REQUESTED if hour == 15 else State.CONFIRMED)
    days = (next_monday() - datetime.now(ZONE).date()).days
    people.absence(people.me, days=days + TUESDAY, word="Tribunal")
    people.absence(people.colleague, days=days + THURSDAY, length=2, word="Stage de tir")
    people.opening(people.me, days=days + WEDNESDAY)
    people.opening(people.colleague, days=days + FRIDAY, counters=2, mine=False)
    return week
