"""A citizen of a deployment that has text messages and web push, and the browsers through which they follow."""

from __future__ import annotations

import json

from sqlalchemy import select

from models.tables import ContactRequest, PushFollow, PushSubscription
from push.vapid import VapidKey
from tests.support.citizen import Citizen
from tests.support.push_service import Browser
from tests.support.push_subscribers import subscription_body
from tests.support.seed import send_request

KEY = VapidKey.make()
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
SMS = {
    "SMS_KANNEL_URL": "http://user:password@127.0.0.1:13013/",
    "SMS_KANNEL_FROM": "38000",
    "SMS_KANNEL_SECRET": "0123456789abcdef",
}
PUSH = {"VAPID_KEYS": KEY.write(), "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr"}


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
