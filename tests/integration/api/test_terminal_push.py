"""A terminal says how it is reached over web push, compares at each start, and is silent once it has ended."""

from __future__ import annotations

import base64
import hashlib
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.database import Database
from models.queries.push_subscriptions import of_agent, of_booking, of_request
from models.tables import Agent, PushFollow, PushSubscription, Terminal
from push.vapid import VapidKey
from server.push_receipts import Kind, receipt_token
from server.services.close_agent import CloseAgent, close_agent
from server.services.drop_push_subscription import CitizenOwner, DropPushSubscription, drop_push_subscription
from server.services.keep_push_subscription import KeepPushSubscription, TerminalOwner, keep_push_subscription
from server.services.revoke_terminal import RevokeTerminal, revoke_terminal
from tests.support.brigade_world import BrigadeWorld
from tests.support.push_service import Browser
from tests.support.push_subscribers import seed_terminal, subscription_body
from tests.support.seed import NOW, TOKENS, actor_of, send_request
from tests.support.terminals import application

PATH = "/api/terminals/this/push-subscription"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
OLD, NEW = VapidKey.make(), VapidKey.make()


class Device:
    """A browser that holds a terminal's credential."""

    def __init__(self, app: Any, token: str) -> None:
        self.http = app.test_client()
        self.http.set_cookie("agent", token)
        self._proof = {"X-CSRF-Token": TOKENS.csrf(token)}

    def put(
        self, endpoint: str = ENDPOINT, key: str = NEW.public, browser: Browser | None = None, **changes: Any
    ) -> Any:
        body = subscription_body(endpoint, key, browser)
        return self.http.put(PATH, json={**body, **changes}, headers=self._proof)

    def post(self, path: str) -> Any:
        return self.http.post(path, headers=self._proof)

    def delete(self) -> Any:
        return self.http.delete(PATH, headers=self._proof)


