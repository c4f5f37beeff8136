from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.queries.chief_notices import Told, worth_telling
from models.queries.ladders import find_people
from models.rules.duty import Status
from models.rules.ladder import Channel, may_still_be_called
from models.tables import ChiefNotice


@dataclass(frozen=True)
class ClaimChiefNotices:
    """Tell the chiefs of a unit what an event is about."""

    event_id: int


@dataclass(frozen=True)
class ClaimedNotice:
    """What one chief is told now, for the first time; `quiet`: they have their hands full."""

    agent_id: int
    told: tuple[Told, ...]
    quiet: bool


@dataclass(frozen=True)
class ChiefNotices:
    """Who is told what; `unheard`: it is still so, and no chief has been told, because none is there."""

    claimed: tuple[ClaimedNotice, ...]
    unheard: bool


def claim_chief_notices(session: Session, command: ClaimChiefNotices, now: datetime) -> ChiefNotices:
    """Write down that the chiefs are told, before anything is sent: whoever asks again finds nothing to send.

    Those who are off duty or absent are left in peace, as by the ladder; the desk shows it to them when they are back.
    """
    told = worth_telling(session, command.event_id, now)
    if not told:
        return ChiefNotices((), unheard=False)
    claimed = []
    for person in find_people(session, told[0].unit_id, now):
        if person.is_chief and may_still_be_called(person, Channel.WEB_PUSH):
            new = _claim(session, person.agent_id, told, now)
            if new:
                claimed.append(ClaimedNotice(person.agent_id, new, person.status is Status.ON_INTERVENTION))
    heard = set(
        session.scalars(select(ChiefNotice.event_id).where(ChiefNotice.event_id.in_([one.event_id for one in told])))
    )
    return ChiefNotices(tuple(claimed), unheard=any(one.event_id not in heard for one in told))


def _claim(session: Session, agent_id: int, told: list[Told], now: datetime) -> tuple[Told, ...]:
    rows = [{"event_id": one.event_id, "agent_id": agent_id, "told_at": now} for one in told]
    new = set(
        session.scalars(insert(ChiefNotice).values(rows).on_conflict_do_nothing().returning(ChiefNotice.event_id))
    )
    return tuple(one for one in told if one.event_id in new)
