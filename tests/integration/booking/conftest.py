from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.tables import Agent, Unit
from tests.support.seed import seed_agent, seed_territory


@pytest.fixture
def unit(session: Session) -> Unit:
    return seed_territory(session)


@pytest.fixture
def chief(session: Session, unit: Unit) -> Agent:
    return seed_agent(session, unit, Role.GENDARME, Role.CHIEF)
