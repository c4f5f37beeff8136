"""Whoever changes whom a unit's tables may mean takes its lock before its tables, as readings do.

In the opposite order, each would wait for what the other has.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.actor import Role
from models.tables import PlanningSource
from server.services.close_agent import CloseAgent, close_agent
from server.services.create_agent import CreateAgent, create_agent
from server.services.set_service_number import SetServiceNumber, set_service_number
from tests.support.processes import wait_until
from tests.support.seed import NOW

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def _comes(session, brigade):
    roles = frozenset({Role.GENDARME})
    create_agent(session, CreateAgent("nouveau", "Gend. Nouveau", roles, brigade.martin.unit_id, "x" * 12), NOW)


def _is_called_otherwise(session, brigade):
    set_service_number(session, SetServiceNumber(brigade.martin.login, "77"))


def _leaves(session, brigade):
    close_agent(session, CloseAgent(brigade.martin.login), NOW)


@pytest.mark.parametrize("change", [_comes, _is_called_otherwise, _leaves])
def test_it_waits_for_a_reading_without_keeping_it_from_its_table(database, brigade, daily, change):
    def other():
        with database.transaction() as session:
            change(session, brigade)

    def waits():
        with database.transaction() as session:
            return session.scalar(_WAITING) == 1

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as reading:
            lock_scopes(reading, {unit_scope(brigade.martin.unit_id)})
            changed = pool.submit(other)
            wait_until(waits, "it waits for the unit")
            # What another holds is refused at once here, instead of being waited for.
            assert reading.get(PlanningSource, UUID(daily), with_for_update={"nowait": True}) is not None
        changed.result()
