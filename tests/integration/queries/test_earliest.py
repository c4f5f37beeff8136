"""Who can receive a citizen first: their own unit, its siblings, its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from models.queries.earliest import Nearness, earliest_anywhere, earliest_around
from models.queries.slots import next_slots
from models.rules.actor import Role
from models.rules.errors import Invalid, NotFound
from models.tables import Absence, AppointmentResource, Resource, Unit
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.planned import import_absence, seed_source, statements
from tests.support.seed import NOW, seed_agent, seed_commune, seed_jurisdiction, seed_territory, seed_unit

NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
OWN, SIBLING, NEAR, FARTHER, FAR = 1008593, 2, 3, 4, 5


def days(value: float) -> datetime:
    return NINE + timedelta(days=value)


@pytest.fixture
def chiefs(session):
    """Belley, Culoz of the same grouping, and units 11, 33 and 67 km to the north, each with its chief."""
    own = seed_territory(session)
    own.grouping = "COB Belley"
    units = {OWN: own, SIBLING: seed_unit(session, SIBLING, "Culoz")}
    units[SIBLING].grouping, units[SIBLING].latitude = "COB Belley", own.latitude + 0.8
    for number, north in ((NEAR, 0.1), (FARTHER, 0.3), (FAR, 0.6)):
        units[number] = seed_unit(session, number, f"Brigade {number}")
        units[number].latitude = own.latitude + north
    session.flush()
    return {number: seed_agent(session, unit, Role.CHIEF) for number, unit in units.items()}


def ask(session, reason="other", now=NOW, **limits):
    found = earliest_anywhere(session, "01034", reason, now, **limits)
    return [(unit.unit_id, unit.nearness, [slot.starts_at for slot in unit.slots]) for unit in found]


def test_the_own_unit_leads_then_siblings_then_neighbours_by_their_first_slot(session, chiefs):
    for number, day in ((OWN, 20), (SIBLING, 9), (NEAR, 3), (FARTHER, 1), (FAR, 0)):
        seed_windows(session, chiefs[number], days(day), days(day) + timedelta(minutes=30))
    assert ask(session) == [
        (OWN, Nearness.COMPETENT, [days(20)]),
        (SIBLING, Nearness.SIBLING, [days(9)]),
        (FARTHER, Nearness.NEIGHBOUR, [days(1)]),
        (NEAR, Nearness.NEIGHBOUR, [days(3)]),
    ]
    assert [row[0] for row in ask(session, limit=3)] == [OWN, SIBLING, FARTHER]
    near = earliest_anywhere(session, "01034", "other", NOW)[3]
    assert near.km == pytest.approx(11.1, abs=0.1)


def test_the_own_unit_is_listed_with_nothing_and_the_others_are_not(session, chiefs):
    seed_windows(session, chiefs[OWN], days(1), days(2), reasons=["road"])
    seed_windows(session, chiefs[NEAR], days(1), days(2), place_kind="home")
    seed_windows(session, chiefs[FARTHER], days(1), days(1) + timedelta(minutes=25))
    seed_windows(session, chiefs[SIBLING], days(90), days(91))
    assert ask(session) == [(OWN, Nearness.COMPETENT, [])]


def test_who_receives_nobody_is_left_out(session, chiefs):
    seed_windows(session, chiefs[NEAR], days(1), days(2))
    session.get_one(Unit, NEAR).receives_contact_requests = False
    session.flush()
    assert ask(session) == [(OWN, Nearness.COMPETENT, [])]


@pytest.mark.parametrize("now", [NOW, NINE + timedelta(minutes=7), NINE + timedelta(hours=5, minutes=1)])
@pytest.mark.parametrize("starts", [1, 3, 8])
def test_the_first_slots_are_those_of_a_search_of_the_unit(session, chiefs, now, starts):
    first, *_ = seed_windows(session, chiefs[OWN], NINE, NINE + timedelta(hours=3), counters=3)
    seed_windows(session, chiefs[OWN], NINE + timedelta(minutes=10), NINE + timedelta(minutes=55))
    seed_windows(session, chiefs[OWN], NINE + timedelta(hours=5), NINE + timedelta(hours=9), counters=2)
    seed_appointment(session, first, NINE + timedelta(minutes=60), minutes=25, buffer=15)
    expected = [slot.starts_at for slot in next_slots(session, OWN, "other", now, starts)]
    assert expected
    assert ask(session, now=now, starts=starts) == [(OWN, Nearness.COMPETENT, expected)]


def test_a_room_that_is_needed_must_be_free_too(session, chiefs):
    (window,) = seed_windows(session, chiefs[OWN], NINE, NINE + timedelta(hours=4))
    seed_windows(session, chiefs[NEAR], NINE, NINE + timedelta(hours=2))
    near = (NEAR, Nearness.NEIGHBOUR, [NINE])
    later = NINE + timedelta(minutes=105)
    assert ask(session, "domestic_violence") == [(OWN, Nearness.COMPETENT, [NINE, later]), near]
    room = Resource(unit_id=OWN, kind="room", name="Salle", active=True)
    session.add(room)
    (other,) = seed_windows(session, chiefs[OWN], NINE, NINE + timedelta(hours=4), reasons=["road"])
    taken = seed_appointment(session, other, NINE, minutes=105)
    session.add(
        AppointmentResource(appointment_id=taken.id, resource_id=room.id, occupied=taken.occupied, occupies=True)
    )
    session.flush()
    assert window.counter_id != other.counter_id
    assert ask(session, "domestic_violence") == [(OWN, Nearness.COMPETENT, [later]), near]
    assert ask(session, "domestic_violence", limit=1) == [(OWN, Nearness.COMPETENT, [later])]


@pytest.fixture
def planned(session, chiefs):
    """All but the farther one have a planning by which their one gendarme is away at first, some for long."""
    for number, away in ((OWN, 15), (SIBLING, 3), (NEAR, 6), (FARTHER, 0)):
        for day in range(18):
            start = days(day) + timedelta(minutes=number % 7)
            seed_windows(session, chiefs[number], start, start + timedelta(hours=4), counters=2)
        if away:
            import_absence(session, seed_source(session, chiefs[number]), chiefs[number], days(-1), days(away))
    return chiefs


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("starts", [1, 3, 200])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6])
def test_where_everybody_is_away_at_first_the_same_units_lead_as_by_their_own_searches(session, limit, starts):
    each = {
        number: [slot.starts_at for slot in next_slots(session, number, "other", NOW, starts)]
        for number in (OWN, SIBLING, NEAR, FARTHER)
    }
    neighbours = sorted((NEAR, FARTHER), key=lambda number: each[number][0])
    assert neighbours == [FARTHER, NEAR]
    expected = [(number, each[number]) for number in (OWN, SIBLING, *neighbours)][:limit]
    assert [(number, found) for number, _, found in ask(session, limit=limit, starts=starts)] == expected


def test_the_own_unit_is_listed_when_nobody_of_it_is_left_at_all(session, chiefs):
    for number in (OWN, NEAR):
        seed_windows(session, chiefs[number], NINE, days(0.5))
        import_absence(session, seed_source(session, chiefs[number]), chiefs[number], days(-1), days(2))
    assert ask(session) == [(OWN, Nearness.COMPETENT, [])]


def test_many_whose_people_are_away_cost_no_more_queries_than_one(session, chiefs):
    def sent(*away):
        for number in away:
            seed_windows(session, chiefs[number], NINE, days(0.5), counters=2)
            import_absence(session, seed_source(session, chiefs[number]), chiefs[number], days(-1), days(0.25))
        with statements(session.get_bind().engine) as seen:
            assert all(starts[0] == days(0.25) for _, _, starts in ask(session))
        return len(seen)

    assert sent(OWN) == sent(SIBLING, NEAR, FARTHER)


@pytest.mark.usefixtures("planned")
def test_who_cannot_be_listed_any_more_is_not_looked_for_further(session, chiefs):
    session.get_one(Unit, SIBLING).receives_contact_requests = False
    # So that the near one alone is looked for: the second look goes beyond the farther one's first time.
    session.execute(delete(Absence).where(Absence.agent_id == chiefs[OWN].id))

    def looks(limit):
        with statements(session.get_bind().engine) as seen:
            found = [number for number, _, _ in ask(session, limit=limit)]
        return found, sum("FROM free_times WHERE" in one for one in seen)

    assert looks(limit=2) == ([OWN, FARTHER], 2)
    assert looks(limit=3) == ([OWN, FARTHER, NEAR], 3)


def test_where_nobody_is_known_to_be_competent_nothing_is_offered(session, chiefs):
    seed_windows(session, chiefs[OWN], days(1), days(2))
    seed_jurisdiction(session, seed_commune(session, "01004", "Ambérieu-en-Bugey", "01500"), None, "PN")
    assert earliest_anywhere(session, "01004", "other", NOW) == []
    assert earliest_anywhere(session, "99999", "other", NOW) == []
    assert [unit.unit_id for unit in earliest_around(session, OWN, "other", NOW)] == [OWN]


def test_unknown_reasons_and_units_are_refused(session, chiefs):
    with pytest.raises(Invalid):
        earliest_anywhere(session, "99999", "no such reason", NOW)
    with pytest.raises(NotFound):
        earliest_around(session, 77, "other", NOW)
