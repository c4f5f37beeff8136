"""Why there is no slot: each rule with its facts, and that nothing is left unexplained."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.intervals import Interval
from models.rules.occurrences import Closure, ClosureCode
from models.rules.openings import PlaceKind
from models.rules.resources import Resource, ResourceGap, ResourceKind
from models.rules.slot_explanations import (
    Busy,
    BusyKind,
    ClosedWindow,
    DayExplanation,
    Need,
    Removed,
    Rule,
    UnitCalendar,
    explain,
)
from models.rules.slots import BookingTerms, Window, slots
from tests.unit.rules.situations import situations, terms_of_any_reason
from tests.unit.rules.zones import TIME_ZONES

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)
MINUTE = timedelta(minutes=1)
LONG_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
TERMS = BookingTerms(30 * MINUTE)


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock:0>5}").replace(tzinfo=PARIS).astimezone(UTC)


def window(text: str, counter: int = 1, agent: int | None = None, **more: object) -> Window:
    start, end = text.split("-")
    return Window(10 * counter, counter, agent, at(start), at(end), **more)  # type: ignore[arg-type]


def busy(text: str, kind: BusyKind, counter: int | None = None, agent: int | None = None) -> Busy:
    start, end = text.split("-")
    return Busy(at(start), at(end), kind, counter, agent)


def on_tuesday(calendar: UnitCalendar, terms=TERMS, now=LONG_BEFORE, **more) -> DayExplanation:
    (found,) = explain(calendar, "complaint", terms, now, PARIS, TUESDAY, TUESDAY, **more)
    assert found.day == TUESDAY
    return found


def verdicts(found: DayExplanation) -> dict[str, str]:
    """Each candidate on the unit's clock, with the word of its rule."""
    return {f"{one.starts_at.astimezone(PARIS):%H:%M}": one.rule.value for one in found.removed}


def offered(found: DayExplanation) -> list[str]:
    return [f"{start.astimezone(PARIS):%H:%M}" for start in found.offered]


APPOINTMENT, HELD, ABSENCE, IMPORTED = BusyKind
MORNING = window("9:00-11:00")
NAMED = window("9:00-11:00", agent=7)


def test_a_day_with_nothing():
    found = on_tuesday(UnitCalendar([]))
    assert found == DayExplanation(TUESDAY, (), (Removed(Rule.NO_OPENING, at("0:00")),))
    assert found.counts == {Rule.NO_OPENING: 1}


def test_a_day_on_which_all_is_free():
    found = on_tuesday(UnitCalendar([MORNING]))
    assert offered(found) == ["09:00", "09:30", "10:00", "10:30"]
    assert (found.removed, found.counts) == ((), {})


@pytest.mark.parametrize(
    ("calendar", "rule", "counter_ids"),
    [
        (UnitCalendar([], proposed=[window("9:00-10:00"), window("9:00-9:30", 2)]), Rule.NOT_APPROVED, [1, 2, 1]),
        (UnitCalendar([window("9:00-10:00", reason_codes=("theft",))]), Rule.OTHER_REASON, [1, 1]),
        (UnitCalendar([window("9:00-10:00", place_kind=PlaceKind.VIDEO)]), Rule.OTHER_PLACE, [1, 1]),
    ],
)
def test_windows_that_do_not_count(calendar, rule, counter_ids):
    found = on_tuesday(calendar, places=[PlaceKind.UNIT])
    assert [(one.rule, one.window.counter_id) for one in found.removed] == [(rule, number) for number in counter_ids]
    assert found.offered == ()


@pytest.mark.parametrize(
    "closure", [Closure(ClosureCode.PUBLIC_HOLIDAY, "Sainte-Geneviève"), Closure(ClosureCode.DROPPED)], ids=str
)
def test_what_is_closed_says_why(closure):
    found = on_tuesday(UnitCalendar([], closed=[ClosedWindow(window("9:00-10:00"), closure)]))
    assert verdicts(found) == {"09:00": "closed", "09:30": "closed"}
    assert {one.closure for one in found.removed} == {closure}


