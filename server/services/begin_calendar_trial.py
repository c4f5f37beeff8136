from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import calendar_trials
from models.rules.calendar_trials import TrialKind
from models.tables import CalendarTrial
from server.planning.address import Address, read_address
from server.planning.fetch import Source
from server.planning.layout import Layout, stored_layout
from server.planning.said import Ask
from server.sealing import Sealer, Unsealable
from server.services._plannings import window_of, zone_of


@dataclass(frozen=True)
class BeginCalendarTrial:
    trial_id: UUID


@dataclass(frozen=True)
class BegunTrial:
    """An address is to be tested now.

    Args:
        code: why it is not asked at all: what it is reached with cannot be opened any more, or nobody waits for it.
    """

    kind: TrialKind
    created_at: datetime
    address: Address | None = field(default=None, repr=False)
    ask: Ask | None = field(default=None, repr=False)
    code: str = ""


def begin_calendar_trial(
    session: Session, command: BeginCalendarTrial, now: datetime, sealer: Sealer
) -> BegunTrial | None:
    """Say what is to be tested; None when it has been, or is gone."""
    trial = session.get(CalendarTrial, command.trial_id)
    if trial is None or trial.address_sealed is None:
        return None
    kind = TrialKind(trial.kind)
    if calendar_trials.is_over(trial.created_at, now):
        return BegunTrial(kind, trial.created_at, code="unexpected")
    try:
        address = read_address(sealer.open(trial.address_sealed, trial.id))
    except Unsealable:
        return BegunTrial(kind, trial.created_at, code="unsealable")
    zone = zone_of(session, trial.unit_id)
    ask = Ask(
        Source(address.url, address.user, address.password),
        window_of(zone, now),
        zone,
        tentative_counts=trial.reading.get("tentative_counts", True),
        layout=stored_layout(trial.reading) if kind.is_table else Layout(),
    )
    return BegunTrial(kind, trial.created_at, address, ask)
