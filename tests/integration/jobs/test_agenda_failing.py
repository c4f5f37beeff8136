"""An agenda that fails for hours without standing still is told to the unit's terminals, and so is its recovery."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.record import stamp
from models.rules.exports import TOLD_AFTER, UNVISITED_AFTER
from models.tables import CalendarExport, Unit
from server.jobs.agendas import look_at_agendas
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from tests.support.push_service import Say
from tests.support.seed import actor_of
from tests.support.terminals import Terminal, application


@pytest.fixture
def told(exporting):
    """What Petit's terminal hears of Martin's agendas."""
    app = application(exporting.database, exporting.context.now)
    terminal = Terminal(app, exporting.database, exporting.petit, now=exporting.now)

    def pull():
        terminal.pull()
        return terminal.docs[f"agent/{exporting.martin.id}"]["stopped_agendas"]

    return pull


def fail_for(exporting, kept, length):
    """Visit it whenever its time has come, until so much time has passed."""
    until = exporting.now + length
    while kept.row.run_at <= until:
        exporting.context.now.now = max(exporting.now, kept.row.run_at)
        look_at_agendas(0)
        kept.work()


def test_one_that_fails_for_hours_is_told_until_it_recovers(exporting, kept, agenda_door, told):
    exporting.book(0, exporting.martin)
    kept.work()
    well = exporting.now
    agenda_door.usual = Say(500)
    assert told() == []
    fail_for(exporting, kept, TOLD_AFTER - timedelta(hours=1))
    assert told() == []
    assert exporting.events("export_failing") == []
    fail_for(exporting, kept, timedelta(hours=3))
    known = {"id": str(kept.id), "kind": "caldav", "cause": "http_status", "since": well.isoformat()}
    assert told() == [known]
    fail_for(exporting, kept, timedelta(hours=3))
    assert [event.data["cause"] for event in exporting.events("export_failing")] == ["http_status"]
    agenda_door.usual = "forward"
    fail_for(exporting, kept, timedelta(hours=1))
    assert told() == []
    assert len(exporting.events("export_recovered")) == 1


def test_one_that_never_worked_fails_since_it_was_added(exporting, kept, agenda_door, told):
    added = kept.row.created_at
    agenda_door.usual = Say(405)
    kept.work()
    fail_for(exporting, kept, TOLD_AFTER + timedelta(hours=1))
    assert told() == [{"id": str(kept.id), "kind": "caldav", "cause": "http_status", "since": added.isoformat()}]


def test_another_cause_is_told_as_well(exporting, kept, agenda_door, told):
    agenda_door.usual = Say(500)
    kept.work()
    fail_for(exporting, kept, TOLD_AFTER + timedelta(hours=2))
    agenda_door.usual = Say(207, body=b"<a/>")
    fail_for(exporting, kept, timedelta(hours=2))
    assert [one["cause"] for one in told()] == ["not_caldav"]


def test_what_somebody_has_paused_is_their_own_business(exporting, kept, agenda_door, told):
    agenda_door.usual = Say(500)
    kept.work()
    fail_for(exporting, kept, TOLD_AFTER + timedelta(hours=2))
    assert len(told()) == 1
    with exporting.database.transaction() as session:
        command = ChangeCalendarExport(kept.id, paused=True)
        change_calendar_export(session, command, actor_of(exporting.martin), exporting.now)
    assert told() == []


def test_an_agenda_of_an_earlier_unit_is_not_told(exporting, kept, agenda_door, told):
    agenda_door.usual = Say(401)
    kept.work()
    assert len(told()) == 1
    with exporting.database.transaction() as session:
        session.merge(Unit(**{c.key: getattr(exporting.unit, c.key) for c in Unit.__mapper__.columns} | {"id": 2}))
        session.flush()
        session.get_one(CalendarExport, kept.id).unit_id = 2
        stamp(session, f"unit:{exporting.unit.id}", f"agent/{exporting.martin.id}")
    assert told() == []


def leave_alone(exporting, kept, length):
    """Let its time come, and so much more pass, while every hand is busy elsewhere."""
    exporting.context.now.now = kept.row.run_at + length
    look_at_agendas(0)


def test_one_where_nobody_has_been_for_an_hour_is_told_until_somebody_was(exporting, kept, told):
    exporting.book(0, exporting.martin)
    kept.work()
    well = exporting.now
    leave_alone(exporting, kept, UNVISITED_AFTER - timedelta(seconds=1))
    assert told() == []
    leave_alone(exporting, kept, UNVISITED_AFTER)
    leave_alone(exporting, kept, UNVISITED_AFTER + timedelta(minutes=1))
    assert told() == [{"id": str(kept.id), "kind": "caldav", "cause": "unvisited", "since": well.isoformat()}]
    assert [event.data["cause"] for event in exporting.events("export_failing")] == ["unvisited"]
    kept.work()
    assert told() == []
    assert len(exporting.events("export_recovered")) == 1


def test_a_visit_that_fails_is_one_as_well(exporting, kept, agenda_door, told):
    kept.work()
    leave_alone(exporting, kept, UNVISITED_AFTER)
    assert [one["cause"] for one in told()] == ["unvisited"]
    agenda_door.answer(Say(500))
    kept.work()
    assert (told(), kept.row.failure_code) == ([], "http_status")


def test_one_that_is_paused_or_ends_is_not_waited_for(exporting, kept, told):
    kept.work()
    exporting.context.now.now = kept.row.run_at
    with exporting.database.transaction() as session:
        command = ChangeCalendarExport(kept.id, paused=True)
        change_calendar_export(session, command, actor_of(exporting.martin), exporting.now)
        # As it stands when a worker that had it in hand has died.
        session.get_one(CalendarExport, kept.id).run_at = exporting.now
    leave_alone(exporting, kept, UNVISITED_AFTER)
    assert told() == []
