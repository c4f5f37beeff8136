from __future__ import annotations

import json
from uuid import UUID

import pytest

from models.rules.ladder import Step, Subject
from push.call_messages import call_notice, compose_call

ID = UUID("0f5c7c0e-6f0e-4b5e-9d38-0f8b4f2c9d11")
SITE = "https://rdv.example.org"


def shown(step, subject, *, discreet=False, quiet=False):
    words = compose_call(step, subject, ID, discreet=discreet, public_url=SITE)
    message = json.loads(call_notice(words, quiet=quiet, receipt="call.1.x").payload())
    return message["notification"]


def test_a_request_can_be_accepted_from_the_lock_screen():
    notice = shown(Step.AVAILABLE, Subject.REQUEST)
    assert [one["action"] for one in notice["actions"]] == ["accept", "open"]
    assert notice["data"] == {"request_id": str(ID), "receipt": "call.1.x"}


@pytest.mark.parametrize(
    ("subject", "discreet"), [(Subject.APPROVAL, False), (Subject.REQUEST, True), (Subject.APPROVAL, True)]
)
def test_nothing_else_can(subject, discreet):
    notice = shown(Step.CHIEF, subject, discreet=discreet)
    assert "actions" not in notice
    assert notice["data"] == {"receipt": "call.1.x"}


@pytest.mark.parametrize("step", [Step.AVAILABLE, Step.ON_DUTY, Step.CHIEF])
@pytest.mark.parametrize("subject", Subject)
def test_of_a_discreet_one_it_is_not_even_said_what_it_is(step, subject):
    notice = shown(step, subject, discreet=True)
    assert (notice["title"], notice["body"]) == ("Vous avez un message", "Vous avez un message.")


@pytest.mark.parametrize("quiet", [True, False])
def test_only_what_may_ring_rings(quiet):
    first, again = (shown(step, Subject.REQUEST, quiet=quiet) for step in (Step.AVAILABLE, Step.ON_DUTY))
    for notice in (first, again):
        assert (notice["silent"], notice.get("requireInteraction", False)) == (quiet, not quiet)
    assert "renotify" not in first
    assert again.get("renotify", False) is not quiet
