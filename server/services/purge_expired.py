from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class PurgeExpired:
    """How long what nobody needs any more is kept; at most `limit` rows of each kind go in one transaction.

    Args:
        sign_ins: after the end of a sign-in.
        mutation_results: after a terminal's last contact. A repeat of an older mutation is refused as a fork.
        terminals: after a terminal was revoked or ran out; who comes back later is a stranger.
        enrolments: after a code ran out.
        absences: after their end, together with their history: when somebody was away long ago is nobody's business.
        imported_entries: after the end of an absence that has gone with its event in the planning; its id says when
            that was (`models.rules.planning_entries`).
        opening_entries: after the last end of an opening, which terminals forget by the calendar.
        occurrence_entries: the same, for each of its occurrences.
        holds: after a time that was only ever held, and booked by nobody, was over.
        verifications: after a code, or the proof that it gave, ran out.
        texts, incoming_texts: after a text message was written, or came. A phone that said STOP is remembered; which
            notices went to it, as long as the notices.
        notices: after they last changed: what a citizen was told long ago is nobody's business, and no event so old is
            told any more. Those that wait are among them: the job that would have told it has given up.
        rate_limits: after the start of the window; longer than any window.
        feed_entries, booking_entries: after a request or a booking was erased. Until then every terminal that comes
            back learns to forget it.
        ladders: after a wait ended, with its calls and with who saw it when: that is about gendarmes, and was needed to
            see who could be reached.
        push_subscriptions: after a browser last came back. One that does so later is kept anew, because its page
            compares.
        chief_notices: after a chief was told of their planning.
        push_tests: after somebody tested their terminal.
        calendar_trials: after somebody had an address tested; whoever did has looked at what came of it.
        sent_invitations, agenda_findings: after the end of what a mail said, or of what was asked about.
        finished_jobs: after a job ended. Only failed ones stay at all, so that somebody can look at them.
    """

    sign_ins: timedelta = timedelta(days=1)
    mutation_results: timedelta = timedelta(days=30)
    terminals: timedelta = timedelta(days=400)
    enrolments: timedelta = timedelta(days=1)
    absences: timedelta = timedelta(days=180)
    imported_entries: timedelta = timedelta(days=180)
    opening_entries: timedelta = timedelta(days=180)
    holds: timedelta = timedelta(days=1)
    verifications: timedelta = timedelta(days=1)
    occurrence_entries: timedelta = timedelta(days=180)
    texts: timedelta = timedelta(days=30)
    incoming_texts: timedelta = timedelta(days=30)
    notices: timedelta = timedelta(days=90)
    rate_limits: timedelta = timedelta(days=2)
    feed_entries: timedelta = timedelta(days=180)
    booking_entries: timedelta = timedelta(days=180)
    ladders: timedelta = timedelta(days=90)
    push_subscriptions: timedelta = timedelta(days=90)
    chief_notices: timedelta = timedelta(days=90)
    push_tests: timedelta = timedelta(days=1)
    calendar_trials: timedelta = timedelta(hours=1)
    sent_invitations: timedelta = timedelta(days=30)
    agenda_findings: timedelta = timedelta(days=30)
    finished_jobs: timedelta = timedelta(days=30)
    limit: int = 1000


