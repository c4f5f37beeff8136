"""A device becomes a terminal by a code, works for days without signing in, and ends when somebody says so."""

from __future__ import annotations

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text

from models.database import libpq_url
from models.rules.actor import Role
from models.tables import Agent, Terminal, TerminalEnrolment
from server.services.close_agent import CloseAgent, close_agent
from server.services.reset_password import ResetPassword, reset_password
from server.services.revoke_sign_ins import RevokeSignIns, revoke_sign_ins
from tests.support.brigade_world import BrigadeWorld
from tests.support.seed import NOW, TOKENS, seed_agent
from tests.support.terminals import Terminal as SignedIn


@pytest.fixture
def brigade(database):
    return BrigadeWorld(database)


def write(terminal, method, path, **options):
    return terminal.http.open(path, method=method, headers={"X-CSRF-Token": TOKENS.csrf(terminal.token)}, **options)


def ask(terminal, agent_id=None):
    return write(terminal, "POST", "/api/terminals/enrolments", json={"agent_id": agent_id})


def use(brigade, code, name="NEOGEND"):
    """Send the code from a device that has never been here."""
    return brigade.app.test_client().post("/api/terminals", json={"code": code, "name": name})


def enrolled(brigade, agent, name="NEOGEND") -> tuple[SignedIn, str]:
    """A new terminal of an agent, and its id."""
    device = brigade.terminal(agent)
    code = ask(device).json["code"]
    response = device.http.post("/api/terminals", json={"code": code, "name": name})
    assert response.status_code == 201, response.json
    device.token = SimpleCookie(response.headers["Set-Cookie"])["agent"].value
    return device, response.json["terminal"]["id"]


