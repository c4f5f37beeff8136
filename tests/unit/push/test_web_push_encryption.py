from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace

import http_ece
import pytest
import pywebpush
from cryptography.hazmat.primitives.asymmetric import ec

from push.web_push_request import encrypt
from push.web_push_values import PushSubscription

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/web_push.json"


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encrypted_as_in_the_standard(vector, monkeypatch):
    """Encrypt with the key and the salt of the vector instead of those that would have been drawn."""
    private = ec.derive_private_key(int.from_bytes(octets(vector["as_private"]), "big"), ec.SECP256R1())
    drawn = SimpleNamespace(generate_private_key=lambda *_: private, SECP256R1=ec.SECP256R1)
    monkeypatch.setattr(pywebpush, "ec", drawn)
    monkeypatch.setattr(http_ece, "os", SimpleNamespace(urandom=lambda length: octets(vector["salt"])[:length]))
    subscription = PushSubscription("https://push.example.net/x", vector["ua_public"], vector["auth"], "")
    return encrypt(subscription, vector["plaintext"].encode())


def test_the_example_of_the_standard_is_reproduced_byte_for_byte(monkeypatch):
    vector = json.loads(FIXTURE.read_text())["webpush_rfc8291"]
    assert encrypted_as_in_the_standard(vector, monkeypatch) == octets(vector["record"])


def test_our_copy_is_that_of_the_real_data(real_data, monkeypatch):
    vector = json.loads((real_data / "vectors/webpush.json").read_text())["webpush_rfc8291"]
    assert encrypted_as_in_the_standard(vector, monkeypatch) == octets(vector["record"])


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_padding_of_the_keys_does_not_matter(padding, monkeypatch):
    vector = json.loads(FIXTURE.read_text())["webpush_rfc8291"]
    vector = {**vector, "ua_public": vector["ua_public"] + padding, "auth": vector["auth"] + padding}
    assert encrypted_as_in_the_standard(vector, monkeypatch) == octets(vector["record"])


def test_two_messages_never_look_alike():
    vector = json.loads(FIXTURE.read_text())["webpush_rfc8291"]
    subscription = PushSubscription("https://push.example.net/x", vector["ua_public"], vector["auth"], "")
    assert encrypt(subscription, b"the same") != encrypt(subscription, b"the same")