# Each statement deletes a batch; `:before` is the instant before which a row is no longer needed.
_STATEMENTS = {
    "sign_ins": (
        "DELETE FROM agent_sessions WHERE token_hash IN ("
        " SELECT token_hash FROM agent_sessions WHERE expires_at < :before OR revoked_at < :before LIMIT :limit)"
    ),
    # A result is also useless when its terminal has been in contact for longer than that since.
    "mutation_results": (
        "DELETE FROM mutation_results WHERE (client_id, seq) IN ("
        " SELECT result.client_id, result.seq FROM mutation_results result"
        " JOIN sync_clients client ON client.id = result.client_id"
        " WHERE result.at < :before AND (client.last_seen_at < :before OR result.at < client.last_seen_at - :kept)"
        " LIMIT :limit)"
    ),
    # A device in a drawer that comes back must still be told to wipe.
    "terminals": (
        "DELETE FROM terminals WHERE id IN ("
        " SELECT id FROM terminals WHERE expires_at < :before OR revoked_at < :before LIMIT :limit)"
    ),
    "enrolments": (
        "DELETE FROM terminal_enrolments WHERE agent_id IN ("
        " SELECT agent_id FROM terminal_enrolments WHERE expires_at < :before LIMIT :limit)"
    ),
    "absences": (
        "WITH gone AS (DELETE FROM absences WHERE id IN ("
        " SELECT id FROM absences WHERE upper(during) < :before LIMIT :limit) RETURNING id, agent_id)"
        ", entries AS (DELETE FROM feed_entries entry USING gone, agents"
        " WHERE agents.id = gone.agent_id AND entry.scope = 'unit:' || agents.unit_id"
        " AND entry.document = 'absence/' || gone.id)"
        # The count of what was deleted, as the other statements have it.
        " SELECT id FROM gone"
    ),
    "imported_entries": (
        "DELETE FROM feed_entries WHERE (scope, document) IN ("
        " SELECT entry.scope, entry.document FROM feed_entries entry"
        " WHERE entry.document LIKE 'absence/________-____-8%'"
        # Milliseconds in hexadecimal figures, of one length each.
        " AND substr(replace(entry.document, '-', ''), 9, 12) COLLATE \"C\""
        " < lpad(to_hex(CAST(extract(epoch FROM CAST(:before AS timestamptz)) * 1000 AS bigint)), 12, '0')"
        " AND NOT EXISTS (SELECT FROM absences WHERE absences.id = CAST(substr(entry.document, 9) AS uuid))"
        " LIMIT :limit)"
    ),
    "opening_entries": (
        "DELETE FROM feed_entries WHERE (scope, document) IN ("
        " SELECT entry.scope, entry.document FROM openings"
        " JOIN feed_entries entry ON entry.document = 'opening/' || openings.id"
        " AND entry.scope = 'unit:' || openings.unit_id"
        # One without end has none: its first occurrence alone says nothing.
        " WHERE coalesce(openings.last_ends_at, CASE WHEN openings.recurrence IS NULL THEN openings.ends_at END)"
        " < :before LIMIT :limit)"
    ),
    "occurrence_entries": (
        "DELETE FROM feed_entries WHERE (scope, document) IN ("
        " SELECT entry.scope, entry.document FROM opening_occurrences occurrence"
        " JOIN feed_entries entry ON entry.document = 'occurrence/' || occurrence.id"
        " AND entry.scope = 'unit:' || occurrence.unit_id"
        " WHERE occurrence.ends_at < :before LIMIT :limit)"
    ),
    # Offers stay with their booking: nobody is offered the same start twice.
    "holds": (
        "DELETE FROM appointments WHERE id IN ("
        " SELECT id FROM appointments WHERE state IN ('expired', 'cancelled') AND booked_at IS NULL AND offer IS NULL"
        " AND ended_at < :before LIMIT :limit)"
    ),
    "verifications": (
        "DELETE FROM contact_verifications WHERE id IN ("
        " SELECT id FROM contact_verifications WHERE expires_at < :before LIMIT :limit)"
    ),
    # That a phone has said STOP is read through what was sent to it: whoever gave no address must be called.
    "texts": (
        "DELETE FROM text_messages WHERE id IN ("
        " SELECT text.id FROM text_messages text WHERE text.state <> 'queued' AND text.created_at < :before"
        " AND (text.notice_id IS NULL"
        " OR NOT EXISTS (SELECT FROM text_stops stop WHERE stop.phone_hash = text.phone_hash))"
        " LIMIT :limit)"
    ),
    "incoming_texts": (
        "DELETE FROM incoming_texts WHERE id IN ("
        " SELECT id FROM incoming_texts WHERE received_at < :before LIMIT :limit)"
    ),
    "notices": ("DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE changed_at < :before LIMIT :limit)"),
    "rate_limits": (
        "DELETE FROM rate_limits WHERE (bucket, window_start) IN ("
        " SELECT bucket, window_start FROM rate_limits WHERE window_start < :before LIMIT :limit)"
    ),
    "feed_entries": (
        "DELETE FROM feed_entries WHERE (scope, document) IN ("
        " SELECT entry.scope, entry.document FROM contact_requests request"
        " JOIN feed_entries entry ON entry.document = 'request/' || request.id"
        " AND entry.scope IN ('unit:' || request.unit_id, 'unit:' || request.transferred_from_unit_id)"
        " WHERE request.erased_at < :before LIMIT :limit)"
    ),
    "booking_entries": (
        "DELETE FROM feed_entries WHERE (scope, document) IN ("
        " SELECT entry.scope, entry.document FROM bookings booking"
        " JOIN appointments appointment ON appointment.booking_id = booking.id"
        " JOIN feed_entries entry ON entry.document = 'appointment/' || appointment.id"
        " AND entry.scope = 'unit:' || appointment.unit_id"
        " WHERE booking.erased_at < :before LIMIT :limit)"
    ),
    # One with the supervisors stays until its request has ended too, else it would climb anew.
    "ladders": (
        "DELETE FROM ladders WHERE id IN ("
        " SELECT ladder.id FROM ladders ladder"
        " LEFT JOIN contact_requests request ON request.id = ladder.request_id"
        " LEFT JOIN appointments appointment ON appointment.id = ladder.appointment_id"
        " WHERE ladder.ended_at < :before"
        " AND request.state IS DISTINCT FROM 'waiting' AND appointment.state IS DISTINCT FROM 'requested'"
        " LIMIT :limit)"
    ),
    # Those of revoked terminals and of citizens who are done are among them: nobody confirms these.
    "push_subscriptions": (
        "DELETE FROM push_subscriptions WHERE id IN ("
        " SELECT id FROM push_subscriptions WHERE confirmed_at < :before LIMIT :limit)"
    ),
    "chief_notices": (
        "DELETE FROM chief_notices WHERE (event_id, agent_id) IN ("
        " SELECT event_id, agent_id FROM chief_notices WHERE told_at < :before LIMIT :limit)"
    ),
    "push_tests": (
        "DELETE FROM push_tests WHERE id IN (SELECT id FROM push_tests WHERE created_at < :before LIMIT :limit)"
    ),
    "calendar_trials": (
        "DELETE FROM calendar_trials WHERE id IN ("
        " SELECT id FROM calendar_trials WHERE created_at < :before LIMIT :limit)"
    ),
    "sent_invitations": (
        "DELETE FROM sent_invitations WHERE (export_id, booking_id) IN ("
        " SELECT export_id, booking_id FROM sent_invitations WHERE ends_at < :before LIMIT :limit)"
    ),
    "agenda_findings": (
        "DELETE FROM agenda_findings WHERE id IN ("
        " SELECT finding.id FROM agenda_findings finding"
        " JOIN appointments appointment ON appointment.id = finding.appointment_id"
        " WHERE appointment.ends_at < :before LIMIT :limit)"
    ),
    "finished_jobs": (
        "DELETE FROM procrastinate_jobs WHERE id IN ("
        " SELECT job.id FROM procrastinate_jobs job"
        " WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
        " AND NOT EXISTS (SELECT FROM procrastinate_events event WHERE event.job_id = job.id AND event.at >= :before)"
        " LIMIT :limit)"
    ),
}


def purge_expired(session: Session, command: PurgeExpired, now: datetime) -> dict[str, int]:
    """Delete a batch of each kind. Returns how many rows of each; call again while any reaches the limit."""
    periods: dict[str, timedelta] = {name: value for name, value in asdict(command).items() if name in _STATEMENTS}
    deleted = {}
    for kind, kept in periods.items():
        result = session.execute(
            text(_STATEMENTS[kind]),
            {"before": now - kept, "kept": kept, "limit": command.limit},
        )
        deleted[kind] = int(result.rowcount)  # type: ignore[attr-defined]
    return deleted
