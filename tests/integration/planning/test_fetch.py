"""A planning is fetched from a real server over TLS on this machine, under the name that its certificate is for."""

from __future__ import annotations

import gzip
import socket
from base64 import b64decode
from dataclasses import replace

import pytest

from push.endpoint_guard import AllowedHost
from server.planning.fetch import Fetched, FetchFailed, FetchLimits, Source, Unchanged, Validators, fetch
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say, loopback

NAME = "agenda.test"
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
PATIENT = FetchLimits(octets=10_000, connect_s=20.0, read_s=20.0, total_s=20.0)
# For answers that never come: the others take what they take on a machine that is busy.
QUICK = replace(PATIENT, read_s=0.3, total_s=0.5)


@pytest.fixture
def site(start_push_service):
    site = start_push_service(NAME)
    site.usual = Say(200, {"ETag": '"1"', "Last-Modified": "Fri, 27 Nov 2026 08:00:00 GMT"}, CALENDAR)
    return site


@pytest.fixture
def get(site, authority):
    def get(known=None, source=None, *, limits=None, inside=True, lookup=loopback):
        named = [AllowedHost(NAME, site.port, own=True, inside=inside)]
        source = source or Source(f"{site.origin}/chef.ics?jeton=secret")
        return fetch(source, known, named, str(authority.ca_file), limits=limits, lookup=lookup)

    return get


def code_of(get, *args, **kwargs) -> str:
    with pytest.raises(FetchFailed) as caught:
        get(*args, **kwargs)
    assert "secret" not in str(caught.value)
    return caught.value.code


def test_a_planning_is_fetched_with_what_to_ask_with_next_time(get, site):
    assert get() == Fetched(CALENDAR, Validators('"1"', "Fri, 27 Nov 2026 08:00:00 GMT"))
    (request,) = site.received
    assert request.path == "/chef.ics?jeton=secret"
    assert request.headers["accept-encoding"] == "identity"
    assert not {"authorization", "if-none-match", "if-modified-since", "cookie"} & request.headers.keys()


def test_what_has_not_changed_costs_one_request_and_no_body(get, site):
    site.answer(Say(304))
    assert get(Validators('"1"', "Fri, 27 Nov 2026 08:00:00 GMT")) == Unchanged()
    (request,) = site.received
    assert request.headers["if-none-match"] == '"1"'
    assert request.headers["if-modified-since"] == "Fri, 27 Nov 2026 08:00:00 GMT"


def test_an_answer_that_nothing_has_changed_to_somebody_who_knows_nothing(get, site):
    site.answer(Say(304))
    assert code_of(get) == "redirected"


def test_what_has_changed_comes_whole(get, site):
    site.answer(Say(200, {"ETag": '"2"'}, CALENDAR * 2))
    assert get(Validators('"1"')) == Fetched(CALENDAR * 2, Validators('"2"'))


def test_a_password_goes_along_in_its_header_alone(get, site):
    get(source=Source(f"{site.origin}/a.ics", "bn", "très secret:é"))
    scheme, _, pair = site.received[0].headers["authorization"].partition(" ")
    assert (scheme, b64decode(pair).decode()) == ("Basic", "bn:très secret:é")
    assert "secret" not in repr(Source(site.origin, "bn", "secret"))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Say(301, {"Location": "https://169.254.169.254/latest"}), "redirected"),
        (Say(307, {"Location": "/elsewhere.ics"}), "redirected"),
        (Say(401), "sign_in_needed"),
        (Say(403), "forbidden"),
        (Say(404), "not_found"),
        (Say(410), "not_found"),
        (Say(500), "http_status"),
        (Say(204), "http_status"),
        (Say(200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1_000_000)), "encoded"),
        (Say(200, {"Content-Length": "1000000000"}), "too_big"),
        (Say(200, {"Content-Length": "1000", "Connection": "close"}, b"cut off"), "disconnected"),
        (Say(200, body=b"x" * 20_000), "too_big"),
        (Say(200, endless=True), "too_big"),
        (HANG, "timeout"),
        (DRIP, "timeout"),
        (RUBBISH, "not_http"),
    ],
)
def test_why_a_planning_could_not_be_fetched(get, site, answer, code):
    site.answer(answer)
    assert code_of(get, limits=QUICK if answer in (HANG, DRIP) else PATIENT) == code
    assert len(site.received) == 1


def test_a_connection_that_is_cut_is_tried_once_more_and_no_more(get, site):
    # The client does so by itself, because asking changes nothing.
    site.answer(RESET)
    assert get() == Fetched(CALENDAR, Validators('"1"', "Fri, 27 Nov 2026 08:00:00 GMT"))
    site.usual = RESET
    assert code_of(get) == "disconnected"
    assert len(site.received) == 4


def test_an_answer_that_drips_ends_with_the_time_for_everything(get, site):
    site.answer(Say(200, endless=True))
    limits = FetchLimits(octets=2_000_000, connect_s=5.0, read_s=5.0, total_s=0.5)
    assert code_of(get, limits=limits) == "timeout"


def test_validators_that_are_too_long_are_not_kept(get, site):
    site.answer(Say(200, {"ETag": f'"{"x" * 1000}"'}, CALENDAR))
    assert get() == Fetched(CALENDAR, Validators())


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://agenda.test/a.ics", "not_https"),
        ("webcal://agenda.test/a.ics", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://user:secret@agenda.test/a.ics", "user_info"),
        ("https://127.0.0.1/a.ics", "malformed"),
        ("https://[::1]/a.ics", "malformed"),
        ("https://0x7f000001/a.ics", "malformed"),
        (f"https://agenda.test/{'a' * 3000}", "too_long"),
    ],
)
def test_addresses_that_are_refused_unseen(get, site, url, code):
    assert code_of(get, source=Source(url)) == code
    assert site.received == []


def test_a_name_that_stands_for_an_address_inside(get, site):
    assert code_of(get, inside=False) == "address_not_public"
    # Nobody has named this host, wherever it leads.
    assert code_of(get, source=Source(f"https://other.test:{site.port}/a.ics")) == "address_not_public"
    assert site.connections == 0


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "::1", "fd00::1", "::ffff:127.0.0.1"])
def test_addresses_of_our_own_networks(get, address):
    def lookup(host, port, **_):
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port))]

    assert code_of(get, inside=False, lookup=lookup) == "address_not_public"


def test_a_certificate_that_nobody_vouches_for(site):
    named = [AllowedHost(NAME, site.port, own=True, inside=True)]
    with pytest.raises(FetchFailed, match="certificate"):
        fetch(Source(f"{site.origin}/a.ics"), None, named, lookup=loopback)
