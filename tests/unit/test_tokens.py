from __future__ import annotations

from uuid import uuid4

from server.tokens import Tokens

ONE, OTHER = Tokens(b"1" * 32), Tokens(b"2" * 32)


def test_a_follow_token_is_128_bits_that_hang_on_key_request_and_generation():
    request = uuid4()
    token = ONE.follow_token(request, 1)
    assert len(token) == 22
    assert token == ONE.follow_token(request, 1)
    assert len({token, ONE.follow_token(request, 2), ONE.follow_token(uuid4(), 1), OTHER.follow_token(request, 1)}) == 4


def test_each_purpose_has_its_own_secret():
    assert ONE.stored_hash("follow-token", "x") != ONE.stored_hash("follow-code", "x")
    assert ONE.csrf("x") != ONE.stored_hash("csrf", "x").hex()[:32]


def test_a_follow_code_can_be_dictated():
    codes = {ONE.follow_code(uuid4(), 1) for _ in range(200)}
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    assert len(codes) > 195
