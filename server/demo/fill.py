"""Fills an empty database with the demonstration."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.rules.errors import Conflict
from models.tables import Agent, ContactRequest, Unit
from server.demo.agenda import tell_agenda
from server.demo.calendars import tell_calendars
from server.demo.people import DemoSignIn, create_people
from server.demo.service import tell_service
from server.demo.stories import tell_stories
from server.importers.communes import DEFAULT_FOLDER, import_communes
from server.importers.jurisdictions import import_jurisdictions
from server.importers.loading import lock_imports
from server.importers.units import import_units
from server.sealing import Sealer
from server.tokens import Tokens

HERE = Path(__file__).parent
SIGN_INS = "demo-sign-ins.json"


@dataclass(frozen=True)
class Filled:
    """What the demonstration now holds."""

    communes: int
    units: int
    requests: int
    bookings: int
    sign_ins: Sequence[DemoSignIn]


def fill(session: Session, now: datetime, tokens: Tokens, sealer: Sealer, *, communes: str = DEFAULT_FOLDER) -> Filled:
    """Import the demonstration's territory through the usual importers, open its accounts and tell its stories.

    Args:
        communes: the unpacked package of communes, as `import_communes` takes it.

    Raises:
        Conflict: `not_empty`; a demonstration never mixes with what is already there.
        FileRefused: the package of communes is not installed.
    """
    # Two demonstrations that start at once wait for each other here; the second finds the first one's rows.
    lock_imports(session)
    if session.scalar(select(or_(*(exists(select(table.id)) for table in (Unit, Agent, ContactRequest))))):
        raise Conflict("not_empty")
    found = import_communes(session, communes)
    units = import_units(session, str(HERE / "units.csv"))
    import_jurisdictions(session, str(HERE / "jurisdictions.csv"), on=now.date())
    agents, sign_ins = create_people(session, now)
    requests = tell_stories(session, agents, now, tokens)
    tell_service(session, agents, now)
    bookings = tell_agenda(session, agents, now, tokens)
    tell_calendars(session, agents, now, tokens, sealer)
    return Filled(found.created, units.created, requests, bookings, sign_ins)


def write_sign_ins(folder: Path, sign_ins: Sequence[DemoSignIn]) -> Path:
    """Write the sign-ins where `make run` looks for them, readable by their owner alone."""
    path = folder / SIGN_INS
    # Taken away first: an older file may have been made with wider rights.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(sign_in) for sign_in in sign_ins], file, ensure_ascii=False, indent=2)
    return path
