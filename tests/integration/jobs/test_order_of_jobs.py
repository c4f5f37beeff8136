"""Whoever waits for a gendarme does not wait behind mails to citizens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from models.events import CLIMB
from models.rules.text_messages import Purpose
from models.tables import TextMessage, Unit
from server.jobs.ladder import climb, sweep
from tests.support.ladders import seed_people, wait_event
from tests.support.push_service import Say
from tests.support.seed import NOW, send_request
from tests.support.texts import queue


def send(database):
    with database.transaction() as session:
        return send_request(session, now=NOW).request_id


def test_calls_go_before_the_mails_that_were_put_on_the_queue_earlier(context, database):
    for _ in range(2):
        send(database)
    with database.transaction() as session:
        worker_id = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        fetch = text("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, :worker_id)")
        order = [session.scalar(fetch, {"worker_id": worker_id}) for _ in range(4)]
    assert order == ["climb", "climb", "deliver", "deliver"]


def test_so_do_later_looks_repeats_and_what_the_sweep_finds(context, database, clock, phones, service):
    with database.transaction() as session:
        people = seed_people(session, session.scalars(select(Unit)).one(), NOW)
    phones.give(people.available)
    service.answer(Say(500))
    event_id = wait_event(database, send(database))
    climb(event_id)
    assert priorities(database) == {None: CLIMB.priority, "look": CLIMB.priority, "repeat": CLIMB.priority}
    with database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    clock.forward(minutes=3)
    assert sweep(context) == 1
    assert priorities(database) == {None: CLIMB.priority}


def test_texts_that_call_a_gendarme_have_the_hands_of_the_calls_and_codes_go_before_mails(context, database):
    send(database)
    for purpose in Purpose:
        body = None if purpose in (Purpose.VERIFICATION_CODE, Purpose.NOT_UNDERSTOOD) else "Gardé."
        queue(database, purpose, body=body)
    with database.transaction() as session:
        worker_id = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        # What the hands for calls fetch, and then the others.
        fetch = text("SELECT task_name, args ->> 'text_id' FROM procrastinate_fetch_job_v2(:queues, :worker_id)")

        def fetched(*queues):
            found = []
            while (row := session.execute(fetch, {"queues": list(queues), "worker_id": worker_id}).one())[0]:
                found.append(session.get_one(TextMessage, UUID(row[1])).purpose if row[1] else row[0])
            return found

        assert fetched("calls") == ["climb", "call", "answer"]
        assert fetched("delivery") == ["verification_code", "deliver", "notice", "not_understood"]


def priorities(database):
    """The priority of the job that is due at once, of the next look, and of a call's repeat."""
    with database.transaction() as session:
        rows = session.execute(text("SELECT scheduled_at, priority FROM procrastinate_jobs WHERE task_name = 'climb'"))
        look = NOW + timedelta(minutes=2)
        return {at and ("look" if at == look else "repeat"): priority for at, priority in rows}
