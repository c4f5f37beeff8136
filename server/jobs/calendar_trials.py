"""Tests an address that somebody has entered, as a planning source or an agenda would be asked, and changes nothing."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from models.rules.calendar_trials import TrialKind
from server.context import Context
from server.jobs import wiring
from server.jobs.agenda_trial import AgendaRefused, AgendaTrial, try_agenda
from server.jobs.agenda_visits import own_host
from server.jobs.app import TRIALS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.observability import frames_of
from server.planning.adapters import ask_ical, read_table
from server.planning.caldav_said import ask_caldav
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed, FetchLimits, Unchanged, fetch
from server.planning.positions import MOST_OCTETS
from server.planning.said import Ask, CalendarSaid
from server.planning.table_header import read_header
from server.services.begin_calendar_trial import BeginCalendarTrial, BegunTrial, begin_calendar_trial
from server.services.settle_calendar_trial import SettleCalendarTrial, named, settle_calendar_trial

log = logging.getLogger(__name__)

# For all that is asked there: somebody waits, and others for the same hand. A source has more patience.
LONGEST_S = 25.0
_CALENDARS = {TrialKind.ICAL: ask_ical, TrialKind.CALDAV: ask_caldav}


def look_up(*args: Any, **kwargs: Any) -> Iterable[Any]:
    """What a host's name stands for."""
    return socket.getaddrinfo(*args, **kwargs)


# What goes wrong out there is the answer; only our own accidents, such as a database that restarts, are tried again.
@queue.task(name="try_calendar", queue=TRIALS_QUEUE, retry=ExponentialBackoff(attempts=3))
def try_calendar(trial_id: str) -> None:
    """Find out what the trial's address yields, with no transaction open, and write it down."""
    context = wiring.current()
    with context.database.transaction() as session:
        command = BeginCalendarTrial(UUID(trial_id))
        begun = begin_calendar_trial(session, command, context.now(), context.sealer)
    if begun is None:
        return
    settled = _tried(context, UUID(trial_id), begun)
    with context.database.transaction() as session:
        settle_calendar_trial(session, settled, context.now())


def _tried(context: Context, trial_id: UUID, begun: BegunTrial) -> SettleCalendarTrial:
    header: dict[str, Any] = {}
    try:
        return _try(context, trial_id, begun, header)
    except FetchFailed as failed:
        return SettleCalendarTrial(trial_id, failed.code, _told(header, status=failed.status))
    except AgendaRefused as refused:
        return SettleCalendarTrial(trial_id, refused.code, _told(header, status=refused.status))
    except PlanningRefused as refused:
        return SettleCalendarTrial(trial_id, refused.code, _told(header, line=refused.line))
    except Exception as error:
        # Its text may quote the calendar; where it was raised does not.
        log.error("calendar trial %s: %s at %s", trial_id, type(error).__name__, frames_of(error))
        return SettleCalendarTrial(trial_id, "unexpected")


def _told(header: dict[str, Any], **numbers: int) -> dict[str, Any]:
    return {**{name: number for name, number in numbers.items() if number}, **header}


def _try(context: Context, trial_id: UUID, begun: BegunTrial, header: dict[str, Any]) -> SettleCalendarTrial:
    if begun.ask is None or begun.address is None:
        raise PlanningRefused(begun.code)
    settings = context.settings.calendar_settings
    if begun.kind is TrialKind.CALDAV_EXPORT:
        trial = AgendaTrial(
            trial_id,
            own_host(context),
            context.settings.mail_from,
            begun.created_at,
            begun.ask.window,
            begun.address,
            LONGEST_S,
        )
        return SettleCalendarTrial(trial_id, found={"holds": try_agenda(trial, settings, look_up)})
    ask = replace(
        begun.ask,
        own_host=own_host(context),
        allowed_hosts=settings.own_hosts,
        ca_file=settings.ca_file,
        lookup=look_up,
        longest_s=LONGEST_S,
    )
    if begun.kind.is_table:
        return _try_table(trial_id, ask, header)
    said = _CALENDARS[begun.kind](ask)
    assert not isinstance(said, Unchanged), "nothing was known of it"
    return SettleCalendarTrial(trial_id, found=_calendar(said))


def _try_table(trial_id: UUID, ask: Ask, header: dict[str, Any]) -> SettleCalendarTrial:
    limits = FetchLimits(octets=MOST_OCTETS).within(ask.longest_s)
    fetched = fetch(ask.source, None, ask.allowed_hosts, ask.ca_file, limits=limits, lookup=ask.lookup)
    assert not isinstance(fetched, Unchanged), "nothing was known of it"
    # What columns there are is told even when the table cannot be read: one of them may only be called otherwise.
    header["header"] = read_header(fetched.octets)
    return SettleCalendarTrial(trial_id, found=header, table=read_table(fetched.octets, ask.zone, ask.layout))


def _calendar(said: CalendarSaid) -> dict[str, Any]:
    times = [one.times for one in said.taken]
    return {
        "read": said.read,
        "busy": len(times),
        **named(list(said.refused)),
        "first_at": min(one.start for one in times).isoformat() if times else None,
        "last_at": max(one.end for one in times).isoformat() if times else None,
    }
