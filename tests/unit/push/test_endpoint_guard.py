from __future__ import annotations

import string
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.endpoint_guard import (
    BROWSERS_OWN,
    AllowedHost,
    EndpointRefused,
    check_endpoint,
    parse_allowed_hosts,
    parse_https_url,
)

REAL = [
    "https://fcm.googleapis.com/fcm/send/cK1b:APA91bH-x_Y",
    "https://fcm.googleapis.com/wp/dGVzdA:APA91bE",
    "https://fcm.googleapis.com:443/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl_x-y",
    "https://web.push.apple.com/QGuQyavXutnMH9ULLVQYLQ",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2fb%3d%3d",
    "HTTPS://FCM.googleapis.com/fcm/send/abc",
]


@pytest.mark.parametrize("url", REAL)
def test_what_browsers_hand_out_is_accepted(url):
    endpoint = check_endpoint(url)
    assert endpoint.address.port == 443
    assert endpoint.allowed in BROWSERS_OWN
    # What is asked for is what was read, and not a second reading of what came in.
    assert check_endpoint(endpoint.address.url) == endpoint


@pytest.mark.parametrize(
    ("url", "code"),
    [
        # Those of the design, then every trick of the trade.
        ("https://169.254.169.254/x.google.com/", "malformed"),
        ("https://fcm.googleapis.com@10.0.0.1/", "user_info"),
        ("http://fcm.googleapis.com/x", "not_https"),
        ("ftp://fcm.googleapis.com/x", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("gopher://fcm.googleapis.com/x", "not_https"),
        ("javascript:alert(1)", "not_https"),
        ("//fcm.googleapis.com/x", "not_https"),
        ("fcm.googleapis.com/x", "not_https"),
        ("", "not_https"),
        (" https://fcm.googleapis.com/x", "not_https"),
        ("https:/fcm.googleapis.com/x", "not_https"),
        ("https:\\\\fcm.googleapis.com\\x", "not_https"),
        ("https://user:password@fcm.googleapis.com/x", "user_info"),
        ("https://@fcm.googleapis.com/x", "user_info"),
        ("https://fcm.googleapis.com:443@evil.example/x", "user_info"),
        ("https://evil.example\\@fcm.googleapis.com/x", "user_info"),
        ("https://evil.example/@fcm.googleapis.com/x", "host_not_allowed"),
        ("https://evil.example/?https://fcm.googleapis.com/x", "host_not_allowed"),
        ("https://evil.example#fcm.googleapis.com/x", "malformed"),
        ("https://evil.example?fcm.googleapis.com/x", "malformed"),
        ("https://evil.example\\.fcm.googleapis.com/x", "malformed"),
        ("https://fcm.googleapis.com.evil.example/x", "host_not_allowed"),
        ("https://evil-fcm.googleapis.com/x", "host_not_allowed"),
        ("https://x.fcm.googleapis.com/x", "host_not_allowed"),
        ("https://evilpush.apple.com/x", "host_not_allowed"),
        ("https://push.apple.com/x", "host_not_allowed"),
        ("https://.push.apple.com/x", "malformed"),
        ("https://web.push.apple.com.evil.example/x", "host_not_allowed"),
        ("https://fcm.googleapis.com./x", "malformed"),
        ("https://fcm..googleapis.com/x", "malformed"),
        ("https://fcm.googleapis.com:80/x", "host_not_allowed"),
        ("https://fcm.googleapis.com:22/x", "host_not_allowed"),
        ("https://fcm.googleapis.com:8443/x", "host_not_allowed"),
        ("https://fcm.googleapis.com:/x", "malformed"),
        ("https://fcm.googleapis.com:0443/x", "malformed"),
        ("https://fcm.googleapis.com:+443/x", "malformed"),
        ("https://fcm.googleapis.com:65979/x", "malformed"),
        ("https://fcm.googleapis.com:443:80/x", "malformed"),
        ("https://fcm.googleapis.com:٤٤٣/x", "malformed"),
        ("https://127.0.0.1/x", "malformed"),
        ("https://127.1/x", "malformed"),
        ("https://2130706433/x", "malformed"),
        ("https://0x7f000001/x", "malformed"),
        ("https://0x7f.0.0.0x1/x", "malformed"),
        ("https://017700000001/x", "malformed"),
        ("https://[::1]/x", "malformed"),
        ("https://[::ffff:10.0.0.1]/x", "malformed"),
        ("https://[fe80::1%25eth0]/x", "malformed"),
        ("https://localhost/x", "host_not_allowed"),
        ("https://metadata.google.internal/x", "host_not_allowed"),
        ("https://ⓕcm.googleapis.com/x", "malformed"),
        ("https://fcm。googleapis。com/x", "malformed"),
        ("https://fcm.googleapis.com\u2044x/", "malformed"),
        ("https://fcm%2egoogleapis.com/x", "malformed"),
        ("https://fcm.googleapis.com%00.evil.example/x", "malformed"),
        ("https://fcm.googleapis.com\x00/x", "malformed"),
        ("https://fcm.google\tapis.com/x", "malformed"),
        ("https://fcm.googleapis.com\r\n/x", "malformed"),
        ("https://fcm.googleapis.com/x\r\nHost: evil.example", "malformed"),
        ("https://fcm.googleapis.com/x\n", "malformed"),
        ("https://fcm.googleapis.com/x y", "malformed"),
        ("https://fcm.googleapis.com/x\\y", "malformed"),
        ("https://fcm.googleapis.com/x#y", "malformed"),
        ("https://fcm.googleapis.com/x%zz", "malformed"),
        ("https://fcm.googleapis.com/é", "malformed"),
        ("https://fcm.googleapis.com", "malformed"),
        ("https://fcm.googleapis.com?x", "malformed"),
        ("https:///x", "malformed"),
        (f"https://{'a' * 64}.push.apple.com/x", "malformed"),
        (f"https://{'a.' * 125}push.apple.com/x", "malformed"),
        ("https://fcm.googleapis.com/" + "x" * 2048, "too_long"),
    ],
)
def test_what_could_lead_elsewhere_is_refused(url, code):
    with pytest.raises(EndpointRefused) as refused:
        check_endpoint(url)
    assert refused.value.code == code
    # The code may be logged, the address may not.
    assert str(refused.value) == code


def test_an_operators_service_is_allowed_by_its_exact_name_and_port():
    allowed = (*BROWSERS_OWN, *parse_allowed_hosts(" push.example.gouv.fr, Push.Example.net:8443 ,"))
    assert check_endpoint("https://push.example.gouv.fr/wpush/v2/x", allowed).allowed.own
    assert check_endpoint("https://push.example.net:8443/x", allowed).address.url == "https://push.example.net:8443/x"
    for url in (
        "https://push.example.gouv.fr:8443/x",
        "https://push.example.net/x",
        "https://a.push.example.gouv.fr/x",
        "https://example.gouv.fr/x",
    ):
        with pytest.raises(EndpointRefused, match="host_not_allowed"):
            check_endpoint(url, allowed)


def test_only_the_operators_own_hosts_may_be_inside_and_only_when_told_so():
    assert [one.inside for one in parse_allowed_hosts("push.example.gouv.fr", inside=True)] == [True]
    assert [one.inside for one in parse_allowed_hosts("push.example.gouv.fr")] == [False]
    assert not any(one.inside or one.own for one in BROWSERS_OWN)


@pytest.mark.parametrize(
    "text",
    ["*.example.net", "https://push.example.net", "10.0.0.1", "push.example.net:0", "a b", "user@host", "[::1]:443"],
)
def test_an_operators_slip_is_refused(text):
    with pytest.raises(EndpointRefused, match="malformed"):
        parse_allowed_hosts(text)


def test_a_service_on_this_machine_can_be_named():
    assert parse_allowed_hosts("localhost:8443", inside=True) == (
        AllowedHost("localhost", 8443, own=True, inside=True),
    )


HOSTILE = st.text(alphabet=string.ascii_lowercase + "0129.-:/@\\?#%[]\t\n ıﬁ。", max_size=25)


@given(HOSTILE, HOSTILE)
def test_whatever_is_accepted_has_one_reading_only(before, after):
    try:
        found = parse_https_url(f"https://{before}fcm.googleapis.com{after}")
    except EndpointRefused:
        return
    parts = urlsplit(found.url)
    assert (parts.hostname, parts.port or 443) == (found.host, found.port)
    assert parts.username is None
    assert found.host.isascii()
    assert found.url.isprintable()
