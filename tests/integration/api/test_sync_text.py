"""What no database keeps never blocks a terminal's queue: it gets its result like any other mutation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from models.database import Database
from tests.support.roles import GENDARME_A, World, world_on


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        yield world


@pytest.mark.parametrize(
    ("op", "args", "code"),
    [
        ("request.note", {"text": "half \ud800"}, "invalid_arguments"),
        ("request.note", {"text": "nul \0"}, "invalid_arguments"),
        ("half \ud800", {}, "unknown_mutation"),
        ("nul \0", {}, "unknown_mutation"),
        ("x" * 5_000, {}, "unknown_mutation"),
        ("request.accept", {"request_id": "\ud800"}, "invalid_arguments"),
        ("request.close", {"outcome": "\ud800"}, "invalid_arguments"),
    ],
)
def test_text_that_no_database_keeps_is_rejected_and_the_queue_goes_on(
    world: World, op: str, args: dict[str, Any], code: str
) -> None:
    request_id = {"request_id": str(world.request_id)}
    mutations = [
        {"seq": 1, "op": op, "args": {**request_id, **args}},
        {"seq": 2, "op": "request.accept", "args": request_id},
    ]
    # Written by the standard library, which escapes what no UTF-8 can hold.
    body = json.dumps({"client": str(uuid4()), "schema": 1, "mutations": mutations})

    answer = world.call(GENDARME_A, "POST", "/api/sync/push", data=body, content_type="application/json")
    again = world.call(GENDARME_A, "POST", "/api/sync/push", data=body, content_type="application/json")

    assert answer.status_code == 200
    first, second = answer.json["results"]
    assert (first["status"], first["code"]) == ("rejected", code)
    assert second["status"] == "applied"
    assert again.json == answer.json
