"""A button that is pressed twice asks for one time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.rules.errors import Conflict
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.release_hold import ReleaseHold, release_hold
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at
from tests.support.seed import NOW, TOKENS

TOKEN = "a-token-of-128-random-bits"


@pytest.fixture
def command(session, chief, unit):
    seed_windows(session, chief, NINE, at(8))
    return HoldSlot(unit.id, "other", NINE, token=TOKEN)


def test_the_same_token_gets_the_same_time_twice(session, command):
    first = hold_slot(session, command, NOW, TOKENS)
    assert first.hold_token == TOKEN
    assert hold_slot(session, command, NOW + timedelta(minutes=1), TOKENS) == first
    with pytest.raises(Conflict, match="slot_taken"):
        hold_slot(session, replace(command, token="another"), NOW, TOKENS)


def test_a_token_whose_time_is_over_is_not_used_again(session, command):
    first = hold_slot(session, command, NOW, TOKENS)
    release_hold(session, ReleaseHold(TOKEN), NOW, TOKENS)
    again = hold_slot(session, command, NOW, TOKENS)
    assert again.appointment_id != first.appointment_id
    assert again.hold_token != TOKEN


def test_the_token_stands_in_no_representation(command):
    assert TOKEN not in repr(command)
