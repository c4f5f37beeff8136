from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.rules.actor import Role
from models.tables import ContactRequest, MutationResult
from server.api import sync
from tests.support.seed import TOKENS, seed_agent, seed_territory, seed_unit, send_request
from tests.support.terminals import Terminal, application


class World:
    """Two gendarmes of Belley, one of Culoz, and one waiting request."""

    def __init__(self, database: Any) -> None:
        self.database = database
        with database.transaction() as session:
            self.unit = seed_territory(session)
            self.elsewhere = seed_unit(session, 2, "Brigade de Culoz")
            self.martin = seed_agent(session, self.unit, name="Adj. Martin")
            self.petit = seed_agent(session, self.unit, name="Gend. Petit")
            self.blanc = seed_agent(session, self.elsewhere, name="Adj. Blanc")
            self.desk = seed_agent(session, None, Role.OPERATOR)
            self.request_id = str(send_request(session).request_id)
        self.app = application(database)

    def terminal(self, agent: Any) -> Terminal:
        return Terminal(self.app, self.database, agent)

    def request(self) -> ContactRequest:
        with self.database.transaction() as session:
            return session.scalars(select(ContactRequest)).one()


@pytest.fixture
def world(database):
    return World(database)


def test_a_mutation_is_applied_once_however_often_it_arrives(world):
    terminal = world.terminal(world.martin)
    note = terminal.mutation("request.note", request_id=world.request_id, text="rappelé")
    answers = [terminal.push(note).json for _ in range(3)]
    assert answers[0] == {
        "lmid": 1,
        "results": [{"seq": 1, "op": "request.note", "status": "applied", "code": None}],
    }
    assert answers[0] == answers[1] == answers[2]
    terminal.pull()
    history = terminal.docs[f"request/{world.request_id}"]["history"]
    assert [entry["name"] for entry in history] == ["request_created", "request_noted"]


def test_the_loser_gets_a_result_that_names_the_winner(world):
    first, second = world.terminal(world.martin), world.terminal(world.petit)
    assert first.do("request.accept", request_id=world.request_id)["status"] == "applied"
    assert first.do("request.accept", request_id=world.request_id)["status"] == "noop"
    result = second.do("request.accept", request_id=world.request_id)
    assert (result["status"], result["code"], result["by"]) == ("rejected", "already_accepted", "Adj. Martin")
    assert result["at"]


def test_a_whole_duty_in_one_batch(world):
    terminal = world.terminal(world.martin)
    batch = [
        terminal.mutation("request.accept", request_id=world.request_id),
        terminal.mutation("request.note", request_id=world.request_id, text="vu sur place"),
        terminal.mutation("request.close", request_id=world.request_id, outcome="handled"),
    ]
    answer = terminal.push(*batch).json
    assert [result["status"] for result in answer["results"]] == ["applied"] * 3
    assert world.request().state == "done"


def test_a_number_that_is_missing_stops_the_push_and_tells_where(world):
    terminal = world.terminal(world.martin)
    terminal.mutation("request.note", request_id=world.request_id, text="lost on the way")
    response = terminal.push(terminal.mutation("request.accept", request_id=world.request_id))
    assert (response.status_code, response.json["code"], response.json["lmid"]) == (409, "gap", 0)
    assert world.request().state == "waiting"


def test_a_number_with_other_arguments_is_a_fork(world):
    terminal = world.terminal(world.martin)
    note = terminal.mutation("request.note", request_id=world.request_id, text="one")
    terminal.push(note)
    response = terminal.push({**note, "args": {**note["args"], "text": "other"}})
    assert (response.status_code, response.json["code"], response.json["lmid"]) == (409, "fork", 1)


def test_an_outbox_belongs_to_one_agent(world):
    mine, other = world.terminal(world.martin), world.terminal(world.petit)
    mine.do("request.accept", request_id=world.request_id)
    response = other.push(other.mutation("request.release", request_id=world.request_id), client=mine.client_id)
    assert (response.status_code, response.json["code"]) == (403, "not_your_outbox")


@pytest.mark.parametrize(
    ("op", "args", "code"),
    [
        ("request.explode", {}, "unknown_mutation"),
        ("request.accept", {}, "invalid_arguments"),
        ("request.accept", {"request_id": "7"}, "invalid_arguments"),
        ("request.note", {"text": "   "}, "invalid_arguments"),
        ("request.note", {"text": "a\0b"}, "invalid_arguments"),
        ("request.note", {"text": "x" * 5001}, "invalid_arguments"),
        ("request.close", {"outcome": "gone"}, "invalid_arguments"),
        ("request.close", {"outcome": "handled"}, "not_accepted"),
        ("request.transfer", {"to_unit_id": "2"}, "invalid_arguments"),
        ("request.transfer", {"to_unit_id": 10**12}, "invalid_arguments"),
        ("request.transfer", {"to_unit_id": 404}, "no_such_unit"),
    ],
)
def test_what_cannot_be_done_is_a_result_and_the_queue_goes_on(world, op, args, code):
    terminal = world.terminal(world.martin)
    given = args if op == "request.accept" else {"request_id": world.request_id, **args}
    result = terminal.do(op, **given)
    assert (result["status"], result["code"]) == ("rejected", code)
    assert terminal.do("request.accept", request_id=world.request_id)["status"] == "applied"


def test_another_units_request_does_not_exist(world):
    result = world.terminal(world.blanc).do("request.accept", request_id=world.request_id)
    assert (result["status"], result["code"]) == ("rejected", "no_such_request")
    assert set(result) == {"seq", "op", "status", "code"}


def test_an_unexpected_error_is_a_result_with_an_id_and_the_queue_goes_on(world, monkeypatch, caplog):
    terminal = world.terminal(world.martin)

    def crash(*_args: Any) -> None:
        raise RuntimeError("a bug nobody thought of")

    monkeypatch.setattr(sync, "apply_mutation", crash)
    result = terminal.do("request.accept", request_id=world.request_id)
    monkeypatch.undo()
    assert (result["status"], result["code"]) == ("error", "unexpected")
    assert result["error_id"] in caplog.text
    assert terminal.do("request.accept", request_id=world.request_id)["status"] == "applied"
    with world.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(MutationResult)) == 2


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"schema": 1, "client": "x", "mutations": []},
        {"schema": 2, "client": str(uuid4()), "mutations": [{"seq": 1, "op": "a", "args": {}}]},
        {"schema": 1, "client": str(uuid4()), "mutations": []},
        {"schema": 1, "client": str(uuid4()), "mutations": [{"seq": 0, "op": "a", "args": {}}]},
        {"schema": 1, "client": str(uuid4()), "mutations": [{"seq": True, "op": "a", "args": {}}]},
        {"schema": 1, "client": str(uuid4()), "mutations": [{"seq": 1, "op": "a"}]},
        {"schema": 1, "client": str(uuid4()), "mutations": [{"seq": n, "op": "a", "args": {}} for n in range(1, 52)]},
    ],
)
def test_a_body_that_is_no_push_is_refused_whole(world, body):
    terminal = world.terminal(world.martin)
    response = terminal.http.post("/api/sync/push", json=body, headers={"X-CSRF-Token": TOKENS.csrf(terminal.token)})
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"


def test_a_desk_role_has_no_outbox(world):
    terminal = world.terminal(world.desk)
    response = terminal.push(terminal.mutation("request.accept", request_id=world.request_id))
    assert (response.status_code, response.json["code"]) == (403, "not_in_a_unit")
