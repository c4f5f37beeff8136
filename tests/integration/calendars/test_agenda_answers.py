"""A server that is away, slow, broken or hostile: each has an outcome, and none of them an exception."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from server.calendars.caldav.answers import Outcome
from server.calendars.caldav.errands import Limits
from tests.support.agendas import NOW, PATIENT, appointment, name_of
from tests.support.processes import free_port
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say
from tests.support.radicale import CUT, LOST

ENTRY = appointment(1)
HASTY = Limits(connect_s=60, read_s=0.3, total_s=1.0)


def errands(gendarme, **options):
    """Each thing that can be asked for."""
    return {
        "put": lambda: gendarme.put(ENTRY, **options),
        "remove": lambda: gendarme.remove(ENTRY.uid, '"1"', **options),
        "reconcile": lambda: gendarme.reconcile([ENTRY], **options),
    }


EVERY_ERRAND = pytest.mark.parametrize("errand", ["put", "remove", "reconcile"])


@EVERY_ERRAND
@pytest.mark.parametrize(
    ("answer", "outcome", "cause"),
    [
        (Say(302, {"Location": "https://elsewhere.test/"}), Outcome.REFUSED, "http_302"),
        (Say(401), Outcome.SIGN_IN, "http_401"),
        (Say(403), Outcome.FORBIDDEN, "http_403"),
        (Say(409), Outcome.GONE, "http_409"),
        (Say(423), Outcome.RETRY, "http_423"),
        (Say(429), Outcome.RETRY, "http_429"),
        (Say(500), Outcome.RETRY, "http_500"),
        (Say(503), Outcome.RETRY, "http_503"),
        (RESET, Outcome.RETRY, "disconnected"),
        (RUBBISH, Outcome.REFUSED, "not_http"),
    ],
)
def test_each_answer_has_an_outcome(gendarme, errand, answer, outcome, cause):
    gendarme.door.answer(*[answer] * 3)
    verdict = errands(gendarme)[errand]().verdict
    assert (verdict.outcome, verdict.cause) == (outcome, cause)
    # The HTTP library repeats what may be repeated when there was no answer at all; nothing else is tried twice.
    assert len(gendarme.asked) == (2 if answer == RESET and errand != "reconcile" else 1)
    assert gendarme.calendar.events() == []


@EVERY_ERRAND
@pytest.mark.parametrize("answer", [HANG, DRIP])
def test_who_does_not_answer_in_time_is_given_up(gendarme, errand, answer):
    gendarme.door.answer(answer)
    verdict = errands(gendarme, limits=HASTY)[errand]().verdict
    assert (verdict.outcome, verdict.cause) == (Outcome.RETRY, "timeout")


def test_a_server_that_wants_patience_says_how_long(gendarme):
    gendarme.door.answer(Say(503, {"Retry-After": "90"}))
    assert gendarme.put(ENTRY).verdict.retry_at == NOW + timedelta(seconds=90)


def test_a_host_where_nobody_listens_is_tried_again(gendarme):
    port = free_port()
    options = {"url": f"https://agenda.test:{port}/a/", "hosts": f"agenda.test:{port}"}
    assert gendarme.put(ENTRY, **options).verdict.cause == "connection_refused"


def test_a_certificate_of_another_name_gets_no_password(gendarme):
    port = gendarme.door.port
    options = {"url": f"https://other.test:{port}/a/", "hosts": f"other.test:{port}"}
    verdict = gendarme.put(ENTRY, **options).verdict
    assert (verdict.outcome, verdict.cause) == (Outcome.RETRY, "certificate")
    assert gendarme.asked == []


@pytest.mark.parametrize(("method", "most"), [("PUT", "longest_object"), ("REPORT", "longest_listing")])
def test_an_endless_answer_is_read_no_further_than_its_bound(gendarme, method, most):
    limits = dataclasses.replace(PATIENT, **{most: 100})
    gendarme.door.answer(Say(207 if method == "REPORT" else 201, endless=True))
    visit = errands(gendarme, limits=limits)["reconcile" if method == "REPORT" else "put"]
    verdict = visit().verdict
    assert (verdict.outcome, verdict.cause) == (Outcome.REFUSED, "too_long")
    assert gendarme.asked == [method]


@pytest.mark.parametrize("body", [b"<html>Bienvenue</html>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_page_is_no_listing(gendarme, body):
    gendarme.door.answer(Say(207, body=body))
    verdict = gendarme.reconcile([ENTRY]).verdict
    assert (verdict.outcome, verdict.cause) == (Outcome.REFUSED, "not_caldav")


# As often as the HTTP library asks.
@pytest.mark.parametrize("answer", [[LOST, LOST], [CUT, CUT], [LOST, Say(500)]])
def test_an_answer_that_was_lost_leaves_one_event_and_no_finding(gendarme, answer):
    """It was written; only we do not know it."""
    gendarme.door.answer(*answer)
    assert gendarme.put(ENTRY).verdict.outcome is Outcome.RETRY
    assert gendarme.calendar.uids == [ENTRY.uid]
    again = gendarme.put(ENTRY)
    assert (again.verdict.outcome, again.finding) == (Outcome.DONE, None)
    gendarme.door.answer(*answer)
    assert gendarme.remove(ENTRY.uid, again.etag).verdict.outcome is Outcome.RETRY
    assert gendarme.remove(ENTRY.uid, again.etag).verdict.outcome is Outcome.DONE
    assert gendarme.calendar.uids == []


def test_a_listing_that_was_cut_changes_nothing(gendarme):
    known = gendarme.reconcile([ENTRY]).known
    gendarme.door.answer(CUT)
    cut = gendarme.reconcile([], known)
    assert (cut.verdict.outcome, cut.changed, cut.known) == (Outcome.RETRY, 0, known)
    assert gendarme.calendar.uids == [ENTRY.uid]


def test_somebody_who_changes_it_each_time_is_not_fought_for_ever(gendarme):
    etag = gendarme.put(ENTRY).etag
    titles = iter(range(100))

    def change() -> None:
        number = next(titles)
        gendarme.calendar.change(name_of(ENTRY), ("STATUS:CONFIRMED", f"STATUS:CONFIRMED\r\nX-{number}:1"))

    gendarme.door.before_each = lambda: change() if gendarme.asked[-1] in ("PUT", "DELETE") else None
    later = dataclasses.replace(ENTRY, title="Plainte", sequence=1)
    for exported in (gendarme.put(later, etag), gendarme.remove(ENTRY.uid, etag)):
        assert (exported.verdict.outcome, exported.verdict.cause) == (Outcome.RETRY, "changing")
    assert gendarme.asked.count("PUT") == 4
    assert gendarme.asked.count("DELETE") == 3


@pytest.mark.parametrize("href", ["/elsewhere/a.ics", "https://other.test/a.ics", "{path}../../autre/a.ics", "{path}é"])
def test_a_server_cannot_lead_us_out_of_the_agenda(gendarme, href):
    """It names an event of ours at a path that is none of this agenda's: nothing is taken for gone, nothing written."""
    gendarme.put(ENTRY)
    text = gendarme.calendar.read(name_of(ENTRY)).replace("STATUS:CONFIRMED", "STATUS:TENTATIVE")
    gendarme.calendar.delete(name_of(ENTRY))
    body = (
        '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response>'
        f"<D:href>{href.format(path=gendarme.calendar.path)}</D:href>"
        f'<D:propstat><D:prop><D:getetag>"1"</D:getetag><C:calendar-data>{text}</C:calendar-data></D:prop>'
        "</D:propstat></D:response></D:multistatus>"
    )
    gendarme.door.answer(Say(207, body=body.encode()))
    before = len(gendarme.door.received)
    reconciled = gendarme.reconcile([ENTRY], {ENTRY.uid})
    assert (reconciled.verdict.outcome, reconciled.verdict.cause) == (Outcome.REFUSED, "not_caldav")
    assert reconciled.findings == ()
    assert [one.path.split()[0] for one in gendarme.door.received[before:]] == ["REPORT"]
    assert gendarme.calendar.uids == []