def test_a_code_makes_a_terminal_that_works_for_a_year_without_signing_in(brigade):
    desk = brigade.terminal(brigade.roux)
    answer = ask(desk, agent_id=brigade.martin.id)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.json
    assert made["agent"] == {"id": brigade.martin.id, "name": "Adj. Martin"}
    assert re.fullmatch(r"([2-9A-Z]{4}-){3}[2-9A-Z]{4}", made["code"])
    assert made["url"] == f"{brigade.app.extensions['brigade'].settings.public_url}/terminal/#/enrol/{made['code']}"
    assert made["svg"].startswith("<svg ")
    assert made["expires_at"] == (NOW + timedelta(minutes=10)).isoformat()

    device = SignedIn(brigade.app, brigade.database, brigade.petit)
    device.http.delete_cookie("agent")
    response = device.http.post("/api/terminals", json={"code": made["code"], "name": " NEOGEND de Martin "})
    assert response.status_code == 201
    cookie = SimpleCookie(response.headers["Set-Cookie"])["agent"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert int(cookie["max-age"]) == 400 * 24 * 3600
    assert response.json["agent"]["name"] == "Adj. Martin"
    assert response.json["terminal"]["name"] == "NEOGEND de Martin"
    assert response.json["terminal"]["this"] is True
    assert response.json["enrolled"] is True
    assert desk.http.get("/api/me").json["enrolled"] is False

    device.token = cookie.value
    for days in (0, 3, 365):
        brigade.clock.now = NOW + timedelta(days=days)
        assert device.http.get("/api/me").json["enrolled"] is True
        assert device.http.get("/api/me").json["csrf"] == TOKENS.csrf(device.token) == response.json["csrf"]
        assert device.do("duty.set", status="available", until=None)["status"] in ("applied", "noop")
        device.pull()
        assert f"duty/{brigade.martin.id}" in device.docs
    with brigade.database.transaction() as session:
        terminal = session.scalars(select(Terminal)).one()
        assert (terminal.agent_id, terminal.enrolled_by_id) == (brigade.martin.id, brigade.roux.id)
        assert terminal.last_seen_at == brigade.clock.now
        assert made["code"].encode() not in terminal.credential_hash
        assert session.scalar(select(func.count()).select_from(TerminalEnrolment)) == 0
    brigade.clock.now = NOW + timedelta(days=401)
    assert device.http.get("/api/me").status_code == 401


def test_a_code_is_good_once_for_ten_minutes_and_until_the_next(brigade):
    desk = brigade.terminal(brigade.martin)
    used = ask(desk).json["code"]
    assert use(brigade, used).status_code == 201
    replaced = ask(desk).json["code"]
    too_late = ask(desk).json["code"]
    for code in (used, replaced, "made-up", "é" * 22):
        answer = use(brigade, code)
        assert (answer.status_code, answer.json["code"]) == (403, "wrong_code"), code
    brigade.clock.now = NOW + timedelta(minutes=10)
    assert use(brigade, too_late).json["code"] == "wrong_code"
    brigade.clock.now = NOW + timedelta(minutes=9, seconds=59)
    assert use(brigade, too_late).status_code == 201


def test_a_code_may_be_typed_by_hand(brigade):
    desk = brigade.terminal(brigade.martin)
    for spell in (str.lower, lambda code: code.replace("-", " "), lambda code: f" {code.replace('-', '')}\n"):
        assert use(brigade, spell(ask(desk).json["code"])).status_code == 201


def test_a_code_is_worth_nothing_once_its_agent_has_left(brigade):
    code = ask(brigade.terminal(brigade.roux), agent_id=brigade.martin.id).json["code"]
    with brigade.database.transaction() as session:
        session.get_one(Agent, brigade.martin.id).active = False
    assert use(brigade, code).json["code"] == "wrong_code"


def test_who_may_enrol_whom(brigade):
    with brigade.database.transaction() as session:
        administrator = seed_agent(session, None, Role.ADMINISTRATOR)
        operator = seed_agent(session, None, Role.OPERATOR)
    for agent, owner, expected in (
        (brigade.martin, None, 201),
        (brigade.martin, brigade.petit, "chief_only"),
        (brigade.roux, brigade.petit, 201),
        (brigade.roux, brigade.noir, "no_such_agent"),
        (administrator, brigade.noir, 201),
        (administrator, operator, "no_such_agent"),
        (administrator, None, "not_in_a_unit"),
        (operator, brigade.petit, "not_in_a_unit"),
    ):
        answer = ask(brigade.terminal(agent), owner and owner.id)
        assert expected in (answer.status_code, answer.json.get("code")), (agent.name, owner and owner.name)


def test_a_revoked_terminal_is_told_to_wipe_and_may_sign_in_again(brigade):
    device, terminal_id = enrolled(brigade, brigade.martin)
    chief = brigade.terminal(brigade.roux)
    assert write(chief, "DELETE", f"/api/terminals/{terminal_id}").status_code == 204
    assert write(chief, "DELETE", f"/api/terminals/{terminal_id}").status_code == 204
    for answer in (
        device.http.get(f"/api/sync/pull?client={uuid4()}"),
        device.push(device.mutation("duty.set", status="available")),
        device.http.get("/api/me"),
        device.http.get("/api/terminals"),
    ):
        assert (answer.status_code, answer.json["code"]) == (401, "terminal_revoked")
    with brigade.database.transaction() as session:
        terminal = session.scalars(select(Terminal)).one()
        assert (terminal.revoked_at, terminal.revoked_by_id) == (NOW, brigade.roux.id)
    credentials = {"login": brigade.martin.login, "password": "un mot de passe d’essai"}
    assert device.http.post("/api/sign-in", json=credentials).status_code == 200
    assert device.http.get("/api/me").status_code == 200


def test_who_may_revoke(brigade):
    _, terminal_id = enrolled(brigade, brigade.martin)
    for agent in (brigade.petit, brigade.noir):
        answer = write(brigade.terminal(agent), "DELETE", f"/api/terminals/{terminal_id}")
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_terminal")
    unknown = write(brigade.terminal(brigade.roux), "DELETE", f"/api/terminals/{uuid4()}")
    assert (unknown.status_code, unknown.json["code"]) == (404, "no_such_terminal")
    assert write(brigade.terminal(brigade.martin), "DELETE", f"/api/terminals/{terminal_id}").status_code == 204


def test_everybody_sees_their_own_and_a_chief_the_units(brigade):
    mine, my_id = enrolled(brigade, brigade.martin, "Martin")
    _, petits_id = enrolled(brigade, brigade.petit, "Petit")
    _, noirs_id = enrolled(brigade, brigade.noir, "Noir")

    def listed(terminal):
        return {one["id"]: one["this"] for one in terminal.http.get("/api/terminals").json}

    assert listed(mine) == {my_id: True}
    assert listed(brigade.terminal(brigade.martin)) == {my_id: False}
    assert listed(brigade.terminal(brigade.roux)) == {my_id: False, petits_id: False}
    assert listed(brigade.terminal(brigade.noir)) == {noirs_id: False}
    write(mine, "DELETE", f"/api/terminals/{my_id}")
    assert listed(brigade.terminal(brigade.roux)) == {petits_id: False}


def test_signing_a_terminal_out_gives_its_credential_up(brigade):
    device, _ = enrolled(brigade, brigade.martin)
    assert write(device, "POST", "/api/sign-out").status_code == 204
    with brigade.database.transaction() as session:
        terminal = session.scalars(select(Terminal)).one()
        assert (terminal.revoked_at, terminal.revoked_by_id) == (NOW, brigade.martin.id)


@pytest.mark.parametrize(
    "end",
    [
        lambda session, login: close_agent(session, CloseAgent(login), NOW),
        lambda session, login: revoke_sign_ins(session, RevokeSignIns(login), NOW),
        lambda session, _login: revoke_sign_ins(session, RevokeSignIns(None), NOW),
        lambda session, login: reset_password(session, ResetPassword(login, "un autre mot de passe"), NOW),
    ],
    ids=["closed account", "sign-ins ended", "everybody's ended", "new password"],
)
def test_what_ends_sign_ins_ends_terminals_and_codes_too(brigade, end):
    device, _ = enrolled(brigade, brigade.martin)
    code = ask(brigade.terminal(brigade.martin)).json["code"]
    with brigade.database.transaction() as session:
        assert end(session, brigade.martin.login) >= 2
    answer = device.http.get("/api/me")
    assert (answer.status_code, answer.json["code"]) == (401, "terminal_revoked")
    assert use(brigade, code).json["code"] == "wrong_code"


def test_writes_of_a_terminal_need_the_proof_too(brigade):
    device, terminal_id = enrolled(brigade, brigade.martin)
    for headers in ({}, {"X-CSRF-Token": "0" * 32}):
        for method, path in (("DELETE", f"/api/terminals/{terminal_id}"), ("POST", "/api/terminals/enrolments")):
            answer = device.http.open(path, method=method, json={}, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_trying_codes_has_a_limit(brigade):
    answers = [use(brigade, f"guess {number}") for number in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {403}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) > 0


def test_asking_for_codes_has_a_limit(brigade):
    desk = brigade.terminal(brigade.martin)
    statuses = [ask(desk).status_code for _ in range(61)]
    assert statuses == [201] * 60 + [429]


def test_revoking_is_heard_on_the_rights_channel_at_commit(brigade):
    device, terminal_id = enrolled(brigade, brigade.martin)
    digits = TOKENS.stored_hash("agent-session", device.token).hex()[:16]
    with psycopg.connect(libpq_url(brigade.database.url), autocommit=True) as listener:
        listener.execute("LISTEN rights")
        device.http.get("/api/me")
        write(brigade.terminal(brigade.roux), "DELETE", f"/api/terminals/{terminal_id}")
        with brigade.database.transaction() as session:
            session.execute(text("DELETE FROM terminals"))
        heard = [notice.payload for notice in listener.notifies(timeout=10, stop_after=2)]
    assert heard == [f"sign-in:{digits}"] * 2
