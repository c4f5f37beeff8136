"""What is kept of terminals, absences and openings, and for how long."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from models.rules.actor import Role
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence import Frequency, Recurrence
from models.tables import Absence, Event, FeedEntry, Opening, Terminal, TerminalEnrolment
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.enrol_terminal import EnrolTerminal, enrol_terminal
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.purge_expired import PurgeExpired, purge_expired
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def purged(session, now):
    found = purge_expired(session, PurgeExpired(), now)
    session.expire_all()
    return {kind: count for kind, count in found.items() if count}


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_an_absence_is_forgotten_with_its_history_half_a_year_after_its_end(session):
    actor = actor_of(seed_agent(session, seed_unit(session)))
    for start in (HOUR, 10 * DAY):
        declare_absence(session, DeclareAbsence(uuid4(), NOW + start, NOW + start + HOUR), actor, NOW)
    assert purged(session, NOW + 180 * DAY) == {}
    assert purged(session, NOW + 181 * DAY) == {"absences": 1}
    assert count(session, Absence) == count(session, FeedEntry) == count(session, Event) == 1


def test_an_opening_stays_and_its_entry_in_the_feed_goes(session):
    actor = actor_of(seed_agent(session, seed_unit(session)))
    proposal = Proposal(NOW + HOUR, NOW + 2 * HOUR, 1, (), PlaceKind.UNIT, "", None)
    propose_opening(session, ProposeOpening(uuid4(), proposal), actor, NOW)
    assert purged(session, NOW + 180 * DAY) == {}
    assert purged(session, NOW + 181 * DAY) == {"opening_entries": 1}
    assert (count(session, Opening), count(session, FeedEntry)) == (1, 0)


def test_an_opening_without_end_stays_in_the_feed_and_the_entries_of_its_old_occurrences_go(session):
    actor = actor_of(seed_agent(session, seed_unit(session), Role.CHIEF))
    weekly = Recurrence(Frequency.WEEKLY)
    proposal = Proposal(NOW + HOUR, NOW + 2 * HOUR, 1, (), PlaceKind.UNIT, "", None, recurrence=weekly)
    command = ProposeOpening(uuid4(), proposal)
    propose_opening(session, command, actor, NOW)
    approve_opening(session, ApproveOpening(command.opening_id), actor, NOW)
    # Those of the coming fortnight and a day were told of at once.
    assert count(session, FeedEntry) == 4
    assert purged(session, NOW + 900 * DAY) == {"occurrence_entries": 3}
    assert session.scalars(select(FeedEntry.document)).all() == [f"opening/{command.opening_id}"]


def test_a_terminal_in_a_drawer_is_told_to_wipe_for_another_year(session):
    actor = actor_of(seed_agent(session, seed_unit(session)))
    for revoked in (True, False):
        code = ask_enrolment(session, AskEnrolment(), actor, NOW, TOKENS).code
        terminal = enrol_terminal(session, EnrolTerminal(code, "NEOGEND"), NOW, TOKENS).terminal
        terminal.revoked_at = NOW if revoked else None
    session.flush()
    assert purged(session, NOW + 400 * DAY) == {}
    assert purged(session, NOW + 401 * DAY) == {"terminals": 1}
    assert purged(session, NOW + 801 * DAY) == {"terminals": 1}
    assert count(session, Terminal) == 0


def test_a_code_that_nobody_used_goes_the_next_day(session):
    actor = actor_of(seed_agent(session, seed_unit(session)))
    ask_enrolment(session, AskEnrolment(), actor, NOW, TOKENS)
    assert purged(session, NOW + DAY) == {}
    assert purged(session, NOW + DAY + HOUR) == {"enrolments": 1}
    assert count(session, TerminalEnrolment) == 0
