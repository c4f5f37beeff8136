"""What terminals hold of a planning, asked by the day: what is near, by way of the index, whatever lies beside."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects.postgresql import Range

from models.queries.feed import absences
from models.queries.feed.view import View
from models.rules.openings import FORTNIGHT
from models.tables import Absence
from tests.support.planned import import_absence, seed_source
from tests.support.plans import conditions, names_the_agent
from tests.support.seed import NOW, seed_agent, seed_unit

TODAY = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Paris"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def unit(session):
    return seed_unit(session)


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture
def source(session, martin):
    return seed_source(session, martin)


def own(session, agent, starts_at, ends_at):
    row = Absence(
        id=uuid4(), agent_id=agent.id, during=Range(starts_at, ends_at), source="own", declared_at=NOW,
        declared_by_id=agent.id,
    )  # fmt: skip
    session.add(row)
    return row


@pytest.fixture
def many(session, unit, martin, source):
    """Around every edge there is: of today, of other days, and of what they call near."""
    edges = [MIDNIGHT + DAY * day + after for day in (-2, -1, 0, 1, 2) for after in (timedelta(0), FORTNIGHT)]
    stranger = seed_agent(session, seed_unit(session, 2, "Culoz"))
    for edge, start, end in itertools.product(edges, (-30, -1, 0), (0, 1, 30)):
        if start < end:
            import_absence(session, source, martin, edge + start * HOUR, edge + end * HOUR)
            import_absence(session, source, stranger, edge + start * HOUR, edge + end * HOUR)
    for day in (-2, -1, 0, 1, 2, 14):
        own(session, martin, MIDNIGHT + (day - 1) * DAY, MIDNIGHT + day * DAY)
    taken_back = own(session, martin, MIDNIGHT - DAY, MIDNIGHT)
    taken_back.cancelled_at, taken_back.cancelled_by_id = NOW, martin.id
    session.flush()


def on(unit, day):
    return View(unit.id, unit.time_zone, MIDNIGHT.astimezone(ZoneInfo("UTC")) + day * DAY + HOUR)


@pytest.mark.usefixtures("many")
def test_imported_ones_are_those_that_are_not_over_and_begin_within_the_fortnight(session, unit, martin):
    held = absences.imported(session, on(unit, 0))
    rows = session.query(Absence).filter_by(source="planning", agent_id=martin.id).all()
    assert set(held) == {
        str(one.id) for one in rows if one.during.upper > MIDNIGHT and one.during.lower < MIDNIGHT + FORTNIGHT
    }


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("since", [-2, -1, 0, 1])
def test_a_day_that_turns_brings_and_takes_what_is_held_on_one_of_them_only(session, unit, since):
    ids = [str(one.id) for one in session.query(Absence).all()]
    before, after = (absences.bodies(session, on(unit, day), ids) for day in (since, 0))
    expected = dict.fromkeys(before.keys() - after.keys())
    expected |= {id_: after[id_] for id_ in after.keys() - before.keys()}
    assert bool(expected) == (since != 0)
    assert absences.turned(session, on(unit, 0), TODAY + since * DAY) == expected


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("ask", [absences.imported, lambda session, view: absences.turned(session, view, TODAY - DAY)])
def test_they_are_looked_up_in_the_index_of_each_gendarme_s_time(session, unit, ask):
    found = conditions(session, "ix_absences_during", lambda: ask(session, on(unit, 0)))
    assert found
    assert all(map(names_the_agent, found)), found