class PushBrigade(BrigadeWorld):
    """A brigade whose deployment has two keys, the second from before the last rotation."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        keys = f"{NEW.write()},{OLD.write()}"
        self.app = application(database, self.clock, VAPID_KEYS=keys, VAPID_SUBJECT="mailto:brigade@example.gouv.fr")
        self.terminal_ids: dict[int, UUID] = {}

    def device(self, agent: Agent) -> Device:
        token = str(uuid4())
        with self.database.transaction() as session:
            self.terminal_ids[agent.id] = seed_terminal(session, agent, token)
        return Device(self.app, token)

    def rows(self) -> list[PushSubscription]:
        with self.database.transaction() as session:
            return list(session.scalars(select(PushSubscription).order_by(PushSubscription.endpoint)))

    def reach(self, agent: Agent) -> list[str]:
        with self.database.transaction() as session:
            return [row.endpoint for row in of_agent(session, agent.id, self.clock.now)]


@pytest.fixture
def brigade(database: Database) -> PushBrigade:
    return PushBrigade(database)


def test_what_is_kept_can_be_compared_without_being_told(brigade: PushBrigade) -> None:
    device = brigade.device(brigade.martin)
    assert device.http.get(PATH).json["code"] == "no_push_subscription"
    answer = device.put(quiet={"from": "22:00", "until": "07:00"}, key=OLD.public)
    assert answer.status_code == 200, answer.json
    expected = {
        "fingerprint": base64.urlsafe_b64encode(hashlib.sha256(ENDPOINT.encode()).digest()).rstrip(b"=").decode(),
        "vapid_key": OLD.public,
        "quiet": {"from": "22:00", "until": "07:00"},
        "key": NEW.public,
    }
    assert answer.json == expected
    read = device.http.get(PATH)
    assert (read.status_code, read.json, read.headers["Cache-Control"]) == (200, expected, "no-store")
    [row] = brigade.rows()
    assert (row.terminal_id, row.language) == (brigade.terminal_ids[brigade.martin.id], "fr")
    assert (row.quiet_from, row.quiet_until) == (time(22), time(7))
    assert brigade.reach(brigade.martin) == [ENDPOINT]
    assert device.delete().status_code == device.delete().status_code == 204
    assert brigade.rows() == []


def test_the_key_is_for_everybody(brigade: PushBrigade) -> None:
    answer = brigade.app.test_client().get("/api/push/key")
    assert answer.json == {"key": NEW.public}
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    without = application(brigade.database).test_client()
    assert without.get("/api/push/key").json == {"key": None}


def test_the_same_again_says_that_the_browser_is_still_there(brigade: PushBrigade) -> None:
    device, browser = brigade.device(brigade.martin), Browser()
    device.put(browser=browser)
    [before] = brigade.rows()
    brigade.clock.now = NOW + timedelta(days=3)
    device.put(browser=browser)
    [after] = brigade.rows()
    assert (after.id, after.created_at, after.p256dh) == (before.id, before.created_at, before.p256dh)
    assert after.confirmed_at == NOW + timedelta(days=3)
    # To compare is to come back, too, but is not written down each time.
    brigade.clock.now = NOW + timedelta(days=3, hours=23)
    device.http.get(PATH)
    assert brigade.rows()[0].confirmed_at == NOW + timedelta(days=3)
    brigade.clock.now = NOW + timedelta(days=5)
    device.http.get(PATH)
    assert brigade.rows()[0].confirmed_at == NOW + timedelta(days=5)


def test_a_new_endpoint_takes_the_place_of_the_old_one(brigade: PushBrigade) -> None:
    device = brigade.device(brigade.martin)
    device.put(key=OLD.public)
    device.put(f"{ENDPOINT}-2", quiet={"from": "20:00", "until": "06:30"})
    assert brigade.reach(brigade.martin) == [f"{ENDPOINT}-2"]
    assert len(brigade.rows()) == 1


def test_a_browser_that_somebody_else_enrols_takes_its_row_along(brigade: PushBrigade) -> None:
    brigade.device(brigade.martin).put(quiet={"from": "22:00", "until": "07:00"})
    brigade.device(brigade.petit).put()
    assert (brigade.reach(brigade.martin), brigade.reach(brigade.petit)) == ([], [ENDPOINT])
    [row] = brigade.rows()
    assert row.quiet_from is None, "whose night it was is not theirs"


def test_a_terminal_that_has_ended_hears_nothing(brigade: PushBrigade) -> None:
    for agent in (brigade.martin, brigade.petit, brigade.roux):
        brigade.device(agent).put(f"{ENDPOINT}-{agent.id}")
    with brigade.database.transaction() as session:
        terminal_id = brigade.terminal_ids[brigade.martin.id]
        revoke_terminal(session, RevokeTerminal(terminal_id), actor_of(brigade.roux), NOW)
        close_agent(session, CloseAgent(brigade.petit.login), NOW)
    assert [brigade.reach(one) for one in (brigade.martin, brigade.petit)] == [[], []]
    assert len(brigade.reach(brigade.roux)) == 1
    with brigade.database.transaction() as session:
        session.get_one(Terminal, brigade.terminal_ids[brigade.roux.id]).expires_at = NOW
    assert brigade.reach(brigade.roux) == []


def test_a_password_is_no_terminal(brigade: PushBrigade) -> None:
    desk = brigade.terminal(brigade.martin)
    proof = {"X-CSRF-Token": TOKENS.csrf(desk.token)}
    for answer in (
        desk.http.get(PATH),
        desk.http.put(PATH, json=subscription_body(ENDPOINT, NEW.public), headers=proof),
        desk.http.delete(PATH, headers=proof),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "terminal_needed")
    assert brigade.rows() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://169.254.169.254/x.google.com/"}, "endpoint_malformed"),
        ({"endpoint": "https://fcm.googleapis.com@10.0.0.1/"}, "endpoint_user_info"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint_not_https"),
        ({"endpoint": "https://fcm.googleapis.com.evil.example/x"}, "endpoint_host_not_allowed"),
        ({"endpoint": "https://fcm.googleapis.com:8443/x"}, "endpoint_host_not_allowed"),
        ({"endpoint": "https://[::ffff:10.0.0.1]/x"}, "endpoint_malformed"),
        ({"endpoint": "https://fcm.googleapis.com/" + "x" * 3000}, "endpoint_too_long"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "bad_push_key"),
        ({"vapid_key": VapidKey.make().public}, "unknown_vapid_key"),
        ({"vapid_key": "AAAA"}, "bad_push_key"),
        ({"quiet": {"from": "22:00", "until": "22:00"}}, "invalid_arguments"),
        ({"quiet": {"from": "24:00", "until": "22:00"}}, "invalid_arguments"),
        ({"quiet": {"from": "22:00"}}, "invalid_arguments"),
        ({"language": "de"}, "invalid_arguments"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused_in_words(
    brigade: PushBrigade, changes: dict[str, Any], code: str
) -> None:
    device = brigade.device(brigade.martin)
    answer = device.put(**changes)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["fields"]
    assert answer.json["title"] != "Votre demande n’a pas pu être traitée."
    assert brigade.rows() == []


def test_without_keys_nothing_is_kept(brigade: PushBrigade) -> None:
    token = str(uuid4())
    with brigade.database.transaction() as session:
        seed_terminal(session, brigade.martin, token)
    answer = Device(application(brigade.database), token).put()
    assert (answer.status_code, answer.json["code"]) == (409, "push_off")


def _keep(brigade: PushBrigade, owner: TerminalOwner | CitizenOwner, endpoint: str, at: int = 0) -> None:
    with brigade.database.transaction() as session:
        given = Browser().subscribe(endpoint, NEW.public)
        keep_push_subscription(session, KeepPushSubscription(owner, given, "fr"), NOW + timedelta(minutes=at))


def test_a_citizens_browser_follows_until_it_follows_nothing(brigade: PushBrigade) -> None:
    with brigade.database.transaction() as session:
        owners = [CitizenOwner(request_id=send_request(session).request_id) for _ in range(2)]
    for owner in (*owners, owners[0]):
        _keep(brigade, owner, ENDPOINT)
    _keep(brigade, owners[0], f"{ENDPOINT}-2")
    with brigade.database.transaction() as session:
        assert len(of_request(session, owners[0].request_id)) == 2
        assert of_booking(session, uuid4()) == []
        drop_push_subscription(session, DropPushSubscription(owners[0], ENDPOINT))
        assert [row.endpoint for row in of_request(session, owners[0].request_id)] == [f"{ENDPOINT}-2"]
        assert [row.endpoint for row in of_request(session, owners[1].request_id)] == [ENDPOINT]
        drop_push_subscription(session, DropPushSubscription(owners[0]))
    assert [row.endpoint for row in brigade.rows()] == [ENDPOINT], "it follows the other request still"


def test_a_browser_that_is_both_keeps_what_remains(brigade: PushBrigade) -> None:
    with brigade.database.transaction() as session:
        citizen = CitizenOwner(request_id=send_request(session).request_id)
    device = brigade.device(brigade.martin)
    device.put(quiet={"from": "22:00", "until": "07:00"})
    _keep(brigade, citizen, ENDPOINT)
    assert brigade.reach(brigade.martin) == [ENDPOINT], "to follow a request ends no terminal"
    device.delete()
    [row] = brigade.rows()
    assert (row.terminal_id, row.quiet_from) == (None, None)


def test_so_many_browsers_follow_one_request_and_the_newest_stay(brigade: PushBrigade) -> None:
    with brigade.database.transaction() as session:
        owner = CitizenOwner(request_id=send_request(session).request_id)
    for number in range(12):
        _keep(brigade, owner, f"{ENDPOINT}-{number:02}", at=number)
    assert [row.endpoint[-2:] for row in brigade.rows()] == [f"{number:02}" for number in range(2, 12)]
    with brigade.database.transaction() as session:
        assert len(session.scalars(select(PushFollow)).all()) == 10


def test_an_owner_is_a_request_or_a_booking() -> None:
    for both_or_none in ({}, {"request_id": uuid4(), "booking_id": uuid4()}):
        with pytest.raises(ValueError, match="a request or a booking"):
            CitizenOwner(**both_or_none)


def test_a_test_is_asked_for_and_followed_by_its_own_terminal(brigade: PushBrigade) -> None:
    device, other = brigade.device(brigade.martin), brigade.device(brigade.petit)
    asked = device.post("/api/terminals/this/push-tests")
    assert asked.status_code == 201
    path = f"/api/terminals/this/push-tests/{asked.json['id']}"
    assert device.http.get(path).json == {"state": "queued", "cause": None}
    for answer in (other.http.get(path), device.http.get(f"/api/terminals/this/push-tests/{uuid4()}")):
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_push_test")

    worker = brigade.app.test_client()
    for what in ("received", "shown", "received"):
        receipt = receipt_token(TOKENS, Kind.TEST, UUID(asked.json["id"]))
        # A worker shows no cookie.
        assert worker.post("/api/push/receipts", json={"receipt": receipt, "what": what}).status_code == 204
    assert device.http.get(path).json == {"state": "shown", "cause": None}


def test_receipts_are_ours_and_not_too_many(brigade: PushBrigade) -> None:
    worker = brigade.app.test_client()
    receipt = receipt_token(TOKENS, Kind.CALL, uuid4())
    for body, status, code in (
        ({"receipt": receipt[:-1] + "x", "what": "shown"}, 403, "unknown_receipt"),
        ({"receipt": "", "what": "shown"}, 403, "unknown_receipt"),
        ({"receipt": receipt, "what": "eaten"}, 422, "invalid_arguments"),
        ({"what": "shown"}, 422, "invalid_arguments"),
    ):
        answer = worker.post("/api/push/receipts", json=body)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    statuses = [
        worker.post("/api/push/receipts", json={"receipt": receipt, "what": "shown"}).status_code for _ in range(21)
    ]
    assert statuses == [204] * 20 + [429]
