"""A year of one unit through the services: nothing is booked twice, nothing is left over, the index stays true."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.rules.appointments import BOOKED, OPEN, UNSAID, State
from models.tables import Appointment, AppointmentAgent, Booking
from tests.support.recomputation import overlaps, recomputed_gaps, stored_gaps
from tests.support.year import FINAL, LAST, Year, local
from tests.support.year_actions import CITIZENS, GENDARMES, act, answer_offers, decide, say_outcomes

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
# A working day is lived at one of these hours, each at its turn; `make test-long` lives them all, in a busier unit.
HOURS = (7.75, 10.25, 13.5, 16.5)
CITIZENS_COME, GENDARMES_ACT = (6, 6) if LONG else (2, 1)
EVENING = 18.5


@pytest.mark.timeout(3600 if LONG else 300)
def test_after_a_year_every_appointment_has_one_end_and_nothing_overlaps(database):
    year = Year(database)
    month = 1
    for day, receives in year.days():
        if day.month != month:
            month = day.month
            check(year)
        live(year, day, receives)
    check(year)
    # A week later the clock has said what nobody else did.
    year.now = local(LAST, 0) + timedelta(days=9)
    year.upkeep()
    check(year)
    everything_over_has_ended(year)
    never = [name for name in EVERYTHING if not year.done[name]], [code for code in HEARD if not year.refused[code]]
    assert never == ([], []), f"{year.done} {year.refused}"


def live(year, day, receives):
    """One day. On a day off only the clock and a citizen are awake; on Saturdays not even they."""
    if day.weekday() == 5 and not LONG:
        return
    turn = day.toordinal() % len(HOURS)
    for hour in HOURS if LONG and receives else HOURS[turn : turn + 1]:
        year.now = local(day, hour)
        year.upkeep()
        year.pass_time(20)
        answer_offers(year)
        for _ in range(CITIZENS_COME if receives and (LONG or turn == 3) else 1):
            act(year, CITIZENS)
        for _ in range(GENDARMES_ACT if receives else 0):
            act(year, GENDARMES)
    if receives:
        decide(year)
        year.now = local(day, EVENING)
        say_outcomes(year)


def check(year):
    """What must be true at any time: looked at every month, when there is still something to overlap."""
    assert year.note_endings() == []
    with year.database.transaction() as session:
        assert overlaps(session) == {}
        assert stored_gaps(session) == recomputed_gaps(session)
        overdue = Appointment.state.in_(OPEN) & (Appointment.ends_at <= year.now - timedelta(days=9))
        assert session.scalar(select(func.count()).where(overdue)) == 0


def everything_over_has_ended(year):
    with year.database.transaction() as session:
        appointments = list(session.scalars(select(Appointment)))
        bookings = {booking.id: booking for booking in session.scalars(select(Booking))}
        receive = Counter(session.scalars(select(AppointmentAgent.appointment_id)))
    for one in appointments:
        final = one.state in FINAL
        assert final or one.ends_at > year.now - UNSAID, f"{one.id} of {one.starts_at} is over and still {one.state}"
        assert final == (one.ended_at is not None) == (one.ended_by is not None)
        assert receive[one.id] <= one.agents_needed
    # A citizen comes once, or not at all, or is still to come; whoever came or should have is done.
    kept = [one for one in appointments if one.state in {State.HONOURED, State.NO_SHOW, *BOOKED}]
    assert max(Counter(one.booking_id for one in kept).values()) == 1
    for one in kept:
        assert (bookings[one.booking_id].ended_at is not None) == (one.state not in BOOKED)
    assert {one.state for one in appointments} >= FINAL
    assert any(one.state in BOOKED for one in appointments), "nobody comes in January"
    assert any(one.state == State.HONOURED and receive[one.id] == 2 for one in appointments), "two never received"


# A year in which one of these never happened would prove nothing about it.
EVERYTHING = (
    "absent", "accepted earlier", "accepted instead", "approved", "assigned", "back", "booked", "booked by a gendarme",
    "called away", "cancelled by the citizen", "cancelled by the unit", "declined", "expired", "given up", "held",
    "honoured", "left", "let go", "moved", "no_show", "offered earlier", "proposed", "released",
    "settled", "swapped", "taken", "two held", "waits",
)  # fmt: skip
HEARD = (
    "already_taken", "hold_expired", "slot_taken", "too_late",
)  # fmt: skip
