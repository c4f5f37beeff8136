from __future__ import annotations

import pytest

from tests.support.openings import OpeningWorld


@pytest.fixture
def brigade(session):
    return OpeningWorld(session)
