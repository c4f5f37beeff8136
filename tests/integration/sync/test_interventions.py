"""One tap: the position, the absence, and the appointments of the hours to come, which colleagues may take."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.integration.sync.test_appointments import held, names, tell
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.brigade_world import absence, after
from tests.support.seed import NOW


@pytest.fixture
def today(brigade):
    """Two counters open from now on for eight hours, and a way to book there."""
    with brigade.database.transaction() as session:
        windows = seed_windows(session, brigade.roux, NOW - timedelta(hours=1), NOW + timedelta(hours=8), counters=2)

    def book(minutes, counter=0, **changes):
        with brigade.database.transaction() as session:
            start = NOW + timedelta(minutes=minutes)
            return tell(session, seed_appointment(session, windows[counter], start, minutes=60, **changes))

    return book


def absences(terminal):
    terminal.pull()
    found = [body for key, body in terminal.docs.items() if key.startswith("absence/")]
    return sorted((one["starts_at"], one["ends_at"], one["intervention"]) for one in found)


def test_one_tap_sets_the_position_the_absence_and_releases_the_next_hours(brigade, today):
    mine, colleague = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
    running, soon, later = (today(minutes, agents=[brigade.martin]) for minutes in (-20, 60, 180))
    args = {"absence_id": str(uuid4()), "until": after(hours=2)}
    assert mine.do("intervention.start", **args)["status"] == "applied"
    assert mine.do("intervention.start", **args)["status"] == "noop"
    assert absences(colleague) == [(after(), after(hours=2), True)]
    (stretch,) = colleague.docs[f"duty/{brigade.martin.id}"]["stretches"]
    assert (stretch["status"], stretch["until"]) == ("on_intervention", after(hours=2))
    # The citizen of the first one has been received; the last one is after the intervention.
    assert names(colleague, running) == names(colleague, later) == ["Adj. Martin"]
    assert (names(colleague, soon), held(colleague, soon)["released_at"]) == ([], after())
    assert mine.do("appointment.take", appointment_id=soon)["code"] == "agent_absent"
    assert colleague.do("appointment.take", appointment_id=soon)["status"] == "applied"
    assert held(colleague, soon)["released_at"] is None


def test_it_is_said_anew_with_another_end_and_ends_when_somebody_is_back(brigade):
    mine = brigade.terminal(brigade.martin)
    mine.do("intervention.start", absence_id=str(uuid4()), until=after(hours=4))
    brigade.clock.now = NOW + timedelta(hours=1)
    mine.do("intervention.start", absence_id=str(uuid4()), until=after(hours=2))
    assert absences(mine) == [(after(), after(hours=1), True), (after(hours=1), after(hours=2), True)]
    brigade.clock.now = NOW + timedelta(hours=1.5)
    mine.do("duty.set", status="available")
    assert absences(mine) == [(after(), after(hours=1), True), (after(hours=1), after(hours=1.5), True)]
    mine.do("absence.declare", **absence(starts_at=after(hours=1.5), ends_at=after(hours=3)))
    mine.do("duty.set", status="reachable")
    assert absences(mine)[-1] == (after(hours=1.5), after(hours=3), False)


def test_a_declared_absence_in_the_middle_stands(brigade):
    mine = brigade.terminal(brigade.martin)
    mine.do("absence.declare", **absence(starts_at=after(hours=1), ends_at=after(hours=2)))
    assert mine.do("intervention.start", absence_id=str(uuid4()), until=after(hours=3))["status"] == "applied"
    assert absences(mine) == [
        (after(), after(hours=1), True),
        (after(hours=1), after(hours=2), False),
        (after(hours=2), after(hours=3), True),
    ]


def test_what_arrives_too_late_too_long_or_under_a_taken_id(brigade):
    mine = brigade.terminal(brigade.martin)
    over = mine.do("intervention.start", absence_id=str(uuid4()), until=after(minutes=-1))
    assert (over["status"], absences(mine)) == ("noop", [])
    long = mine.do("intervention.start", absence_id=str(uuid4()), until=after(hours=25))
    assert long["fields"] == {"until": "too_far"}
    args = absence()
    mine.do("absence.declare", **args)
    taken = mine.do("intervention.start", absence_id=args["absence_id"], until=after(hours=1))
    assert taken["code"] == "id_taken"


def test_an_absence_releases_what_lies_in_it_also_by_the_chief(brigade, today):
    chief = brigade.terminal(brigade.roux)
    inside, outside = (today(minutes, agents=[brigade.martin]) for minutes in (120, 300))
    chief.do("absence.declare", **absence(agent_id=brigade.martin.id))
    assert (names(chief, inside), names(chief, outside)) == ([], ["Adj. Martin"])
    assert held(chief, inside)["released_at"] == after()
