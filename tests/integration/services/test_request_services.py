from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.actor import CitizenActor, Role, SystemActor
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.request_lifecycle import Outcome, State, Verdict
from models.tables import Event, FeedEntry
from server.services.accept_request import AcceptRequest, accept_request
from server.services.add_citizen_word import AddCitizenWord, add_citizen_word
from server.services.close_request import CloseRequest, close_request
from server.services.expire_requests import ExpireRequests, expire_requests
from server.services.note_request import NoteRequest, note_request
from server.services.release_request import ReleaseRequest, release_request
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.seed import (
    NOW,
    actor_of,
    request_row,
    seed_agent,
    seed_commune,
    seed_jurisdiction,
    seed_territory,
    seed_unit,
    send_request,
)

LATER = NOW + timedelta(minutes=4)


@pytest.fixture
def unit(session):
    return seed_territory(session)


@pytest.fixture
def gendarme(session, unit):
    return actor_of(seed_agent(session, unit, name="Adj. Martin"))


def names(session, request_id):
    return list(session.scalars(select(Event.name).where(Event.request_id == request_id).order_by(Event.id)))


def test_a_request_waits_with_the_competent_unit_and_has_a_deadline(session, unit):
    created = send_request(session, reason_code="domestic_violence")
    row = request_row(session, created)
    assert (row.unit_id, row.state, row.discreet) == (unit.id, State.WAITING, True)
    assert row.due_at == NOW + timedelta(minutes=15)
    assert row.call_back_word == created.call_back_word
    assert created.follow_token.encode() not in row.follow_token_hash


def test_the_same_key_is_the_same_request_and_gives_the_same_answer(session, unit):
    first = send_request(session, key="key")
    again = send_request(session, key="key")
    assert again.again
    assert not first.again
    assert (again.reference, again.follow_token, again.call_back_word, again.follow_code) == (
        first.reference,
        first.follow_token,
        first.call_back_word,
        first.follow_code,
    )
    assert names(session, first.request_id) == ["request_created"]


def test_a_key_is_not_for_two_requests(session, unit):
    send_request(session, key="key")
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        send_request(session, key="key", facts="Tout autre chose.")


def test_a_police_commune_is_not_ours_and_says_so(session, unit):
    seed_jurisdiction(session, seed_commune(session, "01053", "Bourg-en-Bresse", "01000"), None, "PN")
    with pytest.raises(Invalid) as refused:
        send_request(session, commune_insee="01053")
    assert refused.value.detail == {"fields": {"commune_insee": "police"}}


def test_where_we_cannot_tell_only_the_citizen_chooses_among_the_candidates(session, unit):
    seed_commune(session, "01035", "Belmont", "01260")
    far = seed_unit(session, 7, "Brigade d’ailleurs")
    far.commune_insee, far.postcode = "80001", "80000"
    session.flush()

    with pytest.raises(Invalid) as refused:
        send_request(session, commune_insee="01035")
    assert refused.value.detail == {"fields": {"commune_insee": "no_jurisdiction"}}
    with pytest.raises(Invalid):
        send_request(session, commune_insee="01035", unit=far.id)
    created = send_request(session, commune_insee="01035", unit=unit.id)
    assert request_row(session, created).unit_id == unit.id


def test_an_unknown_commune_is_named_as_the_problem(session, unit):
    with pytest.raises(Invalid) as refused:
        send_request(session, commune_insee="99999")
    assert refused.value.detail == {"fields": {"commune_insee": "unknown_commune"}}


def test_accept_note_close(session, unit, gendarme):
    created = send_request(session)
    request_id = created.request_id
    assert accept_request(session, AcceptRequest(request_id), gendarme, LATER) is Verdict.APPLY
    assert accept_request(session, AcceptRequest(request_id), gendarme, LATER) is Verdict.NOOP
    note_request(session, NoteRequest(request_id, "Messagerie, je rappelle à 17 h."), gendarme, LATER)
    close_request(session, CloseRequest(request_id, Outcome.HANDLED), gendarme, LATER)
    row = request_row(session, created)
    assert (row.state, row.outcome, row.accepted_at, row.ended_at) == (State.DONE, "handled", LATER, LATER)
    assert names(session, request_id) == ["request_created", "request_accepted", "request_noted", "request_closed"]


