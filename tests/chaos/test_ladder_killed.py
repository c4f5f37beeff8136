"""A ladder whose worker is killed, whose database restarts or whose clock is set: no call twice, and it always ends."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from models.record import defer
from models.rules.ladder import Step
from models.tables import LadderCall
from server.context import utc_now
from server.jobs.ladder import GRACE
from tests.support.ladders import calls_of, ladder_of, seed_people
from tests.support.processes import free_port, wait_until

CITIZEN, MAILBOX = "camille@example.org", "cob.belley@example.org"
# Every instant that a ladder or the queue goes by. Moving them is moving the clock the other way.
CLOCK = {
    "ladders": ("begun_at", "looked_at", "next_look_at"),
    "ladder_calls": ("queued_at", "attempted_at", "retry_at", "changed_at"),
    "procrastinate_jobs": ("scheduled_at",),
}


class Relay:
    """A relay that can keep a mail to the unit's mailbox waiting for its answer, and then has taken it or not."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.taken: list[tuple[str, str]] = []
        self.open = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        [to] = envelope.rcpt_tos
        self.tried.append(to)
        if to == MAILBOX and not self.open.is_set():
            # Never answered: the worker is killed while it waits.
            await asyncio.Event().wait()
            raise AssertionError("unreachable")
        self.taken.append((to, str(message_from_bytes(envelope.content)["Message-ID"])))
        return "250 OK"

    def to(self, address: str) -> list[str]:
        return [message_id for to, message_id in self.taken if to == address]


@pytest.fixture
def relay():
    relay = Relay()
    controller = Controller(relay, hostname="127.0.0.1", port=free_port())
    controller.start()
    relay.environment = {"SMTP_URL": f"smtp://127.0.0.1:{controller.port}"}
    yield relay
    controller.stop()


def people_of(site):
    with site.database.transaction() as session:
        return seed_people(session, site.unit, utc_now())


def pass_time(site, minutes: float) -> None:
    """Let time pass for the ladder, whose instants are older then; less than nothing puts the clock back."""
    with site.database.transaction() as session:
        for table, columns in CLOCK.items():
            moved = ", ".join(f"{one} = {one} - make_interval(secs => :seconds)" for one in columns)
            session.execute(text(f"UPDATE {table} SET {moved}"), {"seconds": 60 * minutes})


def climbed(site, request_id) -> int | None:
    ladder = ladder_of(site.database, request_id)
    return None if ladder is None else ladder.climbed


def unsettled(calls: list[LadderCall]) -> list[LadderCall]:
    return [call for call in calls if call.state == "queued"]


def assert_each_step_once(site, relay, request_id) -> None:
    """At most once for each person, step and channel; with the supervisors; and the citizen has been told once."""
    ladder = ladder_of(site.database, request_id)
    assert (ladder.ended_because, ladder.climbed) == ("supervisor", Step.SUPERVISOR)
    named = Counter((one.step, one.who, one.agent_id, one.channel) for one in calls_of(site.database))
    assert set(named.values()) == {1}
    assert relay.tried.count(MAILBOX) == 1
    wait_until(lambda: len(set(relay.to(CITIZEN))) == 2, "the confirmation, and that it waits for longer")


@pytest.mark.parametrize(
    "step", [Step.AVAILABLE, Step.ON_DUTY, Step.CHIEF, Step.SUPERVISOR], ids=lambda step: step.name
)
def test_a_worker_killed_at_any_step_neither_doubles_nor_loses_it(site, relay, step):
    people_of(site)
    if step is not Step.CHIEF:
        relay.open.set()
    worker = site.deployment.worker(relay.environment)
    request_id, _ = site.request()
    for reached, minutes in ((Step.AVAILABLE, 2), (Step.ON_DUTY, 8), (Step.CHIEF, 20), (Step.SUPERVISOR, 0)):
        worker.wait_for(lambda reached=reached: climbed(site, request_id) == reached, f"step {reached}")
        if reached is step:
            if step is Step.CHIEF:
                worker.wait_for(lambda: MAILBOX in relay.tried, "it is in the middle of the mail")
            # Whatever it was at: between claiming and sending, sending, or settling.
            worker.kill()
            relay.open.set()
            # The job that was in its hands is gone for good; nobody but the sweep knows of the ladder.
            with site.database.transaction() as session:
                session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'climb'"))
                # The mails to the citizen are found as those of every dead worker are: after a silence.
                session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
                session.execute(text("UPDATE notices SET claimed_until = NULL"))
                defer(session, "retry_stalled", queue="upkeep", timestamp=0)
            worker = site.deployment.worker(relay.environment)
        pass_time(site, minutes=minutes + GRACE.total_seconds() / 60 if minutes else 0)
    worker.wait_for(lambda: not [one for one in unsettled(calls_of(site.database)) if one.attempted_at is None], "made")
    assert_each_step_once(site, relay, request_id)
    if step is Step.CHIEF:
        assert relay.to(MAILBOX) == [], "whether it had left nobody knows: it is not sent again"


@pytest.mark.parametrize("hours", [-5, 5], ids=["back", "forward"])
def test_a_clock_that_is_set_neither_doubles_nor_loses_a_step(site, relay, hours):
    people_of(site)
    relay.open.set()
    worker = site.deployment.worker(relay.environment)
    request_id, _ = site.request()
    worker.wait_for(lambda: climbed(site, request_id) == Step.AVAILABLE, "the first steps")
    pass_time(site, minutes=60 * hours)
    # The sweep goes by a clock that nobody sets; a new worker begins with one.
    worker.stop()
    worker = site.deployment.worker(relay.environment)
    if hours < 0:
        worker.wait_for(lambda: ladder_of(site.database, request_id).looked_at <= utc_now(), "looked at by this clock")
        pass_time(site, minutes=31)
    worker.wait_for(lambda: climbed(site, request_id) == Step.SUPERVISOR, "it is with the supervisors")
    worker.wait_for(lambda: not unsettled(calls_of(site.database)), "every call is settled")
    assert_each_step_once(site, relay, request_id)


def test_a_restarted_database_neither_doubles_nor_loses_a_step(site_on_own_postgres, own_postgres, relay):
    site = site_on_own_postgres
    people_of(site)
    relay.open.set()
    worker = site.deployment.worker(relay.environment)
    request_id, _ = site.request()
    worker.wait_for(lambda: climbed(site, request_id) == Step.AVAILABLE, "the first steps")
    own_postgres.kill()
    own_postgres.start()
    pass_time(site, minutes=31)
    worker.wait_for(lambda: climbed(site, request_id) == Step.SUPERVISOR, "it is with the supervisors")
    worker.wait_for(lambda: not unsettled(calls_of(site.database)), "every call is settled")
    assert_each_step_once(site, relay, request_id)
