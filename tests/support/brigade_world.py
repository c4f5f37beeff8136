"""Belley with its chief and two gendarmes, and Culoz with its own chief, each with a terminal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from models.rules.actor import Role
from models.tables import Agent
from tests.support.seed import NOW, seed_agent, seed_territory, seed_unit
from tests.support.terminals import Clock, Terminal, application


class BrigadeWorld:
    """People of two units; `clock` is the application's own."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.clock = Clock()
        with database.transaction() as session:
            self.unit = seed_territory(session)
            self.elsewhere = seed_unit(session, 2, "Brigade de Culoz")
            self.martin = seed_agent(session, self.unit, name="Adj. Martin")
            self.petit = seed_agent(session, self.unit, name="Gend. Petit")
            self.roux = seed_agent(session, self.unit, Role.CHIEF, name="Maj. Roux")
            self.noir = seed_agent(session, self.elsewhere, Role.CHIEF, name="Maj. Noir")
        self.app = application(database, self.clock)

    def terminal(self, agent: Agent) -> Terminal:
        return Terminal(self.app, self.database, agent, now=self.clock.now)


def after(**length: float) -> str:
    """An instant after the present of the tests, as terminals write it."""
    return (NOW + timedelta(**length)).isoformat()


def proposal(**changes: Any) -> dict[str, Any]:
    """The arguments of `opening.propose`."""
    return {
        "opening_id": str(uuid4()),
        "starts_at": after(days=1),
        "ends_at": after(days=1, hours=3),
        "counters": 2,
        "reasons": ["other", "complaint"],
        "place_kind": "unit",
        **changes,
    }


def absence(**changes: Any) -> dict[str, Any]:
    """The arguments of `absence.declare`."""
    return {
        "absence_id": str(uuid4()),
        "starts_at": after(hours=2),
        "ends_at": after(hours=4),
        "word": "tribunal",
        **changes,
    }
