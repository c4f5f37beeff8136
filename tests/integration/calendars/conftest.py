from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.agendas import Gendarme
from tests.support.certificates import Authority
from tests.support.radicale import FrontDoor, Radicale


@pytest.fixture
def gendarme(authority: Authority, open_door: Callable[[Radicale], FrontDoor], radicale: Radicale) -> Gendarme:
    """A gendarme with an empty agenda on a server that is well."""
    return Gendarme(authority, open_door(radicale), radicale.new_calendar())
