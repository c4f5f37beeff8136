"""What the planning contradicts: known answers, and that nothing is raised without need nor left unsaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import clashes
from models.rules.actor import AgentActor, Role
from models.rules.appointments import AppointmentFacts, State
from models.rules.capacity import Capacity, OpenPlaces, Staffing
from models.rules.clashes import Availability, People, Sold, find_clashes
from models.rules.errors import Forbidden, NotFound
from models.rules.intervals import Interval
from models.rules.request_lifecycle import Verdict

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 12, 1, 8, tzinfo=UTC)
SOLD = DAY - timedelta(days=7)


def stretch(start: int, end: int) -> Interval:
    return Interval(DAY + start * MINUTE, DAY + end * MINUTE)


def sold(
    number: int, start: int = 0, end: int = 30, *, named: tuple[int, ...] = (), needed: int = 1, pause: int = 0,
    to_come: bool = True,
) -> Sold:  # fmt: skip
    """The `number`-th that was sold."""
    occupied = stretch(start, end + pause)
    return Sold(
        UUID(int=number), stretch(start, end), occupied, needed, frozenset(named), SOLD + number * MINUTE, to_come
    )


def people(*agents: int, imported: dict | None = None, own: dict | None = None, elsewhere: dict | None = None):
    imported, own = imported or {}, own or {}
    absent = {one: [*imported.get(one, ()), *own.get(one, ())] for one in {*imported, *own}}
    return People(frozenset(agents), imported, absent, elsewhere or {})


def found(ones, who):
    return {(number.int, agent_id) for number, agent_id in find_clashes(ones, who)}


AWAY = [stretch(0, 60)]


@pytest.mark.parametrize(
    ("ones", "who", "expected"),
    [
        pytest.param([sold(1, named=(1,))], people(1, 2), set(), id="all is well"),
        pytest.param([sold(1, named=(1,))], people(1, 2, imported={1: AWAY}), {(1, 1)}, id="who is named is away"),
        pytest.param([sold(1, named=(9,))], people(1, imported={9: AWAY}), {(1, 9)}, id="from another unit too"),
        pytest.param(
            [sold(1, named=(1, 2), needed=2)], people(1, 2, imported={2: AWAY, 1: AWAY}), {(1, 1), (1, 2)}, id="both"
        ),
        pytest.param(
            [sold(1, 60, 90, named=(1,))], people(1, imported={1: AWAY}), set(), id="away until just then is there"
        ),
        pytest.param(
            [sold(1, -20, -5, named=(1,), pause=10)], people(1, imported={1: AWAY}), set(), id="the pause asks nobody"
        ),
        pytest.param(
            [sold(1, named=(1,))], people(1, own={1: AWAY}), set(), id="what they say themselves has released it"
        ),
        pytest.param([sold(1)], people(1, 2, imported={1: AWAY}), set(), id="somebody else is left"),
        pytest.param([sold(1)], people(1, 2, imported={1: AWAY}, own={2: AWAY}), {(1, None)}, id="nobody is left"),
        pytest.param([sold(1)], people(1, elsewhere={1: AWAY}), {(1, None)}, id="they receive in another unit"),
        pytest.param(
            [sold(1), sold(2), sold(3)], people(1, 2, imported={2: AWAY}), {(2, None), (3, None)}, id="first come"
        ),
        pytest.param([sold(1), sold(2, named=(1,))], people(1), {(1, None)}, id="named elsewhere is taken"),
        pytest.param([sold(1, to_come=False), sold(2)], people(1), {(2, None)}, id="what is held takes somebody"),
        pytest.param([sold(1, to_come=False)], people(1, imported={1: AWAY}), set(), id="what is held is nobody's yet"),
        pytest.param([sold(1, needed=2, named=(1,))], people(1, 2, imported={2: AWAY}), {(1, None)}, id="second lacks"),
        pytest.param([sold(1, needed=2)], people(1), set(), id="as many as there are"),
        pytest.param(
            [sold(1, 0, 60), sold(2, 0, 30), sold(3, 30, 60)], people(1, 2), set(), id="as it was sold, so it stands"
        ),
    ],
)
def test_what_is_contradicted(ones, who, expected):
    assert found(ones, who) == expected
    assert found(ones[::-1], who) == expected


def test_who_could_take_it():
    one, other = sold(1, named=(1,)), sold(2, 20, 40, named=(2,))
    who = people(1, 2, 3, 4, imported={1: AWAY}, own={3: [stretch(29, 30)]}, elsewhere={9: AWAY})
    assert Availability([one, other], who).could_take(one) == [4]


def test_the_chief_keeps_it_once():
    chief = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
    martin = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
    appointment = AppointmentFacts(10, State.CONFIRMED, DAY, DAY + 30 * MINUTE, 1)
    assert clashes.keep(appointment, chief, known=True, undecided=True) is Verdict.APPLY
    assert clashes.keep(appointment, chief, known=True, undecided=False) is Verdict.NOOP
    with pytest.raises(NotFound, match="no_such_clash"):
        clashes.keep(appointment, chief, known=False, undecided=False)
    with pytest.raises(Forbidden, match="chief_only"):
        clashes.keep(appointment, martin, known=True, undecided=True)
    with pytest.raises(NotFound, match="no_such_appointment"):
        clashes.keep(replace(appointment, unit_id=99), chief, known=True, undecided=True)


MINUTES = st.integers(0, 24)
STRETCHES = st.tuples(MINUTES, MINUTES).map(lambda ends: stretch(min(ends), max(ends)))
ABSENCES = st.dictionaries(st.integers(1, 3), st.lists(STRETCHES, max_size=3))
WISHES = st.lists(st.tuples(MINUTES, st.integers(1, 8)), max_size=8)


def sell(wishes, agents, absent):
    """Sell to one after another what the planning leaves somebody for."""
    ones: list[Sold] = []
    for start, lasts in wishes:
        places = [OpenPlaces(*one.occupied, 1) for one in ones]
        if Capacity(Staffing(agents, absent, places), lasts * MINUTE).allows(DAY + start * MINUTE):
            ones.append(sold(len(ones), start, start + lasts))
    return ones


@given(WISHES, ABSENCES)
def test_nothing_is_raised_as_long_as_nothing_has_changed(wishes, absent):
    agents = frozenset({1, 2, 3})
    ones = sell(wishes, agents, absent)
    assert find_clashes(ones, People(agents, absent, absent, {})) == set()


@given(WISHES, ABSENCES, ABSENCES)
def test_what_is_not_raised_never_needs_more_than_are_there(wishes, before, after):
    agents = frozenset({1, 2, 3})
    ones = sell(wishes, agents, before)
    raised = {appointment_id for appointment_id, _ in find_clashes(ones, People(agents, after, after, {}))}
    for number in range(33):
        minute = DAY + number * MINUTE
        there = sum(not any(away.start <= minute < away.end for away in after.get(one, ())) for one in agents)
        needed = [one for one in ones if one.during.start <= minute < one.during.end]
        assert sum(one.appointment_id not in raised for one in needed) <= there


def test_ids_break_ties_so_that_two_looks_agree():
    ones = [replace(sold(1), appointment_id=uuid4()) for _ in range(4)]
    who = people(1, 2)
    assert find_clashes(ones, who) == find_clashes(ones[::-1], who)
