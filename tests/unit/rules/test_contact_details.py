from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.contact_details import LONGEST, problems
from tests.support.seed import details

REASONS = {"complaint"}


def test_complete_details_have_no_problem():
    assert problems(details(), reason_codes=REASONS) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"commune_insee": ""}, {"commune_insee": "missing"}),
        ({"reason_code": ""}, {"reason_code": "missing"}),
        ({"reason_code": "tea"}, {"reason_code": "unknown"}),
        ({"channel": "pigeon"}, {"channel": "unknown"}),
        ({"call_window": "never"}, {"call_window": "unknown"}),
        ({"facts": "  \n"}, {"facts": "missing"}),
        ({"caller_name": ""}, {"caller_name": "missing"}),
        ({"phone": "", "phone_is_valid": False}, {"phone": "missing"}),
        ({"phone": "12", "phone_is_valid": False}, {"phone": "unreadable"}),
        ({"channel": "email", "phone": "", "phone_is_valid": False}, {}),
        ({"channel": "email", "email": ""}, {"email": "missing"}),
        ({"channel": "sms", "phone": "", "phone_is_valid": False}, {"phone": "missing"}),
        ({"email": ""}, {}),
        ({"email": "camille"}, {"email": "unreadable"}),
        ({"email": "camille@example"}, {"email": "unreadable"}),
        ({"email": "camille@example..org"}, {"email": "unreadable"}),
        ({"email": "a@b.org\nBcc: c@d.org"}, {"email": "unreadable"}),
        ({"email": "a@b.org,c@d.org"}, {"email": "unreadable"}),
        ({"email": "zoé@exemple.fr"}, {}),
    ],
)
def test_each_problem_is_named_by_its_field(changes, expected):
    assert problems(details(**changes), reason_codes=REASONS) == expected


@pytest.mark.parametrize("field", sorted(LONGEST))
def test_too_long_is_told_one_character_too_late(field):
    fill = "a@" + "b" * (LONGEST[field] - 6) + ".org" if field == "email" else "x" * LONGEST[field]
    assert problems(details(**{field: fill}), reason_codes=REASONS) == {}
    assert problems(details(**{field: "x" + fill}), reason_codes=REASONS) == {field: "too_long"}


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_at_all_gets_an_answer(facts, email, channel, phone):
    found = problems(
        details(facts=facts, email=email, channel=channel, phone=phone, phone_is_valid=False), reason_codes=REASONS
    )
    assert set(found.values()) <= {"missing", "unknown", "unreadable", "too_long"}
