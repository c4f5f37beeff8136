"""The same submission, sent many times at once, is one request with one answer; nobody gets an accident."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from models.database import Database
from models.tables import ContactRequest, Event
from tests.support.roles import ANONYMOUS, World, world_on

RACERS = 12
BODY = {
    "commune_insee": "01034",
    "reason_code": "other",
    "channel": "phone",
    "facts": "Une question.",
    "caller_name": "Camille",
    "phone": "06 39 98 00 12",
}


def _race(send: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(RACERS)

    def run(number: int) -> Any:
        barrier.wait()
        return send(number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def _send(world: World, body: dict[str, Any], key: str) -> Any:
    return world.call(ANONYMOUS, "POST", "/api/contact-requests", json=body, headers={"Idempotency-Key": key})


def _counts(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        return (
            session.scalar(select(func.count()).select_from(ContactRequest)) or 0,
            session.scalar(select(func.count()).where(Event.name == "request_created")) or 0,
        )


def test_one_key_is_one_request(database: Database) -> None:
    with world_on(database) as world:
        before = _counts(database)

        answers = _race(lambda _number: _send(world, BODY, "one-key"))

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json["reference"] for answer in answers}) == 1
        assert _counts(database) == (before[0] + 1, before[1] + 1)


def test_one_key_with_different_requests_has_one_winner(database: Database) -> None:
    with world_on(database) as world:
        before = _counts(database)

        answers = _race(lambda number: _send(world, {**BODY, "facts": f"Version {number}"}, "shared"))

        won = [answer for answer in answers if answer.status_code == 201]
        lost = [answer for answer in answers if answer.status_code != 201]
        assert len(won) == 1
        assert {(answer.status_code, answer.json["code"]) for answer in lost} == {(422, "idempotency_key_reused")}
        assert _counts(database) == (before[0] + 1, before[1] + 1)
