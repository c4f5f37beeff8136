from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select, text

from models.rules.actor import SystemActor
from models.rules.errors import Conflict, Invalid
from models.rules.occurrences import HolidayRule
from models.rules.openings import PlaceKind
from models.rules.request_lifecycle import Verdict
from models.tables import FreeTime, OpeningOccurrence
from server.services.amend_opening import AmendOpening, amend_opening
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.extend_openings import ExtendOpenings, extend_openings
from server.services.set_unit_holiday import SetUnitHoliday, set_unit_holiday
from tests.support.openings import TUESDAY, at

WEEK = timedelta(days=7)


def test_an_approved_opening_has_its_occurrences_and_a_window_for_each_counter(brigade):
    opening_id = brigade.propose("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270115", reason_codes=("complaint",))
    assert brigade.occurrences(opening_id) == []
    approve_opening(brigade.session, ApproveOpening(opening_id), brigade.chief, brigade.now)

    days = [TUESDAY, TUESDAY + 2 * WEEK, TUESDAY + 4 * WEEK, TUESDAY + 6 * WEEK]
    assert brigade.windows(opening_id) == {
        day: [(number, at(day, 9), at(day, 12)) for number in (1, 2)] for day in days
    }
    assert all(
        (window.unit_id, window.agent_id, window.reason_codes, window.place_kind)
        == (brigade.unit.id, None, ["complaint"], "unit")
        for window in brigade.windows_of(opening_id)
    )
    assert brigade.session.scalar(select(FreeTime.starts_at).order_by(FreeTime.starts_at)) == at(TUESDAY, 9)
    assert brigade.opening(opening_id).stored_until == brigade.now.date() + timedelta(days=400)


def test_a_proposal_opens_nothing(brigade):
    assert brigade.windows(brigade.propose("FREQ=WEEKLY")) == {}


def test_the_clock_on_the_wall_stays_across_the_change_of_hours(brigade):
    opening_id = brigade.approve("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270501")
    assert [(one.day, one.starts_at.astimezone(UTC).hour) for one in brigade.occurrences(opening_id)] == [
        (date(2026, 12, 8), 8),
        (date(2027, 1, 12), 8),
        (date(2027, 2, 9), 8),
        (date(2027, 3, 9), 8),
        (date(2027, 4, 13), 7),
    ]


def test_each_occurrence_opens_the_smallest_counters_that_are_free_then(brigade):
    brigade.approve(counters=1)
    second = brigade.approve(counters=2, starts_at=at(TUESDAY, 11), ends_at=at(TUESDAY, 14))
    after_it = brigade.approve(counters=1, starts_at=at(TUESDAY, 12), ends_at=at(TUESDAY, 13))
    weekly = brigade.approve("FREQ=WEEKLY;UNTIL=20261208", counters=1)
    numbers = {
        opening_id: [[number for number, _, _ in some] for some in brigade.windows(opening_id).values()]
        for opening_id in (second, after_it, weekly)
    }
    # At 9:00 only the first counter is taken, from 11:00 to 12:00 the first three are; a week later none is.
    assert numbers == {second: [[2, 3]], after_it: [[1]], weekly: [[4], [1]]}


@pytest.mark.parametrize("rule", HolidayRule)
def test_a_public_holiday_closes_or_opens_an_occurrence_and_says_why(brigade, rule):
    friday = date(2026, 12, 4)
    opening_id = brigade.approve("FREQ=WEEKLY;UNTIL=20270101", day=friday, holiday_rule=rule)
    before, christmas = brigade.occurrences(opening_id)[2:4]
    assert christmas.day == date(2026, 12, 25)
    assert [(one.closed_because, one.closed_name) for one in (before, christmas)] == {
        HolidayRule.CLOSED: [(None, None), ("holiday", "Jour de Noël")],
        HolidayRule.OPEN: [(None, None), (None, None)],
        HolidayRule.ONLY: [("not_holiday", None), (None, None)],
    }[rule]
    opened = set(brigade.windows(opening_id))
    holidays = {date(2026, 12, 25), date(2027, 1, 1)}
    days = {one.day for one in brigade.occurrences(opening_id)}
    assert opened == {HolidayRule.CLOSED: days - holidays, HolidayRule.OPEN: days, HolidayRule.ONLY: holidays}[rule]


