from __future__ import annotations

from datetime import timedelta

import pytest

from models.events import EVENTS
from models.rules.request_lifecycle import State
from push.audience import audience
from push.ways import Channel, Recipient, Who
from tests.unit.push.facts import DELIVERED, NOT_DELIVERED, NOW, STATE_AFTER, event, situation

CITIZEN = (Recipient(Who.CITIZEN, Channel.EMAIL, "camille@example.org"),)


def test_the_tables_know_every_event():
    assert STATE_AFTER.keys() == EVENTS.keys()
    assert DELIVERED


@pytest.mark.parametrize("name", DELIVERED)
def test_every_event_with_a_deferred_job_reaches_somebody(name):
    assert audience(event(name), situation(name)) == CITIZEN


@pytest.mark.parametrize("name", NOT_DELIVERED)
def test_an_event_without_one_reaches_nobody(name):
    assert audience(event(name), situation(name, erased=False)) == ()


@pytest.mark.parametrize("name", DELIVERED)
@pytest.mark.parametrize("email", [None, ""])
def test_without_an_address_nobody_hears_by_mail(name, email):
    assert audience(event(name), situation(name, email=email)) == ()


@pytest.mark.parametrize("name", DELIVERED)
def test_an_erased_request_is_silent(name):
    assert audience(event(name), situation(name, erased=True)) == ()


@pytest.mark.parametrize(
    ("name", "changes", "reaches"),
    [
        # Taken within seconds: the first mail still carries the reference and the word.
        ("request_created", {"state": State.ACCEPTED}, True),
        ("request_created", {"state": State.WITHDRAWN}, False),
        ("request_created", {"state": State.DONE}, False),
        ("request_created", {"state": State.EXPIRED}, False),
        ("request_accepted", {"state": State.WAITING, "accepted_at": None}, False),
        ("request_accepted", {"accepted_at": NOW + timedelta(minutes=5)}, False),
        ("request_accepted", {"state": State.DONE}, False),
        ("request_transferred", {"state": State.ACCEPTED}, False),
        ("request_transferred", {"transferred_at": NOW + timedelta(minutes=5)}, False),
        ("request_transferred", {"state": State.WITHDRAWN}, False),
        ("request_late", {"state": State.ACCEPTED}, False),
        ("request_closed", {}, True),
        ("request_withdrawn", {}, True),
    ],
)
def test_what_later_events_have_overtaken_is_not_said(name, changes, reaches):
    assert (audience(event(name), situation(name, **changes)) != ()) is reaches


def test_an_address_is_not_printed():
    assert "camille" not in repr(CITIZEN)
    assert "camille" not in repr(situation("request_created"))
