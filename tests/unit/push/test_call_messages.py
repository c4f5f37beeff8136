from __future__ import annotations

import json
from uuid import UUID

import pytest

from models.rules.ladder import Standing, Step, Subject
from push.call_messages import compose_call
from push.call_notices import call_notice, over_notice, trial_notice

ID = UUID("0f5c7c0e-6f0e-4b5e-9d38-0f8b4f2c9d11")
SITE = "https://rdv.example.org"


def shown(step, subject, *, discreet=False, quiet=False, language="fr"):
    words = compose_call(step, subject, ID, discreet=discreet, public_url=SITE)
    message = json.loads(call_notice(words, language, quiet=quiet, receipt="call.1.x").payload())
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


STEPS = (Step.AVAILABLE, Step.CHIEF)


@pytest.mark.parametrize("discreet", [True, False])
@pytest.mark.parametrize("subject", Subject)
def test_every_call_has_english_words_of_its_own(subject, discreet):
    for step in STEPS:
        french, english = (shown(step, subject, discreet=discreet, language=language) for language in ("fr", "en"))
        for field in ("title", "body"):
            assert french.pop(field) != english.pop(field)
        assert [one["action"] for one in french.pop("actions", [])] == [
            one["action"] for one in english.pop("actions", [])
        ]
        assert (french.pop("lang"), english.pop("lang")) == ("fr", "en")
        assert french == english


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("standing", [Standing.TAKEN, Standing.OVER])
@pytest.mark.parametrize("subject", Subject)
def test_what_is_over_takes_the_place_of_its_call_without_a_sound(subject, standing, language):
    open_one, discreet = (over_notice(subject, standing, ID, language, discreet=discreet) for discreet in (False, True))
    for notice in (open_one, discreet):
        assert notice.tag == shown(Step.AVAILABLE, subject)["tag"]
        assert (notice.silent, notice.data, notice.lang) == (True, {"taken": "1"}, language)
    for word in ("demande", "rendez", "request", "appointment", "collègue", "colleague"):
        assert word not in f"{discreet.title} {discreet.body}".lower()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("subject", Subject)
def test_whoever_took_it_does_not_read_that_a_colleague_has(subject, language):
    def body(standing, **how):
        return over_notice(subject, standing, ID, language, **how).body

    taken = body(Standing.TAKEN, discreet=False, own=True)
    assert "coll" not in taken
    assert taken != body(Standing.TAKEN, discreet=False)
    for standing, discreet in ((Standing.OVER, False), (Standing.OVER, True), (Standing.TAKEN, True)):
        assert body(standing, discreet=discreet, own=True) == body(standing, discreet=discreet)


def test_a_test_speaks_the_language_of_its_terminal():
    assert trial_notice("fr", "x").title != trial_notice("en", "x").title
