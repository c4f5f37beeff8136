"""What the page of a booking says of the calendar that a mail has put it into, and the box that ends such mails."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from models.tables import Booking, Event, Notice
from tests.integration.pages.booking_support import book
from tests.integration.pages.told_support import PUSH, SMS, body_of, put
from tests.support.citizen import Citizen, seed_places
from tests.support.seed import NOW
from tests.support.terminals import application

KEPT = "Pour votre agenda, nous envoyons aussi chaque changement par courriel à c•••@example.org."
LEFT = "Votre agenda ne suit plus les changements."
BOX = "Tenir aussi mon agenda à jour par courriel"


@pytest.fixture
def app(database, clock):
    with database.transaction() as session:
        seed_places(session)
    return application(database, clock, **SMS, **PUSH)


@pytest.fixture
def invited(citizen, database, booked):
    """The page of a booking of which a mail has left; its citizen has chosen mail."""
    with database.transaction() as session:
        session.execute(update(Booking).values(told_by="email"))
        mail(session)
    return booked


def mail(session):
    session.add(
        Notice(
            id=uuid4(),
            event_id=session.scalars(select(Event.id).where(Event.name == "appointment_booked")).one(),
            channel="email",
            recipient="citizen",
            state="sent",
            attempts=1,
            created_at=NOW,
            changed_at=NOW,
            sent_at=NOW,
        )
    )


def said(citizen: Citizen, page: str) -> str:
    """Which of the two sentences the page says, and whether its box is ticked."""
    html = citizen.get(page).response.get_data(as_text=True)
    assert not (KEPT in html and LEFT in html)
    return " ".join(
        word
        for word, true in {
            "kept": KEPT in html,
            "left": LEFT in html,
            "box": BOX in html,
            "ticked": 'name="calendar" value="yes" checked' in html,
        }.items()
        if true
    )


def choose(citizen: Citizen, page: str, **data: str) -> None:
    answer = citizen.http.post(f"{page}/preferences", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


def test_who_is_told_by_mail_reads_nothing_of_it_and_is_offered_the_box_for_another_way(citizen, invited):
    assert said(citizen, invited) == "box"


def test_another_way_ends_the_mails_and_says_what_the_calendar_does_not_do_any_more(citizen, invited):
    choose(citizen, invited, told_by="sms")
    assert said(citizen, invited) == "left box"
    choose(citizen, invited, told_by="nothing", calendar="yes")
    assert said(citizen, invited) == "left box"


def test_the_box_keeps_them_and_says_so_and_ends_them(citizen, invited):
    choose(citizen, invited, told_by="sms", calendar="yes")
    assert said(citizen, invited) == "kept box ticked"
    choose(citizen, invited, told_by="sms")
    assert said(citizen, invited) == "left box"


def test_a_browser_that_begins_to_follow_is_said_beside_the_mails(citizen, invited):
    card = put(citizen, invited, body_of()).json["card"]
    assert KEPT in card
    assert said(citizen, invited) == "kept box ticked"


def test_a_browser_that_begins_to_follow_brings_no_mails_back(citizen, invited):
    choose(citizen, invited, told_by="sms")
    assert LEFT in put(citizen, invited, body_of()).json["card"]
    assert said(citizen, invited) == "left box"


def test_who_wants_no_more_of_our_mails_gets_none_for_the_calendar_either(citizen, invited):
    answer = citizen.http.post(f"{invited}/desabonnement", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    put(citizen, invited, body_of())
    assert said(citizen, invited) == "left box"


def test_where_no_mail_was_sent_there_is_no_calendar_to_speak_of(citizen, booked):
    assert said(citizen, booked) == ""
    choose(citizen, booked, told_by="email")
    assert said(citizen, booked) == ""


def test_a_discreet_mail_has_put_nothing_into_a_calendar(citizen, database, chief):
    book(citizen, "domestic_violence")
    page = citizen.path.removesuffix("/envoyee")
    with database.transaction() as session:
        mail(session)
    choose(citizen, page, told_by="sms", calendar="yes")
    assert said(citizen, page) == ""
