"""What ails the text messages is told to supervisors where they read what is late, as long as it is so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from models.database import Database
from models.tables import TextMessage
from server.context import current, install
from server.services.settle_text import SettleText, settle_text
from tests.support.roles import CHIEF_A, SUPERVISOR, World, world_on
from tests.support.seed import NOW
from tests.support.sms_provider import ACCOUNT, TOKEN
from tests.support.texts import queue, with_sms

SETTINGS = {
    "SMS_TWILIO_URL": f"http://{ACCOUNT}:{TOKEN}@127.0.0.1:9",
    "SMS_TWILIO_FROM": "+33644600000",
    "SMS_TWILIO_PRICE": "0.10",
    "SMS_SEGMENTS_PER_HOUR": "10",
    "SMS_EUROS_PER_DAY": "1.05",
}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        with world.app.app_context():
            install(world.app, with_sms(current(), **SETTINGS))
        yield world


def alerts(world: World, role: str = SUPERVISOR) -> Any:
    return world.call(role, "GET", "/api/late").json["alerts"]


def send(world: World, segments: int, cost: str, minutes_ago: int) -> None:
    """A message of so many segments, which left some minutes ago."""
    text_id = queue(world.database)
    with world.database.transaction() as session:
        settle_text(session, SettleText(text_id, "twilio", str(text_id), Decimal(cost)), NOW)
        session.execute(
            update(TextMessage)
            .where(TextMessage.id == text_id)
            .values(segments=segments, attempted_at=NOW - timedelta(minutes=minutes_ago))
        )


def test_a_ceiling_that_is_near_and_one_that_is_reached(world: World) -> None:
    send(world, 7, "0.70", 10)
    assert alerts(world) == []
    send(world, 1, "0.25", 10)
    assert alerts(world) == [
        {"code": "ceiling_near", "measure": "segments", "hours": 1, "count": 0},
        {"code": "ceiling_near", "measure": "euros", "hours": 24, "count": 0},
    ]
    send(world, 2, "0.10", 10)
    assert [one["code"] for one in alerts(world)] == ["ceiling_reached", "ceiling_reached"]
    assert alerts(world, CHIEF_A) == [], "a chief can do nothing about it"


def test_it_is_over_when_its_window_is(world: World) -> None:
    send(world, 10, "0.10", 61)
    assert alerts(world) == []


def test_messages_that_wait_too_long_are_counted_as_long_as_they_are_of_use(world: World) -> None:
    for created, good_until in ((4, 15), (6, 15), (9, 15), (20, -1)):
        text_id = queue(world.database)
        with world.database.transaction() as session:
            session.execute(
                update(TextMessage)
                .where(TextMessage.id == text_id)
                .values(created_at=NOW - timedelta(minutes=created), good_until=NOW + timedelta(minutes=good_until))
            )
    assert alerts(world) == [{"code": "texts_wait", "measure": None, "hours": None, "count": 2}]
