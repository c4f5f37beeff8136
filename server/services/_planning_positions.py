"""Keeps what tables of positions say, and derives service positions and absences from all tables of a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.rules.duty import Source
from models.rules.intervals import Interval, merged
from models.rules.planning_entries import Entry, entry_key
from models.rules.planning_positions import (
    DerivedPosition,
    Position,
    SaidPosition,
    daily_word,
    derive,
    last_day,
    left_of,
    named_days,
)
from models.rules.plannings import OVER, Kind
from models.tables import Agent, DutyStatus, PlanningPosition, PlanningSource
from server.planning.errors import PlanningRefused
from server.planning.positions import AgentPosition
from server.planning.said import RefusedEntry, TableSaid
from server.services._planning_absences import Difference, Wanted, replace_absences

_Key = tuple[int, datetime, datetime, str]
_Stored = Row[int, UUID, int, Range[datetime], str]

# Columns and not rows of the mapper: a table has thousands, and making an object of each takes longer than reading it.
_POSITIONS = select(
    PlanningPosition.id,
    PlanningPosition.source_id,
    PlanningPosition.agent_id,
    PlanningPosition.during,
    PlanningPosition.position,
)
_DUTIES = select(
    DutyStatus.id,
    DutyStatus.planning_source_id,
    DutyStatus.agent_id,
    DutyStatus.status,
    DutyStatus.since,
    DutyStatus.until,
)


@dataclass(frozen=True)
class Kept:
    """What came of a table.

    Args:
        refused: the rows that were left out, in the order of the table: also those about nobody of the unit
            (`unknown_agent`).
        until: up to when the source has a word now.
    """

    refused: Sequence[RefusedEntry]
    until: datetime


def keep_positions(
    session: Session, source: PlanningSource, said: TableSaid, zone: ZoneInfo, midnight: datetime
) -> Kept:
    """Keep what a table says of the unit's people.

    A daily sheet speaks of the days on which its rows begin, a forecast from its first day to its last. Of other days,
    and of whom a row was refused, what it said before stands where it says nothing else now.

    Raises:
        PlanningRefused: it changes nothing: no row is about anybody of the unit (`unknown_agent`), or the last day for
            which it names one of them is past (`over`).
    """
    taken, refused = of_unit(session, source.unit_id, said.taken)
    if not taken:
        raise PlanningRefused("unknown_agent", min((one.line for one in said.taken), default=0))
    times = [Interval(one.starts_at, one.ends_at) for _, one in taken]
    last = last_day(times, zone)
    if last <= midnight:
        raise PlanningRefused(OVER)
    rows = session.execute(_POSITIONS.where(PlanningPosition.source_id == source.id)).all()
    stored = {_key(row): row for row in rows}
    wanted = {(agent_id, one.starts_at, one.ends_at, str(one.position)) for agent_id, one in taken}
    stands = _standing(session, source, said, stored.keys() - wanted, wanted, zone)
    must_be = {key for key in wanted | stands if key[2] > midnight}
    gone = [row.id for key, row in stored.items() if key not in must_be]
    if gone:
        session.execute(delete(PlanningPosition).where(PlanningPosition.id.in_(gone)))
    _insert_positions(session, source.id, sorted(must_be - stored.keys()))
    if source.kind == Kind.POSITIONS_DAILY:
        until = daily_word(times, source.read_until, midnight, zone)
    else:
        until = last if source.read_until is None else max(last, source.read_until)
    return Kept(sorted((*said.refused, *refused), key=lambda one: one.line), until)


def _standing(
    session: Session,
    source: PlanningSource,
    said: TableSaid,
    before: Iterable[_Key],
    wanted: Iterable[_Key],
    zone: ZoneInfo,
) -> set[_Key]:
    """What stands of what a table has said before."""
    own: defaultdict[int, list[Interval]] = defaultdict(list)
    for agent_id, starts_at, ends_at, _ in wanted:
        own[agent_id].append(Interval(starts_at, ends_at))
    own_apart = {agent_id: sorted(times) for agent_id, times in own.items()}
    named = [named_days(one, zone) for times in own_apart.values() for one in times]
    if source.kind == Kind.POSITIONS_DAILY:
        # That somebody is on leave for a month is no word about whoever else serves in that month.
        spoken = merged({days[0] for days in named})
    else:
        days = {day for one in named for day in one}
        spoken = [Interval(min(day.start for day in days), max(day.end for day in days))]
    agents = _agents(session, source.unit_id)
    kept_agents = {agents.get(_number(name)) for name in said.kept}
    return {
        (agent_id, *piece, position)
        for agent_id, starts_at, ends_at, position in before
        for piece in left_of(
            Interval(starts_at, ends_at),
            [] if agent_id in kept_agents else spoken,
            own_apart.get(agent_id, []),
            zone,
        )
    }


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
    rows = session.execute(_POSITIONS.where(PlanningPosition.source_id.in_(ranks)))
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
    rows = session.execute(_DUTIES.where(DutyStatus.planning_source_id.in_(ids))).all()
    stored = {(row.planning_source_id, row.agent_id, row.status, row.since, row.until): row for row in rows}
    wanted = {(one.source_id, one.agent_id, str(one.status), one.times.start, one.times.end) for one in derived}
    went, came = stored.keys() - wanted, wanted - stored.keys()
    if went:
        session.execute(delete(DutyStatus).where(DutyStatus.id.in_([stored[key].id for key in went])))
    _insert_duties(session, sorted(came, key=str))
    touched = sorted({agent_id for _, agent_id, *_ in (*went, *came)})
    return Difference(len(came), len(went), [f"duty/{one}" for one in touched])


def _insert_positions(session: Session, source_id: UUID, came: Sequence[_Key]) -> None:
    if came:
        agents, starts, ends, positions = map(list, zip(*came, strict=True))
        session.execute(
            text(
                "INSERT INTO planning_positions (source_id, agent_id, during, position)"
                " SELECT :source, agent_id, tstzrange(starts_at, ends_at), position FROM unnest(CAST(:agents AS int[]),"
                " CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:positions AS text[]))"
                " AS said (agent_id, starts_at, ends_at, position)"
            ),
            {"source": source_id, "agents": agents, "starts": starts, "ends": ends, "positions": positions},
        )


def _insert_duties(session: Session, came: Sequence[tuple[UUID, int, str, datetime, datetime]]) -> None:
    if came:
        sources, agents, statuses, since, until = map(list, zip(*came, strict=True))
        session.execute(
            text(
                "INSERT INTO duty_statuses (planning_source_id, agent_id, status, since, until, source)"
                " SELECT *, :source FROM unnest(CAST(:sources AS uuid[]), CAST(:agents AS int[]),"
                " CAST(:statuses AS text[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))"
            ),
            {
                "source": Source.PLANNING,
                "sources": sources,
                "agents": agents,
                "statuses": statuses,
                "since": since,
                "until": until,
            },
        )


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


def _times(row: _Stored) -> Interval:
    assert row.during.lower is not None
    assert row.during.upper is not None
    return Interval(row.during.lower, row.during.upper)


def _key(row: _Stored) -> _Key:
    times = _times(row)
    return row.agent_id, times.start, times.end, row.position
