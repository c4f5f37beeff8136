"""A planning on a real CalDAV server: whole at first, then what has changed."""

from __future__ import annotations

import dataclasses

import pytest

from server.planning.caldav import Agenda
from server.planning.errors import PlanningRefused
from server.planning.fetch import Unchanged
from tests.support.caldav_sources import PATIENT, Owner, event, hours
from tests.support.push_service import Say
from tests.support.radicale import Calendar

FIND, LIST, CONTENTS = "PROPFIND", "REPORT", "REPORT"


def test_a_calendar_is_read_whole_at_first(owner):
    owner.calendar.write("a.ics", event(8))
    owner.calendar.write("b.ics", event(9, "STATUS:TENTATIVE"))
    read = owner.read()
    assert (hours(read), read.is_whole, len(read.objects)) == ([8, 9], True, 2)
    assert owner.asked == [FIND, LIST, CONTENTS]


def test_what_is_pencilled_in_counts_only_if_it_is_to(owner):
    owner.calendar.write("b.ics", event(9, "STATUS:TENTATIVE"))
    assert hours(owner.read(tentative_counts=False)) == []


def test_an_unchanged_calendar_costs_one_request(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    assert owner.read() == Unchanged()
    assert owner.asked == ["REPORT"]


def test_only_what_has_changed_is_asked_for(owner):
    for number in range(5):
        owner.calendar.write(f"{number}.ics", event(number))
    owner.read()
    owner.calendar.write("2.ics", event(2, hour=12))
    owner.calendar.write("new.ics", event(13))
    owner.calendar.delete("4.ics")
    read = owner.read()
    assert (hours(read), read.is_whole, read.standing) == ([12, 13], False, 3)
    assert {one.key for one in read.objects} == {owner.key("2.ics"), owner.key("new.ics")}
    assert read.gone == {owner.key("4.ics")}
    assert owner.asked == ["REPORT", "REPORT"]
    assert owner.read() == Unchanged()


def test_an_event_that_was_freed_takes_no_time_any_more(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    owner.calendar.write("a.ics", event(8, "TRANSP:TRANSPARENT"))
    (only,) = owner.read().objects
    assert (only.key, only.busy, only.cause) == (owner.key("a.ics"), (), None)


def test_a_repeating_event_is_one_object_with_its_times(owner):
    owner.calendar.write("a.ics", event(8, "RRULE:FREQ=DAILY;COUNT=3"))
    assert hours(owner.read()) == [8, 8, 8]


def test_what_does_not_touch_the_window_is_not_asked_for(owner):
    owner.calendar.write("old.ics", event(8, start="DTSTART:20240101T080000Z"))
    owner.calendar.write("a.ics", event(9))
    assert [one.key for one in owner.read().objects] == [owner.key("a.ics")]


def test_a_task_is_none_of_our_business(owner):
    owner.calendar.write("todo.ics", event(8).replace("VEVENT", "VTODO").replace("DURATION:PT1H\r\n", ""))
    owner.calendar.write("a.ics", event(9))
    read = owner.read()
    assert hours(read) == [9]
    owner.calendar.write("todo.ics", event(8, hour=10).replace("VEVENT", "VTODO").replace("DURATION:PT1H\r\n", ""))
    (changed,) = owner.read().objects
    assert (changed.busy, changed.cause) == ((), None)


@pytest.mark.parametrize("error", ["valid-sync-token", "supported-report"])
@pytest.mark.parametrize("status", [403, 409])
def test_a_token_that_is_over_leads_to_the_versions(owner, status, error):
    """Only what has another version is asked for again, and what is missing is gone."""
    for number in range(5):
        owner.calendar.write(f"{number}.ics", event(number))
    owner.read()
    owner.calendar.write("2.ics", event(2, hour=12))
    owner.calendar.delete("4.ics")
    owner.door.answer(Say(status, body=f'<D:error xmlns:D="DAV:"><D:{error}/></D:error>'.encode()))
    read = owner.read()
    assert (hours(read), read.is_whole, read.gone) == ([12], False, {owner.key("4.ics")})
    assert owner.asked == ["REPORT", FIND, LIST, CONTENTS]
    assert owner.read() == Unchanged()
    assert owner.asked == ["REPORT"]


def test_a_token_that_the_server_has_never_given(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    forged = dataclasses.replace(owner.known, sync_token=f"{owner.known.sync_token[:-4]}abcd")
    owner.known = forged
    read = owner.read()
    assert isinstance(read, Agenda)
    assert (read.objects, read.gone) == ((), frozenset())
    assert owner.known.sync_token != forged.sync_token


def test_a_server_without_tokens_is_read_by_its_versions(owner):
    owner.calendar.write("a.ics", event(8))
    owner.calendar.write("b.ics", event(9))
    owner.read()
    owner.known = dataclasses.replace(owner.known, sync_token="")
    owner.calendar.write("b.ics", event(9, hour=10))
    assert hours(owner.read()) == [10]
    assert owner.asked == [FIND, LIST, CONTENTS]


def test_a_whole_reading_asks_for_everything_again(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    read = owner.read(whole=True)
    assert (hours(read), read.is_whole) == ([8], True)


def test_a_server_that_starts_again_goes_on_where_it_was(authority, open_door, own_radicale):
    owner = Owner(authority, open_door(own_radicale), own_radicale.new_calendar())
    owner.calendar.write("a.ics", event(8))
    owner.read()
    own_radicale.kill()
    own_radicale.start()
    assert owner.read() == Unchanged()
    owner.calendar.write("b.ics", event(9))
    assert hours(owner.read()) == [9]


def test_many_objects_come_in_several_answers(owner):
    for number in range(7):
        owner.calendar.write(f"{number}.ics", event(number))
    read = owner.read(limits=dataclasses.replace(PATIENT, at_once=3))
    assert hours(read) == list(range(7))
    assert owner.asked == [FIND, LIST, *[CONTENTS] * 3]


def test_one_object_that_is_too_large_does_not_take_the_others_with_it(owner):
    for number in range(4):
        owner.calendar.write(f"{number}.ics", event(number))
    owner.calendar.write("large.ics", event(9, f"DESCRIPTION:{'x' * 20_000}"))
    read = owner.read(limits=dataclasses.replace(PATIENT, answer=10_000))
    assert hours(read) == [0, 1, 2, 3]
    assert [one.cause for one in read.objects if one.key == owner.key("large.ics")] == ["too_big"]


BROKEN = {"a rule that is none": ("RRULE:FREQ=NEVER", "bad_rule"), "an obsolete one": ("EXRULE:FREQ=DAILY", "exrule")}


@pytest.mark.parametrize(("line", "cause"), BROKEN.values(), ids=BROKEN)
def test_an_object_that_is_not_understood_is_named_until_it_is(owner, line, cause):
    owner.calendar.write("a.ics", event(8))
    owner.calendar.write("b.ics", event(9))
    owner.read()
    reply = owner.calendar.read("b.ics").replace("DURATION:PT1H", f"DURATION:PT1H\r\n{line}")
    owner.calendar.write("b.ics", event(9, hour=10))
    owner.door.answer("forward", Say(207, body=multistatus((f"{owner.calendar.path}b.ics", reply))))
    read = owner.read()
    assert [(one.cause, one.busy) for one in read.objects] == [(cause, ())]
    # It has not changed since, and is still not understood.
    owner.calendar.write("a.ics", event(8, hour=11))
    assert owner.read().refused_before == (cause,)
    # A server without tokens is asked for it at each poll.
    owner.known = dataclasses.replace(owner.known, sync_token="")
    assert hours(owner.read()) == [10]


def multistatus(*objects: tuple[str, str]) -> bytes:
    """A server's answer with the contents of objects."""
    responses = "".join(
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop><D:getetag>&quot;1&quot;</D:getetag>"
        f"<C:calendar-data>{text}</C:calendar-data></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
        "</D:response>"
        for href, text in objects
    )
    names = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return f"<D:multistatus {names}>{responses}</D:multistatus>".encode()


def test_what_the_server_keeps_to_itself_is_named(owner):
    owner.calendar.write("a.ics", event(8))
    owner.calendar.write("b.ics", event(9))
    reply = multistatus((f"{owner.calendar.path}a.ics", event(8)))
    owner.door.answer("forward", "forward", Say(207, body=reply))
    assert {one.key: one.cause for one in owner.read().objects} == {
        owner.key("a.ics"): None,
        owner.key("b.ics"): "withheld",
    }


def test_a_calendar_of_which_nothing_is_understood_changes_nothing(owner):
    owner.calendar.write("a.ics", event(8))
    reply = multistatus((f"{owner.calendar.path}a.ics", event(8, "RRULE:FREQ=NEVER")))
    owner.door.answer("forward", "forward", Say(207, body=reply))
    with pytest.raises(PlanningRefused, match="bad_rule"):
        owner.read()


def test_changes_that_come_in_parts_are_followed_to_their_end(owner):
    """RFC 6578, section 3.6."""
    owner.calendar.write("a.ics", event(8))
    owner.read()
    token = owner.known.sync_token[1:]
    part = (
        f'<D:multistatus xmlns:D="DAV:"><D:response><D:href>{owner.calendar.path}gone.ics</D:href>'
        f"<D:status>HTTP/1.1 404 Not Found</D:status></D:response><D:response><D:href>{owner.calendar.path}</D:href>"
        f"<D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response><D:sync-token>{token}</D:sync-token>"
        "</D:multistatus>"
    )
    owner.calendar.write("b.ics", event(9))
    owner.door.answer(Say(207, body=part.encode()))
    read = owner.read()
    assert (hours(read), read.gone) == ([9], {owner.key("gone.ics")})
    assert owner.asked == ["REPORT", "REPORT", CONTENTS]


@pytest.mark.parametrize("entered", ["/", "/gendarme", "/gendarme/", "calendar without a slash"])
def test_the_calendar_is_found_from_what_a_person_has(authority, open_door, own_radicale, entered):
    """From the server, from the owner's own place there, and from the calendar itself."""
    owner = Owner(authority, open_door(own_radicale), own_radicale.new_calendar())
    owner.calendar.write("a.ics", event(8))
    path = owner.calendar.path.rstrip("/") if "calendar" in entered else entered
    assert hours(owner.read(f"{owner.door.origin}{path}")) == [8]
    owner.calendar.write("a.ics", event(8, hour=9))
    assert hours(owner.read(f"{owner.door.origin}{path}")) == [9]


def test_several_calendars_are_not_guessed_between(authority, open_door, own_radicale):
    owner = Owner(authority, open_door(own_radicale), own_radicale.new_calendar())
    own_radicale.new_calendar()
    with pytest.raises(PlanningRefused, match="several_calendars"):
        owner.read(f"{owner.door.origin}/gendarme/")


def test_somebody_without_a_calendar(authority, open_door, own_radicale):
    owner = Owner(authority, open_door(own_radicale), Calendar(own_radicale, "/autre/", "autre"))
    with pytest.raises(PlanningRefused, match="no_calendar"):
        owner.read(user="autre")
