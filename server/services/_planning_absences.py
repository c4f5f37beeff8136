"""Brings the absences of planning sources in line with what these say, in few statements: a calendar has thousands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.rules.absences import is_imported_held
from models.rules.intervals import Interval
from models.rules.openings import FORTNIGHT
from models.rules.planning_entries import Entry, absence_id
from models.tables import Absence

# The next day begins for some terminal before everybody's clock says so.
_A_DAY = timedelta(days=1)


@dataclass
class Difference:
    """What a reading has changed: how many absences and positions came and went, and which documents are others now."""

    came: int = 0
    went: int = 0
    touched: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.came or self.went)

    def add(self, other: Difference) -> None:
        """Take what another part has changed."""
        self.came += other.came
        self.went += other.went
        self.touched += other.touched


@dataclass(frozen=True, slots=True)
class Wanted:
    """An absence that there must be."""

    source_id: UUID
    agent_id: int
    entry: Entry


def replace_absences(
    session: Session,
    source_ids: Collection[UUID],
    wanted: Iterable[Wanted],
    midnight: datetime,
    now: datetime,
    *,
    stands: Callable[[bytes], bool] | None = None,
) -> Difference:
    """Leave these sources' absences as they must be; those that are as they must be are not touched.

    Nor are those that were over before today, whatever is said of them: terminals that have held one forget it because
    they find it when their day turns, and `purge_expired` takes it with the other history of its time.

    Args:
        midnight: at which today begins in the unit.
        stands: says of a stored one that is not wanted, by its key, whether it stays all the same.
    """
    stored = {
        one.id: one
        for one in session.execute(
            select(
                Absence.id,
                Absence.planning_key,
                func.lower(Absence.during).label("start"),
                func.upper(Absence.during).label("end"),
            ).where(Absence.planning_source_id.in_(source_ids), func.upper(Absence.during) > midnight)
        )
    }
    must_be = {
        absence_id(one.source_id, one.agent_id, one.entry): one for one in wanted if one.entry.times.end > midnight
    }
    went = [one for one in stored.values() if one.id not in must_be and not (stands and stands(one.planning_key))]
    came = {id_: one for id_, one in must_be.items() if id_ not in stored}
    _delete(session, [one.id for one in went])
    _insert(session, came, now)
    times = [(one.id, Interval(one.start, one.end)) for one in went]
    times += [(id_, one.entry.times) for id_, one in came.items()]
    return Difference(
        len(came), len(went), [f"absence/{id_}" for id_, interval in times if _is_held(interval, midnight)]
    )


def held_absences(session: Session, source_id: UUID, midnight: datetime) -> tuple[str, ...]:
    """Return the documents of a source's absences that some terminal of the unit may hold today."""
    ids = session.scalars(
        select(Absence.id)
        .where(
            Absence.planning_source_id == source_id,
            func.upper(Absence.during) > midnight,
            func.lower(Absence.during) < midnight + FORTNIGHT + _A_DAY,
        )
        .order_by(func.lower(Absence.during), Absence.id)
    )
    return tuple(f"absence/{id_}" for id_ in ids)


def _is_held(times: Interval, midnight: datetime) -> bool:
    return is_imported_held(times.start - _A_DAY, times.end, midnight)


def _delete(session: Session, ids: list[UUID]) -> None:
    if ids:
        session.execute(text("DELETE FROM absences WHERE id = ANY (CAST(:ids AS uuid[]))"), {"ids": ids})


def _insert(session: Session, came: dict[UUID, Wanted], now: datetime) -> None:
    if not came:
        return
    session.execute(
        text(
            "INSERT INTO absences"
            " (id, agent_id, during, source, planning_source_id, planning_key, declared_at, intervention)"
            " SELECT id, agent_id, tstzrange(starts_at, ends_at), 'planning', source_id, key, :now, false"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:agents AS int[]), CAST(:starts AS timestamptz[]),"
            " CAST(:ends AS timestamptz[]), CAST(:sources AS uuid[]), CAST(:keys AS bytea[]))"
            " AS said (id, agent_id, starts_at, ends_at, source_id, key)"
        ),
        {
            "now": now,
            "ids": list(came),
            "agents": [one.agent_id for one in came.values()],
            "starts": [one.entry.times.start for one in came.values()],
            "ends": [one.entry.times.end for one in came.values()],
            "sources": [one.source_id for one in came.values()],
            "keys": [one.entry.key for one in came.values()],
        },
    )
