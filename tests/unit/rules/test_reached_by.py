from __future__ import annotations

import itertools

import pytest

from models.rules.reached_by import NOTHING, reached_by

ALL = {"told_by": None, "follows": True, "email": True, "last": {"sms": "sent"}, "stopped": False}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "push"),
        ({"follows": False}, "sms"),
        ({"follows": False, "last": {}}, "email"),
        ({"follows": False, "last": {}, "email": False}, None),
        ({"follows": False, "last": {"sms": "queued"}, "email": False}, "sms"),
        ({"follows": False, "last": {"sms": "delivered"}, "email": False}, "sms"),
        ({"follows": False, "last": {"sms": "failed"}, "email": False}, None),
        ({"follows": False, "last": {"sms": "failed"}}, "email"),
        ({"follows": False, "last": {"sms": "failed", "email": "failed"}}, None),
        ({"last": {"push": "failed", "sms": "seen"}}, "sms"),
        ({"told_by": "email"}, "email"),
        ({"told_by": "sms"}, "sms"),
        ({"told_by": "email", "last": {"email": "failed"}}, "push"),
        ({"told_by": NOTHING}, None),
        ({"told_by": "sms", "stopped": True}, "push"),
        ({"follows": False, "stopped": True}, "email"),
        ({"follows": False, "email": False, "stopped": True}, None),
    ],
)
def test_over_what_somebody_hears_without_a_call(changes, expected):
    assert reached_by(**{**ALL, **changes}) == expected


@pytest.mark.parametrize(
    ("told_by", "follows", "email", "state", "stopped"),
    list(
        itertools.product(
            (None, "push", "sms", "email", NOTHING),
            (True, False),
            (True, False),
            ("queued", "sent", "failed", None),
            (True, False),
        )
    ),
)
def test_nobody_is_said_to_be_reached_over_what_failed_or_is_not_there(told_by, follows, email, state, stopped):
    last = {} if state is None else dict.fromkeys(("push", "sms", "email"), state)
    found = reached_by(told_by=told_by, follows=follows, email=email, last=last, stopped=stopped)
    assert found is None or last.get(found) != "failed"
    assert found != "push" or follows
    assert found != "email" or email
    assert found != "sms" or (state is not None and not stopped)
