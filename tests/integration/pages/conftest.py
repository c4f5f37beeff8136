from __future__ import annotations

import pytest

from tests.support.citizen import Citizen, seed_places
from tests.support.terminals import Clock, application


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock)


@pytest.fixture
def citizen(app):
    return Citizen(app)
