"""A CalDAV server that is away, slow, broken or hostile: each has a code, within bounds, and changes nothing."""

from __future__ import annotations

import dataclasses

import pytest

from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed, Unchanged
from tests.support.caldav_sources import PATIENT, event, hours
from tests.support.processes import free_port
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say
from tests.support.radicale import CUT

HASTY = dataclasses.replace(PATIENT, read_s=0.3, total_s=1.0)
NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><D:multistatus xmlns:D="DAV:">&c;</D:multistatus>'
LED_AWAY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><D:multistatus xmlns:D="DAV:">&b;</D:multistatus>'
ANSWERS = {
    "a redirection to inside": (Say(301, {"Location": "https://169.254.169.254/"}), "redirected"),
    "a redirection on the same host": (Say(308, {"Location": "/elsewhere/"}), "redirected"),
    "a wrong password": (Say(401), "sign_in_needed"),
    "no right to look": (Say(403), "forbidden"),
    "nothing there": (Say(404), "not_found"),
    "no longer there": (Say(410), "not_found"),
    "a web server": (Say(405), "not_caldav"),
    "a web page": (Say(200, body=b"<html>Bienvenue</html>"), "not_caldav"),
    "a page that says it is a listing": (Say(207, body=b"<html>Bienvenue</html>"), "not_caldav"),
    "an entity that grows": (Say(207, body=BOMB), "not_caldav"),
    "an entity that leads away": (Say(207, body=LED_AWAY), "not_caldav"),
    "too deep": (Say(207, body=b"<a>" * 100_000), "too_big"),
    "no XML": (Say(207, body=b"\x00\xff"), "not_caldav"),
    "asked too often": (Say(429), "http_status"),
    "broken": (Say(500), "http_status"),
    "away": (Say(503), "http_status"),
    "more than is read": (Say(207, body=b"x" * 6_000), "too_big"),
    "silence": (HANG, "timeout"),
    "a drip": (DRIP, "timeout"),
    "no HTTP": (RUBBISH, "not_http"),
    "an answer that is cut": (CUT, "disconnected"),
}


def code_of(owner, *args, **kwargs) -> str:
    with pytest.raises((FetchFailed, PlanningRefused)) as caught:
        owner.read(*args, **kwargs)
    return caught.value.code


# The first request finds the calendar, the second lists it, the third asks for what stands in it.
@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("name", ANSWERS)
def test_why_a_calendar_could_not_be_read(owner, name, step):
    answer, code = ANSWERS[name]
    owner.calendar.write("a.ics", event(8))
    owner.door.answer(*["forward"] * step, answer)
    limits = HASTY if code == "timeout" else dataclasses.replace(PATIENT, answer=5_000)
    assert code_of(owner, limits=limits) == code
    assert len(owner.asked) == step + 1


@pytest.mark.parametrize(
    "answer", [Say(500), Say(401), Say(302, {"Location": "/"}), HANG, RUBBISH, Say(207, body=BOMB)]
)
def test_a_failure_while_asking_what_has_changed_leaves_what_is_known(owner, answer):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    known = owner.known
    owner.calendar.write("b.ics", event(9))
    owner.door.answer(answer)
    assert code_of(owner, limits=HASTY) in (
        "http_status",
        "sign_in_needed",
        "redirected",
        "timeout",
        "not_http",
        "not_caldav",
    )
    assert owner.known is known
    assert hours(owner.read()) == [9]


def test_a_connection_that_is_cut_is_tried_once_more_and_no_more(owner):
    owner.door.answer(*[RESET] * 20)
    assert code_of(owner) == "disconnected"
    assert len(owner.asked) <= 2


def test_a_wrong_password_at_the_real_server(owner):
    assert code_of(owner, password="faux") == "sign_in_needed"


def test_another_ones_calendar_at_the_real_server(owner):
    assert code_of(owner, user="autre") == "forbidden"


def test_a_calendar_that_was_deleted_is_not_an_empty_one(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    owner.calendar.ask("DELETE").raise_for_status()
    assert code_of(owner) == "not_found"


def test_addresses_that_are_refused_unseen(owner):
    assert code_of(owner, "http://agenda.test/a/") == "not_https"
    assert code_of(owner, "https://u:p@agenda.test/a/") == "user_info"
    assert code_of(owner, f"https://agenda.test:{free_port()}/a/") == "address_not_public"
    assert code_of(owner, inside=False) == "address_not_public"
    assert owner.door.connections == 0


def test_a_certificate_of_nobody_gets_no_password(owner):
    assert code_of(owner, ca_file=None) == "certificate"
    assert owner.door.received == []


def test_all_answers_together_have_an_end(owner):
    """However large a server says its objects are, not more than the whole calendar may have is read."""
    for number in range(8):
        owner.calendar.write(f"{number}.ics", event(number))
    owner.door.answer("forward", "forward", *[Say(207, body=b"x" * 6_000)] * 20)
    limits = dataclasses.replace(PATIENT, octets=20_000, answer=5_000)
    assert code_of(owner, limits=limits) == "too_big"
    assert len(owner.asked) <= 6


def test_more_objects_than_any_calendar_has(owner):
    for number in range(3):
        owner.calendar.write(f"{number}.ics", event(number))
    assert code_of(owner, limits=dataclasses.replace(PATIENT, objects=2)) == "too_many_components"


def test_the_whole_visit_has_an_end(owner):
    for number in range(4):
        owner.calendar.write(f"{number}.ics", event(number))
    owner.door.answer("forward", "forward", HANG)
    assert code_of(owner, limits=dataclasses.replace(PATIENT, visit_s=1.0)) == "timeout"


def test_a_server_that_hands_out_parts_for_ever_is_read_by_versions(owner):
    owner.calendar.write("a.ics", event(8))
    owner.read()
    part = (
        f"<D:multistatus {NAMES}><D:response><D:href>{owner.calendar.path}</D:href>"
        "<D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response><D:sync-token>a</D:sync-token>"
        "</D:multistatus>"
    )
    owner.door.answer(*[Say(207, body=part.encode())] * 50)
    assert owner.read() == Unchanged()
    assert len(owner.asked) == 52


def test_a_listing_that_is_not_whole_is_refused(owner):
    """What the server keeps back would be sold as free."""
    part = (
        f"<D:multistatus {NAMES}><D:response><D:href>{owner.calendar.path}</D:href>"
        "<D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response></D:multistatus>"
    )
    owner.door.answer("forward", Say(207, body=part.encode()))
    assert code_of(owner) == "too_big"


@pytest.mark.parametrize(("rule", "times"), [("FREQ=DAILY", 397), ("FREQ=HOURLY", 397 * 24)])
def test_endless_rules_end_with_the_window(owner, rule, times):
    """It begins on the fourth of 400 days."""
    owner.calendar.write("a.ics", event(8, f"RRULE:{rule}"))
    assert len(hours(owner.read())) == times


def test_the_times_of_all_objects_together_have_an_end(owner):
    """Each of them may be read; both together are more than one calendar may give."""
    rule = "RRULE:FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50"
    for number in range(2):
        owner.calendar.write(f"{number}.ics", event(number, rule))
    with pytest.raises(PlanningRefused, match="too_many_occurrences"):
        owner.read()


def test_nothing_of_it_is_told(owner):
    owner.calendar.write("a.ics", event(8, "SUMMARY:très secret"))
    read = owner.read()
    assert "secret" not in repr(read)
    assert "gendarme" not in repr(read)
    owner.door.answer(Say(500))
    with pytest.raises(FetchFailed) as caught:
        owner.read()
    assert "gendarme" not in str(caught.value)
