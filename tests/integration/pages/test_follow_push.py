"""The browsers through which somebody follows their request or booking: let in, refused, renewed, and let go."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.tables import PushSubscription
from push.vapid import VapidKey
from tests.integration.pages.booking_support import only_booking
from tests.integration.pages.told_support import (
    ENDPOINT,
    PUSH,
    SMS,
    body_of,
    drop,
    followed,
    page_of,
    put,
    sent,
    stored,
)
from tests.support.citizen import Citizen, seed_places
from tests.support.push_service import Browser
from tests.support.terminals import application


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock, **SMS, **PUSH)


def test_a_browser_follows_and_the_page_says_which_without_its_address(citizen, database):
    created = sent(database)
    answer = put(citizen, page_of(created), body_of())
    assert answer.status_code == 200, answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["needed"] is True
    assert "sur un appareil." in answer.json["card"]
    assert followed(database) == [(ENDPOINT, created.request_id)]
    citizen.get(page_of(created))
    assert "Nous vous prévenons par une notification, sur un appareil." in citizen.text
    html = citizen.response.get_data(as_text=True)
    assert ENDPOINT not in html
    assert re.search(r'data-browsers="[\w-]{43}"', html)
    # Once more is the same; another one is another.
    put(citizen, page_of(created), body_of())
    put(citizen, page_of(created), body_of(endpoint=f"{ENDPOINT}2"))
    assert "sur 2 appareils." in citizen.get(page_of(created)).text


def test_a_browser_that_follows_a_request_and_a_booking_is_kept_until_it_follows_nothing(citizen, database, booked):
    created = sent(database)
    browser = Browser()
    for page in (page_of(created), booked):
        assert put(citizen, page, body_of(browser)).status_code == 200
    assert followed(database) == [(ENDPOINT, created.request_id), (ENDPOINT, only_booking(database).id)]
    assert drop(citizen, page_of(created)).json["needed"] is True
    assert drop(citizen, booked).json["needed"] is False
    assert drop(citizen, booked).status_code == 200
    with database.transaction() as session:
        assert session.scalars(select(PushSubscription)).all() == []


def test_asking_for_notifications_takes_back_an_earlier_choice(citizen, database):
    created = sent(database)
    citizen.get(page_of(created)).press(told_by="nothing")
    put(citizen, page_of(created), body_of())
    assert stored(database, created).told_by is None
    citizen.get(page_of(created))
    assert citizen.form.radios["told_by"] == ["push", "sms", "nothing"]
    assert citizen.form.values["told_by"] == "push"


def test_choosing_another_way_stops_the_notifications(citizen, database):
    created = sent(database)
    put(citizen, page_of(created), body_of())
    citizen.get(page_of(created)).press(told_by="sms")
    assert followed(database) == []
    assert "data-by-push" not in citizen.response.get_data(as_text=True)


def test_the_english_page_makes_english_notifications(citizen, database):
    created = sent(database)
    answer = put(citizen, f"/en/follow/{created.follow_token}", body_of())
    assert "This device tells you." in answer.json["card"]
    with database.transaction() as session:
        assert session.scalars(select(PushSubscription.language)).all() == ["en"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://169.254.169.254/x.google.com/"}, "endpoint_malformed"),
        ({"endpoint": "https://push.elsewhere.example/x"}, "endpoint_host_not_allowed"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint_not_https"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "bad_push_key"),
        ({"vapid_key": VapidKey.make().public}, "unknown_vapid_key"),
        ({"endpoint": None}, "invalid_arguments"),
        ({"endpoint": "https://fcm.googleapis.com/\0"}, "invalid_arguments"),
        ({"endpoint": "https://fcm.googleapis.com/\ud800"}, "invalid_arguments"),
        ({"keys": "p256dh"}, "invalid_arguments"),
        ({"vapid_key": 1}, "invalid_arguments"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused_in_words(citizen, database, changes, code):
    created = sent(database)
    answer = put(citizen, page_of(created), body_of(**changes))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["code"] == code
    assert answer.json["title"].endswith(".")
    assert followed(database) == []


def test_a_body_that_is_none_is_refused(citizen, database):
    page = page_of(sent(database))
    for body in (b"", b"<", b"[]"):
        answer = citizen.http.put(f"{page}/notifications", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_arguments")


def test_where_there_is_no_web_push_none_is_kept(database, clock, app):
    answer = put(Citizen(application(database, clock)), page_of(sent(database)), body_of())
    assert (answer.status_code, answer.json["code"]) == (409, "push_off")


def test_the_link_is_needed(citizen, database):
    unknown = f"/suivi/{'A' * 22}"
    assert put(citizen, unknown, body_of()).json["code"] == "no_such_link"
    assert drop(citizen, unknown).status_code == 404
    assert citizen.http.post(f"{unknown}/preferences", data={"told_by": "nothing"}).status_code == 404


def test_nobody_changes_this_without_end(citizen, database):
    page = page_of(sent(database))
    for _ in range(60):
        assert put(citizen, page, body_of()).status_code == 200
    refused = put(citizen, page, body_of())
    assert refused.status_code == 429
    assert refused.json["retry_after"] > 0


def renew(citizen: Citizen, old, new):
    body = {**new, "old": {"endpoint": old["endpoint"], "auth": old["keys"]["auth"]}}
    return citizen.http.post("/suivi/abonnement", json=body, headers={"Sec-Fetch-Site": "same-origin"})


def test_a_browser_that_is_reached_in_a_new_way_takes_all_that_it_follows_along(citizen, database, booked):
    created = sent(database)
    old, new = body_of(), body_of(endpoint=f"{ENDPOINT}-new")
    for page in (page_of(created), booked):
        put(citizen, page, old)
    assert renew(citizen, old, new).status_code == 204
    both = [(new["endpoint"], created.request_id), (new["endpoint"], only_booking(database).id)]
    assert followed(database) == both
    # A worker that says so again, after the page.
    assert renew(citizen, old, new).json["code"] == "no_push_subscription"
    assert followed(database) == both


def test_a_page_that_was_first_loses_nothing(citizen, database, booked):
    created = sent(database)
    old, new = body_of(), body_of(endpoint=f"{ENDPOINT}-new")
    for page in (page_of(created), booked):
        put(citizen, page, old)
    put(citizen, booked, new)
    assert renew(citizen, old, new).status_code == 204
    assert sorted(followed(database), key=str) == sorted(
        [(new["endpoint"], created.request_id), (new["endpoint"], only_booking(database).id)], key=str
    )


def test_only_who_has_the_browsers_secret_can_take_its_place(citizen, database):
    created = sent(database)
    old = body_of()
    put(citizen, page_of(created), old)
    forged = {**old, "keys": body_of()["keys"]}
    assert renew(citizen, forged, body_of(endpoint=f"{ENDPOINT}-thief")).status_code == 404
    assert followed(database) == [(ENDPOINT, created.request_id)]
