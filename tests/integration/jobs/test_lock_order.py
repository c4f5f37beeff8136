"""What happens by the clock in several units locks them as everybody does, in the order of their feeds' names.

Whoever took them by their numbers would wait for somebody who waits for them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text, update

from models.rules.actor import CitizenActor, Role, SystemActor
from models.rules.appointments import State
from models.tables import AgendaFinding, CalendarExport, ContactRequest, Opening
from server.services.erase_old_requests import EraseOldRequests, erase_old_requests
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.expire_requests import ExpireRequests, expire_requests
from server.services.extend_openings import ExtendOpenings, extend_openings
from server.services.reoffer_released import ReofferReleased, reoffer_released
from server.services.revoke_calendar_export import RevokeCalendarExport, revoke_calendar_export
from server.services.settle_outcomes import SettleOutcomes, settle_outcomes
from server.services.want_export import WantExport, want_export
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.processes import wait_until
from tests.support.seed import NOW, actor_of, seed_agent, seed_territory, seed_unit, send_request

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
CLOCK = SystemActor("test")
DAY = timedelta(days=1)
# By their numbers, the other way round.
UNITS = (9, 10)


def requests(session, *, withdrawn=False):
    seed_territory(session)
    for unit_id in UNITS:
        seed_unit(session, unit_id, f"Brigade {unit_id}")
        created = send_request(session)
        if withdrawn:
            command = WithdrawRequest(created.request_id)
            withdraw_request(session, command, CitizenActor(created.request_id), NOW)
        moved = update(ContactRequest).where(ContactRequest.id == created.request_id)
        session.execute(moved.values(unit_id=unit_id))


def appointments(session, state=State.CONFIRMED):
    for unit_id in UNITS:
        chief = seed_agent(session, seed_unit(session, unit_id, f"Brigade {unit_id}"), Role.CHIEF)
        (window,) = seed_windows(session, chief, NOW + DAY, NOW + DAY + timedelta(hours=2))
        seed_appointment(session, window, NOW + DAY, state=state)


def withdrawn_requests(session):
    requests(session, withdrawn=True)


def openings_not_stored(session):
    appointments(session)
    session.execute(update(Opening).values(stored_until=None))


def unanswered(session):
    appointments(session, State.REQUESTED)


def expire(session):
    return expire_requests(session, ExpireRequests(), CLOCK, NOW + 31 * DAY)


def erase(session):
    return erase_old_requests(session, EraseOldRequests(after=90 * DAY), CLOCK, NOW + 91 * DAY)


def settle(session):
    return settle_outcomes(session, SettleOutcomes(), NOW + 9 * DAY)


def reoffer(session):
    return reoffer_released(session, ReofferReleased(), CLOCK, NOW + DAY - timedelta(minutes=5))


def end_unanswered(session):
    return expire_holds(session, ExpireHolds(), CLOCK, NOW + DAY)


def extend(session):
    return extend_openings(session, ExtendOpenings(), CLOCK, NOW)


@contextmanager
def locked(engine):
    """The feeds that are locked meanwhile, in order."""
    keys = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("INSERT INTO scopes"):
            keys.append(parameters["key"])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield keys
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("seed", "run"),
    [
        (requests, expire),
        (withdrawn_requests, erase),
        (appointments, settle),
        (unanswered, reoffer),
        (unanswered, end_unanswered),
        (openings_not_stored, extend),
    ],
)
def test_units_are_locked_by_the_names_of_their_feeds(database, seed, run):
    with database.transaction() as session:
        seed(session)
    with locked(database.engine) as keys, database.transaction() as session:
        assert run(session) == 2
    assert [key for key in keys if key.startswith("unit:")] == ["unit:10", "unit:9"]


def test_who_wants_an_export_and_who_revokes_it_lock_it_before_its_questions(exporting, kept):
    booked = exporting.book(0, exporting.martin)
    export_id, unit_id, martin = kept.id, exporting.unit.id, exporting.martin
    # Asked about a version that is no longer the newest.
    question = {"appointment_id": booked.appointment_id, "deed": "deleted", "sequence": 0, "found_at": NOW}
    with exporting.database.transaction() as session:
        session.add(AgendaFinding(export_id=export_id, agent_id=martin.id, **question))

    def want():
        with exporting.database.transaction() as session:
            return want_export(session, WantExport(unit_id, booked.booking_id), NOW)

    def waits():
        with exporting.database.transaction() as session:
            return bool(session.scalar(WAITING))

    with ThreadPoolExecutor(1) as other:
        with exporting.database.transaction() as session:
            session.get_one(CalendarExport, export_id, with_for_update=True)
            wanted = other.submit(want)
            wait_until(waits, "for whoever wants the export to wait for it")
            revoke_calendar_export(session, RevokeCalendarExport(export_id), actor_of(martin), NOW)
        assert wanted.result() == 0
    assert [one.answer for one in kept.findings] == ["overtaken"]
