from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import AgentActor, SystemActor
from models.rules.colleagues import require_chief, require_unit
from models.rules.errors import Invalid, NotFound
from models.rules.openings import Handling, State
from models.rules.request_lifecycle import Verdict
from models.service_events import HolidaySet
from models.tables import Opening, OpeningOccurrence, Unit, UnitHoliday
from server.services._concerned import settle_concerned
from server.services._occurrences import store_occurrences
from server.services._openings import zone_of

FARTHEST = timedelta(days=731)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SetUnitHoliday:
    """A day that is a public holiday for the unit (`name`), a day like any (`ordinary`), or again as the calendar says.

    `unit_id` is for the command line; an agent speaks for their own unit.
    """

    day: date
    name: str = ""
    ordinary: bool = False
    unit_id: int | None = None


def set_unit_holiday(
    session: Session, command: SetUnitHoliday, actor: AgentActor | SystemActor, now: datetime
) -> Verdict:
    """Let a unit depart from the calendar of its zone; its openings close and open on that day as their rules say.

    Whoever has an appointment that day is offered other times and told why.

    Raises:
        Forbidden: `not_in_a_unit`, or `chief_only`.
        NotFound: `no_such_unit`.
        Invalid: `day` is `too_old` (past) or `too_far` (over two years); `name` is `one_of_two` beside `ordinary`.
    """
    unit_id = command.unit_id
    if isinstance(actor, AgentActor):
        unit_id = require_unit(actor)
        require_chief(actor)
    unit = None if unit_id is None else session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("no_such_unit")
    lock_scopes(session, {unit_scope(unit.id)})
    _check(command, now.astimezone(zone_of(session, unit.id)).date())
    if not _write(session, unit.id, command):
        return Verdict.NOOP
    agent_id = actor.agent_id if isinstance(actor, AgentActor) else None
    documents = _follow(session, unit.id, command, actor, now)
    record(
        session,
        HolidaySet(
            at=now,
            unit_id=unit.id,
            agent_id=agent_id,
            day=command.day.isoformat(),
            holiday=command.name or None,
            occurrence_ids=documents,
        ),
    )
    return Verdict.APPLY


def _check(command: SetUnitHoliday, today: date) -> None:
    fields: dict[str, str] = {}
    if command.day < today:
        fields["day"] = "too_old"
    elif command.day > today + FARTHEST:
        fields["day"] = "too_far"
    if command.name and command.ordinary:
        fields["name"] = "one_of_two"
    if fields:
        raise Invalid("invalid_arguments", {"fields": fields})


def _write(session: Session, unit_id: int, command: SetUnitHoliday) -> bool:
    """Write the unit's own word about the day, and say whether it is another one than before."""
    row = session.get(UnitHoliday, (unit_id, command.day), populate_existing=True)
    before = None if row is None else (row.name,)
    after = (command.name,) if command.name else (None,) if command.ordinary else None
    if before == after:
        return False
    if after is None:
        session.execute(delete(UnitHoliday).where(UnitHoliday.unit_id == unit_id, UnitHoliday.day == command.day))
        session.expire_all()
    else:
        row_values = {"unit_id": unit_id, "day": command.day, "name": after[0]}
        statement = insert(UnitHoliday).values(row_values)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[UnitHoliday.unit_id, UnitHoliday.day], set_={"name": after[0]}
            )
        )
    return True


def _follow(
    session: Session, unit_id: int, command: SetUnitHoliday, actor: AgentActor | SystemActor, now: datetime
) -> tuple[str, ...]:
    """Close and open the occurrences of that day; return those whose documents terminals may hold."""
    begins = datetime.combine(command.day, datetime.min.time(), zone_of(session, unit_id))
    openings = session.scalars(
        select(Opening)
        .where(
            Opening.state == State.APPROVED,
            Opening.id.in_(
                select(OpeningOccurrence.opening_id).where(
                    OpeningOccurrence.unit_id == unit_id,
                    OpeningOccurrence.starts_at >= begins,
                    OpeningOccurrence.starts_at < begins + DAY,
                )
            ),
        )
        .order_by(Opening.starts_at, Opening.id)
    ).all()
    # All close before anybody is offered another time, so that none is at a counter that closes too.
    stored = [store_occurrences(session, opening, now) for opening in openings]
    changed = [one for some in stored for one in some.changed]
    settle_concerned(session, changed, Handling.REOFFER, command.name, actor, now)
    return tuple(str(one) for some in stored for one in some.documents)
