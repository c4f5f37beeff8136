from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.errors import Invalid
from models.rules.plannings import Kind
from models.tables import PlanningSource
from server.planning.adapters import read_table
from server.planning.errors import PlanningRefused
from server.planning.layout import stored_layout
from server.planning.said import RefusedEntry, TableSaid
from server.services._plannings import find_source, read_whole_next, see_source, zone_of
from server.services.apply_reading import settle_said
from server.services.begin_reading import BAD_LAYOUT

# A table that is handed in is read and made true while somebody waits, in the process that answers everybody: this is
# a month of a unit of fifty, twice a day. A larger one can be read from an address, by a worker.
MOST_ROWS = 3_000


@dataclass(frozen=True)
class ReceiveTable:
    """A table of positions as somebody hands it in."""

    source_id: UUID
    octets: bytes = field(repr=False)


@dataclass(frozen=True)
class ReceivedTable:
    """How many rows there were, and which were left out."""

    read: int
    refused: Sequence[RefusedEntry]

    @property
    def unknown_agents(self) -> int:
        """How many rows are about nobody of the unit."""
        return sum(one.cause == "unknown_agent" for one in self.refused)


def receive_table(session: Session, command: ReceiveTable, actor: AgentActor, now: datetime) -> ReceivedTable:
    """Make true what a table says that somebody has handed in; where it has an address, that is asked as before.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning` that the actor may change.
        Invalid: it changes nothing; the code is that of `PlanningRefused`, `line` says where. `not_a_table_source`: it
            is a calendar.
    """
    seen = see_source(session, command.source_id, actor)
    if Kind(seen.kind).is_calendar:
        raise Invalid("not_a_table_source")
    try:
        # Nobody of the unit waits while it is read.
        columns, said = seen.columns, _read(session, command, seen)
        source = find_source(session, command.source_id, actor)
        if source.columns != columns:
            # Somebody has laid it out otherwise meanwhile.
            said = _read(session, command, source)
        refused = settle_said(session, source, said, now, agent_id=actor.agent_id)
    except PlanningRefused as error:
        raise Invalid(error.code, {"line": error.line}) from None
    poll_at = source.poll_at
    read_whole_next(session, source, now)
    source.poll_at = poll_at
    source.tried_at = now
    return ReceivedTable(said.read, refused)


def _read(session: Session, command: ReceiveTable, source: PlanningSource) -> TableSaid:
    try:
        layout = stored_layout(source.columns)
    except ValueError:
        raise PlanningRefused(BAD_LAYOUT) from None
    return read_table(command.octets, zone_of(session, source.unit_id), layout, MOST_ROWS)
