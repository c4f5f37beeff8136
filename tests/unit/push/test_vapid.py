from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from push.vapid import LONGEST_USE, SHORTEST_USE, TOKEN_LIFE, KeyUnknown, Vapid, VapidKey, read_keys

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SUBJECT = "mailto:brigade@example.gouv.fr"
FCM, MOZILLA = "https://fcm.googleapis.com", "https://updates.push.services.mozilla.com"


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(header):
    return json.loads(decode(header.removeprefix("vapid t=").split(".")[1]))


def test_a_key_is_written_and_read_in_the_form_of_the_standard():
    key = VapidKey.make()
    assert len(decode(key.write())) == 32
    point = decode(key.public)
    assert (len(point), point[0]) == (65, 4)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    for text in (key.write(), f" {key.write()}\n", key.write() + "="):
        assert VapidKey.read(text) == key


def test_two_keys_are_two():
    assert VapidKey.make() != VapidKey.make()


def test_a_key_that_begins_with_zeros_keeps_its_length():
    one = base64.urlsafe_b64encode((1).to_bytes(32, "big")).rstrip(b"=").decode()
    assert VapidKey.read(one).write() == one


# The order of P-256 (FIPS 186): from there on, and at zero, a number is no key.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é" * 43,
        "A" * 42,
        "A" * 44,
        "+" * 43,
        base64.urlsafe_b64encode(bytes(32)).decode(),
        base64.urlsafe_b64encode(ORDER.to_bytes(32, "big")).decode(),
    ],
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="key"):
        VapidKey.read(text)


def test_keys_are_read_in_their_order_and_never_twice():
    first, second = VapidKey.make(), VapidKey.make()
    assert read_keys(f"{first.write()}, {second.write()},") == (first, second)
    assert read_keys("") == ()
    with pytest.raises(ValueError, match="twice"):
        read_keys(f"{first.write()},{second.write()},{first.write()}")


def test_a_private_key_shows_in_no_log():
    key = VapidKey.make()
    assert key.write() not in repr(key)
    assert "PrivateKey" not in repr(key)


def test_a_token_says_who_for_whom_and_until_when():
    key = VapidKey.make()
    header = Vapid([key], SUBJECT).authorization(FCM, key.public, NOW)
    assert header.endswith(f", k={key.public}")
    assert claims(header) == {"aud": FCM, "exp": int((NOW + TOKEN_LIFE).timestamp()), "sub": SUBJECT}
    # RFC 8292, section 2: not more than 24 hours.
    assert timedelta(hours=24) > TOKEN_LIFE > LONGEST_USE


def test_a_token_is_kept_for_each_service_and_key():
    keys = [VapidKey.make(), VapidKey.make()]
    vapid = Vapid(keys, SUBJECT)
    headers = {(one, key.public): vapid.authorization(one, key.public, NOW) for one in (FCM, MOZILLA) for key in keys}
    assert len(set(headers.values())) == 4
    for (audience, public), header in headers.items():
        # Signing again would give another signature, so this is the very same token.
        assert vapid.authorization(audience, public, NOW + SHORTEST_USE - timedelta(seconds=1)) == header
        assert claims(header)["aud"] == audience


def test_a_token_is_renewed_while_it_is_still_good():
    key = VapidKey.make()
    vapid = Vapid([key], SUBJECT)
    first = vapid.authorization(FCM, key.public, NOW)
    later = NOW + LONGEST_USE
    second = vapid.authorization(FCM, key.public, later)
    assert second != first
    assert claims(second)["exp"] == int((later + TOKEN_LIFE).timestamp())


def test_a_clock_that_was_put_back_gets_a_new_token():
    key = VapidKey.make()
    vapid = Vapid([key], SUBJECT)
    vapid.authorization(FCM, key.public, NOW)
    earlier = NOW - timedelta(days=1)
    assert claims(vapid.authorization(FCM, key.public, earlier))["exp"] == int((earlier + TOKEN_LIFE).timestamp())


def test_many_services_do_not_fill_the_memory():
    key = VapidKey.make()
    vapid = Vapid([key], SUBJECT)
    for number in range(1100):
        vapid.authorization(f"https://host-{number}.notify.windows.com", key.public, NOW)
    assert len(vapid._tokens) <= 1000


def test_new_subscriptions_are_made_with_the_first_key_and_old_ones_go_on():
    new, old, gone = VapidKey.make(), VapidKey.make(), VapidKey.make()
    vapid = Vapid([new, old], SUBJECT)
    assert vapid.current == new.public
    assert vapid.authorization(FCM, old.public, NOW).endswith(old.public)
    with pytest.raises(KeyUnknown):
        vapid.authorization(FCM, gone.public, NOW)


@pytest.mark.parametrize(
    "subject",
    ["", "brigade@example.org", "mailto:", "mailto:brigade@localhost", "mailto:<a@b.fr>", "http://example.org"],
)
def test_a_contact_that_push_services_refuse_is_refused_here(subject):
    with pytest.raises(ValueError, match="mailto"):
        Vapid([VapidKey.make()], subject)


def test_without_a_key_nobody_can_be_told():
    with pytest.raises(ValueError, match="at least one key"):
        Vapid([], SUBJECT)
