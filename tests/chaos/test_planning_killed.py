"""A worker that is killed while it asks a planning, or before it has written the answer: nothing lost or twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.events import unit_scope
from models.record import defer, lock_scopes
from models.rules.plannings import Kind
from models.tables import Event
from server.context import utc_now
from server.sealing import Sealer
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from tests.support.plannings import DAY, absences_of, calendar, source_of
from tests.support.processes import wait_until
from tests.support.push_service import HANG, Say
from tests.support.seed import actor_of

EVENTS = 200
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND application_name = 'brigade worker'"
)


@pytest.fixture
def service(start_push_service):
    service = start_push_service("localhost")
    start = utc_now().replace(microsecond=0) + DAY
    events = [(str(number), start + DAY * number / 2, start + DAY * (number + 0.25) / 2) for number in range(EVENTS)]
    service.usual = Say(200, {"ETag": '"1"'}, calendar(*events))
    return service


@pytest.fixture
def environment(relay, service, authority):
    return {
        **relay.environment,
        "CALENDAR_HOSTS": f"localhost:{service.port}",
        "CALENDAR_HOSTS_INSIDE": "1",
        "CALENDAR_CA_FILE": str(authority.ca_file),
    }


@pytest.fixture
def source_id(site, service):
    sealer = Sealer((site.deployment.environment["SECRET_KEY"].encode(),))
    command = AddPlanningSource(Kind.ICAL, "Agenda", url=f"{service.origin}/chef.ics")
    agent = site.agent()
    with site.database.transaction() as session:
        source_id = add_planning_source(session, command, actor_of(agent), utc_now(), sealer)
    poll(site, source_id)
    return source_id


def poll(site, source_id) -> None:
    """What the minute does for a source whose time has come."""
    with site.database.transaction() as session:
        session.execute(text("UPDATE planning_sources SET poll_at = now() + interval '15 minutes'"))
        defer(session, "poll_planning", queue="calendars", source_id=str(source_id))


def give_up_the_dead(site) -> None:
    """What a silence of some minutes does: the jobs of the dead worker go to a living one."""
    with site.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
        defer(session, "retry_stalled", queue="upkeep", timestamp=0)


def readings(site) -> list[tuple[int, int]]:
    """How much came and went with each reading that brought something new."""
    with site.database.transaction() as session:
        events = session.scalars(select(Event).where(Event.name == "planning_read").order_by(Event.id))
        return [(event.data["came"], event.data["went"]) for event in events]


def assert_read_once(site, source_id) -> None:
    wait_until(lambda: len(absences_of(site.database, source_id)) == EVENTS, "all of it is there")
    wait_until(lambda: source_of(site.database, source_id).succeeded_at is not None, "and its health says so")
    assert readings(site) == [(EVENTS, 0)]
    assert source_of(site.database, source_id).failure_code is None


def test_killed_while_it_asks(site, service, source_id, environment):
    service.answer(HANG)
    worker = site.deployment.worker(environment)
    worker.wait_for(lambda: len(service.received) == 1, "the worker waits for an answer")
    worker.kill()
    give_up_the_dead(site)
    site.deployment.worker(environment)
    assert_read_once(site, source_id)


def test_killed_before_the_answer_is_written(site, service, source_id, environment):
    worker = site.deployment.worker(environment)
    with site.database.transaction() as session:
        lock_scopes(session, {unit_scope(site.unit.id)})
        worker.wait_for(lambda: waiting(site) == 1, "the worker has its answer and waits for the unit")
        worker.kill()
    assert absences_of(site.database, source_id) == set()
    give_up_the_dead(site)
    site.deployment.worker(environment)
    assert_read_once(site, source_id)


def test_asked_by_two_at_once(site, service, source_id, environment):
    service.answer(HANG)
    worker = site.deployment.worker(environment)
    worker.wait_for(lambda: len(service.received) == 1, "the first waits for an answer")
    poll(site, source_id)
    assert_read_once(site, source_id)
    # The first one gets its answer now, which is none: a later claim has been answered, so it is nobody's business.
    service.release()
    wait_until(lambda: unfinished(site) == 0, "the first has come to its end")
    assert_read_once(site, source_id)


def waiting(site) -> int:
    # Each in a transaction of its own, because what goes on is seen once for each.
    with site.database.transaction() as session:
        return session.execute(WAITING).scalar_one()


def unfinished(site) -> int:
    with site.database.transaction() as session:
        return session.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'poll_planning'")
        ).scalar_one()
