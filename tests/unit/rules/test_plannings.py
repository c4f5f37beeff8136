"""What a source's state is called, when it is asked again, and who may change it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague
from models.rules.errors import Forbidden, NotFound
from models.rules.intervals import Interval
from models.rules.planning_entries import Entry, absence_id, entry_key
from models.rules.plannings import (
    Health,
    Kind,
    State,
    add,
    change,
    failures_after,
    is_silent,
    silent_from,
    state_of,
    wait,
)

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C, D = (NOW + HOUR * number for number in range(4))


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (Health(A, None, None, None, 0, None), (State.WAITING, A)),
        (Health(A, None, None, None, 1, None), (State.WAITING, A)),
        (Health(A, None, None, None, 2, None), (State.FAILING, A)),
        (Health(A, None, C, B, 0, None), (State.FRESH, B)),
        (Health(A, None, C, B, 1, None), (State.FRESH, B)),
        (Health(A, None, C, B, 2, None), (State.FAILING, C)),
        (Health(A, None, C, B, 9, D), (State.SILENT, D)),
        (Health(A, None, None, None, 0, D), (State.SILENT, D)),
        (Health(A, C, B, B, 9, D), (State.PAUSED, C)),
    ],
)
def test_the_first_state_that_is_true_is_told(health, state):
    assert state_of(health) == state


def test_a_source_is_silent_after_its_limit_and_not_before():
    waiting, heard = Health(A, None, None, None, 0, None), Health(A, None, B, B, 0, None)
    assert silent_from(waiting, HOUR) == B
    assert not is_silent(waiting, HOUR, B)
    assert is_silent(waiting, HOUR, B + timedelta(seconds=1))
    assert not is_silent(heard, HOUR, B + timedelta(seconds=1))


def test_a_table_is_silent_half_a_day_after_its_last_day_however_long_its_limit():
    table = Health(A, None, B, B, 0, None, speaks_until=C)
    assert silent_from(table, 1000 * HOUR) == C + 12 * HOUR
    assert not is_silent(table, 1000 * HOUR, C + 12 * HOUR)
    assert is_silent(table, 1000 * HOUR, C + 13 * HOUR)
    assert silent_from(table, HOUR) == C


@pytest.mark.parametrize(
    ("minutes", "failures", "expected"),
    [(15, 0, 15), (15, 1, 30), (15, 2, 60), (15, 5, 360), (15, 10_000, 360), (1440, 0, 1440), (1440, 3, 1440)],
)
def test_who_fails_is_asked_later_and_later(minutes, failures, expected):
    waited = wait(timedelta(minutes=minutes), failures, 0.0)
    assert waited == timedelta(minutes=expected)
    assert wait(timedelta(minutes=minutes), failures, 1.0) == waited * 1.1


def test_a_sheet_that_is_over_has_answered():
    assert failures_after(2, "timeout") == 3
    assert failures_after(3, "over") == 0


def actor(*roles: Role, unit_id: int | None = 1) -> AgentActor:
    return AgentActor(7, "Adj. Martin", unit_id, frozenset(roles))


OWN, COLLEAGUE, STRANGER = Colleague(7, "Adj. Martin", 1), Colleague(8, "Gend. Petit", 1), Colleague(9, "Noir", 2)


@pytest.mark.parametrize(
    ("roles", "kind", "owner", "code"),
    [
        ({Role.GENDARME}, Kind.ICAL, OWN, None),
        ({Role.GENDARME}, Kind.CALDAV, COLLEAGUE, "chief_only"),
        ({Role.GENDARME}, Kind.POSITIONS_DAILY, OWN, "chief_only"),
        ({Role.CHIEF}, Kind.ICAL, COLLEAGUE, None),
        ({Role.CHIEF}, Kind.ICAL, STRANGER, "no_such_agent"),
        ({Role.CHIEF}, Kind.ICAL, None, "no_such_agent"),
        ({Role.CHIEF}, Kind.POSITIONS_FORECAST, None, None),
        ({Role.GENDARME, Role.ADMINISTRATOR}, Kind.POSITIONS_DAILY, OWN, None),
        ({Role.ADMINISTRATOR}, Kind.POSITIONS_DAILY, OWN, "not_in_a_unit"),
        ({Role.SUPERVISOR}, Kind.ICAL, OWN, "not_in_a_unit"),
    ],
)
def test_who_may_add_a_source(roles, kind, owner, code):
    if code is None:
        assert add(actor(*roles), kind, owner) == 1
        return
    with pytest.raises((Forbidden, NotFound), match=code):
        add(actor(*roles), kind, owner)


@pytest.mark.parametrize(
    ("roles", "unit_id", "agent_id", "allowed"),
    [
        ({Role.GENDARME}, 1, 7, True),
        ({Role.GENDARME}, 1, 8, False),
        ({Role.GENDARME}, 1, None, False),
        ({Role.GENDARME}, 2, 7, False),
        ({Role.CHIEF}, 1, 8, True),
        ({Role.CHIEF}, 1, None, True),
        ({Role.CHIEF}, 2, None, False),
        ({Role.CHIEF}, None, None, False),
    ],
)
def test_who_may_change_a_source(roles, unit_id, agent_id, allowed):
    if allowed:
        change(actor(*roles), unit_id, agent_id)
        return
    with pytest.raises(NotFound, match="no_such_planning"):
        change(actor(*roles), unit_id, agent_id)


def test_an_entry_is_the_same_absence_at_every_reading():
    source, other = UUID(int=1), UUID(int=2)
    entry = Entry(entry_key("a"), Interval(A, B))
    one = absence_id(source, 7, entry)
    assert one == absence_id(source, 7, Entry(entry_key("a"), Interval(A, B)))
    assert (one.version, one.variant) == (8, "specified in RFC 4122")
    assert int.from_bytes(one.bytes[:6], "big") == B.timestamp() * 1000
    others = {
        absence_id(other, 7, entry),
        absence_id(source, 8, entry),
        absence_id(source, 7, Entry(entry_key("b"), Interval(A, B))),
        absence_id(source, 7, Entry(entry_key("a"), Interval(NOW - HOUR, B))),
        absence_id(source, 7, Entry(entry_key("a"), Interval(A, C))),
    }
    assert len(others | {one}) == 6


def test_a_name_that_no_database_would_keep_has_a_key_too():
    assert len({entry_key("\ud800"), entry_key("a\0b"), entry_key("")}) == 3
