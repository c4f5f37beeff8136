"""A gendarme of one unit reads nothing of another's and changes nothing there, whichever door they try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from models.database import Database
from models.tables import ContactRequest
from server.services.mutations import MUTATIONS
from tests.support.roles import GENDARME_A, GENDARME_B, SECRET_WORDS, UNIT_A, UNIT_B, World, world_on

ARGS: dict[str, dict[str, Any]] = {
    "request.accept": {},
    "request.release": {},
    "request.transfer": {"to_unit_id": UNIT_B},
    "request.note": {"text": "Une note."},
    "request.close": {"outcome": "handled"},
}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        yield world


def _pulled(world: World, role: str) -> Any:
    return world.call(role, "GET", f"/api/sync/pull?client={uuid4()}")


def test_what_a_unit_pulls_is_its_own(world: World) -> None:
    ours, theirs = _pulled(world, GENDARME_A), _pulled(world, GENDARME_B)

    assert SECRET_WORDS in ours.get_data(as_text=True)
    assert [document["k"] for document in theirs.json["docs"]] == [f"unit/{UNIT_B}"]


def test_a_cursor_of_another_unit_opens_nothing(world: World) -> None:
    cursor = _pulled(world, GENDARME_A).json["cursor"]

    answer = world.call(GENDARME_B, "GET", f"/api/sync/pull?client={uuid4()}&cursor={cursor}")

    assert answer.json["reset"] is True
    assert [document["k"] for document in answer.json["docs"]] == [f"unit/{UNIT_B}"]


def test_every_mutation_is_tried_here() -> None:
    assert ARGS.keys() == MUTATIONS.keys(), "add the new mutation to ARGS"


@pytest.mark.parametrize("op", ARGS)
def test_another_units_request_is_not_there(world: World, op: str) -> None:
    with world.database.transaction() as session:
        before = _columns(session.get_one(ContactRequest, world.request_id))

    answer = world.push(GENDARME_B, op, request_id=str(world.request_id), **ARGS[op])
    unknown = world.push(GENDARME_B, op, request_id=str(uuid4()), **ARGS[op])

    (result,), (unknown_result,) = answer.json["results"], unknown.json["results"]
    assert (result["status"], result["code"]) == ("rejected", "no_such_request")
    # Nothing tells a request of another unit from one that does not exist.
    assert result == unknown_result
    with world.database.transaction() as session:
        assert _columns(session.get_one(ContactRequest, world.request_id)) == before


def test_an_outbox_has_one_owner(world: World) -> None:
    outbox = str(uuid4())
    body = {"client": outbox, "schema": 1, "mutations": [_note(world, 1)]}
    assert world.call(GENDARME_A, "POST", "/api/sync/push", json=body).status_code == 200

    answer = world.call(GENDARME_B, "POST", "/api/sync/push", json={**body, "mutations": [_note(world, 2)]})
    pulled = world.call(GENDARME_B, "GET", f"/api/sync/pull?client={outbox}")

    assert (answer.status_code, answer.json["code"]) == (403, "not_your_outbox")
    assert (pulled.json["lmid"], pulled.json["results"]) == (0, [])


def test_who_hands_a_request_over_keeps_its_trace_and_not_its_words(world: World) -> None:
    request_id = str(world.request_id)
    assert world.push(GENDARME_A, "request.accept", request_id=request_id).json["results"][0]["status"] == "applied"
    moved = world.push(GENDARME_A, "request.transfer", request_id=request_id, to_unit_id=UNIT_B)
    assert moved.json["results"][0]["status"] == "applied"

    ours, theirs = _pulled(world, GENDARME_A), _pulled(world, GENDARME_B)

    trace = next(document["body"] for document in ours.json["docs"] if document["k"] == f"request/{request_id}")
    assert trace["state"] == "transferred"
    assert SECRET_WORDS not in ours.get_data(as_text=True)
    assert SECRET_WORDS in theirs.get_data(as_text=True)
    again = world.push(GENDARME_A, "request.accept", request_id=request_id)
    assert again.json["results"][0]["code"] == "no_such_request"


def test_the_search_for_a_unit_to_hand_over_to_says_only_what_the_directory_prints(world: World) -> None:
    answer = world.call(GENDARME_A, "GET", "/api/units/search?q=ambérieu")

    assert [set(unit) for unit in answer.json] == [{"id", "name", "commune_name", "phone"}]
    assert answer.json[0]["id"] == UNIT_B
    assert world.call(GENDARME_A, "GET", "/api/units/search?q=belley").json != []
    assert UNIT_A not in {unit["id"] for unit in world.call(GENDARME_A, "GET", "/api/units/search?q=brigade").json}


def _note(world: World, seq: int) -> dict[str, Any]:
    return {"seq": seq, "op": "request.note", "args": {"request_id": str(world.request_id), "text": "Une note."}}


def _columns(row: ContactRequest) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in ContactRequest.__table__.columns}
