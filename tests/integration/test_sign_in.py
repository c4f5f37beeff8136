"""Signing in and out: what the cookie is, how it ends, and what slows a guesser down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from models.database import Database
from models.rules.actor import Role
from models.tables import Agent
from server.api.sign_in import TRIES_BY_ADDRESS, TRIES_BY_LOGIN, TRIES_WINDOW
from server.app import create_app
from server.config import load_settings
from server.context import Context
from server.services import sign_in as service
from server.services.close_agent import CloseAgent, close_agent
from server.services.revoke_sign_ins import RevokeSignIns, revoke_sign_ins
from server.services.sign_in import SESSION_LENGTH
from tests.support.seed import NOW, PASSWORD, SECRET_KEY, TOKENS, seed_agent, seed_territory
from tests.support.terminals import Clock


class House:
    """The application behind one proxy, a clock, and one agent whose login is `lea`."""

    def __init__(self, database: Database, public_url: str = "http://localhost") -> None:
        self.database, self.clock = database, Clock()
        with database.transaction() as session:
            self.agent: Agent = seed_agent(session, seed_territory(session), login="lea")
        settings = load_settings(
            {
                "DATABASE_URL": database.url,
                "SECRET_KEY": SECRET_KEY.decode(),
                "PUBLIC_URL": public_url,
                "TRUSTED_PROXIES": "1",
            }
        )
        self.app = create_app(settings, database, Context(settings, database, TOKENS, self.clock))
        self.http = self.app.test_client()

    def sign_in(self, password: str = PASSWORD, *, login: str = "lea", address: str = "192.0.2.1") -> Any:
        return self.http.post(
            "/api/sign-in",
            json={"login": login, "password": password},
            headers={"X-Forwarded-For": address, "X-Forwarded-Proto": "https"},
        )


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    return House(database)


def _cookie(answer: Any) -> tuple[str, Morsel[str]]:
    ((name, morsel),) = SimpleCookie(answer.headers["Set-Cookie"]).items()
    return name, morsel


def test_the_cookie_is_for_this_site_and_no_script(house: House) -> None:
    name, cookie = _cookie(house.sign_in())

    assert name == "agent"
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")
    assert int(cookie["max-age"]) == SESSION_LENGTH.total_seconds()
    assert len(cookie.value) >= 43


def test_over_https_the_cookie_is_secure_and_tied_to_the_host(database: Database) -> None:
    name, cookie = _cookie(House(database, "https://rdv.example").sign_in())

    assert name == "__Host-agent"
    assert cookie["secure"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_signing_out_ends_the_sign_in_on_the_server_too(house: House) -> None:
    answer = house.sign_in()
    _, cookie = _cookie(answer)

    gone = house.http.post("/api/sign-out", headers={"X-CSRF-Token": answer.json["csrf"]})

    assert gone.status_code == 204
    assert int(_cookie(gone)[1]["max-age"]) == 0
    kept = house.app.test_client()
    kept.set_cookie("agent", cookie.value)
    assert kept.get("/api/me").status_code == 401


def test_a_sign_in_ends_by_itself(house: House) -> None:
    house.sign_in()
    house.clock.now = NOW + SESSION_LENGTH - timedelta(seconds=1)
    assert house.http.get("/api/me").status_code == 200
    house.clock.now = NOW + SESSION_LENGTH
    assert house.http.get("/api/me").status_code == 401


def test_a_cookie_that_is_over_does_not_bar_a_new_sign_in(house: House) -> None:
    house.sign_in()
    with house.database.transaction() as session:
        assert revoke_sign_ins(session, RevokeSignIns("lea"), NOW) == 1
    assert house.http.get("/api/me").status_code == 401

    # The page has lost its proof with the sign-in.
    assert house.sign_in().status_code == 200
    assert house.http.get("/api/me").status_code == 200


@pytest.mark.parametrize(("login", "password"), [("lea", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD)])
def test_a_refusal_does_not_say_what_was_wrong(
    house: House, monkeypatch: pytest.MonkeyPatch, login: str, password: str
) -> None:
    with house.database.transaction() as session:
        seed_agent(session, None, Role.OPERATOR, login="closed")
        close_agent(session, CloseAgent("closed"), NOW)
    looked_at: list[str] = []
    verify = service._verify

    def spy(password_hash: str, password: str) -> bool:
        looked_at.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(service, "_verify", spy)

    answer = house.sign_in(password, login=login)

    assert (answer.status_code, answer.json["code"]) == (403, "wrong_credentials")
    assert "Set-Cookie" not in answer.headers
    # One hash was checked, as costly as a real one: the time taken tells a stranger nothing.
    (password_hash,) = looked_at
    found, own = extract_parameters(password_hash), PasswordHasher()
    assert found.type is Type.ID
    assert (found.time_cost, found.memory_cost, found.parallelism) == (
        own.time_cost,
        own.memory_cost,
        own.parallelism,
    )


def test_guessing_at_one_login_is_slowed_wherever_it_comes_from(house: House) -> None:
    for number in range(TRIES_BY_LOGIN):
        assert house.sign_in("wrong", address=f"192.0.2.{number}").status_code == 403

    refused = house.sign_in(login=" LEA ", address="198.51.100.1")

    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    assert 0 < int(refused.headers["Retry-After"]) <= TRIES_WINDOW.total_seconds()
    assert house.sign_in("wrong", login="hugo", address="198.51.100.1").status_code == 403
    house.clock.now = NOW + TRIES_WINDOW
    assert house.sign_in(address="198.51.100.1").status_code == 200


def test_guessing_from_one_address_is_slowed_whatever_the_login(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only the counting is looked at here; argon2 would take a second for each ten tries.
    monkeypatch.setattr(service, "_verify", lambda _hash, _password: False)
    for number in range(TRIES_BY_ADDRESS):
        assert house.sign_in("wrong", login=f"agent{number}").status_code == 403

    assert house.sign_in("wrong", login="one-more").status_code == 429
    assert house.sign_in("wrong", login="one-more", address="192.0.2.2").status_code == 403


@pytest.mark.parametrize("body", [{}, {"login": "lea"}, {"login": 1, "password": []}, {"login": "", "password": ""}])
def test_a_body_that_is_no_sign_in_names_its_fields(house: House, body: dict[str, Any]) -> None:
    answer = house.http.post("/api/sign-in", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_arguments")
    assert "password" in answer.json["fields"]
