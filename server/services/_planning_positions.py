"""Keeps what tables of positions say, and derives service positions and absences from all tables of a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.rules.duty import Source
from models.rules.intervals import Interval
from models.rules.planning_entries import Entry, entry_key
from models.rules.planning_positions import DerivedPosition, Position, SaidPosition, derive, named_days
from models.rules.plannings import Kind
from models.tables import Agent, DutyStatus, PlanningPosition, PlanningSource
from server.planning.positions import AgentPosition
from server.planning.said import RefusedEntry, TableSaid
from server.services._planning_absences import Difference, Wanted, replace_absences

_Key = tuple[int, datetime, datetime, str]


class NobodyKnown(Exception):
    """No row of a table is about anybody of the unit; `line` is that of the first."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def keep_positions(
    session: Session, source: PlanningSource, said: TableSaid, zone: ZoneInfo, midnight: datetime
) -> list[RefusedEntry]:
    """Keep what a table says of the unit's people; what it said before its first day, and of whom a row was refused,
    stands where it says nothing else now.

    Returns:
        The rows that were left out, in the order of the table: also those about nobody of the unit (`unknown_agent`).

    Raises:
        NobodyKnown: there are no others.
    """
    agents = _agents(session, source.unit_id)
    taken, refused = of_unit(session, source.unit_id, said.taken)
    if not taken and said.taken:
        raise NobodyKnown(min(one.line for one in said.taken))
    rows = session.scalars(select(PlanningPosition).where(PlanningPosition.source_id == source.id)).all()
    stored = {_key(row): row for row in rows}
    kept_agents = {agent_id for name in said.kept if (agent_id := agents.get(_number(name))) is not None}
    wanted = {(agent_id, one.starts_at, one.ends_at, str(one.position)) for agent_id, one in taken}
    if taken:
        first_day = min(named_days(Interval(one.starts_at, one.ends_at), zone)[0].start for _, one in taken)
    else:
        first_day = None
    busy: defaultdict[int, list[Interval]] = defaultdict(list)
    for agent_id, starts_at, ends_at, _ in wanted:
        busy[agent_id].append(Interval(starts_at, ends_at))
    gone = []
    for key, row in stored.items():
        agent_id, starts_at, ends_at, _ = key
        stays = agent_id in kept_agents or first_day is None or starts_at < first_day
        overtaken = any(Interval(starts_at, ends_at).overlaps(one) for one in busy[agent_id])
        if ends_at <= midnight or (key not in wanted and (not stays or overtaken)):
            gone.append(row.id)
    if gone:
        session.execute(delete(PlanningPosition).where(PlanningPosition.id.in_(gone)))
    session.add_all(
        PlanningPosition(source_id=source.id, agent_id=key[0], during=Range(key[1], key[2]), position=key[3])
        for key in sorted(wanted - stored.keys())
        if key[2] > midnight
    )
    session.flush()
    return sorted((*said.refused, *refused), key=lambda one: one.line)


def derive_positions(session: Session, unit_id: int, zone: ZoneInfo, midnight: datetime, now: datetime) -> Difference:
    """Bring service positions and imported absences in line with what all tables of a unit say together."""
    tables = session.execute(
        select(PlanningSource.id, PlanningSource.kind, PlanningSource.revoked_at)
        .where(
            PlanningSource.unit_id == unit_id,
            PlanningSource.kind.in_([Kind.POSITIONS_DAILY, Kind.POSITIONS_FORECAST]),
        )
        # The newer of two tables of one kind has the word.
        .order_by(PlanningSource.kind != Kind.POSITIONS_DAILY, PlanningSource.created_at.desc(), PlanningSource.id)
    ).all()
    ranks = {one.id: rank for rank, one in enumerate(tables) if one.revoked_at is None}
    rows = session.scalars(select(PlanningPosition).where(PlanningPosition.source_id.in_(ranks)))
    said = [
        SaidPosition(ranks[row.source_id], row.source_id, row.agent_id, _times(row), Position(row.position))
        for row in rows
    ]
    derived = [one for one in derive(said, zone) if one.times.end > midnight]
    ids = [one.id for one in tables]
    difference = replace_absences(session, ids, _absences(derived), midnight, now)
    difference.add(_replace_duties(session, ids, derived))
    return difference


