"""A wait climbs until somebody has taken it: on the real database, with the relay that mails really go to."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.rules.actor import CitizenActor
from models.rules.ladder import Channel
from models.tables import Event, LadderSight, Reason, Unit
from push.failures import PermanentFailure, TemporaryFailure
from server.jobs import ladder
from server.jobs.deliver import deliver
from server.jobs.ladder import call_channels, climb, sweep
from server.services.accept_request import AcceptRequest, accept_request
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.release_request import ReleaseRequest, release_request
from server.services.see_request import SeeRequest, see_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.ladders import Carrier, calls_of, fates, ladder_of, seed_people, wait_event
from tests.support.seed import NOW, actor_of, seed_agent, seed_unit, send_request


@pytest.fixture
def people(context, database):
    with database.transaction() as session:
        return seed_people(session, session.scalars(select(Unit)).one(), NOW)


@pytest.fixture
def push():
    return Carrier()


@pytest.fixture
def sms():
    return Carrier()


@pytest.fixture(autouse=True)
def _plugged_in(monkeypatch, push, sms):
    def all_channels(context):
        return {**call_channels(context), Channel.WEB_PUSH: push, Channel.SMS: sms}

    monkeypatch.setattr("server.jobs.ladder.call_channels", all_channels)


def send(database, clock, **changes):
    with database.transaction() as session:
        return send_request(session, now=clock(), **changes).request_id


def do(database, service, command, agent, clock):
    with database.transaction() as session:
        return service(session, command, actor_of(agent) if agent else CitizenActor(command.request_id), clock())


def jobs(database):
    """When the looks are due that are on the queue."""
    with database.transaction() as session:
        return session.scalars(
            text(
                "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'climb' AND status = 'todo' ORDER BY id"
            )
        ).all()


def test_step_by_step_up_to_the_supervisors(context, database, clock, people, push, sms, relay):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)
    assert jobs(database) == [None], "the first look is deferred with the request itself"

    climb(event_id)
    assert (push.agents(), sms.agents()) == ([people.available.id], [])
    assert jobs(database)[1:] == [NOW + timedelta(minutes=2)]

    clock.forward(minutes=2)
    climb(event_id)
    on_duty = sorted([people.available.id, people.first_to_go.id, people.chief.id])
    assert push.agents() == sorted([people.available.id, *on_duty]), "the one who was called before is called again"
    assert sms.agents() == [people.first_to_go.id]

    clock.forward(minutes=8)
    climb(event_id)
    assert sms.agents() == sorted([people.first_to_go.id, people.chief.id])
    [mail] = relay.messages
    assert (mail["To"], mail["Subject"]) == ("cob.belley@example.org", "Une demande attend toujours")

    clock.forward(minutes=20)
    climb(event_id)
    ladder = ladder_of(database, request_id)
    assert (ladder.climbed, ladder.ended_because, ladder.next_look_at) == (4, "supervisor", None)
    assert len(jobs(database)) == 4, "nobody looks any more"
    assert {one.state for one in calls_of(database)} == {"sent"}
    assert people.off_duty.id not in push.agents() + sms.agents()

    with database.transaction() as session:
        late = session.scalars(select(Event.id).where(Event.name == "request_late")).one()
    deliver(late)
    assert relay.messages[1]["To"] == "camille@example.org"
    assert "les responsables ont été prévenus" in " ".join(relay.messages[1].get_body(("plain",)).get_content().split())


def test_it_stops_when_somebody_takes_it_and_begins_anew_when_they_give_it_back(
    context, database, clock, people, push, sms
):
    request_id = send(database, clock)
    first = wait_event(database, request_id)
    climb(first)
    do(database, accept_request, AcceptRequest(request_id), people.available, clock)
    clock.forward(minutes=30)
    climb(first)
    assert (ladder_of(database, request_id).ended_because, len(push.calls)) == ("taken", 1)

    do(database, release_request, ReleaseRequest(request_id), people.available, clock)
    second = wait_event(database, request_id)
    climb(first)
    climb(second)
    assert len(push.calls) == 2
    ladder = ladder_of(database, request_id)
    assert (ladder.event_id, ladder.begun_at, ladder.ended_at) == (second, clock(), None)


def test_what_the_citizen_withdraws_calls_nobody(context, database, clock, people, push):
    request_id = send(database, clock)
    climb(wait_event(database, request_id))
    do(database, withdraw_request, WithdrawRequest(request_id), None, clock)
    clock.forward(minutes=2)
    climb(wait_event(database, request_id))
    assert (ladder_of(database, request_id).ended_because, len(push.calls)) == ("over", 1)


def test_one_who_has_opened_it_spares_the_others(context, database, clock, people, push, sms):
    request_id = send(database, clock)
    climb(wait_event(database, request_id))
    clock.forward(minutes=1)
    assert do(database, see_request, SeeRequest(request_id), people.available, clock) == "apply"
    assert do(database, see_request, SeeRequest(request_id), people.available, clock) == "noop"
    [call] = [one for one in calls_of(database) if one.agent_id == people.available.id]
    assert (call.state, call.seen_at) == ("seen", clock())
    clock.forward(minutes=1)
    climb(wait_event(database, request_id))
    assert (len(push.calls), sms.calls) == (1, [])
    clock.forward(minutes=8)
    climb(wait_event(database, request_id))
    assert sms.agents() == [people.chief.id], "seen is not taken"


def test_it_may_be_seen_before_the_first_look(context, database, clock, people, push):
    request_id = send(database, clock)
    assert do(database, see_request, SeeRequest(request_id), people.available, clock) == "apply"
    climb(wait_event(database, request_id))
    clock.forward(minutes=2)
    climb(wait_event(database, request_id))
    assert push.agents() == [people.available.id]


def test_a_sight_of_another_unit_or_of_nothing_spares_nobody(context, database, clock, people, push, sms):
    with database.transaction() as session:
        stranger = seed_agent(session, seed_unit(session, 2, "Brigade de gendarmerie de Virieu"))
    request_id = send(database, clock)
    climb(wait_event(database, request_id))
    assert do(database, see_request, SeeRequest(request_id), stranger, clock) == "noop"
    assert do(database, see_request, SeeRequest(uuid4()), people.available, clock) == "noop"
    clock.forward(minutes=2)
    climb(wait_event(database, request_id))
    assert sms.agents() == [people.first_to_go.id]


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
    assert len(jobs(database)) == 2, "nor does it put more looks on the queue"


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
    assert jobs(database)[-1] == NOW + timedelta(seconds=30)
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


def test_the_words_give_nothing_away(context, database, clock, people, push, relay):
    open_one = send(database, clock, facts="Mon voisin m’a menacé")
    discreet = send(database, clock, reason_code="domestic_violence")
    for request_id in (open_one, discreet):
        climb(wait_event(database, request_id))
    clock.forward(minutes=10)
    for request_id in (open_one, discreet):
        climb(wait_event(database, request_id))
    assert {call.words.title for call in push.calls if str(discreet) in call.words.navigate} == {"Vous avez un message"}
    assert {mail["Subject"] for mail in relay.messages} == {"Une demande attend toujours", "Vous avez un message"}
    whole = repr(push.calls) + "".join(mail.as_string() for mail in relay.messages)
    for secret in ("voisin", "Camille", "BN-", "complaint", "violence", "639980012"):
        assert secret not in whole


def test_the_deadlines_are_the_reasons(context, database, clock, people, push):
    with database.transaction() as session:
        session.get_one(Reason, "complaint").ladder_minutes = [1, 3, 5]
    request_id = send(database, clock)
    climb(wait_event(database, request_id))
    assert ladder_of(database, request_id).next_look_at == NOW + timedelta(minutes=1)
    for wrong in ([3, 1, 5], [1, 3], [0, 3, 5], [1, None, 5]):
        with pytest.raises(IntegrityError, match="ck_reasons_ladder_minutes"), database.transaction() as session:
            session.execute(text("UPDATE reasons SET ladder_minutes = :wrong"), {"wrong": wrong})


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


def test_a_ladder_is_forgotten_ninety_days_after_its_end_unless_it_still_waits(context, database, clock, people, push):
    taken, waiting = send(database, clock), send(database, clock)
    for request_id in (taken, waiting):
        climb(wait_event(database, request_id))
    do(database, see_request, SeeRequest(taken), people.available, clock)
    do(database, accept_request, AcceptRequest(taken), people.available, clock)
    clock.forward(minutes=30)
    for request_id in (taken, waiting):
        climb(wait_event(database, request_id))
    for days, gone in ((90, 0), (91, 1)):
        with database.transaction() as session:
            assert purge_expired(session, PurgeExpired(), NOW + timedelta(days=days, minutes=29))["ladders"] == gone
    assert (ladder_of(database, taken), ladder_of(database, waiting).ended_because) == (None, "supervisor")
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(LadderSight)) == 0
