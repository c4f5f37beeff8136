"""What a partner's key opens, and what it leaves no trace of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.rules.api_keys import Scope
from models.tables import ApiKey
from server.partners import CALLS
from server.services.limit_rate import RateLimitOn
from tests.integration.api.conftest import OTHER, SLOTS, UNIT, Scene
from tests.support.partners import Machine, bearer, make_key
from tests.support.seed import NOW


def test_a_booking_is_its_own_keys_only(scene: Scene) -> None:
    booked = scene.book(scene.hold()).json
    stranger = bearer(scene.app, make_key(scene.database).key)
    held = scene.hold("2026-12-01T10:00:00+01:00", stranger).json["hold_token"]
    path = f"/api/v1/bookings/{booked['id']}"
    for method, end, options in (
        ("GET", "", {}), ("POST", "/move", {"json": {"hold_token": held}}), ("POST", "/cancel", {"json": {}}),
    ):  # fmt: skip
        answer = stranger(method, path + end, **options)
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_booking"), end
    assert scene.hold("2026-12-01T10:30:00+01:00", stranger, booking_id=booked["id"]).status_code == 404
    assert scene.partner("GET", path).json["state"] == "confirmed"


def test_a_key_for_one_unit_knows_no_other(scene: Scene) -> None:
    ours = bearer(scene.app, make_key(scene.database, unit_id=UNIT).key)
    theirs = bearer(scene.app, make_key(scene.database, unit_id=OTHER).key)
    assert ours("GET", SLOTS).status_code == 200
    assert ours("GET", "/api/v1/slots/earliest?commune=01034&reason=worry").status_code == 200
    for answer in (
        theirs("GET", SLOTS),
        theirs("GET", "/api/v1/slots?commune=01034&reason=worry"),
        theirs("GET", "/api/v1/slots/earliest?commune=01034&reason=worry"),
        scene.hold(partner=theirs),
        scene.book(scene.hold(), theirs),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_unit")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({}, "api_key_needed"),
        ({"Authorization": "Basic YTpi"}, "api_key_needed"),
        ({"Authorization": "Bearer"}, "api_key_needed"),
        ({"Authorization": "Bearer bn_made-up"}, "unknown_api_key"),
        ({"Authorization": "Bearer é"}, "unknown_api_key"),
    ],
)
def test_a_stranger_hears_that_they_are_one_before_anything_else(
    scene: Scene, shown: dict[str, str], code: str
) -> None:
    # The fields are wrong too: what is wrong with them is not a stranger's business.
    answer = Machine(scene.app, shown)("GET", "/api/v1/slots")
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_opens_what_its_scopes_say(scene: Scene) -> None:
    reader = bearer(scene.app, make_key(scene.database, [Scope.SLOTS_READ]).key)
    writer = bearer(scene.app, make_key(scene.database, [Scope.BOOKINGS_WRITE]).key)
    contract = bearer(scene.app, make_key(scene.database, [Scope.VISIOPLAINTE], unit_id=UNIT, reason="worry").key)
    assert reader("GET", SLOTS).status_code == 200
    for answer, scope in (
        (scene.hold(partner=reader), "bookings:write"), (writer("GET", SLOTS), "slots:read"),
        (contract("GET", SLOTS), "slots:read"), (scene.hold(partner=contract), "bookings:write"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json["code"], answer.json["scope"]) == (403, "scope_missing", scope)


def test_a_revoked_key_is_out_at_once(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.execute(update(ApiKey).values(revoked_at=NOW))
    assert scene.partner("GET", SLOTS).status_code == 401


def test_one_key_calls_only_so_often(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[RateLimitOn] = []

    def fewer(kind: str, who: str, limit: int, window: timedelta) -> RateLimitOn:
        seen.append(RateLimitOn(kind, who, limit, window))
        return RateLimitOn(kind, who, 3, window)

    monkeypatch.setattr("server.partners.RateLimitOn", fewer)
    assert [scene.partner("GET", SLOTS).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert scene.partner("GET", SLOTS).headers["Retry-After"].isdigit()
    assert {one.limit for one in seen} == {CALLS}
    # Another key has a count of its own.
    assert bearer(scene.app, make_key(scene.database).key)("GET", SLOTS).status_code == 200


def test_neither_key_nor_held_time_is_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    held = scene.hold()
    scene.book(held, caller_name="Camille")
    scene.partner("DELETE", "/api/v1/holds", headers={"Hold-Token": held.json["hold_token"]})
    key = scene.partner.headers["Authorization"].split()[1]
    for secret in (key, held.json["hold_token"], "Camille"):
        assert secret not in caplog.text