def _absences(derived: Iterable[DerivedPosition]) -> Iterable[Wanted]:
    for one in derived:
        if one.is_absence:
            yield Wanted(one.source_id, one.agent_id, Entry(entry_key(f"agent {one.agent_id}"), one.times))


def _replace_duties(session: Session, ids: Collection[UUID], derived: Sequence[DerivedPosition]) -> Difference:
    rows = session.scalars(select(DutyStatus).where(DutyStatus.planning_source_id.in_(ids))).all()
    stored = {(row.planning_source_id, row.agent_id, row.status, row.since, row.until): row for row in rows}
    wanted = {(one.source_id, one.agent_id, str(one.status), one.times.start, one.times.end) for one in derived}
    went, came = stored.keys() - wanted, wanted - stored.keys()
    if went:
        session.execute(delete(DutyStatus).where(DutyStatus.id.in_([stored[key].id for key in went])))
    session.add_all(
        DutyStatus(
            planning_source_id=source_id,
            agent_id=agent_id,
            status=status,
            since=since,
            until=until,
            source=Source.PLANNING,
        )
        for source_id, agent_id, status, since, until in sorted(came, key=str)
    )
    session.flush()
    touched = sorted({agent_id for _, agent_id, *_ in (*went, *came)})
    return Difference(len(came), len(went), [f"duty/{one}" for one in touched])


def _agents(session: Session, unit_id: int) -> dict[str, int]:
    """The ids of the unit's people, by service number and by login; a number comes before a login."""
    statement = select(Agent).where(
        Agent.unit_id == unit_id, Agent.active, Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value])
    )
    people = session.scalars(statement).all()
    known = {one.login: one.id for one in people}
    return {**known, **{one.service_number: one.id for one in people if one.service_number is not None}}


def _number(name: str) -> str:
    """What an agent is called in a table, as it is known here: without leading zeros, or as they sign in."""
    bare = name.strip().lower()
    return bare.lstrip("0") or "0" if bare.isascii() and bare.isdecimal() else bare


def of_unit(
    session: Session, unit_id: int, said: Sequence[AgentPosition]
) -> tuple[list[tuple[int, AgentPosition]], list[RefusedEntry]]:
    """Find the unit's people in what a table says.

    Returns:
        What is said of them, by their ids, and the rows about nobody of the unit (`unknown_agent`) or about a time for
        which somebody is named otherwise under another of their names (`contradiction`).
    """
    agents = _agents(session, unit_id)
    taken: list[tuple[int, AgentPosition]] = []
    refused: list[RefusedEntry] = []
    last: dict[int, AgentPosition] = {}
    for one in sorted(said, key=lambda one: (one.starts_at, one.line)):
        agent_id = agents.get(_number(one.agent))
        if agent_id is None:
            refused.append(RefusedEntry(one.line, "unknown_agent"))
            continue
        before = last.get(agent_id)
        # Somebody may be called by their number in one row and by their login in another.
        if before is not None and one.starts_at < before.ends_at:
            if (one.starts_at, one.ends_at, one.position) != (before.starts_at, before.ends_at, before.position):
                refused.append(RefusedEntry(one.line, "contradiction"))
            continue
        last[agent_id] = one
        taken.append((agent_id, one))
    return taken, refused


def _times(row: PlanningPosition) -> Interval:
    assert row.during.lower is not None
    assert row.during.upper is not None
    return Interval(row.during.lower, row.during.upper)


def _key(row: PlanningPosition) -> _Key:
    times = _times(row)
    return row.agent_id, times.start, times.end, row.position
