"""Every problem that the rules can find has a sentence, in both languages."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from models.rules.contact_details import LONGEST, problems
from models.rules.jurisdiction import Why
from server import i18n
from server.pages import wording
from tests.support.seed import details

BAD = {
    "commune_insee": ["", " "],
    "reason_code": ["", "made-up"],
    "channel": ["", "pigeon"],
    "call_window": ["", "never"],
    "facts": ["", "x" * (LONGEST["facts"] + 1)],
    "caller_name": ["", "x" * (LONGEST["caller_name"] + 1)],
    "place": ["x" * (LONGEST["place"] + 1)],
    "safe_time": ["x" * (LONGEST["safe_time"] + 1)],
    "email": ["", "a@b", "x" * LONGEST["email"] + "@example.org"],
    "phone": ["", "12"],
}


@pytest.fixture(params=["/", "/en/"], ids=["fr", "en"])
def language(request):
    app = Flask("server")
    i18n.register(app)
    with app.test_request_context(request.param):
        yield


def found_by_the_rules():
    cases = set()
    for field, values in BAD.items():
        for value, channel in itertools.product(values, ("phone", "email")):
            changes = (
                {"channel": channel, field: value, "phone_is_valid": False}
                if field == "phone"
                else {"channel": channel, field: value}
            )
            cases.update(problems(details(**changes), reason_codes={"complaint"}).items())
    return sorted(cases)


def test_the_rules_find_every_kind_of_problem():
    assert {code for _, code in found_by_the_rules()} == {"missing", "unknown", "unreadable", "too_long"}


@pytest.mark.parametrize(("field", "code"), found_by_the_rules())
def test_a_problem_is_said_as_a_sentence(language, field, code):
    sentence = wording.say_problem(field, code, "x" * 6000)
    assert sentence.endswith(".")
    assert len(sentence) > 20


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_not_to_know_has_words(language, why):
    assert wording.say_why_unknown(why.value).endswith(".")