@pytest.mark.parametrize(
    ("calendar", "terms", "now", "removed", "starts"),
    [
        (
            UnitCalendar([MORNING], busy=[busy("9:00-9:30", APPOINTMENT, 1), busy("10:00-10:30", HELD, 1)]),
            TERMS, LONG_BEFORE,
            {"09:00": "appointment", "10:00": "held"}, ["09:30", "10:30"],
        ),
        # What takes the time of a gendarme counts where they are named, and nowhere else.
        (
            UnitCalendar([NAMED], busy=[busy("9:00-10:00", ABSENCE, agent=7), busy("10:00-10:30", IMPORTED, agent=7)]),
            TERMS, LONG_BEFORE,
            {"09:00": "absence", "09:30": "absence", "10:00": "imported"}, ["10:30"],
        ),
        (
            UnitCalendar([NAMED], busy=[busy("9:00-10:00", APPOINTMENT, 3, 7)]),
            TERMS, LONG_BEFORE,
            {"09:00": "appointment", "09:30": "appointment"}, ["10:00", "10:30"],
        ),
        (
            UnitCalendar([MORNING], busy=[busy("9:00-11:00", ABSENCE, agent=7), busy("9:00-11:00", APPOINTMENT, 2)]),
            TERMS, LONG_BEFORE, {}, ["09:00", "09:30", "10:00", "10:30"],
        ),
        # The grid begins anew at 9:40: 10:00 and 10:30 could be booked but are not offered.
        (
            UnitCalendar([MORNING], busy=[busy("9:20-9:40", APPOINTMENT, 1)]),
            TERMS, LONG_BEFORE,
            {"09:00": "too_short", "09:30": "appointment", "10:00": "shifted", "10:30": "shifted"}, ["09:40", "10:10"],
        ),
        (
            UnitCalendar([MORNING], busy=[busy("9:50-10:05", APPOINTMENT, 1)]),
            BookingTerms(45 * MINUTE, 15 * MINUTE), LONG_BEFORE,
            {"09:00": "buffer", "10:00": "appointment"}, [],
        ),
        (
            UnitCalendar([window("9:00-10:50")]), BookingTerms(45 * MINUTE, 15 * MINUTE), LONG_BEFORE,
            {"10:00": "buffer"}, ["09:00"],
        ),
        (UnitCalendar([window("9:00-9:50")]), TERMS, LONG_BEFORE, {"09:30": "too_short"}, ["09:00"]),
        (
            UnitCalendar([MORNING]), TERMS, at("9:31"),
            {"09:00": "past", "09:30": "past", "10:00": "shifted", "10:30": "shifted"}, ["09:35", "10:05"],
        ),
        (
            UnitCalendar([MORNING]), BookingTerms(30 * MINUTE, notice=60 * MINUTE), at("9:00"),
            {"09:00": "notice", "09:30": "notice"}, ["10:00", "10:30"],
        ),
        (
            UnitCalendar([MORNING]), BookingTerms(30 * MINUTE, horizon=60 * MINUTE), at("8:40"),
            {"10:00": "horizon", "10:30": "horizon"}, ["09:00", "09:30"],
        ),
    ],
)  # fmt: skip
def test_each_rule(calendar, terms, now, removed, starts):
    found = on_tuesday(calendar, terms, now)
    assert verdicts(found) == removed
    assert offered(found) == starts


def test_the_facts_say_what_is_in_the_way():
    taken = busy("9:20-9:40", APPOINTMENT, 1)
    found = on_tuesday(UnitCalendar([window("9:00-10:50")], busy=[taken]))
    assert found.removed == (
        Removed(Rule.TOO_SHORT, at("9:00"), window("9:00-10:50"), by=taken, free_until=at("9:20")),
        Removed(Rule.APPOINTMENT, at("9:30"), window("9:00-10:50"), by=taken),
        Removed(Rule.SHIFTED, at("10:00"), window("9:00-10:50"), instead=at("10:10")),
        Removed(Rule.TOO_SHORT, at("10:30"), window("9:00-10:50"), free_until=at("10:50")),
    )


def test_a_chief_can_add_up():
    calendar = UnitCalendar(
        [MORNING, window("9:00-10:20", 2)],
        busy=[busy("9:00-10:30", APPOINTMENT, 1), busy("9:00-9:30", HELD, 2)],
    )
    found = on_tuesday(calendar)
    assert list(found.counts.items()) == [(Rule.APPOINTMENT, 3), (Rule.HELD, 1), (Rule.TOO_SHORT, 1)]
    assert offered(found) == ["09:30", "10:30"]


def free(kind: ResourceKind, number: int, text: str) -> ResourceGap:
    start, end = text.split("-")
    return ResourceGap(Resource(kind, number), at(start), at(end))


ROOM, INTERPRETER = ResourceKind.ROOM, ResourceKind.INTERPRETER


