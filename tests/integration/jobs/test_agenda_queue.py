"""Agendas that hang keep nobody waiting but other agendas, and each has one job however long it waits."""

from __future__ import annotations

from sqlalchemy import text

from server.jobs.agendas import look_at_agendas
from server.jobs.app import queue
from server.services.want_export import BeginDue, begin_due
from tests.support.exports import KeptAgenda


def jobs(exporting):
    with exporting.database.transaction() as session:
        rows = session.execute(
            text("SELECT task_name, queue_name, args->>'export_id' FROM procrastinate_jobs WHERE status = 'todo'")
        )
        return sorted(tuple(row) for row in rows if row.task_name in ("want_export", "run_export"))


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
