"""The exports that somebody may see, and the feed that an address opens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.queries.agenda import STAYS, count_held
from models.rules.actor import AgentActor, Role
from models.rules.colleagues import require_unit
from models.rules.exports import Kind, manages_exports
from models.tables import Agent, CalendarExport, SentInvitation, Terminal, Unit


@dataclass(frozen=True)
class SeenExport:
    """An export, whose it is, and how many of our entries its agenda holds as far as we know."""

    export: CalendarExport
    agent_name: str
    terminal_name: str | None
    holds: int


@dataclass(frozen=True)
class OpenFeed:
    """A feed that is there; `models.queries.agenda.held_by` gives what it holds."""

    export: CalendarExport
    unit: Unit


def find_exports(session: Session, actor: AgentActor, now: datetime, only: UUID | None = None) -> list[SeenExport]:
    """The actor's own exports, and those of the unit for whoever answers for it; the first made first.

    One that is ending is among them until its agenda is empty.

    Args:
        only: this one, if it is among them.

    Raises:
        Forbidden: `not_in_a_unit`.
    """
    unit_id = require_unit(actor)
    seen = CalendarExport.unit_id == unit_id
    if not manages_exports(actor):
        seen &= CalendarExport.agent_id == actor.agent_id
    if only is not None:
        seen &= CalendarExport.id == only
    rows = session.execute(
        select(CalendarExport, Agent.name, Terminal.name)
        .join(Agent, Agent.id == CalendarExport.agent_id)
        .outerjoin(Terminal, Terminal.id == CalendarExport.terminal_id)
        .where(
            seen,
            # A revoked feed is gone at once, and so is one whose terminal is.
            or_(
                CalendarExport.revoked_at.is_(None) & (_terminal_holds(now) | (CalendarExport.kind != Kind.FEED)),
                CalendarExport.address_sealed.is_not(None),
            ),
        )
        .order_by(CalendarExport.created_at, CalendarExport.id)
        .execution_options(populate_existing=True)
    ).all()
    unit = session.get_one(Unit, unit_id)
    sent = _sent(session, [export.id for export, *_ in rows], now)
    held = count_held(session, unit, {export.agent_id for export, *_ in rows if export.kind == Kind.FEED}, now)
    return [
        SeenExport(export, agent_name, terminal_name, _holds(export, sent, held))
        for export, agent_name, terminal_name in rows
    ]


def find_export(session: Session, actor: AgentActor, export_id: UUID, now: datetime) -> SeenExport | None:
    """One of them, by id."""
    return next(iter(find_exports(session, actor, now, export_id)), None)


def open_feed(session: Session, token_hash: bytes, now: datetime) -> OpenFeed | None:
    """The feed whose token hashes to `token_hash`.

    None once it or its terminal is revoked or has run out, while it is paused, and when its agent's account is closed
    or they no longer serve in the unit: whoever asks cannot tell which.
    """
    row = session.execute(
        select(CalendarExport, Unit)
        .join(Unit, Unit.id == CalendarExport.unit_id)
        .join(Agent, Agent.id == CalendarExport.agent_id)
        .join(Terminal, Terminal.id == CalendarExport.terminal_id)
        .where(
            CalendarExport.token_hash == token_hash,
            CalendarExport.revoked_at.is_(None),
            CalendarExport.paused_at.is_(None),
            _terminal_holds(now),
            Agent.active.is_(True),
            Agent.unit_id == CalendarExport.unit_id,
            Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value]),
        )
    ).one_or_none()
    if row is None:
        return None
    export, unit = row
    return OpenFeed(export, unit)


def _terminal_holds(now: datetime) -> ColumnElement[bool]:
    return Terminal.revoked_at.is_(None) & (Terminal.expires_at > now)


def _sent(session: Session, export_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """How many appointments mails have put into an agenda, as long as a feed would hold them."""
    rows = session.execute(
        select(SentInvitation.export_id, func.count().label("invitations"))
        .where(
            SentInvitation.export_id.in_(export_ids),
            SentInvitation.cancelled.is_(False),
            SentInvitation.ends_at > now - STAYS,
        )
        .group_by(SentInvitation.export_id)
    )
    return {row.export_id: row.invitations for row in rows}


def _holds(export: CalendarExport, sent: dict[UUID, int], held: dict[int, int]) -> int:
    match export.kind:
        case Kind.FEED:
            return held.get(export.agent_id, 0)
        case Kind.MAIL:
            return sent.get(export.id, 0)
    return len(export.known)
