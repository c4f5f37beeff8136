"""Agendas that hang keep nobody waiting but other agendas, and each has one job however long it waits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text, update

from models.tables import CalendarExport
from server.jobs.agendas import look_at_agendas
from server.jobs.app import queue
from server.services.run_calendar_export import RunCalendarExport, run_calendar_export
from server.services.want_export import BeginDue, begin, begin_due
from tests.support.exports import KeptAgenda
from tests.support.seed import actor_of


def jobs(exporting):
    with exporting.database.transaction() as session:
        rows = session.execute(
            text("SELECT task_name, queue_name, args->>'export_id' FROM procrastinate_jobs WHERE status = 'todo'")
        )
        return sorted(tuple(row) for row in rows if row.task_name in ("want_export", "run_export"))


def fetched(exporting):
    """Which agendas a worker looks at, in that order, until no job waits for it."""
    with exporting.database.transaction() as session:
        worker_id = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        fetch = text("SELECT args->>'export_id' FROM procrastinate_fetch_job_v2(ARRAY['exports'], :worker_id)")
        found = []
        while (export_id := session.scalar(fetch, {"worker_id": worker_id})) is not None:
            found.append(UUID(export_id))
        return found


def set_row(exporting, export_id, **values):
    with exporting.database.transaction() as session:
        session.execute(update(CalendarExport).where(CalendarExport.id == export_id).values(**values))


def test_only_visits_wait_for_visits(exporting, kept):
    exporting.book(0, exporting.martin)
    assert {(task, name) for task, name, _ in jobs(exporting)} == {("run_export", "exports"), ("want_export", "upkeep")}
    with queue.replace_connector(queue.connector) as app:
        app.perform_import_paths()
        queues = {name: task.queue for name, task in app.tasks.items()}
    assert [name for name, where in queues.items() if where == "exports"] == ["run_export"]
    assert (queues["want_export"], queues["look_at_agendas"]) == ("upkeep", "upkeep")


def test_one_that_waits_for_a_worker_is_not_told_again_each_minute(exporting, kept):
    assert len(jobs(exporting)) == 1
    for _ in range(3):
        exporting.context.now.forward(minutes=1)
        look_at_agendas(0)
    assert jobs(exporting) == [("run_export", "exports", str(kept.id))]
    kept.work()
    assert kept.row.succeeded_at == exporting.now


def test_one_that_waits_for_a_worker_is_not_told_again_by_each_event(exporting, kept):
    kept.work()
    for hours in range(3):
        exporting.book(hours, exporting.martin)
        kept.want()
    assert [name for _, name, _ in jobs(exporting)] == ["exports"]
    kept.work()
    kept.assert_in_line()
    assert (kept.row.wanted, kept.row.run_at > exporting.now) == (kept.row.done, True)


def test_one_that_waits_for_its_next_look_is_begun_by_an_event_once(exporting, kept):
    kept.work()
    exporting.context.now.now = kept.row.run_at
    # Its time has come, and nobody has told a worker yet.
    exporting.book(0, exporting.martin)
    kept.want()
    look_at_agendas(0)
    assert [name for _, name, _ in jobs(exporting)] == ["exports"]


def test_more_than_a_batch_is_begun_in_one_minute(exporting, kept, agenda_door, radicale):
    agents = [exporting.petit, exporting.chief]
    others = [KeptAgenda(exporting.context, one, agenda_door, radicale.new_calendar()) for one in agents]
    with exporting.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        steps = [begin_due(session, BeginDue(limit=2), exporting.now) for _ in range(3)]
    assert steps == [2, 1, 0]
    assert sorted(one for *_, one in jobs(exporting)) == sorted(str(one.id) for one in (kept, *others))


def test_agendas_that_have_failed_wait_behind_the_others_and_what_is_wanted_before_all(
    exporting, kept, agenda_door, radicale
):
    agents = [exporting.petit, exporting.chief]
    well, wanted = [KeptAgenda(exporting.context, one, agenda_door, radicale.new_calendar()) for one in agents]
    kept.work()
    for failures, one in ((2, kept), (1, wanted)):
        failing = {"failed_at": exporting.now, "failure_code": "timeout", "failures_in_a_row": failures}
        set_row(exporting, one.id, **failing)
    exporting.context.now.forward(minutes=31)
    look_at_agendas(0)
    with exporting.database.transaction() as session:
        run_calendar_export(session, RunCalendarExport(wanted.id), actor_of(exporting.chief), exporting.now)
    assert fetched(exporting) == [wanted.id, well.id, wanted.id, kept.id]


def test_a_change_does_not_wait_behind_the_looks_of_all_others(exporting, kept, agenda_door, radicale):
    other = KeptAgenda(exporting.context, exporting.petit, agenda_door, radicale.new_calendar())
    kept.work()
    set_row(exporting, other.id, run_at=exporting.now)
    look_at_agendas(0)
    with exporting.database.transaction() as session:
        begin(session, [kept.id], exporting.now)
    assert fetched(exporting) == [kept.id, other.id]
