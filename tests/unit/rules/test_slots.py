"""Slots: known answers, merging over counters, named gendarmes, the best choice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.rules.intervals import Interval
from models.rules.openings import PlaceKind
from models.rules.resources import Resource, ResourceGap, ResourceKind, resources_for
from models.rules.slots import (
    BookingTerms,
    Gap,
    Slot,
    Window,
    best_choice,
    ceil5,
    gaps_of,
    is_bookable,
    slots,
    slots_from_gaps,
    starts_in,
    taken_by,
)
from tests.unit.rules.slot_cases import CASES, check

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 11, 25, tzinfo=UTC)
NOW = DAY - timedelta(days=1)
TERMS = BookingTerms(30 * MINUTE)


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return DAY.replace(hour=int(hour), minute=int(minute))


def span(text: str) -> Interval:
    start, end = text.split("-")
    return Interval(at(start), at(end))


def window(counter: int, text: str, agent: int | None = None, **more: object) -> Window:
    return Window(counter * 100, counter, agent, *span(text), **more)  # type: ignore[arg-type]


def gap(counter: int, text: str, agent: int | None = None) -> Gap:
    return Gap(counter * 100, counter, agent, *span(text))


def clocks(found: list[Slot]) -> dict[str, list[int]]:
    """Starts, and the counters that each can be at."""
    return {f"{slot.starts_at:%H:%M}": [choice.counter_id for choice in slot.choices] for slot in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_known_answers(case):
    check(case)


PUBLISHED = [
    "whole-slots-only", "now-rounds-up-to-five", "booking-and-absence", "free-intervals-between-absences",
    "too-short-window", "every-second-week", "weekly-until", "buffer-after-appointment", "long-appointment-with-buffer",
    "monthly-fourth-tuesday-keeps-local-time", "spring-night", "autumn-night-lasts-nine-hours", "reunion",
    "noumea-is-the-day-before-in-utc",
]  # fmt: skip


def published(folder: Path) -> dict[str, dict]:
    text = (folder / "cases/slots.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_answers(name, real_data):
    check(published(real_data)[name])


def test_no_published_answer_is_forgotten(real_data):
    assert sorted(published(real_data)) == sorted(PUBLISHED)


@pytest.mark.parametrize(
    ("moment", "mark"),
    [
        ("09:00:00.000000", "09:00:00"),
        ("09:00:00.000001", "09:05:00"),
        ("09:03:00.000000", "09:05:00"),
        ("09:04:59.999999", "09:05:00"),
        ("23:58:00.000000", "00:00:00"),
    ],
)
def test_the_next_mark(moment, mark):
    rounded = ceil5(datetime.fromisoformat(f"2026-11-25T{moment}+00:00"))
    assert (f"{rounded:%H:%M:%S}", rounded.microsecond) == (mark, 0)


@pytest.mark.parametrize(
    ("terms", "now", "starts"),
    [
        (TERMS, NOW, ["09:00", "09:30"]),
        # The notice ends at 9:02, so the first mark is 9:05.
        (BookingTerms(20 * MINUTE, notice=120 * MINUTE), at("7:02"), ["09:05", "09:25"]),
        (BookingTerms(30 * MINUTE, notice=120 * MINUTE), at("7:00"), ["09:00", "09:30"]),
        (BookingTerms(30 * MINUTE, horizon=60 * MINUTE), at("8:00"), ["09:00"]),
        (BookingTerms(30 * MINUTE, horizon=59 * MINUTE), at("8:00"), []),
        (BookingTerms(30 * MINUTE, notice=24 * 60 * MINUTE), at("8:00"), []),
        (TERMS, at("9:30"), ["09:30"]),
        (TERMS, at("9:31"), []),
    ],
)
def test_notice_and_horizon(terms, now, starts):
    assert [f"{start:%H:%M}" for start in starts_in(span("9:00-10:00"), terms, now)] == starts
    assert list(clocks(slots_from_gaps([gap(1, "9:00-10:00")], terms, now))) == starts


@pytest.mark.parametrize(
    "values", [{"duration": 0}, {"duration": -5}, {"buffer": -5}, {"notice": -5}, {"horizon": -5}], ids=str
)
def test_terms_that_nobody_can_book(values):
    with pytest.raises(ValueError, match="no appointment"):
        BookingTerms(**{"duration": 30 * MINUTE} | {name: value * MINUTE for name, value in values.items()})


def test_equal_starts_are_one_slot():
    windows = [window(1, "9:00-10:00"), window(2, "9:30-10:30"), window(3, "9:15-9:45")]
    found = slots(windows, {}, {}, "complaint", TERMS, NOW)
    assert clocks(found) == {"09:00": [1], "09:15": [3], "09:30": [1, 2], "10:00": [2]}


def test_only_what_serves_the_reason_at_the_place():
    windows = [
        window(1, "9:00-9:30"),
        window(2, "9:00-9:30", reason_codes=("complaint", "burglary")),
        window(3, "9:00-9:30", reason_codes=("lost_property",)),
        window(4, "9:00-9:30", place_kind=PlaceKind.VIDEO),
    ]
    assert clocks(slots(windows, {}, {}, "complaint", TERMS, NOW)) == {"09:00": [1, 2, 4]}
    at_unit = slots(windows, {}, {}, "complaint", TERMS, NOW, places=[PlaceKind.UNIT])
    assert clocks(at_unit) == {"09:00": [1, 2]}
    assert slots(windows, {}, {}, "complaint", TERMS, NOW, places=[PlaceKind.HOME]) == []


def test_a_named_gendarme_must_be_free_too():
    windows = [window(1, "9:00-11:00", agent=7), window(2, "9:00-11:00")]
    busy_by_agent = {7: [span("9:00-9:40"), span("10:15-10:30")]}
    busy_by_counter = {1: [span("10:30-10:45")], 2: [span("9:00-10:30")]}
    gaps = gaps_of(windows, busy_by_counter, busy_by_agent)
    assert gaps == [gap(1, "9:40-10:15", 7), gap(1, "10:45-11:00", 7), gap(2, "10:30-11:00")]
    found = slots(windows, busy_by_counter, busy_by_agent, "complaint", TERMS, NOW)
    assert clocks(found) == {"09:40": [1], "10:30": [2]}
    assert found == slots_from_gaps(gaps, TERMS, NOW)


@pytest.mark.parametrize(
    ("gaps", "best"),
    [
        # Exactly full wastes nothing; half an hour after it would be of use to nobody else's forty minutes.
        (["10:00-11:00", "10:00-10:40"], 2),
        (["10:00-10:45", "10:00-11:20"], 2),
        (["9:30-10:40", "9:20-10:40"], 2),
        # Before and after count together.
        (["9:50-10:50", "10:00-10:55"], 2),
        # Nothing is wasted at either: the long one stays whole.
        (["10:00-12:00", "10:00-11:20"], 2),
        # All alike: the lowest counter, whatever the order in which they came.
        (["10:00-11:20", "10:00-11:20"], 1),
    ],
)
def test_the_least_waste(gaps, best):
    terms = BookingTerms(30 * MINUTE, 10 * MINUTE)
    choices = tuple(gap(number, text) for number, text in enumerate(gaps, 1))
    for order in (choices, choices[::-1]):
        assert best_choice(Slot(at("10:00"), at("10:30"), order), terms).counter_id == best


@pytest.mark.parametrize(
    ("start", "now", "bookable"),
    [
        ("9:00", "7:00", True),
        ("9:07", "7:30", True),
        ("9:20", "7:30", True),
        ("9:21", "7:30", False),
        ("8:59", "7:00", False),
        ("9:00", "7:58", True),
        ("9:00", "8:01", False),
        ("9:00", "6:59", False),
    ],
)
def test_what_can_be_booked(start, now, bookable):
    terms = BookingTerms(30 * MINUTE, 10 * MINUTE, 60 * MINUTE, 120 * MINUTE)
    assert is_bookable(at(start), span("9:00-10:00"), terms, at(now)) is bookable


def test_what_was_offered_a_moment_ago_is_not_refused():
    terms = BookingTerms(30 * MINUTE, notice=60 * MINUTE)
    (offered,) = starts_in(span("9:00-9:40"), terms, at("8:01"))
    later = at("8:04")
    assert offered == at("9:05")
    assert is_bookable(offered, span("9:00-9:40"), terms, later)


ROOM, INTERPRETER, AGENT, COUNTER = (
    ResourceKind.ROOM, ResourceKind.INTERPRETER, ResourceKind.AGENT, ResourceKind.COUNTER
)  # fmt: skip


def free(kind: ResourceKind, number: int, text: str) -> ResourceGap:
    return ResourceGap(Resource(kind, number), *span(text))


@pytest.mark.parametrize(
    ("also_free", "starts"),
    [
        ([[]], []),
        ([[free(ROOM, 1, "9:00-12:00")]], ["09:00", "10:00", "11:00"]),
        # The grid begins again where the room becomes free.
        ([[free(ROOM, 1, "9:30-11:30")]], ["09:30", "10:30"]),
        # Two rooms, each free for half of it, are not one room.
        ([[free(ROOM, 1, "9:00-9:45"), free(ROOM, 2, "9:45-10:30")]], []),
        ([[free(ROOM, 1, "9:00-10:00"), free(ROOM, 2, "10:30-12:00")]], ["09:00", "10:30"]),
        ([[free(ROOM, 1, "9:00-12:00")], [free(INTERPRETER, 1, "10:00-11:30")]], ["10:00"]),
        ([[free(ROOM, 1, "9:00-10:30")], [free(INTERPRETER, 1, "10:00-12:00")]], []),
        # A second gendarme is somebody else than the one named.
        ([[free(AGENT, 7, "9:00-12:00")]], []),
        ([[free(AGENT, 7, "9:00-12:00"), free(AGENT, 8, "11:00-12:00")]], ["11:00"]),
        ([[free(COUNTER, 1, "9:00-12:00")]], []),
        # The same list twice asks for two.
        ([[free(ROOM, 1, "9:00-12:00"), free(ROOM, 2, "10:00-11:00")]] * 2, ["10:00"]),
        ([[free(ROOM, 1, "9:00-12:00")]] * 2, []),
    ],
)
def test_what_is_needed_besides_a_counter(also_free, starts):
    found = slots([window(1, "9:00-12:00", agent=7)], {}, {}, "complaint", HOUR_LONG, NOW, also_free=also_free)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == starts
    for slot in found:
        during = Interval(slot.starts_at, slot.starts_at + HOUR_LONG.needed)
        chosen = resources_for(during, also_free, taken_by(slot.choices[0]))
        assert chosen is not None
        assert len({one.resource for one in chosen}) == len(also_free)


HOUR_LONG = BookingTerms(45 * MINUTE, 15 * MINUTE)


def test_the_shortest_fitting_room_is_chosen_and_all_are_different():
    long, short = free(ROOM, 1, "9:00-12:00"), free(ROOM, 2, "9:00-10:00")
    during = span("9:00-10:00")
    assert resources_for(during, [[long, short]]) == (short,)
    assert resources_for(during, [[long, short], [short]]) == (long, short)
    assert resources_for(during, [[long, short]], [short.resource]) == (long,)
    assert resources_for(during, [[short], [short]]) is None
    assert resources_for(during, []) == ()
