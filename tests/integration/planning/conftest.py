from __future__ import annotations

import pytest

from models.tables import Agent
from tests.support.brigade_world import BrigadeWorld
from tests.support.plannings import add_planning


@pytest.fixture
def brigade(database):
    """Belley, whose people the planning tool knows by their numbers."""
    brigade = BrigadeWorld(database)
    with database.transaction() as session:
        for agent, number in ((brigade.martin, "123456"), (brigade.petit, "234567")):
            session.get_one(Agent, agent.id).service_number = number
    return brigade


@pytest.fixture
def context(brigade):
    return brigade.app.extensions["brigade"]


@pytest.fixture
def chief(brigade):
    return brigade.terminal(brigade.roux)


@pytest.fixture
def mine(brigade):
    return brigade.terminal(brigade.martin)


@pytest.fixture
def daily(chief):
    return add_planning(chief, kind="positions_daily", name="Feuille du jour", url="")["id"]


@pytest.fixture
def forecast(chief):
    return add_planning(chief, kind="positions_forecast", name="Prévisions", url="")["id"]
