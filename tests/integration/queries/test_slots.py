"""What a citizen may pick at one unit: reasons, places, days, notice, rooms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.dialects.postgresql import Range

from models.queries.slots import Place, find_slots, next_slots, places_of
from models.rules.actor import Role
from models.rules.appointments import State
from models.rules.errors import Invalid, NotFound
from models.tables import Absence, AppointmentResource, Reason, Resource
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, seed_agent, seed_unit

# Nine o'clock in Belley, in winter.
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


def starts(session, unit, reason="other", first=DAY, last=DAY, now=NOW, **where):
    return [slot.starts_at for slot in find_slots(session, unit.id, reason, first, last, now, **where)]


def test_a_slot_has_the_reason_s_length_and_leaves_its_pause(session, unit, chief):
    seed_windows(session, chief, NINE, at(3))
    # A complaint takes an hour and ten minutes of pause: two fit in three hours.
    found = find_slots(session, unit.id, "complaint", DAY, DAY, NOW)
    assert [(slot.starts_at, slot.ends_at) for slot in found] == [(NINE, at(1)), (at(7 / 6), at(13 / 6))]


def test_a_window_serves_its_reasons_only_and_where_the_reason_can_be_received(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5), reasons=["road", "worry"])
    seed_windows(session, chief, at(1), at(1.5), place_kind="town_hall")
    (home,) = seed_windows(session, chief, at(2), at(2.5), place_kind="home")
    assert starts(session, unit, "road") == [NINE]
    assert starts(session, unit, "other") == [at(1)]
    assert starts(session, unit, "other", place_kind="unit") == []
    assert starts(session, unit, "other", place_kind="home") == []
    session.get_one(Reason, "other").place_kinds = ["home", "town_hall"]
    home.place_name = "chez vous"
    session.flush()
    found = find_slots(session, unit.id, "other", DAY, DAY, NOW)
    assert [slot.starts_at for slot in found] == [at(1), at(2)]
    assert places_of(session, found)[home.id] == Place("home", "chez vous")
    assert places_of(session, []) == {}


def test_days_are_the_unit_s_own_and_a_night_belongs_to_both(session, unit, chief):
    unit.time_zone = "Pacific/Noumea"
    # In Nouméa it is eleven hours later: this begins on 2 December at 22:00 and ends on the 3rd at 02:00.
    evening = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
    seed_windows(session, chief, evening, evening + timedelta(hours=4))
    first = starts(session, unit, first=date(2026, 12, 2), last=date(2026, 12, 2))
    second = starts(session, unit, first=date(2026, 12, 3), last=date(2026, 12, 3))
    assert first == [evening + timedelta(minutes=30 * count) for count in range(4)]
    assert second == [evening + timedelta(minutes=30 * count) for count in range(4, 8)]
    assert starts(session, unit, first=date(2026, 12, 2), last=date(2026, 12, 3)) == first + second
    assert starts(session, unit) == []


def test_what_is_too_soon_or_too_far_is_left_out(session, unit, chief):
    reason = session.get_one(Reason, "other")
    reason.notice_minutes, reason.horizon_days = 60, 2
    session.flush()
    seed_windows(session, chief, NINE, at(3))
    assert starts(session, unit, now=at(0.27)) == [at(4 / 3), at(11 / 6), at(7 / 3)]
    assert starts(session, unit, now=at(-47)) == [at(hours / 2) for hours in range(3)]
    assert starts(session, unit, now=at(-49)) == []


def test_equal_starts_are_one_slot_and_a_hold_takes_its_counter(session, unit, chief):
    first, second = seed_windows(session, chief, NINE, at(1), counters=2)
    assert [len(slot.choices) for slot in find_slots(session, unit.id, "other", DAY, DAY, NOW)] == [2, 2]
    seed_appointment(session, first, NINE, state=State.HELD)
    (nine, half_past) = find_slots(session, unit.id, "other", DAY, DAY, NOW)
    assert [gap.counter_id for gap in nine.choices] == [second.counter_id]
    assert len(half_past.choices) == 2


def test_an_absence_takes_the_named_gendarme_s_window_only(session, unit, chief):
    seed_windows(session, chief, NINE, at(0.5), agent=chief)
    seed_windows(session, chief, at(1), at(1.5))
    session.add(Absence(id=uuid4(), agent_id=chief.id, during=Range(at(-5), at(5)), source="planning", declared_at=NOW))
    session.flush()
    assert starts(session, unit) == [at(1)]


class TestRooms:
    """Violence at home is told in a room of its own: ninety minutes and a quarter of an hour."""

    REASON = "domestic_violence"

    @pytest.fixture
    def windows(self, session, chief):
        return seed_windows(session, chief, NINE, at(3.5), counters=2)

    def room(self, session, unit, name="Salle Mélanie", active=True):
        room = Resource(unit_id=unit.id, kind="room", name=name, active=active)
        session.add(room)
        session.flush()
        return room

    def take(self, session, window, room, start, minutes):
        appointment = seed_appointment(session, window, start, minutes=minutes)
        session.add(
            AppointmentResource(
                appointment_id=appointment.id, resource_id=room.id, occupied=appointment.occupied, occupies=True
            )
        )
        session.flush()
        return appointment

    @pytest.mark.parametrize("kinds", [["room"], ["interpreter"], ["room", "interpreter"]])
    def test_a_unit_that_lists_none_of_a_kind_does_not_manage_it_here(self, session, unit, windows, kinds):
        session.get_one(Reason, self.REASON).resource_kinds = kinds
        session.flush()
        assert starts(session, unit, self.REASON) == [NINE, at(1.75)]

    def test_one_room_must_be_free_for_the_whole_of_it(self, session, unit, windows):
        room = self.room(session, unit)
        taken = self.take(session, windows[0], room, at(1), 60)
        # The other counter is free all morning, but its room is not before eleven.
        assert [slot.starts_at for slot in find_slots(session, unit.id, self.REASON, DAY, DAY, NOW)] == []
        assert next_slots(session, unit.id, self.REASON, NOW, 3) == []
        self.room(session, unit, "Salle 2", active=False)
        assert starts(session, unit, self.REASON) == []
        taken.state, taken.ended_at = State.CANCELLED, NOW
        session.flush()
        assert starts(session, unit, self.REASON) == [NINE, at(1.75)]

    def test_another_room_will_do(self, session, unit, windows):
        self.take(session, windows[0], self.room(session, unit), at(1), 60)
        self.room(session, unit, "Salle 2")
        assert starts(session, unit, self.REASON) == [NINE, at(1.75)]


def test_the_next_slots_are_found_however_far_they_are(session, unit, chief):
    days = (1, 5, 25, 29)
    for day in days:
        seed_windows(session, chief, NINE + timedelta(days=day), at(0.5) + timedelta(days=day))
    expected = [NINE + timedelta(days=day) for day in days]
    for limit in range(1, 6):
        found = [slot.starts_at for slot in next_slots(session, unit.id, "other", NOW, limit)]
        assert found == expected[:limit]


@pytest.mark.parametrize("change", [{"active": False}, {"bookable": False}])
def test_a_reason_that_nobody_is_booked_for_is_refused(session, unit, change):
    for name, value in change.items():
        setattr(session.get_one(Reason, "other"), name, value)
    session.flush()
    for ask in (lambda: starts(session, unit), lambda: next_slots(session, unit.id, "other", NOW, 1)):
        with pytest.raises(Invalid) as refusal:
            ask()
        assert refusal.value.detail == {"fields": {"reason_code": "unknown"}}
    with pytest.raises(Invalid):
        starts(session, unit, "no such reason")


def test_an_unknown_unit_is_refused(session):
    with pytest.raises(NotFound):
        find_slots(session, 4, "other", DAY, DAY, NOW)
    with pytest.raises(NotFound):
        next_slots(session, 4, "other", NOW, 1)
