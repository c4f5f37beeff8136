from __future__ import annotations

import pytest

from tests.integration.pages.booking_support import book, seed_openings
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


@pytest.fixture
def chief(app, database):
    return seed_openings(database)


@pytest.fixture
def booked(citizen, chief):
    """A confirmed appointment on Thursday at 9 h; the citizen is on its page."""
    book(citizen)
    return citizen.path.removesuffix("/envoyee")
