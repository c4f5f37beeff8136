"""A wait climbs until somebody has taken it: on the real database, with the relay that mails really go to."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from models.tables import Event, LadderSight, Reason
from server.jobs.deliver import deliver
from server.jobs.ladder import climb
from server.services.accept_request import AcceptRequest, accept_request
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.release_request import ReleaseRequest, release_request
from server.services.see_request import SeeRequest, see_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.ladders import calls_of, do, ladder_of, looks_due, send, wait_event
from tests.support.seed import NOW, seed_agent, seed_unit

pytestmark = pytest.mark.usefixtures("carriers")


def test_step_by_step_up_to_the_supervisors(context, database, clock, people, push, sms, relay):
    request_id = send(database, clock)
    event_id = wait_event(database, request_id)
    assert looks_due(database) == [None], "the first look is deferred with the request itself"

    climb(event_id)
    assert (push.agents(), sms.agents()) == ([people.available.id], [])
    assert looks_due(database)[1:] == [NOW + timedelta(minutes=2)]

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
    assert len(looks_due(database)) == 4, "nobody looks any more"
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
