"""The unit that both booking systems are measured on: 20 gendarmes, 30 days, 3,600 bookings of half an hour.

Every gendarme receives on every day from 9 to 18 o'clock and has six appointments, drawn from the eighteen half-hours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

GENDARMES = 20
DAYS = 30
BOOKED_A_DAY = 6
OPENS, CLOSES = 9, 18
MINUTES = 30
HALF_HOURS = (CLOSES - OPENS) * 60 // MINUTES


class Booked(NamedTuple):
    """One booking: the gendarme's and the day's number, and how many half-hours after the opening it begins."""

    gendarme: int
    day: int
    half_hour: int


def bookings() -> Iterator[Booked]:
    """Give all bookings, the same ones in every run and in both systems."""
    draw = random.Random(20261127)
    for gendarme in range(GENDARMES):
        for day in range(DAYS):
            for half_hour in sorted(draw.sample(range(HALF_HOURS), BOOKED_A_DAY)):
                yield Booked(gendarme, day, half_hour)


def free() -> set[Booked]:
    """All half-hours that nobody has booked: what a search must find, whoever searches."""
    taken = set(bookings())
    return {
        one
        for gendarme in range(GENDARMES)
        for day in range(DAYS)
        for half_hour in range(HALF_HOURS)
        if (one := Booked(gendarme, day, half_hour)) not in taken
    }


def first_day(today: date) -> date:
    """Both begin tomorrow, so that what is past today changes nothing."""
    return today + timedelta(days=1)
