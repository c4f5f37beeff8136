"""Keeps gendarmes' agendas in line with their appointments.

An export is taken in hand in one transaction, its agenda visited outside of any, and given back in another. A worker
that dies in between loses nothing: the claim runs out, and whoever comes next looks at what stands there. How an
agenda is reached is said by its kind.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from models.rules.exports import Kind, Result
from models.tables import Event
from server.context import Context
from server.errors import log_unexpected
from server.jobs import wiring
from server.jobs.agenda_mails import visit_mail
from server.jobs.agenda_visits import Visit, visit_caldav
from server.jobs.app import EXPORTS_QUEUE, UPKEEP_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.upkeep import in_batches
from server.sealing import Unsealable
from server.services.claim_export import ClaimedExport, ClaimExport, claim_export
from server.services.end_lost_exports import EndLostExports, end_lost_exports
from server.services.settle_export import SettleExport, settle_export
from server.services.tell_unvisited_exports import TellUnvisitedExports, tell_unvisited_exports
from server.services.want_export import BeginDue, WantExport, begin_due
from server.services.want_export import want_export as want

log = logging.getLogger(__name__)

Address = Mapping[str, str]
# What its gendarme reads where the mistake is ours: the log has it.
UNEXPECTED = "unexpected"
# How each kind of export reaches its agenda; whoever writes one for another kind puts it here.
DELIVERIES: dict[Kind, Callable[[Context, ClaimedExport, Address], Visit]] = {
    Kind.CALDAV: visit_caldav,
    Kind.MAIL: visit_mail,
}


# It asks nobody, so that it need not wait for those who do.
@queue.task(name="want_export", queue=UPKEEP_QUEUE, retry=ExponentialBackoff(attempts=10))
def want_export(event_id: int) -> None:
    """Let the agendas of a unit be looked at, because something has happened to one of its appointments."""
    context = wiring.current()
    with context.database.transaction() as session:
        event = session.get_one(Event, event_id)
        assert event.booking_id is not None
        want(session, WantExport(event.unit_id, event.booking_id), context.now())


# A queueing lock keeps ticks from piling up while agendas are slow.
@queue.periodic(cron="* * * * *")
@queue.task(name="look_at_agendas", queue=UPKEEP_QUEUE, queueing_lock="look_at_agendas")
def look_at_agendas(timestamp: int) -> None:
    """End what nobody may have any more, and look at what is due: each agenda twice in an hour."""
    del timestamp
    lost = EndLostExports()
    in_batches("exports ended", lost.limit, lambda session, now: end_lost_exports(session, lost, now))
    due = BeginDue()
    in_batches("agendas to look at", due.limit, lambda session, now: begin_due(session, due, now))
    unvisited = TellUnvisitedExports()
    in_batches(
        "agendas unvisited", unvisited.limit, lambda session, now: tell_unvisited_exports(session, unvisited, now)
    )


@queue.task(name="run_export", queue=EXPORTS_QUEUE, retry=ExponentialBackoff(attempts=3))
def run_export(export_id: str) -> None:
    """Bring one agenda into line, if it is due and in nobody's hands."""
    context = wiring.current()
    with context.database.transaction() as session:
        claimed = claim_export(session, ClaimExport(UUID(export_id)), context.now())
    if claimed is None:
        return
    visit, sealed = _visit(context, claimed)
    if visit.result is Result.REFUSED:
        # Without the address, which is a secret: the row says whose it is.
        log.error("agenda %s refused: %s", claimed.export_id, visit.code)
    with context.database.transaction() as session:
        settle_export(
            session,
            SettleExport(claimed, visit.result, visit.code, visit.retry_at, visit.known, sealed),
            context.now(),
        )


def _visit(context: Context, claimed: ClaimedExport) -> tuple[Visit, bytes | None]:
    """What became of the errand; and the address under the current key, where an older one had sealed it."""
    try:
        opened = context.sealer.open(claimed.sealed, claimed.export_id)
    except Unsealable:
        log.error("agenda %s cannot be reached: none of CREDENTIALS_KEYS opens its address", claimed.export_id)
        return Visit(Result.UNSEALABLE, Result.UNSEALABLE, claimed.known), None
    current = context.sealer.is_current(claimed.sealed)
    sealed = None if current else context.sealer.seal(opened, claimed.export_id)
    try:
        return DELIVERIES[claimed.kind](context, claimed, json.loads(opened)), sealed
    except Exception as error:
        # It must not look as if all were well. Its text may hold an address, and is not logged.
        log_unexpected(f"agenda {claimed.export_id}", error)
        return Visit(Result.RETRY, UNEXPECTED, None), sealed
