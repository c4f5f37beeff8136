from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.caldav_sources import Owner
from tests.support.certificates import Authority
from tests.support.radicale import FrontDoor, Radicale


@pytest.fixture
def owner(authority: Authority, open_door: Callable[[Radicale], FrontDoor], radicale: Radicale) -> Owner:
    """Somebody with an empty calendar on a server that is well."""
    return Owner(authority, open_door(radicale), radicale.new_calendar())
