from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.duty import Status
from models.rules.ladder import (
    LADDER,
    Call,
    Channel,
    Deadlines,
    End,
    Ladder,
    Person,
    Plan,
    Standing,
    Step,
    Subject,
    Who,
    look,
)

BEGUN = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
TABLE = Deadlines()

FREE, BUSY, FIRST, NEAR, HOME, UNKNOWN, AWAY = range(1, 8)
CHIEF, BUSY_CHIEF, CHIEF_AT_HOME = 11, 12, 13
UNIT = [
    Person(FREE, Status.AVAILABLE),
    Person(BUSY, Status.ON_INTERVENTION),
    Person(FIRST, Status.FIRST_TO_GO),
    Person(NEAR, Status.REACHABLE),
    Person(HOME, Status.OFF_DUTY),
    Person(UNKNOWN, None),
    Person(AWAY, Status.AVAILABLE, absent=True),
    Person(CHIEF, Status.REACHABLE, is_chief=True),
    Person(BUSY_CHIEF, Status.ON_INTERVENTION, is_chief=True),
    Person(CHIEF_AT_HOME, Status.OFF_DUTY, is_chief=True),
]
# What is behind a ladder at each look: it waits, and the steps below have been climbed.
REQUEST = Ladder(Subject.REQUEST, Standing.WAITING, BEGUN)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def reached(plan: Plan) -> dict[str, set[int]]:
    """Whom each channel of a plan reaches; 0 for what is no agent."""
    found: dict[str, set[int]] = {}
    for call in plan.calls:
        name = call.channel if call.who is Who.AGENT else f"{call.who} {call.channel}"
        found.setdefault(name, set()).add(call.agent_id)
    return found


@pytest.mark.parametrize(
    ("climbed", "after", "calls", "next_after"),
    [
        (None, 0, {"terminals socket": {0}, "web_push": {FREE, UNKNOWN}}, 2),
        (Step.AVAILABLE, 1.9, {}, 2),
        (Step.AVAILABLE, 2, {"web_push": {FREE, FIRST, NEAR, UNKNOWN, CHIEF}, "sms": {FIRST}}, 10),
        (Step.ON_DUTY, 9.9, {}, 10),
        (Step.ON_DUTY, 10, {"web_push": {CHIEF, BUSY_CHIEF}, "sms": {CHIEF}, "mailbox email": {0}}, 30),
        (Step.CHIEF, 29.9, {}, 30),
        (Step.CHIEF, 30, {"supervisors socket": {0}}, None),
    ],
)
def test_the_table(climbed, after, calls, next_after):
    plan = look(replace(REQUEST, climbed=climbed), UNIT, TABLE, BEGUN + minutes(after))
    assert reached(plan) == calls
    assert plan.next_look_at == (None if next_after is None else BEGUN + minutes(next_after))
    assert plan.end == (End.SUPERVISOR if next_after is None else None)


@pytest.mark.parametrize(
    ("standing", "end"), [(Standing.TAKEN, End.TAKEN), (Standing.OVER, End.OVER)], ids=["taken", "withdrawn"]
)
@pytest.mark.parametrize("climbed", [None, *Step])
def test_it_stops_as_soon_as_nothing_waits_any_more(standing, end, climbed):
    plan = look(replace(REQUEST, standing=standing, climbed=climbed), UNIT, TABLE, BEGUN + minutes(45))
    assert (plan.calls, plan.next_look_at, plan.end) == ((), None, end)


def test_one_who_has_seen_it_spares_the_unit_but_not_the_chief():
    seen = replace(REQUEST, climbed=Step.AVAILABLE, seen=True)
    spared = look(seen, UNIT, TABLE, BEGUN + minutes(2))
    assert (spared.calls, spared.climbed, spared.next_look_at) == ((), Step.ON_DUTY, BEGUN + minutes(10))
    told = look(replace(seen, climbed=spared.climbed), UNIT, TABLE, BEGUN + minutes(10))
    assert {call.agent_id for call in told.calls} == {CHIEF, BUSY_CHIEF, 0}


def test_nothing_rings_where_a_chief_has_their_hands_full():
    plan = look(replace(REQUEST, climbed=Step.ON_DUTY), UNIT, TABLE, BEGUN + minutes(10))
    assert {call.agent_id: call.quiet for call in plan.calls if call.channel is Channel.WEB_PUSH} == {
        CHIEF: False,
        BUSY_CHIEF: True,
    }


def test_an_appointment_to_approve_is_the_chiefs_matter_from_the_beginning():
    people = [*UNIT, Person(14, Status.AVAILABLE, is_chief=True), Person(15, Status.FIRST_TO_GO, is_chief=True)]
    approval = replace(REQUEST, subject=Subject.APPROVAL)
    first = look(approval, people, TABLE, BEGUN)
    assert reached(first) == {"terminals socket": {0}, "web_push": {14}}
    second = look(replace(approval, climbed=first.climbed), people, TABLE, BEGUN + minutes(2))
    assert reached(second) == {"web_push": {CHIEF, 14, 15}, "sms": {15}}


def test_after_hours_without_a_worker_each_person_hears_of_the_highest_step_only():
    plan = look(REQUEST, UNIT, TABLE, BEGUN + timedelta(hours=3))
    assert plan.end is End.SUPERVISOR
    steps = {(call.who, call.channel, call.agent_id): call.step for call in plan.calls}
    assert len(steps) == len(plan.calls)
    assert steps[Who.AGENT, Channel.WEB_PUSH, FREE] is Step.ON_DUTY
    assert steps[Who.AGENT, Channel.WEB_PUSH, CHIEF] is Step.CHIEF
    assert steps[Who.SUPERVISORS, Channel.SOCKET, 0] is Step.SUPERVISOR


