"""Receipts: with what a browser says that a push is there, was shown, or was opened.

A receipt travels inside the encrypted payload, names what was sent and proves that we sent it. Whoever has it can say
that this one message is there, and nothing else.
"""

from __future__ import annotations

import hmac
import re
from enum import StrEnum
from uuid import UUID

from server.tokens import Tokens

_RECEIPT = re.compile(r"(call|notice|test)\.([0-9a-f-]{36})\.([0-9a-f]{32})", re.ASCII)


class Kind(StrEnum):
    """What was sent: a call of the ladder, a notice to a citizen, a test of a terminal."""

    CALL = "call"
    NOTICE = "notice"
    TEST = "test"


def receipt_token(tokens: Tokens, kind: Kind, of_id: UUID) -> str:
    """What goes into a payload's `data.receipt`."""
    return f"{kind}.{of_id}.{tokens.push_receipt(kind, of_id)}"


def read_receipt(tokens: Tokens, receipt: str) -> tuple[Kind, UUID] | None:
    """What a receipt is for; None when it is none of ours."""
    found = _RECEIPT.fullmatch(receipt)
    if found is None:
        return None
    try:
        kind, of_id = Kind(found[1]), UUID(found[2])
    except ValueError:
        return None
    return (kind, of_id) if hmac.compare_digest(tokens.push_receipt(kind, of_id), found[3]) else None
