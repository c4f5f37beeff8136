from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from procrastinate.jobs import Job

from server.jobs.backoff import LONGEST, ExponentialBackoff


def waits(strategy):
    """How long each failed attempt waits, until the strategy gives up."""
    found = []
    while True:
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=len(found))
        before = datetime.now(UTC)
        decision = strategy.get_retry_decision(exception=ValueError(), job=job)
        if decision is None:
            return found
        found.append(decision.retry_at - before)


def test_waits_grow_to_an_hour_and_reach_a_day():
    found = waits(ExponentialBackoff())
    assert timedelta(seconds=7) < found[0] < timedelta(seconds=12)
    assert max(found) <= LONGEST + timedelta(seconds=2)
    assert all(later > earlier for earlier, later in itertools.pairwise(found[:9]))
    # The least that chance gives is still about a day, and the most is not two.
    assert timedelta(hours=19) < sum(found, timedelta()) < timedelta(hours=48)
    assert timedelta(hours=24) < sum(found, timedelta()) / 0.8


def test_it_gives_up_in_the_end():
    assert len(waits(ExponentialBackoff(attempts=3))) == 2
