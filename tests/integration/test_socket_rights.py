"""Every socket event for every role, against a real web process: who may listen, to what, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import socketio
import websocket
from sqlalchemy import select, update

from models.database import Database
from models.tables import Agent, Event, Scope
from server.context import utc_now
from server.realtime.citizen import CitizenNamespace
from server.realtime.terminal import TerminalNamespace
from server.services.accept_request import AcceptRequest, accept_request
from server.services.climb_ladder import ClimbLadder, climb_ladder
from server.services.note_request import NoteRequest, note_request
from server.services.revoke_sign_ins import RevokeSignIns, revoke_sign_ins
from server.services.transfer_request import TransferRequest, transfer_request
from tests.support.processes import Deployment, wait_until
from tests.support.roles import (
    CHIEF_A,
    GENDARME_A,
    GENDARME_B,
    IN_A_UNIT,
    ROLES,
    SUPERVISOR,
    UNIT_A,
    UNIT_B,
    World,
    world_on,
)
from tests.support.seed import SECRET_KEY, actor_of

TERMINAL, CITIZEN = "/terminal", "/citizen"

# Who may open each namespace, and who gets what from each event; an event that is not here fails.
MAY_LISTEN = (*IN_A_UNIT, SUPERVISOR)
MAY_CONNECT = {TERMINAL: set(MAY_LISTEN), CITIZEN: set(ROLES)}
EVENTS = {(TERMINAL, "still_here"): {role: {"ok": True} for role in MAY_LISTEN}}


@dataclass
class House:
    world: World
    url: str


class Ear:
    """A socket that remembers what it heard."""

    def __init__(self, house: House, namespace: str, role: str, auth: Any = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.namespace = namespace
        self.client = socketio.Client(reconnection=False)
        self.client.on("poke", self.heard.append, namespace=namespace)
        token = house.world.tokens.get(role)
        headers = {"Cookie": SimpleCookie({"agent": token}).output(header="").strip()} if token else {}
        self.client.connect(
            house.url.replace("127.0.0.1", "localhost"),
            headers=headers,
            auth=auth,
            namespaces=[namespace],
            transports=["websocket"],
            wait_timeout=10,
        )

    def has_heard(self, scope: str, version: int) -> bool:
        return {"scope": scope, "version": version} in self.heard

    @property
    def scopes(self) -> set[str]:
        return {poke["scope"] for poke in self.heard}

    def ask(self, event: str) -> Any:
        return self.client.call(event, namespace=self.namespace, timeout=10)


@pytest.fixture
def house(deployment: Deployment, database: Database) -> Iterator[House]:
    deployment.environment["SECRET_KEY"] = SECRET_KEY.decode()
    with world_on(database, utc_now()) as world:
        yield House(world, deployment.web().url)


@pytest.fixture
def ears() -> Iterator[list[Ear]]:
    opened: list[Ear] = []
    yield opened
    for ear in opened:
        ear.client.disconnect()


def _auth(house: House, namespace: str) -> Any:
    return {"token": house.world.sent.follow_token} if namespace == CITIZEN else None


def _version(database: Database, scope: str) -> int:
    with database.transaction() as session:
        return session.scalars(select(Scope.version).where(Scope.key == scope)).one()


def test_every_event_is_in_the_table() -> None:
    handled = {
        (namespace, name.removeprefix("on_"))
        for namespace, handler in ((TERMINAL, TerminalNamespace), (CITIZEN, CitizenNamespace))
        for name in dir(handler)
        if name.startswith("on_") and name not in ("on_connect", "on_disconnect", "on_error")
    }
    assert handled == EVENTS.keys(), "say in EVENTS who gets what from the new event"


def test_every_role_gets_what_the_table_says(house: House, ears: list[Ear]) -> None:
    for namespace, allowed in MAY_CONNECT.items():
        for role in ROLES:
            if role not in allowed:
                with pytest.raises(socketio.exceptions.ConnectionError):
                    Ear(house, namespace, role, _auth(house, namespace))
                continue
            ear = Ear(house, namespace, role, _auth(house, namespace))
            ears.append(ear)
            for (where, event), answers in EVENTS.items():
                if where == namespace:
                    assert ear.ask(event) == answers[role], f"{event} as {role}"


@pytest.mark.parametrize("auth", [None, {}, {"token": ""}, {"token": "x" * 22}, {"token": 7}, {"token": "é" * 22}])
def test_a_follow_page_needs_its_own_link(house: House, auth: Any) -> None:
    for role in (GENDARME_A, GENDARME_B):
        with pytest.raises(socketio.exceptions.ConnectionError):
            Ear(house, CITIZEN, role, auth)


def test_a_page_of_another_site_may_not_listen(house: House) -> None:
    address = house.url.replace("http://127.0.0.1", "ws://localhost") + "/socket.io/?EIO=4&transport=websocket"
    cookie = f"agent={house.world.tokens[GENDARME_A]}"
    own = house.url.replace("127.0.0.1", "localhost")

    websocket.create_connection(address, timeout=10, cookie=cookie, origin=own).close()
    for origin in ("https://elsewhere.example", "null", own + ".elsewhere.example"):
        with pytest.raises(websocket.WebSocketBadStatusException):
            websocket.create_connection(address, timeout=10, cookie=cookie, origin=origin)


def test_each_hears_of_its_own_and_of_nothing_else(house: House, ears: list[Ear]) -> None:
    world = house.world
    ours, theirs, citizen = (
        Ear(house, TERMINAL, GENDARME_A),
        Ear(house, TERMINAL, GENDARME_B),
        Ear(house, CITIZEN, GENDARME_B, _auth(house, CITIZEN)),
    )
    ears += [ours, theirs, citizen]
    gendarme, other = actor_of(world.agents[GENDARME_A]), actor_of(world.agents[GENDARME_B])

    with world.database.transaction() as session:
        accept_request(session, AcceptRequest(world.request_id), gendarme, utc_now())
    wait_until(lambda: bool(ours.heard and citizen.heard), "the unit and the citizen hear of the acceptance")
    with world.database.transaction() as session:
        transfer_request(session, TransferRequest(world.request_id, UNIT_B), gendarme, utc_now())
    # The transfer pokes both units, in no order that this test may count on.
    scope, version = f"unit:{UNIT_A}", _version(world.database, f"unit:{UNIT_A}")
    wait_until(lambda: ours.has_heard(scope, version), "the unit hears that the request has left it")
    wait_until(lambda: bool(theirs.heard), "the other unit hears of what is now its own")
    before = len(ours.heard)
    with world.database.transaction() as session:
        note_request(session, NoteRequest(world.request_id, "Une note."), other, utc_now())
    wait_until(lambda: len(theirs.heard) == 2, "the other unit hears of the note")

    # B's first poke is that of the transfer: nothing of the acceptance, which came before, reached it.
    assert theirs.scopes == {f"unit:{UNIT_B}"}
    assert ours.scopes == {f"unit:{UNIT_A}"}
    assert len(ours.heard) == before
    assert citizen.scopes == {f"request:{world.request_id}"}
    assert all(poke.keys() == {"scope", "version"} for ear in ears for poke in ear.heard)


def test_supervisors_hear_that_nobody_has_taken_a_request_in_time_and_nothing_of_a_unit(
    house: House, ears: list[Ear]
) -> None:
    world = house.world
    ear, ours = Ear(house, TERMINAL, SUPERVISOR), Ear(house, TERMINAL, GENDARME_A)
    ears += [ear, ours]
    with world.database.transaction() as session:
        note_request(session, NoteRequest(world.request_id, "Une note."), actor_of(world.agents[GENDARME_A]), utc_now())
    with world.database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == "request_created")).one()
        climb_ladder(session, ClimbLadder(event_id), utc_now() + timedelta(minutes=31))
    version = _version(world.database, "supervisors")
    wait_until(lambda: ear.has_heard("supervisors", version), "the supervisors hear of it")
    assert ear.scopes == {"supervisors"}
    wait_until(lambda: ours.has_heard(f"unit:{UNIT_A}", _version(world.database, f"unit:{UNIT_A}")), "the unit too")
    assert ours.scopes == {f"unit:{UNIT_A}"}

    with world.database.transaction() as session:
        session.execute(update(Agent).where(Agent.id == world.agents[SUPERVISOR].id).values(roles=["operator"]))
    wait_until(lambda: TERMINAL not in ear.client.namespaces, "whoever supervises no more is shown out")


@pytest.mark.parametrize("role", [GENDARME_A, CHIEF_A])
def test_a_socket_dies_with_its_sign_in(house: House, ears: list[Ear], role: str) -> None:
    ear = Ear(house, TERMINAL, role)
    ears.append(ear)
    assert ear.ask("still_here") == {"ok": True}

    with house.world.database.transaction() as session:
        revoke_sign_ins(session, RevokeSignIns(house.world.agents[role].login), utc_now())
    # It may be closed before it can ask, which is as well.
    with suppress(socketio.exceptions.BadNamespaceError):
        ear.client.emit("still_here", namespace=TERMINAL)

    wait_until(lambda: TERMINAL not in ear.client.namespaces, "the socket is closed")
    with pytest.raises(socketio.exceptions.ConnectionError):
        Ear(house, TERMINAL, role)
