from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.errors import Invalid
from models.rules.exports import BY_PERSON, Kind
from models.tables import CalendarExport, SentInvitation
from server.planning.address import place_of
from server.sealing import Sealer, Unsealable
from server.services._exports import lock_export
from server.services.change_calendar_export import record_change, start_anew

_PARTS = {
    Kind.FEED: frozenset[str](),
    Kind.CALDAV: frozenset({"url", "user", "password"}),
    Kind.MAIL: frozenset({"mail"}),
}


@dataclass(frozen=True)
class ReaddressExport:
    """Where an export goes from now on, or how it gets in there.

    Args:
        address: of `url`, `user` and `password`, or `mail`, those that are entered anew; the edge has judged them.
        host: what may be shown of where it goes, when that is among them.
    """

    export_id: UUID
    address: Mapping[str, str] = field(repr=False)
    host: str | None = None


def readdress_export(
    session: Session, command: ReaddressExport, actor: AgentActor, now: datetime, sealer: Sealer
) -> CalendarExport:
    """Enter an export's address anew: it stays the same export, so that what it wrote is not written a second time.

    What it stood still for is over, also when the same is entered again; what a person has paused stays so. User and
    password go with the server that they were given for: another one needs them anew, and a colleague's agenda does at
    any other address. What was written at another address stays there: nobody gets into that agenda, and nothing more
    is sent to a mailbox that was given up.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.change`.
        Invalid: `unknown`, by field: an export of this kind has no such thing; `url` is `missing` where nobody can
            open any more what was entered before.
    """
    export = lock_export(session, command.export_id, actor)
    if strange := command.address.keys() - _PARTS[Kind(export.kind)]:
        raise Invalid("invalid_arguments", {"fields": dict.fromkeys(sorted(strange), "unknown")})
    before = _opened(export, sealer)
    after = _merged(before, command.address, own=export.agent_id == actor.agent_id)
    if after != before:
        _forget_told(session, export, command, _place(before), _place(after))
        export.address_sealed = sealer.seal(json.dumps(after), export.id)
        export.host = command.host or export.host
    elif export.pause_cause == BY_PERSON:
        return export
    export.failed_at, export.failure_code, export.failures_in_a_row = None, None, 0
    if export.pause_cause != BY_PERSON:
        export.paused_at, export.pause_cause = None, None
        start_anew(session, export, now)
    record_change(session, export, "readdressed", actor, now)
    return export


def _opened(export: CalendarExport, sealer: Sealer) -> dict[str, str]:
    if export.address_sealed is None:
        return {}
    try:
        opened: dict[str, str] = json.loads(sealer.open(export.address_sealed, export.id))
    except Unsealable:
        return {}
    return opened


def _merged(before: Mapping[str, str], entered: Mapping[str, str], *, own: bool) -> dict[str, str]:
    if "mail" in entered:
        return dict(entered)
    old, new = place_of(before.get("url", "")), place_of(entered.get("url", before.get("url", "")))
    if new is None:
        raise Invalid("invalid_arguments", {"fields": {"url": "missing"}})
    # Whoever could choose where a colleague's password is used could write into, or read, whatever else it opens.
    kept = dict(before) if old is not None and (old == new or (own and old[0] == new[0])) else {}
    return {"url": "", "user": "", "password": "", **kept, **entered}


def _place(address: Mapping[str, str]) -> object:
    """Where an address leads, whoever signs in there; None where nobody knows."""
    return address.get("mail") or place_of(address.get("url", ""))


def _forget_told(
    session: Session, export: CalendarExport, command: ReaddressExport, before: object, after: object
) -> None:
    """Forget what stands at another place. Where an agenda was nobody can tell any more, what stands is found there."""
    if before == after:
        return
    export.known = []
    sent = SentInvitation.export_id == export.id
    if before is None and (export.host or "").casefold() == (command.host or "").casefold():
        # A mailbox tells nothing. If this is the same one, what is gone has to be taken out, and numbers have to rise;
        # if it is another, what stands has to be said. So all of it is as if it had been said in other words.
        session.execute(update(SentInvitation).where(sent).values(digest=b""))
    else:
        session.execute(delete(SentInvitation).where(sent))
