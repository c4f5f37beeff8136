"""One visit to a gendarme's agenda over CalDAV: what ought to stand there, what was found, what became of it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from models.rules.exports import LEASE, Result
from push.email import parse_address
from push.endpoint_guard import EndpointRefused
from server.calendars.address import judge_agenda
from server.calendars.caldav.agenda import Agenda, Reconciled
from server.calendars.caldav.answers import Outcome, Verdict
from server.calendars.caldav.errands import Account
from server.calendars.caldav.plan import Deed, Finding
from server.calendars.entries import CalendarEntry, Party, Shown
from server.calendars.held import entries_of
from server.context import Context
from server.event_loops import run_to_its_end
from server.services.claim_export import ClaimedExport
from server.services.note_findings import Found, NoteFindings, note_findings

# While the claim stands nobody else is at the agenda; the rest of it is for what comes after the last answer.
LONGEST = LEASE - timedelta(minutes=1)
# Whoever gives an event another name has not refused to come: it is put right, and nobody is asked.
_ASKED_ABOUT = frozenset({Deed.DELETED, Deed.MOVED, Deed.DECLINED})
_STATUS = re.compile(r"http_\d{3}")


@dataclass(frozen=True)
class Visit:
    """What became of it.

    Args:
        code: why it failed: one that people have words for.
        known: the names of our events that stand there now, as far as we know; None leaves what is written down.
    """

    result: Result
    code: str = ""
    known: frozenset[str] | None = frozenset()
    retry_at: datetime | None = None


def visit_caldav(context: Context, claimed: ClaimedExport, address: Mapping[str, str]) -> Visit:
    """Let an agenda hold exactly what it ought to; what was done there is written down before it is undone."""
    settings = context.settings.calendar_settings
    account = Account(address["url"], address["user"], address["password"], claimed.export_id)
    host = own_host(context)
    shown = Shown(subject=claimed.shows_subject, place=claimed.shows_place)
    said = entries_of(claimed.appointments, shown, host, claimed.export_id)
    entries = {addressed(context.settings.mail_from, entry, account): one for entry, one in said.items()}
    versions = {entry.uid: (one.appointment_id, one.sequence) for entry, one in entries.items()}

    def note(findings: Sequence[Finding]) -> None:
        found = []
        for one in findings:
            appointment_id, sequence = versions[one.uid]
            if _is_asked(one, sequence):
                found.append(Found(appointment_id, one.deed, sequence))
        if not found:
            return
        command = NoteFindings(claimed.export_id, claimed.unit_id, claimed.agent_id, found, claimed.sealed)
        with context.database.transaction() as session:
            note_findings(session, command, context.now())

    try:
        allowed = judge_agenda(account.url, settings.own_hosts).allowed
        agenda = Agenda(account, host, [allowed], ca_file=settings.ca_file, clock=context.now)
        reconciled = run_to_its_end(_reconcile(agenda, list(entries), claimed, note))
    except EndpointRefused as refused:
        return Visit(Result.REFUSED, refused.code, claimed.known)
    except TimeoutError:
        return Visit(Result.RETRY, "timeout", claimed.known)
    # An event may have been touched between the look at the whole agenda and the look at it.
    note(reconciled.findings)
    verdict = reconciled.verdict
    return Visit(Result(verdict.outcome.value), _code(verdict), reconciled.known, verdict.retry_at)


def addressed(mail_from: str, entry: CalendarEntry, account: Account) -> CalendarEntry:
    """The entry with its agenda's owner as one who takes part: programs let nobody else decline (RFC 5546, 3.2.3)."""
    try:
        owner = parse_address(account.user).addr_spec
    except ValueError:
        # Their program may know them by another address, and then offers nothing; deleting and moving stay.
        owner = account.export_id.urn
    organizer = Party(parse_address(mail_from).addr_spec)
    return dataclasses.replace(entry, organizer=organizer, attendee=Party(owner))


def own_host(context: Context) -> str:
    """This installation's host, which is part of the name of each event."""
    return urlsplit(context.settings.public_url).hostname or "localhost"


async def _reconcile(
    agenda: Agenda, entries: list[CalendarEntry], claimed: ClaimedExport, note: Callable[[Sequence[Finding]], None]
) -> Reconciled:
    async with asyncio.timeout(LONGEST.total_seconds()), agenda:
        return await agenda.reconcile(entries, claimed.known, on_found=note)


def _is_asked(finding: Finding, sequence: int) -> bool:
    # Whoever has refused an older version has said nothing of this one. Some programs count on by themselves.
    is_about_this = finding.sequence is None or finding.sequence >= sequence
    return finding.deed in _ASKED_ABOUT and is_about_this


def _code(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.DONE:
        return ""
    if verdict.outcome in (Outcome.SIGN_IN, Outcome.FORBIDDEN, Outcome.GONE):
        return verdict.outcome.value
    return "http_status" if _STATUS.fullmatch(verdict.cause) else verdict.cause
