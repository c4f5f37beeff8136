from __future__ import annotations

import pytest

from tests.support.brigade_world import BrigadeWorld


@pytest.fixture
def brigade(database):
    return BrigadeWorld(database)