def test_the_second_to_accept_learns_who_was_first(session, unit, gendarme):
    created = send_request(session)
    accept_request(session, AcceptRequest(created.request_id), gendarme, LATER)
    other = actor_of(seed_agent(session, unit))
    with pytest.raises(Conflict) as refused:
        accept_request(session, AcceptRequest(created.request_id), other, LATER)
    assert refused.value.detail == {"by": "Adj. Martin", "at": LATER.isoformat()}


def test_release_puts_it_back_for_everybody(session, unit, gendarme):
    created = send_request(session)
    accept_request(session, AcceptRequest(created.request_id), gendarme, LATER)
    chief = actor_of(seed_agent(session, unit, Role.CHIEF))
    release_request(session, ReleaseRequest(created.request_id), chief, LATER)
    row = request_row(session, created)
    assert (row.state, row.accepted_by_id, row.accepted_at) == (State.WAITING, None, None)


def test_a_transfer_waits_again_in_the_other_unit_and_both_feeds_know(session, unit, gendarme):
    target = seed_unit(session, 2, "Brigade de Culoz")
    created = send_request(session)
    accept_request(session, AcceptRequest(created.request_id), gendarme, LATER)
    transfer_request(session, TransferRequest(created.request_id, target.id, "votre secteur"), gendarme, LATER)
    row = request_row(session, created)
    assert (row.unit_id, row.state, row.accepted_by_id) == (target.id, State.WAITING, None)
    scopes = set(session.scalars(select(FeedEntry.scope).where(FeedEntry.document == f"request/{created.request_id}")))
    assert scopes == {f"unit:{unit.id}", f"unit:{target.id}"}
    with pytest.raises(NotFound):
        accept_request(session, AcceptRequest(created.request_id), gendarme, LATER)


def test_the_citizen_withdraws_or_adds_a_word_while_it_is_open(session, unit, gendarme):
    created = send_request(session)
    citizen = CitizenActor(created.request_id)
    add_citizen_word(session, AddCitizenWord(created.request_id, "J’ai retrouvé la facture."), citizen, LATER)
    accept_request(session, AcceptRequest(created.request_id), gendarme, LATER)
    withdraw_request(session, WithdrawRequest(created.request_id), citizen, LATER)
    row = request_row(session, created)
    assert (row.state, row.accepted_by_id) == (State.WITHDRAWN, gendarme.agent_id)
    with pytest.raises(Conflict, match="already_ended"):
        add_citizen_word(session, AddCitizenWord(created.request_id, "trop tard"), citizen, LATER)
    with pytest.raises(Conflict, match="already_ended"):
        close_request(session, CloseRequest(created.request_id, Outcome.HANDLED), gendarme, LATER)


def test_a_double_tap_adds_one_word_and_two_words_are_two(session, unit):
    created = send_request(session)
    citizen = CitizenActor(created.request_id)
    for text in ("J’arrive.", "J’arrive.", "Je suis là.", "J’arrive."):
        add_citizen_word(session, AddCitizenWord(created.request_id, text), citizen, LATER)
    assert names(session, created.request_id) == ["request_created", *["citizen_word_added"] * 3]


def test_only_what_nobody_took_expires(session, unit, gendarme):
    old, taken, young = (send_request(session, now=at) for at in (NOW, NOW, NOW + timedelta(days=29)))
    accept_request(session, AcceptRequest(taken.request_id), gendarme, LATER)
    ended = expire_requests(session, ExpireRequests(), SystemActor("upkeep"), NOW + timedelta(days=30))
    assert ended == 1
    assert [request_row(session, created).state for created in (old, taken, young)] == [
        "expired",
        "accepted",
        "waiting",
    ]


def test_what_does_not_exist_is_not_found(session, gendarme):
    with pytest.raises(NotFound):
        accept_request(session, AcceptRequest(uuid4()), gendarme, NOW)