@pytest.mark.parametrize(
    ("needs", "missing"),
    [
        ([Need(ROOM, []), Need(INTERPRETER, [])], dict.fromkeys(("09:00", "09:30", "10:00", "10:30"), ROOM)),
        (
            [Need(ROOM, [free(ROOM, 1, "9:30-10:30")]), Need(INTERPRETER, [free(INTERPRETER, 1, "9:00-10:00")])],
            {"09:00": ROOM, "10:00": INTERPRETER, "10:30": ROOM},
        ),
        ([Need(ROOM, [free(ROOM, 1, "9:00-11:00")])] * 2, dict.fromkeys(("09:00", "09:30", "10:00", "10:30"), ROOM)),
    ],
)
def test_what_is_needed_besides_a_counter_is_named(needs, missing):
    found = on_tuesday(UnitCalendar([MORNING], needs=needs))
    named = {f"{one.starts_at.astimezone(PARIS):%H:%M}": one.resource for one in found.removed}
    assert named == missing
    assert {one.rule for one in found.removed} == {Rule.NO_RESOURCE}


def test_a_night_belongs_to_two_days():
    start = at("22:00")
    night = Window(1, 1, None, start, start + timedelta(hours=4))
    found = explain(
        UnitCalendar([night], busy=[Busy(start, start + timedelta(hours=3), APPOINTMENT, 1)]), "complaint",
        BookingTerms(60 * MINUTE), LONG_BEFORE, PARIS, TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1),
    )  # fmt: skip
    assert [one.counts for one in found] == [{Rule.NO_OPENING: 1}, {Rule.APPOINTMENT: 2}, {Rule.APPOINTMENT: 1}]
    assert [len(one.offered) for one in found] == [0, 0, 1]


@given(situations(), terms_of_any_reason, st.sampled_from(TIME_ZONES), st.booleans(), st.integers(0, 1))
def test_each_candidate_is_offered_or_removed_by_one_rule_that_holds(situation, terms, zone, room_is_needed, rooms):
    windows, by_counter, by_agent, now, more = situation
    takes = [Busy(*one, APPOINTMENT, counter_id=number) for number, found in by_counter.items() for one in found]
    takes += [Busy(*one, ABSENCE, agent_id=number) for number, found in by_agent.items() for one in found]
    whole = Interval(min(one.start for one in windows), max(one.end for one in windows))
    needs = [Need(ROOM, [ResourceGap(Resource(ROOM, 1), *one) for one in (whole, *more)][rooms:])] * room_is_needed
    first, last = (moment.astimezone(zone).date() for moment in whole)
    explained = explain(UnitCalendar(windows, busy=takes, needs=needs), "complaint", terms, now, zone, first, last)

    also_free = [need.free for need in needs]
    expected = slots(windows, by_counter, by_agent, "complaint", terms, now, also_free=also_free)
    assert [start for day in explained for start in day.offered] == [slot.starts_at for slot in expected]
    starts = {(choice.window_id, slot.starts_at) for slot in expected for choice in slot.choices}
    removed = [one for day in explained for one in day.removed if one.window is not None]
    named = [(one.window.window_id, one.starts_at) for one in removed]
    candidates = {
        (one.window_id, one.start + number * terms.needed)
        for one in windows
        for number in range(-((one.start - one.end) // terms.needed))
    }
    assert len(set(named)) == len(named)
    assert set(named) == candidates - starts
    for one in removed:
        _check_facts(one, terms, now, starts)


def _check_facts(one: Removed, terms: BookingTerms, now: datetime, starts: set[tuple[int, datetime]]) -> None:
    assert one.window is not None
    match one.rule:
        case Rule.APPOINTMENT | Rule.ABSENCE:
            assert one.by is not None
            assert one.by.concerns(one.window)
            assert one.by.start <= one.starts_at < one.by.end
        case Rule.TOO_SHORT | Rule.BUFFER:
            assert one.free_until is not None
            free = one.free_until - one.starts_at
            assert timedelta(0) < free < terms.needed
            assert (free >= terms.duration) is (one.rule is Rule.BUFFER)
            assert one.free_until == (one.by.start if one.by else one.window.end)
        case Rule.PAST | Rule.NOTICE:
            assert one.starts_at < now + terms.notice + 5 * MINUTE
        case Rule.HORIZON:
            assert one.starts_at > now + terms.horizon
        case Rule.NO_RESOURCE:
            assert one.resource is ROOM
        case Rule.SHIFTED:
            assert (one.window.window_id, one.instead) in starts
            assert one.instead != one.starts_at
        case _:
            pytest.fail(f"nothing here could give {one.rule}")
