"""A unit that is open for two hours, and a partner's machine that may book there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database import Database
from models.rules.actor import Role
from tests.support.agenda import seed_windows
from tests.support.partners import Machine, bearer, clocked, make_key
from tests.support.seed import seed_agent, seed_territory, seed_unit
from tests.support.terminals import Clock

UNIT, OTHER = 1008593, 1008600
NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # nine o'clock in Belley
SLOTS = f"/api/v1/slots?unit={UNIT}&reason=worry&from=2026-12-01&to=2026-12-01"


@dataclass
class Scene:
    database: Database
    app: Any
    clock: Clock
    partner: Machine

    def hold(self, start: str = "2026-12-01T09:00:00+01:00", partner: Machine | None = None, **more: Any) -> Any:
        body = {"unit_id": UNIT, "reason_code": "worry", "starts_at": start, **more}
        return (partner or self.partner)("POST", "/api/v1/holds", json=body)

    def book(self, hold: Any, partner: Machine | None = None, key: str | None = None, **details: Any) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"hold_token": hold.json["hold_token"], **details}
        return (partner or self.partner)("POST", "/api/v1/bookings", json=body, headers=headers)

    def starts(self, path: str = SLOTS) -> list[str]:
        return [slot["starts_at"] for slot in self.partner("GET", path).json["slots"]]


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        unit = seed_territory(session)
        seed_windows(session, seed_agent(session, unit, Role.CHIEF), NINE, NINE + timedelta(hours=2))
        seed_unit(session, OTHER, "Brigade de gendarmerie d’Ambérieu")
    app, clock = clocked(database)
    return Scene(database, app, clock, bearer(app, make_key(database).key))
