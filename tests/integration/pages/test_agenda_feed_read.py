"""Our feed as it comes over its address, read back by three programs that share nothing with us: the same times."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from models.rules.appointments import State
from models.tables import Unit
from tests.integration.pages.test_agenda_feed import Feed
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.brigade_world import BrigadeWorld
from tests.unit.calendars.conftest import ical_js

__all__ = ["ical_js"]

# Days like any, the nights in which clocks change, and the hour that an autumn night shows twice.
STARTS = {
    "Europe/Paris": [
        datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
        datetime(2027, 7, 14, 21, 45, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 0, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ],
    "America/Miquelon": [
        datetime(2026, 12, 1, 12, 0, tzinfo=UTC),
        datetime(2027, 3, 14, 5, 0, tzinfo=UTC),
        datetime(2027, 11, 7, 3, 30, tzinfo=UTC),
        datetime(2027, 11, 7, 4, 30, tzinfo=UTC),
    ],
    "Pacific/Marquesas": [datetime(2026, 12, 31, 9, 0, tzinfo=UTC)],
}


@pytest.fixture(params=STARTS)
def fed(request, database):
    """A feed of a unit in that zone, and when its appointments begin and end, and how sure they are."""
    feed = Feed(BrigadeWorld(database))
    said = {}
    with database.transaction() as session:
        session.get_one(Unit, feed.brigade.unit.id).time_zone = request.param
        session.flush()
        for number, start in enumerate(STARTS[request.param]):
            (window,) = seed_windows(session, feed.brigade.roux, start, start + timedelta(hours=1))
            state = State.REQUESTED if number % 2 else State.CONFIRMED
            one = seed_appointment(session, window, start, minutes=30, state=state, agents=[feed.agent])
            status = "TENTATIVE" if number % 2 else "CONFIRMED"
            said[f"{one.booking_id}.{feed.id}@localhost"] = (start, start + timedelta(minutes=30), status)
    return feed, said


def test_icalendar_reads_it(fed):
    feed, said = fed
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calendar = icalendar.Calendar.from_ical(feed.get().data)
    assert [component.errors for component in calendar.walk() if component.errors] == []
    read = {
        str(one["UID"]): (one.start.astimezone(UTC), one.end.astimezone(UTC), str(one["STATUS"]))
        for one in calendar.walk("VEVENT")
    }
    assert read == said


def test_ical_js_reads_it(fed, ical_js):
    feed, said = fed
    found = ical_js(feed.get().data)
    assert found["warnings"] == []
    read = {
        one["uid"]: (
            datetime.fromtimestamp(one["starts_at"], UTC),
            datetime.fromtimestamp(one["ends_at"], UTC),
            one["status"],
        )
        for one in found["events"]
    }
    assert read == said
    assert not any(one["floating"] for one in found["events"])


def test_radicale_takes_it_and_gives_it_back(fed, own_radicale, ical_js):
    feed, said = fed
    calendar = own_radicale.new_calendar()
    quiet = len(own_radicale.printed())
    # The whole of it becomes a calendar, which the server takes apart into its events.
    answer = calendar.ask("PUT", "", feed.get().data, **{"Content-Type": "text/calendar; charset=utf-8"})
    assert answer.status_code in (201, 204), answer.text
    given = calendar.ask("GET").content
    read = {
        str(one["UID"]): (one.start.astimezone(UTC), one.end.astimezone(UTC), str(one["STATUS"]))
        for one in icalendar.Calendar.from_ical(given).walk("VEVENT")
    }
    assert read == said
    assert ical_js(given)["warnings"] == []
    assert not re.search("WARNING|ERROR|CRITICAL", own_radicale.printed()[quiet:])
