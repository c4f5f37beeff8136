"""The feed of a gendarme's appointments: one name for one content, and 304 for who has it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars.content_lines import LONGEST_LINE
from server.calendars.entries import Status
from server.calendars.feed import Feed, answer_feed, write_feed
from tests.unit.calendars.drawn import entries, entry

FEED = write_feed([entry()], "Brigade de Belley")
several = st.lists(entries(organizer=None, attendee=None), max_size=6, unique_by=lambda one: one.uid)


def test_a_feed_says_its_name_and_how_often_to_ask():
    calendar = icalendar.Calendar.from_ical(FEED.content)
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Brigade de Belley"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(minutes=15)
    assert "METHOD" not in calendar
    assert max(map(len, FEED.content.split(b"\r\n"))) <= LONGEST_LINE


def test_no_appointment_is_a_feed_as_well(ical_js):
    empty = write_feed([], "Brigade")
    assert ical_js(empty.content) == {"method": None, "events": [], "warnings": []}
    assert empty.etag != FEED.etag


@given(several, st.randoms())
def test_the_same_appointments_are_the_same_octets_in_any_order(said, random):
    feed = write_feed(said, "Brigade")
    random.shuffle(said)
    assert write_feed(said, "Brigade") == feed


@given(several.filter(bool), st.data())
def test_whatever_changes_gives_another_name(said, data):
    one = data.draw(st.integers(0, len(said) - 1))
    changes = {
        "starts_at": said[one].starts_at - timedelta(minutes=15),
        "ends_at": said[one].ends_at + timedelta(minutes=15),
        "title": said[one].title + "!",
        "location": said[one].location + "!",
        "status": Status.CONFIRMED if said[one].status is not Status.CONFIRMED else Status.TENTATIVE,
        "sequence": said[one].sequence + 1,
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    changed = [*said[:one], dataclasses.replace(said[one], **{name: changes[name]}), *said[one + 1 :]]
    assert write_feed(changed, "Brigade").etag != write_feed(said, "Brigade").etag
    assert write_feed(said[:one] + said[one + 1 :], "Brigade").etag != write_feed(said, "Brigade").etag


def test_who_does_not_have_it_gets_it():
    for header in (None, '"other"', ""):
        answer = answer_feed(FEED, header)
        assert (answer.status, answer.body) == (200, FEED.content)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["ETag"] == FEED.etag


@pytest.mark.parametrize(
    "header",
    [FEED.etag, f"W/{FEED.etag}", f'"other", {FEED.etag}', f'{FEED.etag},W/"other"', "*", f" , {FEED.etag} ,"],
)
def test_who_has_it_is_told_so_and_gets_nothing(header):
    answer = answer_feed(FEED, header)
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == FEED.etag
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "header", [FEED.etag.strip('"'), f"{FEED.etag} {FEED.etag}", f'"x{FEED.etag}', f"w/{FEED.etag}", f"{FEED.etag};x"]
)
def test_what_is_no_list_of_tags_asks_for_the_whole(header):
    assert answer_feed(FEED, header).status == 200


@given(st.text())
def test_no_header_breaks_the_answer(header):
    assert answer_feed(FEED, header).status in (200, 304)


def test_a_comma_inside_a_tag_does_not_end_it():
    assert answer_feed(Feed(b"", '"a,b"'), '"x", "a,b"').status == 304
    assert answer_feed(Feed(b"", '"b"'), '"a,"b""').status == 200
