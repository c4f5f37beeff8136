from __future__ import annotations

from uuid import UUID

import pytest

from server.push_receipts import Kind, read_receipt, receipt_token
from server.tokens import Tokens
from tests.support.seed import TOKENS

ID = UUID("0f5c7c0e-6f0e-4b5e-9d38-0f8b4f2c9d11")


@pytest.mark.parametrize("kind", Kind)
def test_a_receipt_names_what_was_sent(kind):
    assert read_receipt(TOKENS, receipt_token(TOKENS, kind, ID)) == (kind, ID)


def test_a_receipt_of_somebody_elses_making_is_none():
    good = receipt_token(TOKENS, Kind.CALL, ID)
    signature = good.rpartition(".")[2]
    for made_up in (
        "",
        good[:-1],
        good + "0",
        good + "\n",
        good.upper(),
        good.replace("call", "test"),
        good.replace("call", "mail"),
        good.replace("0f5c", "0f5d"),
        f"call.{'-' * 36}.{signature}",
        receipt_token(Tokens(b"another key of at least 32 characters"), Kind.CALL, ID),
    ):
        assert read_receipt(TOKENS, made_up) is None, made_up
