"""The booking contract, row by row, and its client from one end to the other knowing only an address and a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select, update
from werkzeug.serving import make_server

from models.database import Database
from models.rules.actor import Role, SystemActor
from models.rules.api_keys import Scope
from models.rules.appointments import State
from models.tables import Agent, Appointment, Booking, OpeningWindow, Unit
from server.services.expire_holds import ExpireHolds, expire_holds
from tests.support.agenda import seed_windows
from tests.support.partners import Machine, RemoteComplaints, clocked, make_key, visioplainte
from tests.support.planned import seed_source
from tests.support.seed import NOW, seed_agent, seed_territory
from tests.support.terminals import Clock

UNIT = 1008593
NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # nine o'clock in Belley
AT_NINE = "2026-12-01T09:00:00+01:00"
NO_SLOT = {"errors": ["Pas de créneau disponible à la date demandée"]}


@dataclass
class Scene:
    database: Database
    app: Any
    clock: Clock
    call: Machine
    windows: list[OpeningWindow]

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.call("GET", f"/api/visioplainte{path}")
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def book(self, start: str = AT_NINE, status: int = 201) -> Any:
        answer = self.call("POST", f"/api/visioplainte/rdvs?starts_at={quote(start)}")
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        chief = seed_agent(session, seed_territory(session), Role.CHIEF)
        windows = seed_windows(session, chief, NINE, NINE + timedelta(hours=1), counters=2, reasons=["worry"])
        seed_windows(session, chief, NINE, NINE + timedelta(hours=1), reasons=["complaint"])
    app, clock = clocked(database)
    key = make_key(database, [Scope.VISIOPLAINTE], unit_id=UNIT, reason="worry").key
    return Scene(database, app, clock, visioplainte(app, key), windows)


def test_a_wrong_key_is_told_in_the_contracts_own_form(scene: Scene) -> None:
    reader = make_key(scene.database, [Scope.SLOTS_READ]).key
    for headers in ({}, {"X-VISIOPLAINTE-API-KEY": "bn_made-up"}, {"X-VISIOPLAINTE-API-KEY": reader}):
        # Whatever else is wrong with the call is not said.
        answer = Machine(scene.app, headers)("GET", "/api/visioplainte/creneaux")
        assert (answer.status_code, answer.json) == (401, {"errors": ["Authentification invalide"]})


def test_creneaux(scene: Scene) -> None:
    assert scene.get("/creneaux?date_debut=2026-12-01&date_fin=2026-12-01") == {
        "creneaux": [
            {"starts_at": AT_NINE, "duration_in_min": 30},
            {"starts_at": "2026-12-01T09:30:00+01:00", "duration_in_min": 30},
        ]
    }
    assert scene.get("/creneaux?date_debut=2026-12-02&date_fin=2027-01-02") == {"creneaux": []}


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", ["Paramètre date_debut manquant", "Paramètre date_fin manquant"]),
        ("date_debut=2026-12-01", ["Paramètre date_fin manquant"]),
        ("date_debut=hier&date_fin=2026-12-01", ["Paramètre date_debut illisible"]),
        ("date_debut=2026-12-02&date_fin=2026-12-01", ["date_fin ne doit pas précéder date_debut"]),
        (
            "date_debut=2026-12-01&date_fin=2027-01-02",
            ["date_debut et date_fin ne doivent pas être espacés de plus de 31 jours"],
        ),
    ],
)
def test_creneaux_without_a_good_range(scene: Scene, query: str, errors: list[str]) -> None:
    assert scene.get(f"/creneaux?{query}", 422) == {"errors": errors}


def test_creneaux_prochain(scene: Scene) -> None:
    expected = {"starts_at": AT_NINE, "duration_in_min": 30}
    assert scene.get("/creneaux/prochain?date_debut=2026-11-24") == expected
    assert scene.get("/creneaux/prochain?date_debut=2026-12-01") == expected
    # Sixty days, the last one included.
    assert scene.get("/creneaux/prochain?date_debut=2026-10-02") == expected
    none = {"errors": ["Aucun créneau n'est disponible après cette date"]}
    assert scene.get("/creneaux/prochain?date_debut=2026-10-01", 404) == none
    assert scene.get("/creneaux/prochain?date_debut=2026-12-02", 404) == none
    assert scene.get("/creneaux/prochain", 422) == {"errors": ["Paramètre date_debut manquant"]}


def test_guichets(scene: Scene) -> None:
    guichets = scene.get("/guichets")["guichets"]
    assert [guichet["name"] for guichet in guichets] == ["Guichet 1", "Guichet 2", "Guichet 3"]
    assert [guichet["id"] for guichet in guichets[:2]] == [window.counter_id for window in scene.windows]


def test_plages_ouverture(scene: Scene) -> None:
    first, second = (
        {
            "id": window.id,
            "starts_at": AT_NINE,
            "ends_at": "2026-12-01T10:00:00+01:00",
            "guichet_id": window.counter_id,
        }
        for window in scene.windows
    )
    day = "/plages_ouverture?date_debut=2026-12-01&date_fin=2026-12-01"
    assert scene.get(day) == {"plages_ouverture": [first, second]}
    # What is booked stays open.
    scene.book()
    assert scene.get(f"{day}&guichet_ids[]={second['guichet_id']}") == {"plages_ouverture": [second]}
    both = f"&guichet_ids[]={first['guichet_id']}&guichet_ids[]={second['guichet_id']}"
    assert scene.get(day + both) == {"plages_ouverture": [first, second]}
    assert scene.get("/plages_ouverture?date_debut=2026-12-02&date_fin=2026-12-31") == {"plages_ouverture": []}
    for none in ("x", "-1", "2147483648", "9" * 5000):
        assert scene.get(f"{day}&guichet_ids[]={none}", 422) == {"errors": ["Paramètre guichet_ids illisible"]}
    scene.get("/plages_ouverture?date_debut=2026-12-01", 422)


def test_post_rdvs(scene: Scene) -> None:
    rdv = scene.book()
    window = scene.windows[0]
    assert rdv == {
        "id": rdv["id"],
        "user_id": rdv["user_id"],
        "created_at": "2026-11-24T14:30:00+01:00",
        "starts_at": AT_NINE,
        "ends_at": "2026-12-01T09:30:00+01:00",
        "duration_in_min": 30,
        "status": "unknown",
        "guichet": {"id": window.counter_id, "name": "Guichet 1"},
    }
    assert isinstance(rdv["id"], int)
    assert isinstance(rdv["user_id"], int)
    # The second counter, then nobody is left.
    assert scene.book()["guichet"]["name"] == "Guichet 2"
    assert scene.book(status=422) == NO_SLOT


@pytest.mark.parametrize(
    "start", ["2026-12-01T08:00:00+01:00", "2026-11-24T09:00:00+01:00", "2027-12-01T09:00:00+01:00",
              "2026-12-01T09:00:30+01:00", "2026-12-01T09:00:00Z"]
)  # fmt: skip
def test_post_rdvs_where_nothing_is_free(scene: Scene, start: str) -> None:
    assert scene.book(start, 422) == NO_SLOT


def test_post_rdvs_reads_a_time_however_the_client_writes_it(scene: Scene) -> None:
    # A `+` that was not escaped, another offset of the same instant.
    answer = scene.call("POST", f"/api/visioplainte/rdvs?starts_at={AT_NINE}")
    assert (answer.status_code, answer.json["starts_at"]) == (201, AT_NINE)
    assert scene.book("2026-12-01T08:00:00Z")["starts_at"] == AT_NINE
    # Without an offset it is the unit's own time.
    assert scene.book("2026-12-01T09:30:00")["starts_at"] == "2026-12-01T09:30:00+01:00"
    assert scene.book("bientôt", 422) == {"errors": ["Paramètre starts_at illisible"]}
    missing = scene.call("POST", "/api/visioplainte/rdvs")
    assert (missing.status_code, missing.json) == (422, {"errors": ["Paramètre starts_at manquant"]})


def test_get_rdvs(scene: Scene) -> None:
    first, second = scene.book(), scene.book("2026-12-01T09:30:00+01:00")
    span = urlencode({"date_debut": AT_NINE, "date_fin": "2026-12-01T09:30:00+01:00"})
    assert scene.get(f"/rdvs?{span}") == {"rdvs": [first, second]}
    later = urlencode({"date_debut": "2026-12-01T09:01:00+01:00", "date_fin": "2026-12-02T00:00:00+01:00"})
    assert scene.get(f"/rdvs?{later}") == {"rdvs": [second]}
    assert scene.get(f"/rdvs?ids[]={second['id']}&ids[]={first['id']}&ids[]=999") == {"rdvs": [first, second]}
    guichet = first["guichet"]["id"]
    assert scene.get(f"/rdvs?{span}&guichet_ids[]={guichet}")["rdvs"][0] == first
    assert scene.get(f"/rdvs?{span}&guichet_ids[]=999") == {"rdvs": []}
    assert scene.get("/rdvs", 422) == {
        "errors": ["Vous devez préciser le paramètre ids ou les paramètres date_debut et date_fin"]
    }
    assert scene.get("/rdvs?date_debut=x&date_fin=y", 422) == {"errors": ["Paramètre date_debut illisible"]}


def test_put_cancel(scene: Scene) -> None:
    rdv = scene.book()
    for _ in range(2):
        answer = scene.call("PUT", f"/api/visioplainte/rdvs/{rdv['id']}/cancel")
        assert (answer.status_code, answer.json) == (200, {**rdv, "status": "excused"})
    assert scene.get(f"/rdvs?ids[]={rdv['id']}")["rdvs"][0]["status"] == "excused"
    # The time is free again.
    assert {scene.book()["guichet"]["name"] for _ in range(2)} == {"Guichet 1", "Guichet 2"}


def test_put_cancel_is_never_too_late_and_changes_nothing_that_is_over(scene: Scene) -> None:
    late, came = scene.book(), scene.book()
    with scene.database.transaction() as session:
        _appointment_of(session, came["id"], state=State.HONOURED, ended_at=NINE)
    scene.clock.now = NINE + timedelta(minutes=5)
    answers = [scene.call("PUT", f"/api/visioplainte/rdvs/{rdv['id']}/cancel") for rdv in (late, came)]
    assert [(answer.status_code, answer.json["status"]) for answer in answers] == [(200, "excused"), (200, "seen")]


def test_delete_rdvs(scene: Scene) -> None:
    rdv = scene.book()
    deleted = scene.call("DELETE", f"/api/visioplainte/rdvs/{rdv['id']}")
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert scene.get(f"/rdvs?ids[]={rdv['id']}") == {"rdvs": []}
    assert scene.call("DELETE", f"/api/visioplainte/rdvs/{rdv['id']}").status_code == 404
    with scene.database.transaction() as session:
        booking = session.scalars(select(Booking)).one()
        appointment = session.scalars(select(Appointment)).one()
        assert (appointment.state, appointment.ended_by) == ("cancelled", "citizen")
        assert booking.erased_at is not None


def test_delete_forgets_what_took_place_without_changing_how_it_ended(scene: Scene) -> None:
    rdv = scene.book()
    with scene.database.transaction() as session:
        session.execute(update(Booking).values(ended_at=NINE))
        _appointment_of(session, rdv["id"], state=State.HONOURED, ended_at=NINE)
    assert scene.call("DELETE", f"/api/visioplainte/rdvs/{rdv['id']}").status_code == 204
    with scene.database.transaction() as session:
        assert session.scalars(select(Appointment.state)).one() == "honoured"


@pytest.mark.parametrize("rdv_id", ["999", "0", "-1", "x", "9" * 19, "9" * 5000, "%C2%B2"])
def test_a_rdv_that_is_none(scene: Scene, rdv_id: str) -> None:
    for method, end in (("PUT", "/cancel"), ("DELETE", "")):
        answer = scene.call(method, f"/api/visioplainte/rdvs/{rdv_id}{end}")
        assert (answer.status_code, answer.json) == (404, {"errors": ["Pas de rdv pour cet id"]})


def test_another_keys_rdvs_are_none(scene: Scene) -> None:
    rdv = scene.book()
    stranger = visioplainte(scene.app, make_key(scene.database, [Scope.VISIOPLAINTE], unit_id=UNIT, reason="worry").key)
    assert stranger("GET", f"/api/visioplainte/rdvs?ids[]={rdv['id']}").json == {"rdvs": []}
    assert stranger("PUT", f"/api/visioplainte/rdvs/{rdv['id']}/cancel").status_code == 404
    assert stranger("DELETE", f"/api/visioplainte/rdvs/{rdv['id']}").status_code == 404
    assert scene.get(f"/rdvs?ids[]={rdv['id']}") == {"rdvs": [rdv]}


def test_times_have_the_offset_of_the_units_zone(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.execute(update(Unit).where(Unit.id == UNIT).values(time_zone="Indian/Reunion"))
    assert scene.get("/creneaux/prochain?date_debut=2026-12-01")["starts_at"] == "2026-12-01T12:00:00+04:00"
    assert scene.book()["starts_at"] == "2026-12-01T12:00:00+04:00"


def test_an_address_that_is_none_answers_in_the_same_form(scene: Scene) -> None:
    assert scene.get("/nothing", 404) == {"errors": ["Cette adresse n’existe pas."]}


def _appointment_of(session: Any, number: int, **values: Any) -> None:
    booking = select(Booking.id).where(Booking.number == number).scalar_subquery()
    session.execute(update(Appointment).where(Appointment.booking_id == booking).values(**values))


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, scene.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_switches_by_an_address_and_a_key(scene: Scene, address: str) -> None:
    client = RemoteComplaints(address, scene.call.headers["X-VISIOPLAINTE-API-KEY"])

    _, following = client.call("GET", "/creneaux/prochain", date_debut="2026-11-24")
    _, listed = client.call("GET", "/creneaux", date_debut="2026-11-24", date_fin="2026-12-24")
    assert following == listed["creneaux"][0]
    booked = [client.call("POST", "/rdvs", starts_at=following["starts_at"]) for _ in range(3)]
    assert [status for status, _ in booked] == [201, 201, 422]
    ids = [rdv["id"] for _, rdv in booked[:2]]
    _, guichets = client.call("GET", "/guichets")
    assert {rdv["guichet"]["id"] for _, rdv in booked[:2]} < {one["id"] for one in guichets["guichets"]}

    assert client.call("PUT", f"/rdvs/{ids[0]}/cancel")[1]["status"] == "excused"
    assert client.call("DELETE", f"/rdvs/{ids[1]}") == (204, None)
    _, left = client.call("GET", "/rdvs", **{"ids[]": ids})
    assert [(rdv["id"], rdv["status"]) for rdv in left["rdvs"]] == [(ids[0], "excused")]
    assert RemoteComplaints(address, "wrong").call("GET", "/guichets")[0] == 401


def test_while_the_planning_is_silent_it_is_booked_and_waits_for_the_unit(scene: Scene) -> None:
    with scene.database.transaction() as session:
        seed_source(session, session.scalars(select(Agent)).one(), silent_since=NOW)
    rdv = scene.book()
    # The contract has no word for it: as for a reason that is approved, it is `unknown` until it is decided.
    assert rdv["status"] == "unknown"
    with scene.database.transaction() as session:
        appointment = session.scalars(select(Appointment)).one()
        assert (appointment.state, appointment.to_confirm_because) == ("requested", "planning_silent")
    scene.clock.now = NINE
    with scene.database.transaction() as session:
        expire_holds(session, ExpireHolds(), SystemActor("test"), NINE)
    assert scene.get(f"/rdvs?ids[]={rdv['id']}")["rdvs"][0]["status"] == "revoked"
