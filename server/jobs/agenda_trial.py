"""A test of an agenda to write to: we sign in, look, and put an event there that we take away again at once.

That one may write there is proved by writing: privileges (RFC 3744) say what a server thinks of a person, not what it
lets them do, and many say nothing. The event lies a day back, bears the test's own name, and is put only where
nothing is (`If-None-Match: *`). It is of the kind that an export writes, with people in it, and is looked for as an
export looks for its own: some servers take either and not the other. A worker that dies in between leaves it for the
next attempt, which finds it and takes it away.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models.rules.intervals import Interval
from push.endpoint_guard import AllowedHost, parse_https_url
from push.public_addresses import Lookup
from server.calendar_settings import CalendarSettings
from server.calendars.caldav.agenda import Agenda
from server.calendars.caldav.answers import Outcome, Verdict
from server.calendars.caldav.errands import Account
from server.calendars.entries import CalendarEntry, uid_of
from server.event_loops import run_to_its_end
from server.jobs.agenda_visits import addressed
from server.planning.address import Address
from server.planning.caldav_answers import what_takes_time
from server.planning.caldav_calendars import find_calendar
from server.planning.caldav_visit import Visit
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed, Source

_STATUS = re.compile(r"http_(\d{3})")
# Answers of these kinds have a word of their own, which says more than their number.
_OUTCOMES = {Outcome.SIGN_IN: "sign_in", Outcome.FORBIDDEN: "read_only", Outcome.GONE: "gone"}


class AgendaRefused(Exception):
    """We may not write there, or it does not work.

    Args:
        code: of `server.planning.codes.EXPORT_FAILURES`.
        status: of the answer, or 0.
    """

    def __init__(self, code: str, status: int = 0) -> None:
        super().__init__(code, status)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class AgendaTrial:
    """What is tried.

    Args:
        trial_id: names the event.
        host: this installation's.
        mail_from: who invites.
        created_at: from which the event's time is counted, so that each attempt puts the same.
        longest_s: for all of it.
    """

    trial_id: UUID
    host: str
    mail_from: str
    created_at: datetime
    window: Interval
    address: Address = field(repr=False)
    longest_s: float


def try_agenda(trial: AgendaTrial, settings: CalendarSettings, lookup: Lookup) -> int:
    """Try an agenda, and return how many events it holds in the window.

    Raises:
        FetchFailed, PlanningRefused: we may not look; `no_calendar`: that address is not the calendar itself.
        AgendaRefused: we may not write.
    """
    try:
        return run_to_its_end(_try(trial, settings, lookup))
    except TimeoutError:
        raise FetchFailed("timeout") from None


async def _try(trial: AgendaTrial, settings: CalendarSettings, lookup: Lookup) -> int:
    async with asyncio.timeout(trial.longest_s):
        holds = await _look(trial, settings, lookup)
        await _write(trial, settings, lookup)
        return holds


async def _look(trial: AgendaTrial, settings: CalendarSettings, lookup: Lookup) -> int:
    address = trial.address
    source = Source(address.url, address.user, address.password)
    async with Visit(source, settings.own_hosts, settings.ca_file, lookup=lookup) as visit:
        calendar = await find_calendar(visit)
        if calendar.path != visit.path:
            # Events are put where the address leads, which therefore must be the calendar.
            raise PlanningRefused("no_calendar")
        listing = await visit.list("REPORT", visit.path, what_takes_time(trial.window), depth=1)
    return sum(not one.href.endswith("/") for one in listing.resources)


async def _write(trial: AgendaTrial, settings: CalendarSettings, lookup: Lookup) -> None:
    url = parse_https_url(trial.address.url)
    named = next((one for one in settings.own_hosts if one.admits(url.host, url.port)), None)
    account = Account(trial.address.url, trial.address.user, trial.address.password, trial.trial_id)
    allowed = [named or AllowedHost(url.host, url.port)]
    starts_at = trial.created_at.replace(microsecond=0) - timedelta(days=1)
    entry = CalendarEntry(
        uid=uid_of(trial.trial_id, trial.host, trial.trial_id),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        title="Essai",
        stamp=starts_at,
        time_zone="Europe/Paris",
    )
    entry = addressed(trial.mail_from, entry, account)
    async with Agenda(account, trial.host, allowed, ca_file=settings.ca_file, lookup=lookup) as agenda:
        put = await agenda.put(entry)
        if put.verdict.outcome not in (Outcome.DONE, Outcome.RETRY):
            raise _refused(put.verdict)
        listed = await _listed(trial, agenda, entry.uid) if put.verdict.outcome is Outcome.DONE else put.verdict
        # Its answer may be lost although it stands there.
        removed = await agenda.remove(entry.uid, put.etag)
    for verdict in (put.verdict, listed, removed.verdict):
        if verdict.outcome is not Outcome.DONE:
            raise _refused(verdict)


async def _listed(trial: AgendaTrial, agenda: Agenda, uid: str) -> Verdict:
    try:
        # What is left of the time is for taking it away.
        async with asyncio.timeout(trial.longest_s / 3):
            return await agenda.lists(uid)
    except TimeoutError:
        return Verdict(Outcome.RETRY, "timeout")


def _refused(verdict: Verdict) -> AgendaRefused:
    found = _STATUS.fullmatch(verdict.cause)
    status = int(found[1]) if found else 0
    return AgendaRefused(_OUTCOMES.get(verdict.outcome) or ("http_status" if found else verdict.cause), status)