def test_a_unit_without_anybody_on_duty_still_reaches_its_mailbox_and_the_supervisors():
    plan = look(REQUEST, [Person(HOME, Status.OFF_DUTY, is_chief=True)], TABLE, BEGUN + minutes(30))
    assert {call.who for call in plan.calls} == {Who.TERMINALS, Who.MAILBOX, Who.SUPERVISORS}


def test_what_has_passed_stays_passed_when_the_clock_is_put_back():
    looked = replace(REQUEST, climbed=Step.ON_DUTY, looked_at=BEGUN + minutes(8))
    plan = look(looked, UNIT, TABLE, BEGUN + minutes(8) - timedelta(hours=5))
    assert plan.calls == ()
    assert plan.next_look_at == BEGUN - timedelta(hours=5) + minutes(10), "two minutes later, not five hours"


def test_a_clock_that_was_put_back_before_the_first_look_delays_nothing():
    plan = look(REQUEST, UNIT, TABLE, BEGUN - timedelta(hours=5))
    assert plan.climbed is Step.AVAILABLE
    assert plan.next_look_at == BEGUN - timedelta(hours=5) + minutes(2)


@pytest.mark.parametrize("deadlines", [(0, 10, 30), (2, 2, 30), (2, 10, 9)], ids=str)
def test_deadlines_are_in_order(deadlines):
    with pytest.raises(ValueError, match="out of order"):
        Deadlines(*(minutes(one) for one in deadlines))


def test_the_rungs_are_in_the_order_of_their_deadlines():
    assert [rung.step for rung in LADDER] == list(Step)
    assert [rung.after(TABLE) for rung in LADDER] == sorted(rung.after(TABLE) for rung in LADDER)


@dataclass
class Climb:
    """A ladder as a job keeps one: what each look gave is what the next one begins with."""

    ladder: Ladder
    calls: list[Call] = field(default_factory=list)
    end: End | None = None

    def look(self, people: list[Person], deadlines: Deadlines, now: datetime) -> Plan:
        plan = look(self.ladder, people, deadlines, now)
        self.ladder = replace(self.ladder, begun_at=plan.begun_at, climbed=plan.climbed, looked_at=now)
        self.calls += plan.calls
        self.end = plan.end
        return plan


people = st.lists(
    st.builds(
        Person,
        st.integers(1, 20),
        st.sampled_from([None, *Status]),
        is_chief=st.booleans(),
        absent=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda person: person.agent_id,
)
deadlines = st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(1, 300)).map(
    lambda parts: Deadlines(minutes(parts[0]), minutes(parts[0] + parts[1]), minutes(sum(parts)))
)
jumps = st.lists(st.tuples(st.integers(0, 40), st.integers(-600, 600)), max_size=12)


@given(
    people=people,
    deadlines=deadlines,
    jumps=jumps,
    seen_at=st.none() | st.integers(0, 12),
    kind=st.sampled_from(Subject),
)
def test_whatever_the_clock_does_nobody_is_called_twice_and_it_ends_with_the_supervisors(
    people, deadlines, jumps, seen_at, kind
):
    climb, now = Climb(Ladder(kind, Standing.WAITING, BEGUN)), BEGUN
    for number, (passed, jump) in enumerate(jumps):
        # Somebody looks, some minutes pass, and somebody sets the clock.
        climb.ladder = replace(climb.ladder, seen=seen_at is not None and number >= seen_at)
        if climb.end is None:
            climb.look(people, deadlines, now)
        now += minutes(passed + jump)
    waited = timedelta(0)
    while climb.end is None:
        plan = climb.look(people, deadlines, now)
        if plan.next_look_at is not None:
            assert now < plan.next_look_at, "a look that is already due would go round and round"
            waited += plan.next_look_at - now
            now = plan.next_look_at
    assert climb.end is End.SUPERVISOR
    assert waited <= deadlines.supervisor, "a clock that was put back makes nobody wait for longer"
    named = [(call.step, call.who, call.channel, call.agent_id) for call in climb.calls]
    assert len(set(named)) == len(named)
    assert (Step.SUPERVISOR, Who.SUPERVISORS, Channel.SOCKET, 0) in named
    asleep = {person.agent_id for person in people if person.status is Status.OFF_DUTY or person.absent}
    assert asleep.isdisjoint(call.agent_id for call in climb.calls)


@given(people=people, deadlines=deadlines, jumps=jumps, taken_at=st.integers(0, 11))
def test_once_it_is_taken_nobody_is_called_any_more(people, deadlines, jumps, taken_at):
    climb, now, before = Climb(REQUEST), BEGUN, -1
    for number, (passed, jump) in enumerate([*jumps, (1, 0)]):
        if number == min(taken_at, len(jumps)):
            climb.ladder, before = replace(climb.ladder, standing=Standing.TAKEN), len(climb.calls)
        if climb.end is None:
            climb.look(people, deadlines, now)
        now += minutes(passed + jump)
    assert climb.end in {End.TAKEN, End.SUPERVISOR}
    assert before in {-1, len(climb.calls)}


def test_whoever_has_said_that_they_cannot_is_left_in_peace() -> None:
    told = look(
        replace(REQUEST, climbed=Step.AVAILABLE, declined=frozenset({FIRST, CHIEF})), UNIT, TABLE, BEGUN + minutes(10)
    )
    assert {FIRST, CHIEF}.isdisjoint(call.agent_id for call in told.calls)
    assert reached(told)["mailbox email"] == {0}
    assert FREE in reached(told)["web_push"], "the others are called as ever"
