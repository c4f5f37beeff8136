"""What must be read again but never be shown: addresses and passwords of calendars, sealed before they are stored.

AES-256-GCM (NIST SP 800-38D) under a key that the operator gives, else one derived from SECRET_KEY (HKDF, RFC 5869).
What a text is about is sealed with it: a row's secret opens in that row only.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM = b"\x01"
_NAME = 4
_NONCE = 12


class Unsealable(Exception):
    """None of the keys opens this: they were changed without keeping the old one, or the row is not its own."""


class Sealer:
    """Seals with the first key, opens with any of them.

    Args:
        secrets_: what keys are derived from, the current one first.

    Raises:
        ValueError: there is no secret.
    """

    def __init__(self, secrets_: Sequence[bytes]) -> None:
        if not secrets_:
            raise ValueError("no secret to seal with")
        keys = [_key(secret) for secret in secrets_]
        self._ciphers = {_name(key): AESGCM(key) for key in reversed(keys)}
        self._current = _name(keys[0])

    def seal(self, text: str, about: UUID) -> bytes:
        """Return `text` so that only a holder of the key reads it, and only as what `about` names."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), about.bytes)
        return _FORM + self._current + nonce + sealed

    def open(self, sealed: bytes, about: UUID) -> str:
        """Return what was sealed.

        Raises:
            Unsealable: none of the keys opens it, or it is not about this.
        """
        name, rest = sealed[1 : 1 + _NAME], sealed[1 + _NAME :]
        cipher = self._ciphers.get(name)
        if sealed[:1] != _FORM or cipher is None:
            raise Unsealable("unknown key")
        try:
            return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], about.bytes).decode()
        except (InvalidTag, ValueError):
            raise Unsealable("wrong key or place") from None

    def is_current(self, sealed: bytes) -> bool:
        """Say whether this was sealed with the current key; others are sealed anew, so that the old key can go."""
        return sealed[: 1 + _NAME] == _FORM + self._current


def _key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"brigade numerique: credentials of calendars").derive(
        secret
    )


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"name of a key" + key).digest()[:_NAME]
