"""Entries to be drawn: any text, any of our zones, any instant from 2026 to 2028, often near a change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from models.rules import time_zones
from server.calendars.entries import CalendarEntry, Party, Status, uid_of

STAMP = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
ZONES = sorted(
    {zones.time_zone for table in (time_zones._OVERSEAS, time_zones._BY_INSEE) for zones in table.values()}
    | {time_zones.METROPOLITAN.time_zone}
)
# The nights in which the clocks change, in both places that change them.
CHANGES = [
    date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2027, 3, 14), date(2027, 3, 28),
    date(2027, 10, 31), date(2027, 11, 7), date(2028, 3, 12), date(2028, 3, 26), date(2028, 10, 29), date(2028, 11, 5),
]  # fmt: skip
_FIRST, _LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

anywhen = st.integers(0, (_LAST - _FIRST) // _SECOND).map(lambda seconds: _FIRST + seconds * _SECOND)
near_a_change = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-120, 8 * 60),
)
instants = anywhen | near_a_change
# Whatever is no control character; those are left out, and line ends become one.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n\t"), max_size=300)
names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters='"^\\'), max_size=80)
parties = st.builds(Party, st.just("camille+rdv@example.org"), names)


def entry(**changes) -> CalendarEntry:
    """An entry of a Thursday in Belley, unless something else is said."""
    said = {
        "uid": uid_of(UUID(int=7), "example.org"),
        "starts_at": datetime(2026, 11, 26, 8, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 26, 8, 30, tzinfo=UTC),
        "title": "Rendez-vous",
        "stamp": STAMP,
        "time_zone": "Europe/Paris",
    }
    return CalendarEntry(**{**said, **changes})


@st.composite
def entries(draw, **fixed) -> CalendarEntry:
    starts_at = draw(instants)
    drawn = {
        "uid": uid_of(draw(st.uuids()), "rdv.example.gouv.fr", draw(st.none() | st.uuids())),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=draw(st.integers(1, 36 * 60))),
        "time_zone": draw(st.none() | st.sampled_from(ZONES)),
        "title": draw(texts),
        "location": draw(texts),
        "description": draw(texts),
        "status": draw(st.sampled_from(Status)),
        "sequence": draw(st.integers(0, 2**31 - 1)),
        "organizer": draw(parties),
        "attendee": draw(parties),
    }
    return entry(**{**drawn, **fixed})
