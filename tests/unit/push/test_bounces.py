from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.bounces import Bounce, bounce_address, read_bounce
from tests.support import bounces

OURS = "bounces@example.org"
NOTICE = UUID("6a0c6a38-0000-4000-8000-000000000007")
TO = bounce_address(OURS, NOTICE)


def test_each_mail_has_an_address_of_its_own_to_come_back_to():
    assert TO == "bounces+6a0c6a38000040008000000000000007@example.org"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (bounces.postfix(TO), "5.1.1"),
        (bounces.postfix(TO, "5.2.2"), "5.2.2"),
        # Given up after days of trying.
        (bounces.postfix(TO, "4.4.7"), "4.4.7"),
        (bounces.postfix(TO, "unknown"), "5.0.0"),
        (bounces.postfix(TO.upper()), "5.1.1"),
        (bounces.postfix(f"Brigade <{TO}>"), "5.1.1"),
        (bounces.exchange(TO), "5.1.10"),
        (bounces.sendmail(TO), "5.2.1"),
        (bounces.exim(TO), "5.1.1"),
        (bounces.qmail(TO), "5.1.1"),
    ],
)
def test_what_mail_servers_say_is_understood(raw, status):
    assert read_bounce(raw, OURS) == Bounce(NOTICE, status)


@pytest.mark.parametrize(
    "raw",
    [
        bounces.postfix(TO, "4.4.1", "delayed"),
        bounces.postfix(TO, "2.0.0", "delivered"),
        bounces.postfix(TO, "2.0.0", "relayed"),
        bounces.postfix("bounces@example.org"),
        bounces.postfix(TO.replace("example.org", "elsewhere.example")),
        bounces.postfix(TO.replace("bounces+", "autre+")),
        bounces.postfix(TO.replace("6a0c", "6a0")),
        bounces.out_of_office(TO),
        b"",
        b"Bonjour, je n'ai pas compris.",
        bounces.qmail(TO).replace(b"qmail-send", b"maison"),
        b"Content-Type: text/plain; charset=nothing\r\nTo: " + TO.encode() + b"\r\n\r\n\xff\xfe",
    ],
)
def test_anything_else_is_no_bounce_of_ours(raw):
    assert read_bounce(raw, OURS) is None


@given(st.binary(max_size=2000))
def test_nothing_that_comes_in_breaks_the_reading(tail):
    assert read_bounce(tail, OURS) is None
    head, _, _ = bounces.postfix(TO).partition(b"Action")
    read_bounce(head + tail, OURS)
