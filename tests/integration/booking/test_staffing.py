"""What is read of a planning: as much as a search needs, by way of the indexes, however much there is beside it."""

from __future__ import annotations

from datetime import UTC, date

import pytest
from sqlalchemy.dialects.postgresql import Range

from models.queries.booking_terms import terms_of
from models.queries.free_gaps import agents_at, gaps_at
from models.queries.slots import find_slots
from models.queries.staffing import staffings
from models.queries.taken_time import taken_times
from models.rules.capacity import OpenPlaces
from models.rules.intervals import Interval
from models.tables import Reason
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, row
from tests.support.planned import import_absence, seed_source
from tests.support.plans import conditions, names_the_agent
from tests.support.seed import NOW, seed_agent

DAY = date(2026, 12, 1)


def stretch(start, end):
    return Interval(at(start).astimezone(UTC), at(end).astimezone(UTC))


@pytest.fixture
def source(session, chief):
    return seed_source(session, chief)


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture
def two_needed(session):
    session.get_one(Reason, "neighbours").agents_needed = 2


def test_what_lies_beside_the_times_asked_for_is_not_read(session, unit, chief, source):
    for start, end in ((-3, -2), (-1, 0), (0.5, 0.75), (1, 3), (4, 5)):
        import_absence(session, source, chief, at(start), at(end))
    times = [stretch(2, 3.5), stretch(0, 1)]
    assert staffings(session, [unit.id], times)[unit.id].busy == {chief.id: [stretch(0.5, 0.75), stretch(1, 3)]}
    assert staffings(session, [unit.id], [stretch(3, 4)])[unit.id].busy == {}
    assert staffings(session, [unit.id], []) == {}


def test_what_overlaps_or_touches_is_one_stretch_for_each_gendarme(session, unit, chief, martin, source):
    for agent, start, end in ((chief, 0, 1), (chief, 0.5, 1.5), (chief, 1.5, 2), (martin, 1, 1.25)):
        import_absence(session, source, agent, at(start), at(end))
    expected = {chief.id: [stretch(0, 2)], martin.id: [stretch(1, 1.25)]}
    assert staffings(session, [unit.id], [stretch(0, 2)])[unit.id].busy == expected
    assert taken_times(session, [chief.id, martin.id], [stretch(0, 2)]) == expected


def test_an_absence_that_was_cancelled_takes_no_time(session, unit, chief, source):
    absence = import_absence(session, source, chief, NINE, at(1))
    absence.cancelled_at, absence.cancelled_by_id = NOW, chief.id
    session.flush()
    assert staffings(session, [unit.id], [stretch(0, 1)])[unit.id].busy == {}


def test_whoever_waits_for_somebody_is_told_one_by_one(session, unit, chief, martin, source):
    seed_windows(session, chief, NINE, at(2), counters=2)
    booked = [book(session, unit.id, start) for start in (NINE, NINE, at(1))]
    row(session, booked[2].appointment_id).agents_needed = 2
    session.flush()
    asked = staffings(session, [unit.id], [stretch(0, 2)])[unit.id]
    assert sorted(asked.open_places) == [OpenPlaces(*stretch(0, 0.5), 1)] * 2 + [OpenPlaces(*stretch(1, 1.5), 2)]


@pytest.mark.parametrize("index", ["ix_absences_during", "ex_appointment_agents_agent"])
def test_a_search_reads_each_gendarme_s_time_through_its_index(session, unit, chief, source, index):
    seed_windows(session, chief, NINE, at(2))
    found = conditions(session, index, lambda: find_slots(session, unit.id, "neighbours", DAY, DAY, NOW))
    assert found
    assert all(map(names_the_agent, found)), found


@pytest.mark.usefixtures("two_needed", "martin")
@pytest.mark.parametrize("index", ["ix_absences_during", "ex_appointment_agents_agent"])
def test_so_does_a_search_for_two_without_a_planning(session, unit, chief, index):
    seed_windows(session, chief, NINE, at(2))
    found = conditions(session, index, lambda: find_slots(session, unit.id, "neighbours", DAY, DAY, NOW))
    assert found
    assert all(map(names_the_agent, found)), found


@pytest.mark.usefixtures("two_needed", "martin")
@pytest.mark.parametrize("index", ["ix_absences_during", "ex_appointment_agents_agent"])
def test_so_does_holding_for_two(session, unit, chief, index):
    seed_windows(session, chief, NINE, at(2))
    reason = session.get_one(Reason, "neighbours")
    gaps = gaps_at(session, unit.id, reason, NINE, terms_of(reason), NOW)
    found = conditions(session, index, lambda: agents_at(session, unit.id, reason, Range(NINE, at(0.5)), gaps))
    assert found
    assert all(map(names_the_agent, found)), found
