"""A worker that is killed in the middle of a push: no phone rings twice for one step, and none is told twice."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from models.record import defer
from models.rules.ladder import Step
from push.vapid import VapidKey
from server.context import utc_now
from server.jobs.ladder import GRACE
from server.services.accept_request import AcceptRequest, accept_request
from tests.chaos.test_ladder_killed import climbed, pass_time
from tests.support.ladders import calls_of, seed_people
from tests.support.push_service import HANG, Browser
from tests.support.push_subscribers import seed_subscriber
from tests.support.seed import actor_of

PATH = "/wpush/1"
KEY = VapidKey.make()


@pytest.fixture
def service(start_push_service):
    return start_push_service("localhost")


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def people(site, service, browser):
    """One who is available, with a terminal, and the others."""
    with site.database.transaction() as session:
        people = seed_people(session, site.unit, utc_now())
        given = browser.subscribe(service.origin + PATH, KEY.public)
        seed_subscriber(session, people.available, given, now=utc_now())
        return people


@pytest.fixture
def environment(relay, service, authority):
    return {
        **relay.environment,
        "VAPID_KEYS": KEY.write(),
        "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr",
        "PUSH_HOSTS": f"localhost:{service.port}",
        "PUSH_HOSTS_INSIDE": "1",
        "PUSH_CA_FILE": str(authority.ca_file),
    }


def give_up_the_dead(site) -> None:
    """What a silence of some minutes does: the jobs of the dead worker go to a living one."""
    with site.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
        defer(session, "retry_stalled", queue="upkeep", timestamp=0)


def unfinished(site, task) -> int:
    with site.database.transaction() as session:
        return session.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND status IN ('todo', 'doing')"),
            {"task": task},
        ).scalar_one()


def calls_to(site, agent) -> list[tuple[str, str | None]]:
    """State and cause of each call to the agent over web push."""
    calls = calls_of(site.database)
    return [(one.state, one.cause) for one in calls if one.channel == "web_push" and one.agent_id == agent.id]


def test_a_call_that_may_have_left_is_repeated_by_the_next_step_only(site, people, service, environment):
    service.answer(HANG)
    worker = site.deployment.worker(environment)
    request_id, _ = site.request()
    worker.wait_for(lambda: len(service.received) == 1, "it is in the middle of the push")
    worker.kill()
    worker = site.deployment.worker(environment)
    give_up_the_dead(site)
    pass_time(site, minutes=1)
    worker.wait_for(lambda: not unfinished(site, "retry_stalled"), "the dead worker's jobs are given back")
    assert service.paths[PATH] == 1
    # Three minutes later nobody waits for the answer of that attempt any more.
    pass_time(site, minutes=3 + GRACE.total_seconds() / 60)
    worker.wait_for(lambda: climbed(site, request_id) == Step.ON_DUTY, "the next step")
    worker.wait_for(lambda: service.paths[PATH] == 2, "the next step's call")
    fates = [("failed", "outcome_unknown"), ("sent", None)]
    worker.wait_for(lambda: calls_to(site, people.available) == fates, "both calls are settled")
    assert len({one.headers["topic"] for one in service.received}) == 1


def test_a_screen_is_told_once_that_it_is_taken(site, people, service, browser, environment):
    worker = site.deployment.worker(environment)
    request_id, _ = site.request()
    worker.wait_for(lambda: {one.state for one in calls_of(site.database)} == {"sent"}, "it was called for")
    service.answer(HANG)
    with site.database.transaction() as session:
        accept_request(session, AcceptRequest(request_id), actor_of(people.chief), utc_now())
    worker.wait_for(lambda: len(service.received) == 2, "it is in the middle of telling")
    told = json.loads(browser.read(service.received[1].body))["notification"]
    assert told["data"] == {"taken": "1"}
    worker.kill()
    worker = site.deployment.worker(environment)
    give_up_the_dead(site)
    worker.wait_for(lambda: not unfinished(site, "retry_stalled") and not unfinished(site, "clear"), "it is done")
    assert service.paths[PATH] == 2
