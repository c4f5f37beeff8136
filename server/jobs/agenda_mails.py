"""One visit to a gendarme's mailbox: whatever has changed for their agenda goes there as an invitation.

Each mail is written down as soon as the relay has it. A worker that dies between the relay's "250" and that sends one
mail again, under the same Message-ID, by which mail programs recognise the repeat; SMTP allows no better.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from models.queries.sent_invitations import Sent, sent_by
from models.rules.exports import Result
from models.rules.mailboxes import is_no_mailbox
from models.rules.refused_mails import INTRODUCTION, refused_name, refused_of
from models.tables import Agent
from push.agenda_messages import AgendaFacts, AgendaNews, compose_introduction, compose_news
from push.email import EmailChannel, parse_address
from push.failures import PermanentFailure, TemporaryFailure
from push.messages import CalendarPart, Message
from server.calendars.entries import CalendarEntry, Party, Shown, Status, uid_of
from server.calendars.held import TITLE, entries_of
from server.calendars.invitations import Invitation, plan
from server.calendars.writing import write_invitation
from server.context import Context
from server.jobs.agenda_visits import Visit, own_host
from server.services.claim_export import ClaimedExport
from server.services.note_introduction import INTRODUCED, NoteIntroduction, note_introduction
from server.services.note_invitation import NoteInvitation, note_invitation

log = logging.getLogger(__name__)

# The rest waits for the next visit: one mail more lasts as long as a relay may keep us, and the claim must outlive it.
SENDS_FOR_S = 60.0
# So many first mails of an export refused: nothing is wrong with the mails.
ENOUGH = 3
# Of relays that say no more than that (RFC 5321, section 4.2.3; RFC 7504): the mailbox is none, or wants nothing. With
# 550 they refuse mails that they take for spam as well, but then they say so by a code of RFC 3463.
_BARE = frozenset({"address", "smtp_550", "smtp_551", "smtp_553", "smtp_556"})
# What screens have words for.
_SAID = frozenset({"certificate", "connection_refused", "disconnected", "network", "timeout", "tls", "unknown_host"})


@dataclass(frozen=True)
class _Mailbox:
    """Where the mails of one visit go, and what they look like."""

    context: Context
    claimed: ClaimedExport
    address: str

    @property
    def terminal_url(self) -> str:
        return f"{self.context.settings.public_url}/terminal/"

    def send(self, message: Message, message_id: UUID) -> None:
        """Hand one mail to the relay.

        Raises:
            PermanentFailure, TemporaryFailure: as `EmailChannel.send`.
        """
        settings = self.context.settings
        assert settings.smtp is not None, "the worker does not start without a relay"
        # No address for bounces: what comes back there is read as a notice of a citizen's.
        channel = EmailChannel(settings.smtp, settings.mail_from)
        channel.send(self.address, message, message_id, self.context.now())

    def invited(self, entry: CalendarEntry) -> CalendarEntry:
        """The entry as an invitation to this mailbox."""
        organizer = Party(parse_address(self.context.settings.mail_from).addr_spec)
        return replace(entry, organizer=organizer, attendee=Party(self.address))


def visit_mail(context: Context, claimed: ClaimedExport, address: Mapping[str, str]) -> Visit:
    """Tell a mailbox what its agenda does not know yet; one that is new is told first what will come.

    What the relay refuses for good is about one mail, as long as others have arrived, and is not sent again.
    """
    mailbox = _Mailbox(context, claimed, address["mail"])
    until = time.monotonic() + SENDS_FOR_S
    mails, has_arrived = _due(mailbox)
    introduced = claimed.known & {INTRODUCED}
    # Whatever stands in an agenda that is given up is to be taken out, as often as that is tried.
    before = frozenset() if claimed.ending else refused_of(claimed.known)
    refused: set[str] = set()
    tried = False
    try:
        for name, send in mails.items():
            if name in before:
                refused.add(name)
                continue
            # Each visit sends one mail at least, so that the last one comes.
            if tried and time.monotonic() > until:
                return Visit(Result.GOES_ON, "", introduced | before | refused)
            tried = True
            if not _is_taken(send):
                refused.add(name)
                if not has_arrived and len(refused) >= ENOUGH:
                    break
                continue
            has_arrived = True
            if name == INTRODUCTION:
                introduced |= {INTRODUCED}
    except TemporaryFailure as failure:
        code = failure.cause if failure.cause in _SAID else Result.RETRY.value
        return Visit(Result.RETRY, code, introduced | before | refused)
    except PermanentFailure as failure:
        log.warning("agenda %s: no mailbox (%s)", claimed.export_id, failure.cause)
        return Visit(Result.GONE, Result.GONE.value, introduced)
    if new := len(refused - before):
        log.warning("agenda %s: %d mails refused", claimed.export_id, new)
    if refused and (claimed.ending or not has_arrived):
        return Visit(Result.REFUSED, Result.REFUSED.value, introduced)
    return Visit(Result.DONE, "", introduced | refused)


def _is_taken(send: Callable[[], None]) -> bool:
    """Send one of the mails; False when it is this one that the relay does not want.

    Raises:
        PermanentFailure, TemporaryFailure: none would be sent, because of the mailbox or the relay.
    """
    try:
        send()
    except PermanentFailure as failure:
        if _is_gone(failure):
            raise
        return False
    return True


def _is_gone(failure: PermanentFailure) -> bool:
    """Say whether it is the mailbox that is none, and not one mail that is not wanted."""
    return failure.cause in _BARE or is_no_mailbox(failure.cause)


def _introduce(mailbox: _Mailbox) -> None:
    with mailbox.context.database.transaction() as session:
        name = session.get_one(Agent, mailbox.claimed.agent_id).name
    mailbox.send(compose_introduction(name, mailbox.terminal_url), uuid5(mailbox.claimed.export_id, INTRODUCED))
    with mailbox.context.database.transaction() as session:
        note_introduction(session, NoteIntroduction(mailbox.claimed.export_id, mailbox.claimed.sealed))


def _due(mailbox: _Mailbox) -> tuple[dict[str, Callable[[], None]], bool]:
    """The mails to send, each under the name by which its refusal is remembered, and whether any has ever arrived."""
    context, claimed = mailbox.context, mailbox.claimed
    host, now = own_host(context), context.now()
    shown = Shown(subject=claimed.shows_subject, place=claimed.shows_place)
    with context.database.transaction() as session:
        sent = sent_by(session, claimed.export_id)
    wanted = {
        one.booking_id: mailbox.invited(entry)
        for entry, one in entries_of(claimed.appointments, shown, host, claimed.export_id).items()
    }
    gone = {one.booking_id: mailbox.invited(_end_of(one, claimed.export_id, host, now)) for one in sent}
    mails: dict[str, Callable[[], None]] = {}
    if INTRODUCED not in claimed.known and not claimed.ending:
        mails[INTRODUCTION] = partial(_introduce, mailbox)
    for one in plan(wanted, sent, gone, now):
        mails[refused_name(one.booking_id, one.digest)] = partial(_invite, mailbox, one)
    return mails, INTRODUCED in claimed.known or bool(sent)


def _invite(mailbox: _Mailbox, invitation: Invitation) -> None:
    context, claimed = mailbox.context, mailbox.claimed
    now, entry = context.now(), invitation.entry
    facts = AgendaFacts(
        title=entry.title,
        place=entry.location,
        starts_at=entry.starts_at,
        time_zone=entry.time_zone or "UTC",
        confirmed=entry.status is Status.CONFIRMED,
        terminal_url=mailbox.terminal_url,
    )
    # Of two with one number the later counts (RFC 5546, section 2.1.5): this is when it is written.
    method, content = write_invitation(replace(entry, stamp=now))
    message = replace(compose_news(invitation.news, facts), calendar=CalendarPart(method, content))
    mailbox.send(message, invitation.message_id(claimed.export_id))
    with context.database.transaction() as session:
        note_invitation(
            session,
            NoteInvitation(
                export_id=claimed.export_id,
                sealed=claimed.sealed,
                booking_id=invitation.booking_id,
                sequence=entry.sequence,
                digest=invitation.digest,
                cancelled=invitation.news is AgendaNews.CANCELLED,
                starts_at=entry.starts_at,
                ends_at=entry.ends_at,
            ),
            now,
        )


def _end_of(one: Sent, export_id: UUID, host: str, now: datetime) -> CalendarEntry:
    """What takes an appointment out: it says no more of it than that there was one."""
    return CalendarEntry(
        uid=uid_of(one.booking_id, host, export_id),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        time_zone=one.time_zone,
        title=TITLE,
        sequence=one.changes,
        stamp=now,
    )
