"""What is over goes from terminals with its day, however often the planning is read meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.plannings import DAY, absences_of, add_planning, entry, hour, read, said, write
from tests.support.seed import NOW, seed_sign_in

MEETING, LATER = entry("meeting", hour(2)), entry("later", hour(30))


def held(terminal) -> set[str]:
    terminal.pull()
    return {body["starts_at"] for key, body in terminal.docs.items() if key.startswith("absence/")}


@pytest.fixture
def tomorrow(brigade, chief):
    """Bring the next day, for which the chief's terminal signs in anew."""

    def come() -> None:
        brigade.clock.now = NOW + DAY
        with brigade.database.transaction() as session:
            chief.token = seed_sign_in(session, brigade.roux, now=brigade.clock.now)
        chief.http.set_cookie("agent", chief.token)

    return come


def test_a_reading_after_midnight_does_not_keep_terminals_from_forgetting(brigade, chief, mine, context, tomorrow):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(MEETING, LATER), NOW, context)
    assert held(chief) == {MEETING.times.start.isoformat(), LATER.times.start.isoformat()}
    # Half past midnight in the unit: the window no longer reaches back to the meeting.
    read(brigade.database, source_id, said(LATER), NOW + timedelta(hours=10), context)
    tomorrow()
    assert held(chief) == {LATER.times.start.isoformat()}


def test_nor_does_the_end_of_the_source(brigade, chief, context, tomorrow):
    source_id = add_planning(chief)["id"]
    read(brigade.database, source_id, said(MEETING, LATER), NOW, context)
    assert len(held(chief)) == 2
    tomorrow()
    assert write(chief, "DELETE", f"/api/plannings/{source_id}").status_code == 204
    assert held(chief) == set()
    # What is over is history, and goes with the other history of its days.
    assert absences_of(brigade.database, source_id) == {tuple(MEETING.times)}


def test_what_is_over_is_not_read_a_second_time(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(MEETING), NOW, context)
    # Asked before midnight, applied after it.
    read(brigade.database, source_id, said(MEETING, LATER), NOW + DAY, context)
    assert absences_of(brigade.database, source_id) == {tuple(MEETING.times), tuple(LATER.times)}
