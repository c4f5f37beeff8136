"""The address that mail programs call for somebody who wants no more mails."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.tables import Booking, ContactRequest
from tests.support.seed import send_request

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def followed(app, database):
    with database.transaction() as session:
        return send_request(session)


def told_by(database, table=ContactRequest):
    with database.transaction() as session:
        return session.scalars(select(table.told_by)).one()


@pytest.mark.parametrize("path", ["/suivi/{}/desabonnement", "/en/follow/{}/unsubscribe"])
def test_one_post_without_cookies_or_questions_is_enough(citizen, followed, database, path):
    for _ in range(2):
        answer = citizen.http.post(path.format(followed.follow_token), data=ONE_CLICK)
        assert (answer.status_code, answer.data) == (204, b"")
        assert told_by(database) == "nothing"


@pytest.mark.parametrize(
    ("method", "data"), [("GET", None), ("HEAD", None), ("POST", {}), ("POST", {"a": "One-Click"})]
)
def test_a_look_at_the_link_changes_nothing_and_leads_to_the_page(citizen, followed, database, method, data):
    answer = citizen.http.open(f"/suivi/{followed.follow_token}/desabonnement", method=method, data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/suivi/{followed.follow_token}#prevenir")
    assert told_by(database) is None


def test_a_booking_has_one_too(citizen, booked, database):
    assert citizen.http.post(f"{booked}/desabonnement", data=ONE_CLICK).status_code == 204
    assert told_by(database, Booking) == "nothing"


def test_nobody_else_is_unsubscribed(citizen, followed, database):
    assert citizen.http.post("/suivi/AbCdEfGhIjKlMnOpQrStUv/desabonnement", data=ONE_CLICK).status_code == 404
    assert told_by(database) is None
