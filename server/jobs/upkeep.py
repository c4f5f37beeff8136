"""What must happen by the clock. Each task calls one service, in short transactions, until nothing is left to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.rules.actor import SystemActor
from server.jobs import wiring
from server.jobs.app import UPKEEP_QUEUE, queue
from server.services.erase_old_requests import EraseOldRequests, erase_old_requests
from server.services.expire_requests import ExpireRequests, expire_requests
from server.services.extend_openings import ExtendOpenings, extend_openings
from server.services.fail_unheard_pushes import FailUnheardPushes, fail_unheard_pushes
from server.services.give_up_late_texts import GiveUpLateTexts, give_up_late_texts
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.reoffer_released import ReofferReleased, reoffer_released
from server.services.retry_stalled_jobs import RetryStalledJobs, retry_stalled_jobs
from server.services.settle_outcomes import SettleOutcomes, settle_outcomes

log = logging.getLogger(__name__)


# A queueing lock keeps ticks from piling up while no worker runs; the next tick does what the missed ones would have.
@queue.periodic(cron="* * * * *")
@queue.task(name="retry_stalled", queue=UPKEEP_QUEUE, queueing_lock="retry_stalled", priority=10)
def retry_stalled(timestamp: int) -> None:
    """Give the jobs of dead workers to living ones."""
    del timestamp
    command = RetryStalledJobs()
    in_batches("jobs retried", command.limit, lambda session, now: retry_stalled_jobs(session, command, now))


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="expire", queue=UPKEEP_QUEUE, queueing_lock="expire")
def expire(timestamp: int) -> None:
    """End the requests that nobody took."""
    del timestamp
    command, actor = ExpireRequests(), SystemActor("expire")
    in_batches("requests expired", command.limit, lambda session, now: expire_requests(session, command, actor, now))


@queue.periodic(cron="* * * * *")
@queue.task(name="reoffer", queue=UPKEEP_QUEUE, queueing_lock="reoffer", priority=5)
def reoffer(timestamp: int) -> None:
    """Tell citizens in time that nobody can receive them, with other times."""
    del timestamp
    command, actor = ReofferReleased(), SystemActor("reoffer")
    in_batches(
        "appointments given up", command.limit, lambda session, now: reoffer_released(session, command, actor, now)
    )


@queue.periodic(cron="30 * * * *")
@queue.task(name="settle", queue=UPKEEP_QUEUE, queueing_lock="settle")
def settle(timestamp: int) -> None:
    """End the appointments of which nobody has said what became of them."""
    del timestamp
    command = SettleOutcomes()
    in_batches("appointments settled", command.limit, lambda session, now: settle_outcomes(session, command, now))


@queue.periodic(cron="20 * * * *")
@queue.task(name="erase", queue=UPKEEP_QUEUE, queueing_lock="erase")
def erase(timestamp: int) -> None:
    """Forget the people of requests that ended long ago."""
    del timestamp
    command = EraseOldRequests(after=timedelta(days=wiring.current().settings.retention_days))
    actor = SystemActor("erase")
    in_batches("requests erased", command.limit, lambda session, now: erase_old_requests(session, command, actor, now))


@queue.periodic(cron="40 * * * *")
@queue.task(name="purge", queue=UPKEEP_QUEUE, queueing_lock="purge")
def purge(timestamp: int) -> None:
    """Delete what has only ever been needed for a while."""
    del timestamp
    late = GiveUpLateTexts()
    in_batches("late texts given up", late.limit, lambda session, now: give_up_late_texts(session, late, now))
    command = PurgeExpired()
    in_batches("rows purged", command.limit, lambda session, now: max(purge_expired(session, command, now).values()))


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="fail_unheard", queue=UPKEEP_QUEUE, queueing_lock="fail_unheard")
def fail_unheard(timestamp: int) -> None:
    """Tell over another way what no browser has said anything of."""
    del timestamp
    command = FailUnheardPushes()
    in_batches("pushes unheard", command.limit, lambda session, now: fail_unheard_pushes(session, command, now))


# Before anybody's day begins, and again at midday for what a night without a worker left.
@queue.periodic(cron="10 2,12 * * *")
@queue.task(name="extend_openings", queue=UPKEEP_QUEUE, queueing_lock="extend_openings")
def extend(timestamp: int) -> None:
    """Store the occurrences of openings that time has brought near."""
    del timestamp
    command, actor = ExtendOpenings(), SystemActor("extend_openings")
    in_batches("openings extended", command.limit, lambda session, now: extend_openings(session, command, actor, now))


def in_batches(what: str, limit: int, step: Callable[[Session, datetime], int]) -> None:
    """Run `step` in one transaction after another until it does less than `limit`."""
    context = wiring.current()
    while True:
        with context.database.transaction() as session:
            done = step(session, context.now())
        if done:
            log.info("%s: %d", what, done)
        if done < limit:
            return
