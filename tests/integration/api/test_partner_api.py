"""The partners' interface: the way from a free time to a booking, a move and a cancellation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from models.tables import Agent, Appointment, Booking, Reason
from tests.integration.api.conftest import NINE, SLOTS, UNIT, Scene
from tests.support.partners import bearer, make_key
from tests.support.planned import seed_source
from tests.support.seed import NOW, seed_commune


def test_free_times_are_listed_in_the_units_zone_with_their_place(scene: Scene) -> None:
    answer = scene.partner("GET", SLOTS)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["unit"] == {
        "id": UNIT,
        "name": "Brigade de gendarmerie de Belley",
        "commune_name": "Belley",
        "time_zone": "Europe/Paris",
    }
    assert answer.json["slots"][0] == {
        "starts_at": "2026-12-01T09:00:00+01:00",
        "ends_at": "2026-12-01T09:30:00+01:00",
        "places": [{"kind": "unit", "name": None}],
    }
    assert [start[11:16] for start in scene.starts()] == ["09:00", "09:30", "10:00", "10:30"]


def test_the_commune_names_its_unit_and_the_earliest_are_those_around_it(scene: Scene) -> None:
    by_commune = scene.partner("GET", "/api/v1/slots?commune=01034&reason=worry&from=2026-12-01")
    earliest = scene.partner("GET", "/api/v1/slots/earliest?commune=01034&reason=worry")

    assert by_commune.json["unit"]["id"] == UNIT
    assert len(by_commune.json["slots"]) == 4
    assert [(unit["unit"]["id"], unit["nearness"]) for unit in earliest.json] == [(UNIT, "competent")]
    assert earliest.json[0]["slots"][0]["starts_at"] == "2026-12-01T09:00:00+01:00"


def test_from_hold_to_booking_without_a_word_about_the_citizen(scene: Scene) -> None:
    held = scene.hold()
    assert held.status_code == 201
    assert "2026-12-01T09:00:00+01:00" not in scene.starts()
    booked = scene.book(held)

    assert booked.status_code == 201
    body = booked.json
    assert (body["state"], body["starts_at"], body["reason_code"]) == (
        "confirmed", "2026-12-01T09:00:00+01:00", "worry",
    )  # fmt: skip
    assert body["change_until"] == "2026-12-01T08:00:00+01:00"
    assert body["follow_url"].startswith("http://localhost:8000/suivi/")
    read = scene.partner("GET", f"/api/v1/bookings/{body['id']}")
    assert read.json == {name: value for name, value in body.items() if name not in ("follow_url", "follow_code")}
    with scene.database.transaction() as session:
        row = session.scalars(select(Booking)).one()
        assert (row.caller_name, row.phone, row.email) == (None, None, None)
        assert row.api_key_id is not None


def test_while_the_planning_is_silent_the_booking_is_requested(scene: Scene) -> None:
    with scene.database.transaction() as session:
        chief = session.scalars(select(Agent)).first()
        assert chief is not None
        seed_source(session, chief, silent_since=NOW)
    assert scene.book(scene.hold()).json["state"] == "requested"


def test_what_the_partner_tells_of_the_citizen_is_kept(scene: Scene) -> None:
    details = {"caller_name": "Camille", "phone": "06 39 98 00 12", "commune_insee": "01034", "language": "en"}
    booked = scene.book(scene.hold(), **details)
    assert "/en/follow/" in booked.json["follow_url"]
    with scene.database.transaction() as session:
        row = session.scalars(select(Booking)).one()
        assert (row.caller_name, row.phone, row.commune_insee) == ("Camille", "+33639980012", "01034")


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        ({"phone": "12"}, {"phone": "unreadable"}),
        ({"email": "nobody"}, {"email": "unreadable"}),
        ({"facts": "x" * 5001}, {"facts": "too_long"}),
        ({"commune_insee": "99999"}, {"commune_insee": "unknown"}),
        ({"nmae": "slip"}, {"nmae": "unknown"}),
    ],
)
def test_bad_details_are_named_and_the_time_stays_held(
    scene: Scene, details: dict[str, Any], fields: dict[str, str]
) -> None:
    held = scene.hold()
    refused = scene.book(held, **details)
    assert (refused.status_code, refused.json["fields"]) == (422, fields)
    assert scene.book(held).status_code == 201


def test_the_same_key_is_the_same_booking_for_one_partner_and_means_nothing_to_another(scene: Scene) -> None:
    held = scene.hold()
    first, again = scene.book(held, key="1"), scene.book(held, key="1")
    other_details = scene.book(held, key="1", facts="Autre chose.")
    stranger = bearer(scene.app, make_key(scene.database).key)
    theirs = scene.book(scene.hold("2026-12-01T09:30:00+01:00", stranger), stranger, key="1")

    assert (first.status_code, again.status_code, theirs.status_code) == (201, 201, 201)
    assert first.json == again.json
    assert theirs.json["id"] != first.json["id"]
    assert (other_details.status_code, other_details.json["code"]) == (422, "idempotency_key_reused")


def test_a_time_that_is_taken_is_refused_with_the_next_ones(scene: Scene) -> None:
    scene.hold()
    refused = scene.hold()
    assert (refused.status_code, refused.json["code"]) == (409, "slot_taken")
    assert refused.json["next"] == [f"2026-12-01T{clock}:00+01:00" for clock in ("09:30", "10:00", "10:30")]
    assert refused.json["title"] == "Cet horaire vient d’être pris. Choisissez-en un autre."


def test_a_hold_that_is_given_back_or_runs_out_books_nothing(scene: Scene) -> None:
    given_back, forgotten = scene.hold(), scene.hold("2026-12-01T10:00:00+01:00")
    gone = scene.partner("DELETE", "/api/v1/holds", headers={"Hold-Token": given_back.json["hold_token"]})
    assert gone.status_code == 204
    assert "2026-12-01T09:00:00+01:00" in scene.starts()
    scene.clock.now += timedelta(minutes=11)
    for held in (given_back, forgotten):
        refused = scene.book(held)
        assert (refused.status_code, refused.json["code"]) == (409, "hold_expired")


def test_moving_frees_the_old_time_and_keeps_the_reference(scene: Scene) -> None:
    booked = scene.book(scene.hold()).json
    held = scene.hold("2026-12-01T10:30:00+01:00", booking_id=booked["id"])
    moved = scene.partner("POST", f"/api/v1/bookings/{booked['id']}/move", json={"hold_token": held.json["hold_token"]})

    assert moved.status_code == 200, moved.json
    assert (moved.json["starts_at"], moved.json["reference"]) == ("2026-12-01T10:30:00+01:00", booked["reference"])
    assert "2026-12-01T09:00:00+01:00" in scene.starts()
    with scene.database.transaction() as session:
        assert sorted(session.scalars(select(Appointment.state))) == ["confirmed", "moved"]


def test_cancelling_frees_the_time_once_and_too_late_names_the_phone(scene: Scene) -> None:
    first, second = (scene.book(scene.hold(f"2026-12-01T{clock}:00+01:00")).json for clock in ("09:00", "10:00"))
    for _ in range(2):
        cancelled = scene.partner("POST", f"/api/v1/bookings/{first['id']}/cancel", json={"word": "Merci."})
        assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert (cancelled.json["ended_by"], cancelled.json["change_until"]) == ("citizen", None)
    assert "2026-12-01T09:00:00+01:00" in scene.starts()
    scene.clock.now = NINE + timedelta(minutes=30)
    late = scene.partner("POST", f"/api/v1/bookings/{second['id']}/cancel", json={})
    assert (late.status_code, late.json["code"], late.json["phone"]) == (409, "too_late", "04 65 71 00 12")


@pytest.mark.parametrize(
    ("query", "status", "code", "fields"),
    [
        ("reason=worry", 422, "invalid_arguments", {"unit": "missing"}),
        (f"unit={UNIT}&commune=01034&reason=worry", 422, "invalid_arguments", {"unit": "unit_or_commune"}),
        (f"unit={UNIT}", 422, "invalid_arguments", {"reason": "missing"}),
        (f"unit={UNIT}&reason=none", 422, "invalid_details", {"reason_code": "unknown"}),
        (f"unit={UNIT}&reason=worry&from=demain", 422, "invalid_arguments", {"from": "unreadable"}),
        (f"unit={UNIT}&reason=worry&from=2026-W49-1", 422, "invalid_arguments", {"from": "unreadable"}),
        (f"unit={UNIT}&reason=worry&from=9999-12-31", 422, "invalid_arguments", {"from": "unreadable"}),
        (f"unit={UNIT}&reason=worry&from=2026-12-02&to=2026-12-01", 422, "invalid_arguments", {"to": "before_from"}),
        (f"unit={UNIT}&reason=worry&from=2026-12-01&to=2027-01-02", 422, "invalid_arguments", {"to": "too_far"}),
        ("unit=7&reason=worry", 404, "no_such_unit", None),
        ("commune=99999&reason=worry", 404, "no_such_commune", None),
        ("commune=01407&reason=worry", 422, "no_competent_unit", {"commune": "no_jurisdiction"}),
    ],
)
def test_a_bad_search_is_told_what_is_wrong(
    scene: Scene, query: str, status: int, code: str, fields: dict[str, str] | None
) -> None:
    with scene.database.transaction() as session:
        seed_commune(session, "01407", "Seyssel", "01420")
    answer = scene.partner("GET", f"/api/v1/slots?{query}")
    assert (answer.status_code, answer.json["code"], answer.json.get("fields")) == (status, code, fields)


@pytest.mark.parametrize("start", ["2026-12-01T09:00:00", "2026-12-01", "demain", 5, None])
def test_an_instant_without_its_offset_is_refused(scene: Scene, start: Any) -> None:
    refused = scene.hold(start)
    assert refused.status_code == 422
    assert "starts_at" in refused.json["fields"]


def test_a_reason_that_needs_approval_is_requested(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.execute(update(Reason).where(Reason.code == "worry").values(needs_approval=True))
    assert scene.book(scene.hold()).json["state"] == "requested"


def test_an_unknown_booking_is_none(scene: Scene) -> None:
    assert scene.partner("GET", f"/api/v1/bookings/{uuid4()}").status_code == 404
