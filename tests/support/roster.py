"""A brigade with people's time in it: positions, absences, openings in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models.base import Base
from models.rules.actor import Role
from models.rules.duty import Status
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence_text import read_recurrence
from models.tables import Agent
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.refuse_opening import RefuseOpening, refuse_opening
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from tests.support.brigade import Brigade
from tests.support.seed import actor_of

Row = TypeVar("Row", bound=Base)
ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Roster:
    """The brigade and its people."""

    brigade: Brigade
    me: Agent
    colleague: Agent
    chief: Agent

    def set_duty(self, agent: Agent, status: Status, *, hours: float | None = None, by: Agent | None = None) -> None:
        """Somebody says where they are, elsewhere."""
        now = datetime.now(UTC)
        until = None if hours is None else now + timedelta(hours=hours)
        with self.brigade.database.transaction() as session:
            set_duty_status(session, SetDutyStatus(status, until, agent.id), actor_of(by or agent), now)

    def absence(self, agent: Agent, *, days: int, length: int = 1, word: str = "", by: Agent | None = None) -> UUID:
        """Whole days from `days` after today."""
        absence_id = uuid4()
        command = DeclareAbsence(absence_id, day(days), day(days + length), word, agent.id)
        with self.brigade.database.transaction() as session:
            declare_absence(session, command, actor_of(by or agent), datetime.now(UTC))
        return absence_id

    def opening(
        self, agent: Agent, *, days: int, hour: int = 14, counters: int = 1, mine: bool = True,
        recurrence: str | None = None,
    ) -> UUID:  # fmt: skip
        """Somebody proposes an opening of three hours, for themself or for the unit."""
        starts_at = day(days) + timedelta(hours=hour)
        proposal = Proposal(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            counters=1 if mine else counters,
            reason_codes=("complaint", "fraud"),
            place_kind=PlaceKind.UNIT if mine else PlaceKind.TOWN_HALL,
            place_name="" if mine else "Virieu-le-Grand",
            agent_id=agent.id if mine else None,
            recurrence=None if recurrence is None else read_recurrence(recurrence),
        )
        opening_id = uuid4()
        with self.brigade.database.transaction() as session:
            propose_opening(session, ProposeOpening(opening_id, proposal), actor_of(agent), datetime.now(UTC))
        return opening_id

    def only(self, table: type[Row]) -> Row:
        """The one row there is of a table."""
        with self.brigade.database.transaction() as session:
            return session.scalars(select(table)).one()

    def approve(self, opening_id: UUID) -> None:
        """The chief approves, elsewhere."""
        with self.brigade.database.transaction() as session:
            approve_opening(session, ApproveOpening(opening_id), actor_of(self.chief), datetime.now(UTC))

    def refuse(self, opening_id: UUID, word: str) -> None:
        """The chief refuses, elsewhere."""
        with self.brigade.database.transaction() as session:
            refuse_opening(session, RefuseOpening(opening_id, word), actor_of(self.chief), datetime.now(UTC))


def choose(page: Page, name: str) -> None:
    """Tap one of the choices that look like buttons; their inputs lie invisible over them."""
    page.locator("label.segment").filter(has_text=name).last.click()


def day(after: int) -> datetime:
    """The instant at which a day begins in the unit, counted from today."""
    today = datetime.now(ZONE).date() + timedelta(days=after)
    return datetime(today.year, today.month, today.day, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def people(brigade: Brigade) -> Roster:
    """Two gendarmes and their chief, about whom nothing is known yet."""
    return Roster(
        brigade,
        brigade.agent("Adjudant Sacha Martin"),
        brigade.agent("Gendarme Lou Petit"),
        brigade.agent("Major Claude Roux", Role.CHIEF),
    )


@pytest.fixture
def roster(people: Roster) -> Roster:
    """The same people with a morning's worth of positions, absences and openings."""
    people.set_duty(people.me, Status.AVAILABLE)
    people.set_duty(people.me, Status.ON_INTERVENTION, hours=1)
    people.set_duty(people.colleague, Status.OFF_DUTY, by=people.chief)
    people.absence(people.me, days=0, word="Stage de tir")
    people.absence(people.me, days=30, length=7, word="Permission")
    people.absence(people.colleague, days=3, by=people.chief)
    people.opening(people.me, days=2)
    people.approve(people.opening(people.me, days=3, hour=9))
    people.refuse(people.opening(people.me, days=4), "La salle est prise, proposez jeudi.")
    people.opening(people.colleague, days=5, counters=2, mine=False)
    people.approve(people.opening(people.colleague, days=6, hour=9, counters=2, mine=False))
    return people
