"""What a CalDAV server's answers mean, and how its listing is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars.caldav.answers import STOPPING, Answer, Outcome, judge
from server.calendars.caldav.multistatus import Found, NotUnderstood, ask_for, read_multistatus

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
CONFLICT = b'<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav"/></error>'
LISTING = """<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <d:response><d:href>/a/1.ics</d:href>
    <d:propstat><d:prop><d:getetag>"1"</d:getetag><c:calendar-data>BEGIN:VCALENDAR&#13;
SUMMARY:à &lt;b&gt;</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
  </d:response>
  <d:response><d:href>/a/</d:href>
    <d:propstat><d:prop><c:calendar-data/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
  </d:response>
</d:multistatus>"""


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (301, Outcome.REFUSED),
        (307, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.SIGN_IN),
        (403, Outcome.FORBIDDEN),
        (404, Outcome.GONE),
        (405, Outcome.REFUSED),
        (408, Outcome.RETRY),
        (409, Outcome.GONE),
        (410, Outcome.GONE),
        (413, Outcome.REFUSED),
        (415, Outcome.REFUSED),
        (423, Outcome.RETRY),
        (425, Outcome.RETRY),
        (429, Outcome.RETRY),
        (500, Outcome.RETRY),
        (502, Outcome.RETRY),
        (503, Outcome.RETRY),
        (507, Outcome.RETRY),
    ],
)
def test_each_status_means_one_thing(status, outcome):
    verdict = judge(Answer(status), NOW)
    assert (verdict.outcome, verdict.cause, verdict.retry_at) == (outcome, f"http_{status}", None)


@pytest.mark.parametrize("status", [403, 409])
def test_a_name_that_stands_elsewhere_is_told_from_a_door_that_is_shut(status):
    verdict = judge(Answer(status, body=CONFLICT), NOW)
    assert (verdict.outcome, verdict.cause) == (Outcome.CONFLICT, "uid_taken")
    assert Outcome.CONFLICT not in STOPPING


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_patience_gets_it(status):
    assert judge(Answer(status, retry_after="120"), NOW).retry_at == NOW + timedelta(minutes=2)


def test_a_listing_is_read():
    [found] = read_multistatus(LISTING.encode())
    assert found == Found("/a/1.ics", '"1"', "BEGIN:VCALENDAR\r\nSUMMARY:à <b>".encode())


@pytest.mark.parametrize("sign", ["&#10;", "&#13;", "\n", "&#9;", "&#x85;"])
def test_a_version_that_would_break_the_next_request_is_refused(sign):
    with pytest.raises(NotUnderstood, match="not_caldav"):
        list(read_multistatus(LISTING.replace('"1"', f'"1{sign}X-Header: 1"').encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"<multistatus/>",
        LISTING.encode()[:200],
        LISTING.replace("<d:multistatus", '<!DOCTYPE a [<!ENTITY b "c">]><d:multistatus').encode(),
        LISTING.replace("<d:multistatus", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><d:multistatus').encode("utf-16"),
    ],
)
def test_what_is_no_listing_is_refused(body):
    with pytest.raises(NotUnderstood, match="not_caldav"):
        list(read_multistatus(body))


def test_a_listing_that_keeps_something_back_is_not_taken_for_the_whole():
    more = "<d:response><d:href>/a/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"
    with pytest.raises(NotUnderstood, match="truncated"):
        list(read_multistatus(LISTING.replace("</d:multistatus>", f"{more}</d:multistatus>").encode()))


@given(st.binary() | st.text().map(str.encode))
def test_no_body_breaks_the_reading(body):
    with pytest.raises(NotUnderstood):
        list(read_multistatus(body))


def test_a_question_is_one_of_xml():
    assert b"@a&amp;b&lt;</C:text-match>" in ask_for(".x@a&b<")
