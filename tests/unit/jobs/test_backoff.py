from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

from procrastinate.jobs import Job

from server.jobs.backoff import LONGEST, ExponentialBackoff
from server.jobs.deliver import TRIES, TRIES_BEFORE_ANOTHER_WAY
from server.jobs.notice_channels import TEXT_IS_GOOD
from server.services.settle_notice import SettleNotice


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
    assert sum(found, timedelta()) < timedelta(hours=48)


def test_the_least_that_chance_gives_outlasts_whatever_waits_for_a_day(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda *bounds: min(bounds))
    # What tries another way first notes its failure in the attempt after the hour, which may be an hour later.
    longest = TRIES_BEFORE_ANOTHER_WAY + LONGEST + max(TRIES, TEXT_IS_GOOD, SettleNotice.tries_for)
    assert sum(waits(ExponentialBackoff()), timedelta()) > longest


def test_it_gives_up_in_the_end():
    assert len(waits(ExponentialBackoff(attempts=3))) == 2
