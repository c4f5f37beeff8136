"""Whatever stands in a calendar, it is read or refused with a code: nothing else ever comes out."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from server.planning.errors import PlanningRefused
from server.planning.ical_lines import Limits
from tests.unit.planning.calendars import YEARS, read

SMALL = Limits(steps=50_000, series_steps=20_000, busy=2_000)
TIMES = st.sampled_from(
    ["20261125T090000Z", "20261125T090000", "20261125", "20260329T023000", "20261301", "00000000", "21991231T235959Z",
     "19000101T000000Z", "20261125T090000Z/PT1H", "20261125T090000Z/20261125T100000Z", "P1D", "PT8H", "-PT1H", "P", "",
     "x"]
)  # fmt: skip
RULE_PARTS = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=HOURLY", "FREQ=", "FREQ=DAILY,WEEKLY", "COUNT=3",
     "COUNT=x", "COUNT=99999999999999999999", "INTERVAL=2", "INTERVAL=-1", "INTERVAL=", "UNTIL=20261201", "UNTIL=x",
     "UNTIL=20261201T000000Z", "BYDAY=MO", "BYDAY=0MO", "BYDAY=99FR", "BYDAY=XX", "BYDAY=MO,-1FR", "BYMONTH=13",
     "BYMONTH=5L", "BYMONTH=0", "BYMONTHDAY=0", "BYMONTHDAY=31", "BYMONTHDAY=-32", "BYYEARDAY=366", "BYYEARDAY=999",
     "BYWEEKNO=53",
     "BYWEEKNO=99", "BYSETPOS=0", "BYSETPOS=-1", "BYSETPOS=400", "BYHOUR=25", "BYHOUR=3", "BYMINUTE=61", "BYSECOND=60",
     "WKST=SU", "WKST=XX", "BYEASTER=0", "X=1", "", "=", "BYDAY="]
)  # fmt: skip
RULES = st.lists(RULE_PARTS, max_size=4).map(lambda parts: ";".join(["FREQ=DAILY", *parts][len(parts) % 2 :]))
LISTS = st.lists(TIMES, max_size=3).map(",".join)
NAMES = st.sampled_from(["DTSTART", "DTEND", "DURATION", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY", "SEQUENCE"])
PARAMETERS = st.sampled_from(
    ["", "", "", ";TZID=Europe/Paris", ";TZID=Nowhere", ";VALUE=DATE", ";RANGE=THISANDFUTURE", ";FBTYPE=FREE", ";TZID="]
)
LINES = st.one_of(
    st.builds("{}{}:{}".format, NAMES, PARAMETERS, LISTS),
    st.builds("DTSTART{}:{}".format, PARAMETERS, TIMES),
    st.builds("RRULE:{}".format, RULES),
    st.builds("{}:{}".format, NAMES, st.text(max_size=20)),
)
EVENTS = st.lists(
    st.tuples(st.sampled_from(["VEVENT", "VEVENT", "VFREEBUSY"]), st.sampled_from("ab"), st.lists(LINES, max_size=6)),
    max_size=4,
)


@given(EVENTS)
def test_calendars_of_any_properties(events):
    lines = ["BEGIN:VCALENDAR"]
    for name, uid, properties in events:
        start = ["DTSTART:20261120T090000Z"] if len(properties) % 2 else []
        lines += [f"BEGIN:{name}", f"UID:{uid}", *start, *properties, f"END:{name}"]
    octets = "\r\n".join([*lines, "END:VCALENDAR"]).encode("utf-8", "surrogatepass")
    with contextlib.suppress(PlanningRefused):
        reading = read(octets, limits=SMALL)
        assert all(one.starts_at < one.ends_at and one.ends_at > YEARS.start for one in reading.busy)
        assert reading.read == len(events)
        assert len(reading.refused) <= len(events)


@given(st.binary(max_size=200))
def test_calendars_of_any_octets(octets):
    for stream in (octets, b"BEGIN:VCALENDAR\r\n" + octets, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" + octets):
        with contextlib.suppress(PlanningRefused):
            assert read(stream, limits=SMALL).busy == ()
