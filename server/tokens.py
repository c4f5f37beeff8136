"""Every secret that is derived from SECRET_KEY, each under a purpose of its own.

A follow link is derived, not drawn, so that a mail written next week can hold it although only its hash is stored.
Without the key, the 128 bits are as good as random; raising a request's generation revokes its link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

FOLLOW_TOKEN_BYTES = 16
FOLLOW_CODE_DIGITS = 8
VERIFICATION_CODE_DIGITS = 6


class Tokens:
    """Derives and checks tokens.

    Args:
        secret_key: SECRET_KEY as bytes; changing it ends every follow link and every sign-in.
    """

    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key

    def follow_token(self, request_id: UUID, generation: int) -> str:
        """The 22 base64url characters of a citizen's follow link, to a request or a booking."""
        digest = self._mac("follow-token", f"{request_id}:{generation}")
        return base64.urlsafe_b64encode(digest[:FOLLOW_TOKEN_BYTES]).rstrip(b"=").decode()

    def follow_code(self, request_id: UUID, generation: int) -> str:
        """The eight digits that open the follow page together with the reference, for a phone without the link."""
        number = int.from_bytes(self._mac("follow-code", f"{request_id}:{generation}")[:8], "big")
        return f"{number % 10**FOLLOW_CODE_DIGITS:0{FOLLOW_CODE_DIGITS}d}"

    def verification_code(self, verification_id: UUID) -> str:
        """The six digits that prove a mailbox: derived, so that the job that sends them needs no copy."""
        number = int.from_bytes(self._mac("verification-code", str(verification_id))[:8], "big")
        return f"{number % 10**VERIFICATION_CODE_DIGITS:0{VERIFICATION_CODE_DIGITS}d}"

    def stored_hash(self, purpose: str, value: str) -> bytes:
        """What the database keeps of a token, a code or an idempotency key: useless without SECRET_KEY."""
        return self._mac(f"stored:{purpose}", value)

    def report_signature(self, text_id: UUID) -> str:
        """What proves that the address of a text message's reports comes from us; good for this message only."""
        return self._mac("text-report", str(text_id)).hex()[:32]

    def push_receipt(self, kind: str, of_id: UUID) -> str:
        """What proves that a receipt is for something that we have sent; good for this one only."""
        return self._mac("push-receipt", f"{kind}:{of_id}").hex()[:32]

    def csrf(self, session_token: str) -> str:
        """The header value that proves that a write comes from our own page in this sign-in."""
        return self._mac("csrf", session_token).hex()[:32]

    def _mac(self, purpose: str, value: str) -> bytes:
        return hmac.new(self._secret_key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
