from __future__ import annotations

import itertools

import pytest

from push.ways import NOTHING, Channel, Ways, Who, in_order

PUSH, SMS, EMAIL = Channel.PUSH, Channel.SMS, Channel.EMAIL
EVERYTHING = {"follows": True, "phone": "+33639980012", "email": "camille@example.org"}


def order(**facts):
    return [one.channel for one in in_order(Ways(**facts))]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"email": "camille@example.org"}, [EMAIL]),
        ({"phone": "+33639980012"}, [SMS]),
        ({"follows": True}, [PUSH]),
        (EVERYTHING, [PUSH, SMS, EMAIL]),
        ({**EVERYTHING, "told_by": "push"}, [PUSH, SMS, EMAIL]),
        ({**EVERYTHING, "told_by": "sms"}, [SMS, PUSH, EMAIL]),
        ({**EVERYTHING, "told_by": "email"}, [EMAIL, PUSH, SMS]),
        ({**EVERYTHING, "told_by": "push", "follows": False}, [SMS, EMAIL]),
        ({**EVERYTHING, "told_by": "sms", "phone": None}, [PUSH, EMAIL]),
        ({**EVERYTHING, "told_by": NOTHING}, []),
        ({**EVERYTHING, "phone": "", "email": ""}, [PUSH]),
        # Somebody else may answer this phone.
        ({**EVERYTHING, "may_leave_message": False}, [PUSH, EMAIL]),
        ({**EVERYTHING, "may_leave_message": False, "told_by": "email"}, [EMAIL, PUSH]),
        ({**EVERYTHING, "may_leave_message": False, "told_by": "sms"}, [SMS, PUSH, EMAIL]),
    ],
)
def test_what_was_chosen_comes_first_and_what_is_surest_after_it(facts, expected):
    assert order(**facts) == expected


@pytest.mark.parametrize(
    "facts",
    [
        dict(zip(("follows", "phone", "email", "told_by", "may_leave_message"), values, strict=True))
        for values in itertools.product(
            (True, False), ("+33639980012", None), ("c@example.org", None), (None, *Channel, NOTHING), (True, False)
        )
    ],
)
def test_each_way_comes_once_with_the_address_that_it_needs(facts):
    found = in_order(Ways(**facts))
    assert len({one.channel for one in found}) == len(found)
    for one in found:
        assert one.who is Who.CITIZEN
        assert one.address == {PUSH: "", SMS: facts["phone"], EMAIL: facts["email"]}[one.channel]
    assert (found == ()) == (
        facts["told_by"] == NOTHING
        or not (
            facts["follows"]
            or facts["email"]
            or (facts["phone"] and (facts["may_leave_message"] or facts["told_by"] == "sms"))
        )
    )


def test_nothing_that_reaches_somebody_is_printed():
    printed = repr(Ways(**EVERYTHING)) + repr(in_order(Ways(**EVERYTHING)))
    assert "camille" not in printed
    assert "639980012" not in printed
