from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.web_push_answers import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    SHORTEST_WAIT,
    back_off,
    outcome_of,
    read_retry_after,
    try_again,
    ttl_seconds,
)
from push.web_push_values import Outcome, PushMessage, PushNotice, PushSubscription

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("1", 1),
        ("Fri, 27 Nov 2026 09:02:00 GMT", 120),
        ("Fri, 27 Nov 2026 10:02:00 +0100", 120),
        # The two old forms that a recipient must know (RFC 9110, section 5.6.7).
        ("Friday, 27-Nov-26 09:02:00 GMT", 120),
        ("Fri Nov 27 09:02:00 2026", 120),
        # Too soon, past, or for ever.
        ("0", 1),
        ("Fri, 27 Nov 2026 08:00:00 GMT", 1),
        ("999999999999999999999999", 86400),
        ("Fri, 27 Nov 2099 09:02:00 GMT", 86400),
    ],
)
def test_a_wish_is_read_and_kept_within_reason(value, seconds):
    assert read_retry_after(value, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "٣", "Fri, 99 Nov 2026 09:02:00 GMT", "1e9"])
def test_a_wish_that_cannot_be_read_is_none(value):
    assert read_retry_after(value, NOW) is None


@given(st.text(max_size=40))
def test_no_header_breaks_us(value):
    at = read_retry_after(value, NOW)
    assert at is None or SHORTEST_WAIT <= at - NOW <= LONGEST_WAIT


@given(st.integers(100, 999))
def test_every_status_has_an_outcome_and_only_two_delete(status):
    outcome = outcome_of(status)
    assert (outcome is Outcome.DELIVERED) == (200 <= status < 300)
    assert (outcome is Outcome.GONE) == (status in (404, 410))
    assert (outcome is Outcome.KEY_WRONG) == (status in (401, 403))
    if 300 <= status < 400:
        assert outcome is Outcome.REFUSED


@given(st.integers(0, 10_000))
def test_the_wait_doubles_up_to_an_hour_and_never_ends_at_once(attempts):
    longest = min(timedelta(seconds=2) * 2 ** min(attempts, 20), LONGEST_PAUSE)
    assert max(longest / 2, SHORTEST_WAIT) <= back_off(attempts) <= longest


def test_those_who_failed_together_do_not_return_together():
    assert len({back_off(3) for _ in range(20)}) > 10


def message(expires_at):
    notice = PushNotice(title="t", body="b", navigate="/", tag="x")
    return PushMessage(id=1, subscription=PushSubscription("", "", "", ""), notice=notice, expires_at=expires_at)


@given(st.integers(1, 3600), st.integers(0, 600))
def test_what_was_held_back_returns_while_it_is_of_use(left, spread):
    expires_at, at = NOW + timedelta(seconds=left), NOW + timedelta(seconds=60)
    result = try_again(message(expires_at), "http_429", at, spread=timedelta(seconds=spread))
    if left <= 60:
        assert (result.outcome, result.retry_at) == (Outcome.EXPIRED, None)
    else:
        assert result.retry_at is not None
        assert at <= result.retry_at <= at + timedelta(seconds=spread)
        assert result.retry_at < expires_at


@pytest.mark.parametrize(
    ("left", "ttl"),
    [
        (timedelta(microseconds=1), 1),
        (timedelta(seconds=1), 1),
        (timedelta(seconds=59, milliseconds=1), 60),
        (timedelta(hours=1), 3600),
        (timedelta(days=28), 2_419_200),
        (timedelta(days=365), 2_419_200),
    ],
)
def test_a_push_service_keeps_it_as_long_as_it_is_of_use(left, ttl):
    assert ttl_seconds(NOW + left, NOW) == ttl
