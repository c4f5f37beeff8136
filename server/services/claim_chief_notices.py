from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.queries.chief_notices import Told, is_overtaken, worth_telling
from models.queries.ladders import find_people
from models.queries.push_subscriptions import of_agent
from models.rules.chief_notices import ask_again_at
from models.rules.duty import Status
from models.rules.ladder import Channel, may_still_be_called
from models.tables import ChiefNotice, Event

TASK = "tell_chiefs"

# The run that asks is no longer there, and one whose time has come looks for itself.
_WAITING = text(
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo'"
    " AND scheduled_at > :now AND args ->> 'event_id' = :event_id)"
)


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
    """Who is told what; `ask_again_at`: it is still so, and of the unit's chiefs none was there to be told.

    None also when that is on the queue already: a run that is repeated starts no second row of runs.
    """

    claimed: tuple[ClaimedNotice, ...]
    ask_again_at: datetime | None = None


def claim_chief_notices(session: Session, command: ClaimChiefNotices, now: datetime) -> ChiefNotices:
    """Write down that the chiefs are told, before anything is sent: whoever asks again finds nothing to send.

    Those who are off duty or absent are left in peace, as by the ladder; the desk shows it to them when they are back.
    Whoever has no terminal that can be reached has not been told.
    """
    told = worth_telling(session, command.event_id, now)
    if not told:
        return ChiefNotices(())
    chiefs = [person for person in find_people(session, told[0].unit_id, now) if person.is_chief]
    claimed = []
    for person in chiefs:
        if may_still_be_called(person, Channel.WEB_PUSH) and of_agent(session, person.agent_id, now):
            new = _claim(session, person.agent_id, told, now)
            if new:
                claimed.append(ClaimedNotice(person.agent_id, new, person.status is Status.ON_INTERVENTION))
    heard = set(
        session.scalars(select(ChiefNotice.event_id).where(ChiefNotice.event_id.in_([one.event_id for one in told])))
    )
    unheard = any(one.event_id not in heard for one in told)
    if not chiefs or not unheard or is_overtaken(session, command.event_id):
        return ChiefNotices(tuple(claimed))
    # Two runs at once wait for each other here, so that the later one sees what the earlier has put on the queue.
    event = session.get_one(Event, command.event_id, with_for_update=True)
    if session.scalar(_WAITING, {"task": TASK, "event_id": str(event.id), "now": now}):
        return ChiefNotices(tuple(claimed))
    return ChiefNotices(tuple(claimed), ask_again_at(event.at, now))


def _claim(session: Session, agent_id: int, told: list[Told], now: datetime) -> tuple[Told, ...]:
    rows = [{"event_id": one.event_id, "agent_id": agent_id, "told_at": now} for one in told]
    new = set(
        session.scalars(insert(ChiefNotice).values(rows).on_conflict_do_nothing().returning(ChiefNotice.event_id))
    )
    return tuple(one for one in told if one.event_id in new)
