from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.export_events import ExportAdded
from models.record import defer, lock_scopes, record
from models.rules import exports
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import Conflict, NotFound
from models.rules.exports import MOST_OF_AN_AGENT, WANTED_PRIORITY, Kind
from models.tables import CalendarExport
from server.sealing import Sealer
from server.services._colleagues import find_colleague
from server.services._exports import revoke
from server.services.want_export import QUEUE, RUN
from server.tokens import Tokens

FEED_TOKEN_BYTES = 16
FEED = "agenda-feed"


@dataclass(frozen=True)
class AddCalendarExport:
    """Let an agent's appointments reach their agenda.

    Args:
        agent_id: whose; None for oneself. A feed is always the actor's own.
        terminal_id: whose feed it is, and with which it ends.
        host: what may be shown of where it goes.
        address: `{url, user, password}` or `{mail}`, which the edge has judged.
        export_id: that whoever adds it has drawn for it; None for one that is drawn here, as for each feed.
    """

    kind: Kind
    name: str
    agent_id: int | None = None
    terminal_id: UUID | None = None
    host: str | None = None
    address: dict[str, str] | None = field(default=None, repr=False)
    export_id: UUID | None = None


@dataclass(frozen=True)
class AddedExport:
    """The export, and the token of a feed, which is shown this once."""

    export: CalendarExport
    token: str | None = field(default=None, repr=False)


def add_calendar_export(
    session: Session, command: AddCalendarExport, actor: AgentActor, now: datetime, tokens: Tokens, sealer: Sealer
) -> AddedExport:
    """Add an export. A terminal has one feed: a new one ends the one before.

    Added anew with the same id, because no answer came, it is the one that is there, whatever else is said of it.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.add`; `no_such_export`: what had this id is revoked.
        Conflict: `no_terminal`: only an enrolled terminal has a feed; `too_many_exports`, with `most`; `id_taken` by
            somebody else.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    owner = exports.add(actor, find_colleague(session, command.agent_id or actor.agent_id))
    if command.export_id and (earlier := session.get(CalendarExport, command.export_id)):
        return AddedExport(_repeated(earlier, actor))
    token = None
    if command.kind is Kind.FEED:
        if command.terminal_id is None:
            raise Conflict("no_terminal")
        _replace(session, command.terminal_id, actor, now)
        token = base64.urlsafe_b64encode(secrets.token_bytes(FEED_TOKEN_BYTES)).rstrip(b"=").decode()
    else:
        _require_few(session, owner.agent_id)
    export_id = command.export_id or uuid4()
    sealed = None if command.address is None else sealer.seal(json.dumps(command.address), export_id)
    export = CalendarExport(
        id=export_id,
        unit_id=unit_id,
        agent_id=owner.agent_id,
        terminal_id=command.terminal_id if token else None,
        kind=command.kind,
        name=command.name,
        host=command.host,
        token_hash=tokens.stored_hash(FEED, token) if token else None,
        address_sealed=sealed,
        created_at=now,
        created_by_id=actor.agent_id,
        wanted=0 if token else 1,
        run_at=None if token else now,
    )
    session.add(export)
    session.flush()
    record(
        session,
        ExportAdded(
            at=now,
            unit_id=unit_id,
            agent_id=actor.agent_id,
            about_agent_id=owner.agent_id,
            export_id=str(export_id),
            kind=command.kind,
        ),
    )
    if token is None:
        defer(session, RUN, queue=QUEUE, priority=WANTED_PRIORITY, export_id=str(export_id))
    return AddedExport(export, token)


def _repeated(earlier: CalendarExport, actor: AgentActor) -> CalendarExport:
    if earlier.created_by_id != actor.agent_id:
        raise Conflict("id_taken")
    exports.change(actor, earlier.unit_id, earlier.agent_id)
    if earlier.revoked_at is not None:
        raise NotFound("no_such_export")
    return earlier


def _replace(session: Session, terminal_id: UUID, actor: AgentActor, now: datetime) -> None:
    before = session.scalars(
        select(CalendarExport)
        .where(CalendarExport.terminal_id == terminal_id, CalendarExport.revoked_at.is_(None))
        .with_for_update()
    ).all()
    for export in before:
        revoke(session, export, actor.agent_id, now)
    session.flush()


def _require_few(session: Session, agent_id: int) -> None:
    count = session.scalar(
        select(func.count())
        .select_from(CalendarExport)
        .where(
            CalendarExport.agent_id == agent_id,
            CalendarExport.kind != Kind.FEED,
            CalendarExport.revoked_at.is_(None),
        )
    )
    if count is not None and count >= MOST_OF_AN_AGENT:
        raise Conflict("too_many_exports", {"most": MOST_OF_AN_AGENT})
