"""Who we are for a push service (VAPID, RFC 8292): keys, and the tokens signed with them.

Several keys may be in use at once. The first is the one browsers subscribe with; the others stay until the last browser
that subscribed with them has come back, because a subscription hears from the key that it was made with and from no
other. A key goes by its public half, in the form that `PushManager.subscribe()` takes and `subscription.options` gives.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# A token is good for 24 h at most (RFC 8292, section 2). Ours are half of that, so that no clock's error matters, and
# the last one handed out still has an hour to live.
TOKEN_LIFE = timedelta(hours=12)
SHORTEST_USE, LONGEST_USE = timedelta(hours=6), timedelta(hours=11)
_MOST_TOKENS = 1000
_SCALAR_LENGTH = 32
_KEY = re.compile(r"([A-Za-z0-9_-]{43})=?", re.ASCII)
_SUBJECT = re.compile(r"mailto:[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+|https://[a-z0-9.-]+\.[a-z]+(/[!-~]*)?", re.ASCII)


class KeyUnknown(Exception):
    """A subscription was made with a key that this deployment does not have any more."""


@dataclass(frozen=True)
class VapidKey:
    """A key pair on P-256; equal to another when its public half is."""

    public: str
    _private: ec.EllipticCurvePrivateKey = field(repr=False, compare=False)

    @classmethod
    def make(cls) -> VapidKey:
        """Draw a new one."""
        return cls._of(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def read(cls, text: str) -> VapidKey:
        """Read the private half: 32 octets in base64url, without padding or with it.

        Raises:
            ValueError: it is no such key; what was written is not repeated.
        """
        found = _KEY.fullmatch(text.strip())
        if found is None:
            raise ValueError("a key is 43 characters of base64url")
        octets = base64.urlsafe_b64decode(found[1] + "=")
        try:
            return cls._of(ec.derive_private_key(int.from_bytes(octets, "big"), ec.SECP256R1()))
        except ValueError:
            raise ValueError("this number is no key on P-256") from None

    @classmethod
    def _of(cls, private: ec.EllipticCurvePrivateKey) -> VapidKey:
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cls(_base64url(point), private)

    def write(self) -> str:
        """The private half as `read` takes it: a secret."""
        return _base64url(self._private.private_numbers().private_value.to_bytes(_SCALAR_LENGTH, "big"))

    def sign(self, claims: dict[str, object]) -> str:
        """Sign a JSON web token (RFC 7519) with ES256 (RFC 7518); `claims` are left as they are."""
        header: dict[str, object] = {"typ": "JWT", "alg": "ES256"}
        signed = f"{_base64url(_compact(header))}.{_base64url(_compact(claims))}"
        r, s = decode_dss_signature(self._private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_base64url(r.to_bytes(_SCALAR_LENGTH, 'big') + s.to_bytes(_SCALAR_LENGTH, 'big'))}"


@dataclass(frozen=True)
class _Token:
    header: str
    made_at: datetime
    renewed_at: datetime


class Vapid:
    """The keys of a deployment, and the tokens that they have signed.

    Args:
        keys: at least one; the first is what new subscriptions are made with.
        subject: whom a push service writes to when something is wrong, `mailto:…` or `https://…`.

    Raises:
        ValueError: there is no key, or the subject is none that push services accept.
    """

    def __init__(self, keys: Sequence[VapidKey], subject: str) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        check_subject(subject)
        self._keys = {key.public: key for key in keys}
        self._subject = subject
        self._tokens: dict[tuple[str, str], _Token] = {}
        self.current = keys[0].public

    def authorization(self, audience: str, public: str, now: datetime) -> str:
        """The Authorization header for one push service.

        Args:
            audience: the origin of the endpoint, such as `https://fcm.googleapis.com`.
            public: the key that the subscription was made with.

        Raises:
            KeyUnknown: there is no such key here.
        """
        token = self._tokens.get((audience, public))
        # A clock that was put back would leave a token that a push service takes for one of the future.
        if token is None or not token.made_at <= now < token.renewed_at:
            token = self._sign(audience, public, now)
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.clear()
            self._tokens[audience, public] = token
        return token.header

    def _sign(self, audience: str, public: str, now: datetime) -> _Token:
        key = self._keys.get(public)
        if key is None:
            raise KeyUnknown
        expires = int((now + TOKEN_LIFE).timestamp())
        signed = key.sign({"aud": audience, "exp": expires, "sub": self._subject})
        # By chance, so that the tokens of many services are not all signed anew in the same instant.
        use = SHORTEST_USE + (LONGEST_USE - SHORTEST_USE) * random.random()  # noqa: S311 -- not a secret.
        return _Token(f"vapid t={signed}, k={public}", now, now + use)


def check_subject(subject: str) -> None:
    """Refuse a contact that push services would refuse: Apple's answers 403 to one that is not on the internet.

    Raises:
        ValueError: it is no mailto or https URI.
    """
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("write mailto:somebody@example.gouv.fr, or an https address")


def read_keys(text: str) -> tuple[VapidKey, ...]:
    """Read private keys that are separated by commas, the current one first.

    Raises:
        ValueError: one of them is none, or is there twice.
    """
    keys = tuple(VapidKey.read(one) for one in text.split(",") if one.strip())
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice")
    return keys


def _compact(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
