"""How somebody is told of their request or booking: what the page says and offers, and what it keeps of a choice."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.tables import Booking, Event, Notice, TextStop
from server.services._texts import phone_hash
from tests.integration.pages.told_support import (
    PUSH,
    SMS,
    body_of,
    page_of,
    put,
    sent,
    stored,
)
from tests.support.citizen import Citizen, seed_places
from tests.support.seed import NOW, TOKENS
from tests.support.terminals import application


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock, **SMS, **PUSH)


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


def test_where_stop_leaves_no_way_at_all_the_page_still_says_how_to_start_again(citizen, database):
    created = sent(database)
    with database.transaction() as session:
        session.add(TextStop(phone_hash=phone_hash(TOKENS, stored(database, created).phone), at=NOW))
    citizen.get(page_of(created))
    assert [form for form in citizen.read.forms if "told_by" in form.radios] == []
    assert "répondez START" in citizen.seen
    assert "Préférences" not in citizen.seen


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
