"""Why there is no slot, from the tables: each thing in the way is named, and what is offered is what a search finds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from models.queries.slot_explanations import explain_slots
from models.queries.slots import find_slots
from models.rules.actor import Role
from models.rules.appointments import State
from models.rules.errors import Invalid, NotFound
from models.rules.occurrences import Closure, ClosureCode
from models.rules.resources import ResourceKind
from models.rules.slot_explanations import Rule
from models.tables import (
    Absence,
    AppointmentAgent,
    AppointmentResource,
    Opening,
    OpeningOccurrence,
    OpeningWindow,
    Reason,
    Resource,
)
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, seed_agent, seed_unit

NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


@pytest.fixture
def unit(session):
    return seed_unit(session)


@pytest.fixture
def chief(session, unit):
    return seed_agent(session, unit, Role.CHIEF)


def explain(session, unit, reason="other", now=NOW):
    """What removed each start of the day, and what is offered."""
    (day,) = explain_slots(session, unit.id, reason, DAY, DAY, now)
    found = find_slots(session, unit.id, reason, DAY, DAY, now)
    assert list(day.offered) == [slot.starts_at for slot in found]
    return [(one.rule, one.starts_at) for one in day.removed], list(day.offered)


def test_no_opening_and_one_that_waits_for_the_chief(session, unit, chief):
    assert explain(session, unit) == ([(Rule.NO_OPENING, at(-9))], [])
    (window,) = seed_windows(session, chief, NINE, at(1))
    opening = session.scalars(select(Opening)).one()
    session.delete(window)
    session.execute(delete(OpeningOccurrence))
    opening.state, opening.counters, opening.decided_at, opening.decided_by_id = "proposed", 2, None, None
    session.flush()
    removed, _ = explain(session, unit)
    assert removed == [(Rule.NOT_APPROVED, at(hours)) for hours in (0, 0, 0.5, 0.5)]


def test_a_proposal_that_comes_back_explains_each_of_its_days(session, unit, chief):
    (window,) = seed_windows(session, chief, NINE, at(1))
    opening = session.scalars(select(Opening)).one()
    session.delete(window)
    session.execute(delete(OpeningOccurrence))
    opening.state, opening.decided_at, opening.decided_by_id = "proposed", None, None
    opening.recurrence = "FREQ=WEEKLY;UNTIL=20261215T235959"
    session.flush()
    days = explain_slots(session, unit.id, "other", DAY, DAY + timedelta(days=21), NOW)
    waiting = [day.day for day in days if {one.rule for one in day.removed} == {Rule.NOT_APPROVED}]
    assert waiting == [DAY, DAY + timedelta(days=7), DAY + timedelta(days=14)]


def test_a_holiday_is_named(session, unit, chief):
    (window,) = seed_windows(session, chief, NINE, at(0.5))
    occurrence = session.get_one(OpeningOccurrence, window.occurrence_id)
    session.execute(delete(OpeningWindow))
    occurrence.closed_because, occurrence.closed_name = "holiday", "Saint-Éloi"
    session.flush()
    (day,) = explain_slots(session, unit.id, "other", DAY, DAY, NOW)
    (removed,) = day.removed
    assert (removed.rule, removed.closure) == (Rule.CLOSED, Closure(ClosureCode.PUBLIC_HOLIDAY, "Saint-Éloi"))


def test_appointments_holds_and_what_is_left_between_them(session, unit, chief):
    (window,) = seed_windows(session, chief, NINE, at(3))
    seed_appointment(session, window, at(0.5), minutes=30)
    seed_appointment(session, window, at(1), minutes=15, buffer=5, state=State.HELD)
    seed_appointment(session, window, at(2.25), minutes=30)
    removed, offered = explain(session, unit)
    assert removed == [
        (Rule.APPOINTMENT, at(0.5)),
        (Rule.HELD, at(1)),
        (Rule.SHIFTED, at(1.5)),
        (Rule.TOO_SHORT, at(2)),
        (Rule.APPOINTMENT, at(2.5)),
    ]
    assert offered == [NINE, at(4 / 3)]


@pytest.mark.parametrize(("source", "rule"), [("own", Rule.ABSENCE), ("planning", Rule.IMPORTED)])
def test_absences_of_the_gendarme_who_receives(session, unit, chief, source, rule):
    seed_windows(session, chief, NINE, at(0.5), agent=chief)
    seed_windows(session, chief, at(1), at(1.5))
    session.add(Absence(id=uuid4(), agent_id=chief.id, during=Range(at(-1), at(9)), source=source, declared_at=NOW))
    session.flush()
    assert explain(session, unit) == ([(rule, NINE)], [at(1)])


def test_an_appointment_of_the_gendarme_at_another_counter(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5), agent=chief)
    (beside,) = seed_windows(session, chief, NINE, at(0.5), reasons=["road"])
    appointment = seed_appointment(session, beside, NINE)
    session.add(
        AppointmentAgent(
            appointment_id=appointment.id, agent_id=chief.id, occupied=appointment.occupied, occupies=True, taken_at=NOW
        )
    )
    session.flush()
    assert explain(session, unit) == ([(Rule.APPOINTMENT, NINE), (Rule.OTHER_REASON, NINE)], [])


def test_other_reasons_other_places_notice_and_the_past(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5), reasons=["road"])
    seed_windows(session, chief, at(1), at(1.5), place_kind="home")
    seed_windows(session, chief, at(2), at(5.5))
    # Two hours of notice for anything else: at a quarter to twelve nobody may book before a quarter to two.
    removed, offered = explain(session, unit, now=at(2.75))
    assert removed == [
        (Rule.OTHER_REASON, NINE),
        (Rule.OTHER_PLACE, at(1)),
        (Rule.PAST, at(2)),
        (Rule.PAST, at(2.5)),
        *[(Rule.NOTICE, at(hours)) for hours in (3, 3.5, 4, 4.5)],
        (Rule.SHIFTED, at(5)),
    ]
    assert offered == [at(4.75)]


def test_no_room_is_free(session, unit, chief):
    seed_windows(session, chief, NINE, at(1.75))
    (beside,) = seed_windows(session, chief, NINE, at(1), reasons=["road"])
    room = Resource(unit_id=unit.id, kind="room", name="Salle Mélanie")
    session.add(room)
    appointment = seed_appointment(session, beside, NINE, minutes=60)
    session.flush()
    session.add(
        AppointmentResource(
            appointment_id=appointment.id, resource_id=room.id, occupied=appointment.occupied, occupies=True
        )
    )
    session.flush()
    (day,) = explain_slots(session, unit.id, "domestic_violence", DAY, DAY, NOW)
    assert day.counts == {Rule.OTHER_REASON: 1, Rule.NO_RESOURCE: 1}
    assert {one.resource for one in day.removed} == {None, ResourceKind.ROOM}
    assert day.offered == ()


def test_no_second_gendarme_is_free(session, unit, chief):
    (window,) = seed_windows(session, chief, NINE, at(2), counters=2)[:1]
    colleague = seed_agent(session, unit)
    session.get_one(Reason, "other").agents_needed = 2
    seed_windows(session, chief, at(3), at(4), agent=colleague)
    seed_appointment(session, window, NINE, minutes=60, agents=[chief])
    seed_appointment(session, window, at(3), minutes=30, agents=[chief])
    removed, offered = explain(session, unit)
    (day,) = explain_slots(session, unit.id, "other", DAY, DAY, NOW)
    assert [(rule, start) for rule, start in removed if rule is Rule.NO_RESOURCE] == [
        (Rule.NO_RESOURCE, start) for start in (NINE, at(0.5), at(3))
    ]
    assert {one.resource for one in day.removed} == {None, ResourceKind.AGENT}
    assert offered == [at(1), at(1.5), at(3.5)]


def test_unknown_units_and_reasons_are_refused(session, unit):
    with pytest.raises(NotFound):
        explain_slots(session, 4, "other", DAY, DAY, NOW)
    with pytest.raises(Invalid):
        explain_slots(session, unit.id, "no such reason", DAY, DAY, NOW)