def test_what_is_over_is_not_stored_and_a_series_that_is_over_is_not_approved(brigade):
    late = brigade.propose("FREQ=WEEKLY;UNTIL=20261215")
    short = brigade.propose("FREQ=WEEKLY;UNTIL=20261208")
    brigade.forward(days=15)
    approve_opening(brigade.session, ApproveOpening(late), brigade.chief, brigade.now)
    assert set(brigade.windows(late)) == {TUESDAY + 2 * WEEK}
    with pytest.raises(Conflict, match="opening_over"):
        approve_opening(brigade.session, ApproveOpening(short), brigade.chief, brigade.now)


def test_time_brings_further_occurrences_near(brigade):
    system, command = SystemActor("extend_openings"), ExtendOpenings()
    endless, ending = brigade.approve("FREQ=WEEKLY"), brigade.approve("FREQ=WEEKLY;UNTIL=20261222")
    last = brigade.occurrences(endless)[-1].day
    assert last > brigade.now.date() + timedelta(days=393)
    assert extend_openings(brigade.session, command, system, brigade.now) == 0
    brigade.forward(days=31)
    assert extend_openings(brigade.session, command, system, brigade.now) == 1
    assert brigade.occurrences(endless)[-1].day > last + timedelta(days=24)
    assert len(brigade.occurrences(ending)) == 4
    assert extend_openings(brigade.session, command, system, brigade.now) == 0
    doubled = select(OpeningOccurrence.day).where(OpeningOccurrence.opening_id == endless)
    days = brigade.session.scalars(doubled).all()
    assert len(days) == len(set(days))


def test_what_was_approved_before_occurrences_were_stored_gets_them(brigade):
    opening_id = brigade.propose()
    opening = brigade.opening(opening_id)
    opening.state, opening.decided_by_id, opening.decided_at = "approved", brigade.chief.agent_id, brigade.now
    opening.last_ends_at = None
    brigade.session.flush()
    assert extend_openings(brigade.session, ExtendOpenings(), SystemActor("extend_openings"), brigade.now) == 1
    assert set(brigade.windows(opening_id)) == {TUESDAY}
    entries = brigade.session.scalars(text("SELECT document FROM feed_entries")).all()
    assert f"occurrence/{brigade.occurrences(opening_id)[0].id}" in entries


def test_the_chief_amends_a_proposal_whole_and_then_approves(brigade):
    opening_id = brigade.propose("FREQ=WEEKLY;UNTIL=20261222")
    wanted = brigade.proposal(
        "FREQ=MONTHLY;BYDAY=-1TU;UNTIL=20270131",
        counters=3,
        starts_at=at(TUESDAY, 14),
        ends_at=at(TUESDAY, 17),
        place_kind=PlaceKind.TOWN_HALL,
        place_name="Virieu",
        holiday_rule=HolidayRule.OPEN,
    )
    command = AmendOpening(opening_id, wanted)
    assert amend_opening(brigade.session, command, brigade.chief, brigade.now) is Verdict.APPLY
    assert amend_opening(brigade.session, command, brigade.chief, brigade.now) is Verdict.NOOP
    opening = brigade.opening(opening_id)
    assert (opening.state, opening.amended_by_id, opening.proposed_by_id) == (
        "proposed",
        brigade.chief.agent_id,
        brigade.martin.agent_id,
    )
    approve_opening(brigade.session, ApproveOpening(opening_id), brigade.chief, brigade.now)
    days = [date(2026, 12, 29), date(2027, 1, 26)]
    assert brigade.windows(opening_id) == {
        day: [(number, at(day, 14), at(day, 17)) for number in (1, 2, 3)] for day in days
    }
    assert {(one.place_kind, one.place_name) for one in brigade.windows_of(opening_id)} == {("town_hall", "Virieu")}
    with pytest.raises(Conflict, match="already_decided"):
        amend_opening(brigade.session, AmendOpening(opening_id, brigade.proposal()), brigade.chief, brigade.now)


def test_an_amendment_is_checked_like_a_proposal(brigade):
    opening_id = brigade.propose()
    with pytest.raises(Invalid) as refusal:
        amend_opening(
            brigade.session, AmendOpening(opening_id, brigade.proposal(counters=0)), brigade.chief, brigade.now
        )
    assert refusal.value.detail["fields"] == {"counters": "out_of_range"}


def test_a_units_own_word_about_a_day_is_known_when_an_opening_is_approved_later(brigade):
    set_unit_holiday(brigade.session, SetUnitHoliday(TUESDAY, "Saint-Nicolas avancée"), brigade.chief, brigade.now)
    (only,) = brigade.occurrences(brigade.approve())
    assert (only.closed_because, only.closed_name) == ("holiday", "Saint-Nicolas avancée")
