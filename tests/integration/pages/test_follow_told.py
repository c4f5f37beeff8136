"""How somebody is told of their request or booking: what the page says and offers, and what it keeps of a choice."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.tables import Booking, ContactRequest, Event, Notice, PushFollow, PushSubscription, TextStop
from push.vapid import VapidKey
from server.services._texts import phone_hash
from tests.integration.pages.booking_support import only_booking
from tests.support.citizen import Citizen, seed_places
from tests.support.push_service import Browser
from tests.support.push_subscribers import subscription_body
from tests.support.seed import NOW, TOKENS, send_request
from tests.support.terminals import application

KEY = VapidKey.make()
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
SMS = {
    "SMS_KANNEL_URL": "http://user:password@127.0.0.1:13013/",
    "SMS_KANNEL_FROM": "38000",
    "SMS_KANNEL_SECRET": "0123456789abcdef",
}
PUSH = {"VAPID_KEYS": KEY.write(), "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr"}


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock, **SMS, **PUSH)


def sent(database, **changes):
    """A request of somebody who gave a mobile phone, and no address."""
    with database.transaction() as session:
        return send_request(session, **{"email": "", **changes})


def stored(database, created) -> ContactRequest:
    with database.transaction() as session:
        return session.get_one(ContactRequest, created.request_id)


def page_of(created) -> str:
    return f"/suivi/{created.follow_token}"


def body_of(browser: Browser | None = None, endpoint: str = ENDPOINT, key: str = KEY.public, **changes):
    body = subscription_body(endpoint, key, browser)
    return {name: body[name] for name in ("endpoint", "keys", "vapid_key")} | changes


def put(citizen: Citizen, page: str, body):
    # As scripts write it: half of a pair of surrogates is legal there, and nothing that the tests' own client can send.
    return citizen.http.put(
        f"{page}/notifications",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def drop(citizen: Citizen, page: str, endpoint: str = ENDPOINT):
    return citizen.http.delete(f"{page}/notifications", json={"endpoint": endpoint})


def followed(database) -> list[tuple[str, object]]:
    with database.transaction() as session:
        rows = session.execute(
            select(PushSubscription.endpoint, PushFollow.request_id, PushFollow.booking_id)
            .join(PushFollow, PushFollow.subscription_id == PushSubscription.id)
            .order_by(PushFollow.created_at, PushSubscription.endpoint)
        )
        return [(endpoint, request_id or booking_id) for endpoint, request_id, booking_id in rows]


@pytest.mark.parametrize(
    ("changes", "now", "ways"),
    [
        ({}, "Nous vous prévenons par SMS au 06 •• •• •• 12.", ["sms", "nothing"]),
        ({"email": "camille@example.org"}, "par SMS au 06 •• •• •• 12.", ["sms", "email", "nothing"]),
        # A telephone at home gets no text messages.
        (
            {"phone": "04 65 71 00 99", "email": "camille@example.org"},
            "par courriel à c•••@example.org.",
            ["email", "nothing"],
        ),
        ({"phone": "04 65 71 00 99"}, "Nous ne vous envoyons rien : revenez voir cette page.", []),
        # Others answer this phone.
        (
            {"may_leave_message": False, "email": "camille@example.org"},
            "par courriel à c•••@example.org.",
            ["sms", "email", "nothing"],
        ),
    ],
)
def test_only_what_is_possible_is_offered_and_what_holds_is_said(citizen, database, changes, now, ways):
    citizen.get(page_of(sent(database, **changes)))
    assert now in citizen.text
    assert [way for form in citizen.read.forms for way in form.radios.get("told_by", [])] == ways


def test_without_a_provider_of_text_messages_none_is_promised(database, clock, app):
    created = sent(database, email="camille@example.org")
    citizen = Citizen(application(database, clock)).get(page_of(created))
    assert "Nous vous prévenons par courriel" in citizen.text
    assert citizen.form.radios["told_by"] == ["email", "nothing"]
    assert 'data-key=""' in citizen.response.get_data(as_text=True)


def test_a_phone_that_said_stop_is_told_how_to_start_again(citizen, database):
    created = sent(database, email="camille@example.org")
    with database.transaction() as session:
        session.add(TextStop(phone_hash=phone_hash(TOKENS, stored(database, created).phone), at=NOW))
    citizen.get(page_of(created))
    assert "répondez START" in citizen.text
    assert "Nous vous prévenons par courriel" in citizen.text
    assert citizen.form.radios["told_by"] == ["email", "nothing"]


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("email", "Nous vous prévenons par courriel à c•••@example.org."),
        ("nothing", "Nous ne vous envoyons rien : revenez voir cette page."),
        ("sms", "Nous vous prévenons par SMS au 06 •• •• •• 12."),
    ],
)
def test_a_choice_holds_and_is_said_without_any_script(citizen, database, way, words):
    created = sent(database, email="camille@example.org")
    citizen.get(page_of(created)).press(told_by=way)
    assert citizen.path == f"{page_of(created)}#prevenir"
    assert words in citizen.text
    assert citizen.form.values["told_by"] == way
    assert stored(database, created).told_by == way


def test_what_is_not_possible_for_them_changes_nothing(citizen, database):
    created = sent(database)
    for way in ("email", "push", "", "elsewhere"):
        assert citizen.http.post(f"{page_of(created)}/preferences", data={"told_by": way}).status_code == 303
        assert stored(database, created).told_by is None


def test_a_choice_for_a_booking(citizen, database, booked):
    citizen.get(booked)
    citizen.http.post(f"{booked}/preferences", data={"told_by": "email"})
    assert "Nous vous prévenons par courriel" in citizen.get(booked).text
    with database.transaction() as session:
        assert session.scalars(select(Booking.told_by)).all() == ["email"]


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


def test_a_discreet_request_offers_nothing_aloud_and_says_what_the_screen_will_show(citizen, database):
    created = sent(database, reason_code="harassment", safe_time="le matin")
    citizen.get(page_of(created))
    html = citizen.response.get_data(as_text=True)
    card = html[html.index('id="prevenir"') : html.index("</section>", html.index('id="prevenir"'))]
    assert card.index("<details>") < card.index("Nous vous prévenons")
    assert "Vous avez un message" in card
    assert "data-quiet" in card
    assert "data-manifest" not in html
    assert "Non merci" not in card


def test_after_the_end_nothing_is_offered_and_what_follows_can_still_be_stopped(citizen, database):
    created = sent(database)
    page = page_of(created)
    citizen.get(f"{page}/annuler").press()
    assert 'id="prevenir"' not in citizen.response.get_data(as_text=True)
    put(citizen, page, body_of())
    assert 'id="prevenir"' in citizen.get(page).response.get_data(as_text=True)


def tell(database, event_name: str, channel: str, state: str, **instants):
    with database.transaction() as session:
        event = session.scalars(select(Event).where(Event.name == event_name)).one()
        cause = "smtp_550" if state == "failed" else None
        session.add(
            Notice(
                id=uuid4(),
                event_id=event.id,
                channel=channel,
                recipient="citizen",
                state=state,
                cause=cause,
                attempts=1,
                created_at=NOW,
                changed_at=NOW + timedelta(minutes=9),
                **instants,
            )
        )


@pytest.mark.parametrize("page", ["", "/etat"])
def test_the_history_says_what_was_sent_and_how_far_it_came(citizen, database, page):
    created = sent(database)
    at = NOW + timedelta(minutes=1)
    tell(database, "request_created", "sms", "delivered", sent_at=at, delivered_at=at)
    tell(database, "request_created", "email", "failed")
    tell(database, "request_created", "push", "queued")
    citizen.get(page_of(created) + page)
    assert (
        "Aujourd’hui à 14 h 39 Prévenu par courriel : pas arrivé. Aujourd’hui à 14 h 31 Prévenu par SMS : reçu."
        " Aujourd’hui à 14 h 30 Vous avez envoyé votre demande" in citizen.text
    )
    assert "notification : " not in citizen.text
    assert "smtp_550" not in citizen.text


def test_the_page_of_a_booking_says_what_was_sent(citizen, database, booked):
    tell(database, "appointment_booked", "push", "seen", sent_at=NOW, delivered_at=NOW, seen_at=NOW)
    citizen.get(booked)
    assert "Ce que nous vous avons envoyé Aujourd’hui à 14 h 30 Prévenu par une notification : lu." in citizen.text


def test_the_copy_on_the_device_has_nothing_of_it(citizen, database):
    created = sent(database)
    put(citizen, page_of(created), body_of())
    citizen.get(f"{page_of(created)}/copie")
    assert "prévenons" not in citizen.text
    assert "data-browsers" not in citizen.response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/suivi/page.webmanifest", "/en/follow/page.webmanifest"])
def test_an_iphone_can_put_the_page_on_its_home_screen_and_no_link_is_told_to_anybody(citizen, path):
    answer = citizen.http.get(path)
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.get_json(force=True)
    assert manifest["display"] == "standalone"
    assert "start_url" not in manifest
    assert citizen.http.get(manifest["icons"][0]["src"]).mimetype == "image/png"
