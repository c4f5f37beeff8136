"""Asks the units' plannings by the clock, each kind in its own way, and says which have fallen silent.

Three steps, two transactions: claim the source, ask it with no transaction open, apply what it says. A worker that is
killed between them leaves a source that is asked again; what is applied twice changes nothing the second time.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from procrastinate import JobContext

from models.rules.plannings import Kind
from server.jobs import wiring
from server.jobs.agenda_visits import own_host
from server.jobs.app import CALENDARS_QUEUE, UPKEEP_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.upkeep import in_batches
from server.observability import frames_of
from server.planning.adapters import ask_ical, ask_table
from server.planning.caldav_said import ask_caldav
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed
from server.planning.said import Answer, Ask
from server.services.apply_reading import ApplyReading, apply_reading
from server.services.begin_reading import BeginReading, Begun, begin_reading
from server.services.claim_due_plannings import ClaimDuePlannings, claim_due_plannings
from server.services.fail_reading import FailReading, fail_reading
from server.services.watch_silence import WatchSilence, watch_silence

log = logging.getLogger(__name__)

# How each kind of source is asked; whatever an adapter raises, the previous state stands.
ADAPTERS: Mapping[Kind, Callable[[Ask], Answer]] = {
    Kind.ICAL: ask_ical,
    Kind.CALDAV: ask_caldav,
    Kind.POSITIONS_DAILY: ask_table,
    Kind.POSITIONS_FORECAST: ask_table,
}
# What a chief reads where the cause is ours: the log has it.
UNEXPECTED = "unexpected"
ATTEMPTS = 3


@queue.periodic(cron="* * * * *")
@queue.task(name="poll_plannings", queue=UPKEEP_QUEUE, queueing_lock="poll_plannings")
def poll_plannings(timestamp: int) -> None:
    """Have the sources asked whose time has come."""
    del timestamp
    command = ClaimDuePlannings()
    in_batches("plannings to ask", command.limit, lambda session, now: claim_due_plannings(session, command, now))


@queue.periodic(cron="* * * * *")
@queue.task(name="watch_silence", queue=UPKEEP_QUEUE, queueing_lock="watch_silence")
def watch(timestamp: int) -> None:
    """Say which sources have fallen silent."""
    del timestamp
    command = WatchSilence()
    in_batches("plannings silent", command.limit, lambda session, now: watch_silence(session, command, now))


# What goes wrong with a source is kept with it; only our own accidents, such as a database that restarts, are tried
# again, and soon: its next time comes by itself.
@queue.task(name="poll_planning", queue=CALENDARS_QUEUE, retry=ExponentialBackoff(attempts=ATTEMPTS), pass_context=True)
def run_poll(context: JobContext, source_id: str, claimed_at: str | None = None) -> None:
    """Do that, as the queue has it."""
    claimed = None if claimed_at is None else datetime.fromisoformat(claimed_at)
    poll_planning(source_id, claimed, last=context.job.attempts + 1 >= ATTEMPTS)


def poll_planning(source_id: str, claimed_at: datetime | None = None, *, last: bool = False) -> None:
    """Ask a source and make true what it says; nothing is lost or done twice, whenever a worker is killed.

    Args:
        claimed_at: when that was decided; what has been asked and has answered since is not asked again.
        last: an accident of ours is tried no more, but told.
    """
    context = wiring.current()
    try:
        with context.database.transaction() as session:
            command = BeginReading(UUID(source_id), claimed_at)
            begun = begin_reading(session, command, context.now(), context.sealer)
    except Exception as error:
        log.error("planning %s: %s before it was asked, at %s", source_id, type(error).__name__, frames_of(error))
        if not last:
            raise
        return _fail(UUID(source_id), None, UNEXPECTED)
    if begun is None:
        return
    try:
        said = _ask(begun)
    except (FetchFailed, PlanningRefused) as error:
        return _fail(UUID(source_id), begun.tried_at, error.code, getattr(error, "line", 0))
    except Exception as error:
        # Its text may quote the calendar; where it was raised does not.
        log.error("planning %s: %s while it was asked, at %s", source_id, type(error).__name__, frames_of(error))
        return _fail(UUID(source_id), begun.tried_at, UNEXPECTED)
    try:
        with context.database.transaction() as session:
            reading = ApplyReading(UUID(source_id), begun.tried_at, said, begun.window, _jitter())
            apply_reading(session, reading, context.now())
    except PlanningRefused as error:
        _fail(UUID(source_id), begun.tried_at, error.code, error.line)
    except Exception as error:
        log.error("planning %s: %s while it was applied, at %s", source_id, type(error).__name__, frames_of(error))
        if not last:
            raise
        _fail(UUID(source_id), begun.tried_at, UNEXPECTED)


def _ask(begun: Begun) -> Answer:
    if begun.ask is None:
        raise PlanningRefused(begun.code)
    context = wiring.current()
    settings = context.settings.calendar_settings
    ask = replace(begun.ask, own_host=own_host(context), allowed_hosts=settings.own_hosts, ca_file=settings.ca_file)
    return ADAPTERS[begun.kind](ask)


def _fail(source_id: UUID, tried_at: datetime | None, code: str, line: int = 0) -> None:
    context = wiring.current()
    with context.database.transaction() as session:
        fail_reading(session, FailReading(source_id, tried_at, code, line, _jitter()), context.now())


def _jitter() -> float:
    return random.random()  # noqa: S311 -- jitter, not a secret.
