"""A gendarme of one unit reads nothing of another's and changes nothing there, whichever door they try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.database import Database
from server.services.mutations import MUTATIONS
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.brigade_world import absence, proposal
from tests.support.roles import CHIEF_A, GENDARME_A, GENDARME_B, SECRET_WORDS, UNIT_A, UNIT_B, World, world_on
from tests.support.seed import NOW

# For each mutation: the argument that names a thing of a unit, what else it takes, and what a stranger hears (None:
# that nothing was to be done, as of what is not there).
ARGS: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "request.accept": ("request_id", {}, "no_such_request"),
    "request.release": ("request_id", {}, "no_such_request"),
    "request.transfer": ("request_id", {"to_unit_id": UNIT_B}, "no_such_request"),
    "request.note": ("request_id", {"text": "Une note."}, "no_such_request"),
    "request.close": ("request_id", {"outcome": "handled"}, "no_such_request"),
    "request.seen": ("request_id", {}, None),
    "duty.set": ("agent_id", {"status": "off_duty"}, "no_such_agent"),
    "absence.declare": ("agent_id", absence(), "no_such_agent"),
    "absence.cancel": ("absence_id", {}, "no_such_absence"),
    "opening.propose": ("agent_id", proposal(counters=1), "no_such_agent"),
    "opening.amend": ("opening_id", {**proposal(), "opening_id": ""}, "no_such_opening"),
    "opening.approve": ("opening_id", {}, "no_such_opening"),
    "opening.refuse": ("opening_id", {"word": "Non."}, "no_such_opening"),
    "opening.withdraw": ("opening_id", {}, "no_such_opening"),
    "occurrence.change": ("opening_id", {"day": "2026-11-25"}, "no_such_opening"),
    "appointment.take": ("appointment_id", {}, "no_such_appointment"),
    "appointment.leave": ("appointment_id", {}, "no_such_appointment"),
    "appointment.swap": ("appointment_id", {"other_appointment_id": str(uuid4())}, "no_such_appointment"),
    "appointment.assign": ("appointment_id", {"agents": [10**6]}, "no_such_appointment"),
    "appointment.outcome": ("appointment_id", {"outcome": "honoured"}, "no_such_appointment"),
    "appointment.approve": ("appointment_id", {}, "no_such_appointment"),
    "appointment.propose": (
        "appointment_id",
        {"starts": ["2026-11-25T10:00:00Z"], "word": "Plus tôt ?"},
        "no_such_appointment",
    ),
    "appointment.cancel": ("appointment_id", {"word": "Empêchement."}, "no_such_appointment"),
    "agenda.answer": ("appointment_id", {"finding_id": 7, "answer": "leave"}, "no_such_appointment"),
    "clash.keep": ("appointment_id", {"clash_id": str(uuid4())}, "no_such_appointment"),
    # It is about the actor's own unit, whatever else is said.
    "holiday.set": ("agent_id", {"day": "2026-12-24", "name": "Veille de Noël"}, "chief_only"),
}

TOMORROW = NOW + timedelta(days=1)
# It can be about nobody but the actor.
OWN = {"intervention.start"}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        yield world


def _pulled(world: World, role: str) -> Any:
    return world.call(role, "GET", f"/api/sync/pull?client={uuid4()}")


def test_what_a_unit_pulls_is_its_own(world: World) -> None:
    ours, theirs = _pulled(world, GENDARME_A), _pulled(world, GENDARME_B)

    assert SECRET_WORDS in ours.get_data(as_text=True)
    assert _keys(theirs) == {
        f"unit/{UNIT_B}",
        f"neighbours/{UNIT_B}",
        f"holidays/{UNIT_B}",
        "reasons/all",
        f"agent/{world.agents[GENDARME_B].id}",
    }


def test_a_cursor_of_another_unit_opens_nothing(world: World) -> None:
    cursor = _pulled(world, GENDARME_A).json["cursor"]

    answer = world.call(GENDARME_B, "GET", f"/api/sync/pull?client={uuid4()}&cursor={cursor}")

    assert answer.json["reset"] is True
    assert _keys(answer) == {
        f"unit/{UNIT_B}",
        f"neighbours/{UNIT_B}",
        f"holidays/{UNIT_B}",
        "reasons/all",
        f"agent/{world.agents[GENDARME_B].id}",
    }


def test_every_mutation_is_tried_here() -> None:
    assert ARGS.keys() == MUTATIONS.keys() - OWN, "add the new mutation to ARGS"


@pytest.mark.parametrize("op", ARGS)
def test_another_units_things_are_not_there(world: World, op: str) -> None:
    ours: dict[str, Any] = {
        "request_id": str(world.request_id),
        "agent_id": world.agents[GENDARME_A].id,
        "absence_id": str(uuid4()),
        "opening_id": str(uuid4()),
    }
    with world.database.transaction() as session:
        (window,) = seed_windows(session, world.agents[CHIEF_A], TOMORROW, TOMORROW + timedelta(hours=1))
        ours["appointment_id"] = str(seed_appointment(session, window, TOMORROW).id)
    for made, args in (("absence.declare", absence()), ("opening.propose", proposal())):
        name = made.partition(".")[0] + "_id"
        assert world.push(GENDARME_A, made, **{**args, name: ours[name]}).json["results"][0]["status"] == "applied"
    subject, args, code = ARGS[op]
    strange = 10**6 if subject == "agent_id" else str(uuid4())
    before = _documents(_pulled(world, GENDARME_A))

    answer = world.push(GENDARME_B, op, **{**args, subject: ours[subject]})
    unknown = world.push(GENDARME_B, op, **{**args, subject: strange})

    (result,), (unknown_result,) = answer.json["results"], unknown.json["results"]
    assert (result["status"], result["code"]) == ("noop" if code is None else "rejected", code)
    # Nothing tells a thing of another unit from one that does not exist.
    assert result == unknown_result
    assert _documents(_pulled(world, GENDARME_A)) == before


def test_an_intervention_takes_nothing_over_from_an_absence_of_another_unit(world: World) -> None:
    declared = absence()
    taken = declared["absence_id"]
    assert world.push(GENDARME_A, "absence.declare", **declared).json["results"][0]["status"] == "applied"
    before = _documents(_pulled(world, GENDARME_A))

    answer = world.push(
        GENDARME_B, "intervention.start", absence_id=taken, until=(NOW + timedelta(hours=1)).isoformat()
    )

    assert answer.json["results"][0]["code"] == "id_taken"
    assert _documents(_pulled(world, GENDARME_A)) == before


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


def _documents(pulled: Any) -> dict[str, Any]:
    return {document["k"]: document["body"] for document in pulled.json["docs"]}


def _keys(pulled: Any) -> set[str]:
    return set(_documents(pulled))
