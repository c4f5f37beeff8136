"""Random schedules of taps, losses, doubles, crashes and revocations; none may break an invariant of the protocol."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from server.services.mutations import MUTATIONS
from tests.integration.sync.schedules.browser import Browser
from tests.integration.sync.schedules.crashing import CrashingDatabase
from tests.integration.sync.schedules.faults import FAULTS
from tests.integration.sync.schedules.machine import Schedules
from tests.support.terminals import application

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
# Each part runs in a process of its own; together they make the number that the specification asks for.
PARTS = 4
SCHEDULES = (10_000 if LONG else 512) // PARTS
# The rarest of the planted faults shows in one schedule of some hundred. The same ones are drawn in each run, so that
# a fault that is caught once is always caught.
SCHEDULES_FOR_A_FAULT = 3_000


@pytest.fixture
def schedules(database_url):
    database = CrashingDatabase(database_url, pool_size=5)
    with Browser() as browser:
        yield type("Schedules", (Schedules,), {"database": database, "app": application(database), "browser": browser})
    database.dispose()


@pytest.mark.timeout(7200 if LONG else 600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_schedule_breaks_an_invariant(schedules, part):
    run_state_machine_as_test(schedules, settings=_settings(SCHEDULES))


def test_whatever_is_tapped_can_take_effect(schedules):
    never = []
    for op in sorted(MUTATIONS):
        schedule = schedules()
        schedule.begin([(op, which, how) for which in range(6) for how in range(6)])
        schedule.teardown()
        if not any(result["status"] == "applied" for result in schedule.handsets[0].results.values()):
            never.append(op)
    assert never == []


# The rarest takes two minutes of a core that is its own, and longer beside others.
@pytest.mark.timeout(7200 if LONG else 1200)
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_planted_fault_is_caught(schedules, name):
    schedules.browser_fault = FAULTS[name].browser
    schedules.server_fault = staticmethod(FAULTS[name].server) if FAULTS[name].server else None
    with pytest.raises(Exception, match=r"^[1-6]: |unique constraint"):
        run_state_machine_as_test(
            schedules, settings=_settings(SCHEDULES_FOR_A_FAULT, phases=[Phase.generate], derandomize=True)
        )


def _settings(schedules: int, **changes: Any) -> settings:
    return settings(
        max_examples=schedules,
        stateful_step_count=40,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        database=None,
        **changes,
    )
