"""No call is made twice and none is lost, whatever fails, dies or sets the clock in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.rules.duty import Status
from models.tables import Agent
from push.failures import PermanentFailure, TemporaryFailure
from server.jobs import ladder
from server.jobs.ladder import call_channels, climb, sweep
from server.services.accept_request import AcceptRequest, accept_request
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from tests.support.ladders import calls_of, do, fates, ladder_of, looks_due, send, wait_event
from tests.support.seed import NOW, seed_unit

pytestmark = pytest.mark.usefixtures("carriers")


def test_taken_while_the_step_is_under_way_spares_who_has_not_been_called_yet(
    context, database, clock, people, push, sms, monkeypatch
):
    # One call after the other, so that it is known which of them comes too late.
    monkeypatch.setattr(ladder, "CALLS_AT_ONCE", 1)
    request_id = send(database, clock)
    climb(wait_event(database, request_id))
    clock.forward(minutes=2)
    sms.meanwhile = lambda: do(database, accept_request, AcceptRequest(request_id), people.available, clock)
    climb(wait_event(database, request_id))
    # The text message goes out first; somebody takes the request while it does.
    assert (len(sms.calls), len(push.calls)) == (1, 1)
    assert {(one.step, one.state, one.cause) for one in calls_of(database) if one.channel == "web_push"} == {
        (1, "sent", None),
        (2, "failed", "no_longer_needed"),
    }


def test_a_repeated_look_repeats_no_call(context, database, clock, people, push):
    request_id = send(database, clock)
    for _ in range(3):
        climb(wait_event(database, request_id))
    assert len(push.calls) == 1
    assert len(looks_due(database)) == 2, "nor does it put more looks on the queue"


@pytest.mark.parametrize("hours", [-7, 7], ids=["back", "forward"])
def test_a_clock_that_is_set_during_the_climb_doubles_nothing_and_loses_nothing(
    context, database, clock, people, push, sms, hours
):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)
    climb(event_id)
    clock.forward(hours=hours)
    for _ in range(5):
        climb(event_id)
        clock.forward(minutes=10)
    ladder = ladder_of(database, request_id)
    assert ladder.ended_because == "supervisor"
    named = [(call.step, call.who, call.agent_id, call.channel) for call in calls_of(database)]
    assert len(push.calls) + len(sms.calls) == sum(call.channel in {"web_push", "sms"} for call in calls_of(database))
    assert len(set(named)) == len(named)


def test_a_failure_that_may_pass_is_tried_again_until_a_higher_step_overtakes_it(
    context, database, clock, people, push, sms
):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)
    push.failure = TemporaryFailure("http_503")
    climb(event_id)
    assert (1, "web_push", people.available.id, "queued", "http_503") in fates(database)
    climb(event_id)
    assert len(push.calls) == 1, "not at once"
    assert looks_due(database)[-1] == NOW + timedelta(seconds=30)
    clock.forward(seconds=30)
    climb(event_id)
    assert len(push.calls) == 2
    clock.forward(minutes=2)
    climb(event_id)
    assert (1, "web_push", people.available.id, "failed", "overtaken") in fates(database)
    push.failure = None
    clock.forward(seconds=30)
    climb(event_id)
    assert (2, "web_push", people.available.id, "sent", None) in fates(database)


def test_a_higher_step_that_does_not_call_somebody_again_lets_their_call_be_tried_on(
    context, database, clock, people, push, sms
):
    event_id = wait_event(database, send(database, clock))
    push.failure = TemporaryFailure("http_503")
    climb(event_id)
    clock.forward(minutes=2)
    climb(event_id)
    clock.forward(minutes=8)
    push.failure = None
    # The chief is called anew; nobody else is.
    climb(event_id)
    assert {(2, "web_push", one.id, "sent", None) for one in (people.available, people.first_to_go)} <= fates(database)
    assert (2, "web_push", people.chief.id, "failed", "overtaken") in fates(database)
    assert (3, "web_push", people.chief.id, "sent", None) in fates(database)


def test_with_the_supervisors_nothing_is_tried_on(context, database, clock, people, push, sms):
    event_id = wait_event(database, send(database, clock))
    push.failure = TemporaryFailure("http_503")
    for minutes in (0, 2, 8, 20):
        clock.forward(minutes=minutes)
        climb(event_id)
    assert {(state, cause) for _, channel, _, state, cause in fates(database) if channel == "web_push"} == {
        ("failed", "overtaken")
    }


def test_what_fails_for_good_says_why_and_a_channel_that_is_not_there_too(
    context, database, clock, people, push, monkeypatch
):
    push.failure = PermanentFailure("http_410")
    climb(wait_event(database, send(database, clock)))
    assert (1, "web_push", people.available.id, "failed", "http_410") in fates(database)
    monkeypatch.setattr("server.jobs.ladder.call_channels", call_channels)
    other = send(database, clock)
    climb(wait_event(database, other))
    assert (1, "web_push", people.available.id, "failed", "no_channel") in fates(database)


def test_a_mistake_of_ours_does_not_stop_the_climb(context, database, clock, people, push, sms, caplog):
    request_id = send(database, clock)
    push.meanwhile = lambda: 1 / 0
    climb(wait_event(database, request_id))
    assert (1, "web_push", people.available.id, "failed", "error_ZeroDivisionError") in fates(database)
    clock.forward(minutes=2)
    climb(wait_event(database, request_id))
    assert sms.agents() == [people.first_to_go.id]
    assert "ZeroDivisionError" in caplog.text


def test_an_attempt_whose_end_nobody_knows_is_not_repeated(context, database, clock, people, push):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)

    class Killed(BaseException):
        """As when the worker is no more: nothing is settled."""

    def die():
        raise Killed

    push.meanwhile = die
    with pytest.raises(Killed):
        climb(event_id)
    clock.forward(minutes=1)
    push.meanwhile = lambda: None
    climb(event_id)
    assert (1, "web_push", people.available.id, "queued", None) in fates(database)
    clock.forward(minutes=5)
    climb(event_id)
    assert (1, "web_push", people.available.id, "failed", "outcome_unknown") in fates(database)
    assert len([one for one in push.calls if one.agent_id == people.available.id]) == 2, "once in each of two steps"


def test_the_database_refuses_to_take_a_call_back_and_to_make_it_twice(context, database, clock, people, push):
    climb(wait_event(database, send(database, clock)))
    [call] = [one for one in calls_of(database) if one.channel == "web_push"]
    for wrong in (
        "UPDATE ladder_calls SET state = 'queued' WHERE id = :id",
        "INSERT INTO ladder_calls"
        " SELECT gen_random_uuid(), ladder_id, step, who, agent_id, channel, quiet, state, cause, queued_at,"
        " attempted_at, retry_at, sent_at, delivered_at, seen_at, changed_at FROM ladder_calls WHERE id = :id",
    ):
        with (
            pytest.raises(DBAPIError, match=r"never back|ladder_calls_once"),
            database.transaction() as session,
        ):
            session.execute(text(wrong), {"id": call.id})


def test_the_sweep_finds_a_wait_whose_job_is_gone_at_every_stage(context, database, clock, people, push):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)

    def lose_jobs():
        with database.transaction() as session:
            session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'climb'"))

    lose_jobs()
    assert sweep(context) == 0, "a job that has just been deferred may be under way"
    clock.forward(minutes=1)
    assert sweep(context) == 1
    assert sweep(context) == 0, "there is one again"
    climb(event_id)
    lose_jobs()
    assert sweep(context) == 0, "nothing is due"
    clock.forward(minutes=2)
    assert sweep(context) == 1
    lose_jobs()
    clock.forward(hours=-6)
    assert sweep(context) == 1, "by this clock nothing would be due for hours"
    do(database, accept_request, AcceptRequest(request_id), people.available, clock)
    climb(event_id)
    lose_jobs()
    clock.forward(hours=12)
    assert sweep(context) == 0


@pytest.mark.parametrize("how", ["off_duty", "absent", "elsewhere"])
def test_a_call_that_is_tried_again_wakes_nobody_who_has_gone_home(context, database, clock, people, push, how):
    event_id = wait_event(database, send(database, clock))
    push.failure = TemporaryFailure("http_503")
    climb(event_id)
    clock.forward(seconds=30)
    if how == "off_duty":
        do(database, set_duty_status, SetDutyStatus(Status.OFF_DUTY), people.available, clock)
    elif how == "absent":
        absence = DeclareAbsence(uuid4(), clock() - timedelta(seconds=1), clock() + timedelta(hours=8))
        do(database, declare_absence, absence, people.available, clock)
    else:
        with database.transaction() as session:
            session.get_one(Agent, people.available.id).unit_id = seed_unit(session, 2, "Brigade de Virieu").id
    push.failure = None
    climb(event_id)
    assert len(push.calls) == 1
    assert (1, "web_push", people.available.id, "failed", "no_longer_needed") in fates(database)
