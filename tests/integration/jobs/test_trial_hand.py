"""Tests of addresses and plannings each have hands of their own: neither keeps the other waiting."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.database import Database
from models.record import defer
from models.rules.calendar_trials import TrialKind
from models.rules.plannings import Kind
from models.tables import CalendarTrial
from server.context import utc_now
from server.jobs.app import CALENDARS_QUEUE
from server.sealing import Sealer
from server.services._poll_jobs import TASK
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.ask_calendar_trial import AskCalendarTrial, ask_calendar_trial
from server.worker import CALENDARS_CONCURRENCY, TRIALS_CONCURRENCY
from tests.support.plannings import calendar, source_of
from tests.support.push_service import HANG, Say
from tests.support.seed import actor_of, seed_agent, seed_territory


class Brigade:
    """Colleagues who have plannings and test addresses of one server."""

    def __init__(self, database: Database, sealer: Sealer, origin: str) -> None:
        self.database, self.sealer, self.origin = database, sealer, origin
        with database.transaction() as session:
            self.unit = seed_territory(session)

    def planning(self):
        """Have a worker ask for somebody's planning."""
        with self.database.transaction() as session:
            actor = actor_of(seed_agent(session, self.unit))
            command = AddPlanningSource(Kind.ICAL, "Agenda", url=f"{self.origin}/planning.ics")
            source_id = add_planning_source(session, command, actor, utc_now(), self.sealer)
            defer(session, TASK, queue=CALENDARS_QUEUE, source_id=str(source_id))
        return source_id

    def person(self):
        with self.database.transaction() as session:
            return actor_of(seed_agent(session, self.unit))

    def trial(self, actor=None):
        """Have a worker test an address, for somebody new unless it is said for whom."""
        actor = actor or self.person()
        with self.database.transaction() as session:
            command = AskCalendarTrial(TrialKind.ICAL, f"{self.origin}/essai.ics")
            return ask_calendar_trial(session, command, actor, utc_now(), self.sealer).id

    def state(self, trial_id) -> str:
        with self.database.transaction() as session:
            return session.get_one(CalendarTrial, trial_id).state


@pytest.fixture
def site(start_push_service):
    site = start_push_service("localhost")
    site.usual = Say(200, body=calendar())
    return site


@pytest.fixture
def brigade(database, deployment, site):
    return Brigade(database, Sealer((deployment.environment["SECRET_KEY"].encode(),)), site.origin)


@pytest.fixture
def start_worker(deployment, relay, site, authority):
    def start():
        hosts = {"CALENDAR_HOSTS": f"localhost:{site.port}", "CALENDAR_HOSTS_INSIDE": "1"}
        return deployment.worker({**relay.environment, **hosts, "CALENDAR_CA_FILE": str(authority.ca_file)})

    return start


def test_tests_that_hang_keep_no_planning_waiting(database, brigade, site, start_worker):
    for _ in range(CALENDARS_CONCURRENCY + TRIALS_CONCURRENCY):
        site.answer(HANG, path="/essai.ics")
        brigade.trial()
    worker = start_worker()
    worker.wait_for(lambda: len(site.received) >= TRIALS_CONCURRENCY, "its hands are at tests")
    source_id = brigade.planning()
    worker.wait_for(lambda: source_of(database, source_id).succeeded_at is not None, "the planning is read")
    tests = [one for one in site.received if one.path == "/essai.ics"]
    assert len(tests) == TRIALS_CONCURRENCY, "no other hand takes one"


def test_of_one_person_one_test_is_made_at_a_time(database, brigade):
    """However often somebody asks anew, they hold one hand: the others are their colleagues'."""
    assert TRIALS_CONCURRENCY > 1
    somebody = brigade.person()
    asked = {str(brigade.trial(somebody)), str(brigade.trial(somebody))}
    brigade.trial()
    with database.transaction() as session:
        rows = session.execute(text("SELECT lock, args ->> 'trial_id' FROM procrastinate_jobs"))
        locks = {trial_id: lock for lock, trial_id in rows}
    # The queue runs no two jobs with one lock at once.
    own = {locks.pop(trial_id) for trial_id in asked}
    assert len(own) == 1
    assert None not in own
    assert own.isdisjoint(locks.values())


def test_plannings_that_hang_keep_no_test_waiting(database, brigade, site, start_worker):
    hanging = []
    for _ in range(CALENDARS_CONCURRENCY):
        site.answer(HANG, path="/planning.ics")
        hanging.append(brigade.planning())
    worker = start_worker()
    worker.wait_for(lambda: len(site.received) == CALENDARS_CONCURRENCY, "every hand holds a planning")
    trial_id = brigade.trial()
    worker.wait_for(lambda: brigade.state(trial_id) == "succeeded", "the test is made")
    assert [source_of(database, one).failed_at for one in hanging] == [None] * len(hanging), "no hand has come free"
