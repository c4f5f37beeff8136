"""Terminals and follow pages on real HTTP and real sockets, for the application as real processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import requests
import socketio

from models.database import Database
from models.rules.actor import Role
from models.tables import Agent, Unit
from server.context import utc_now
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from server.services.create_agent import tell_colleagues
from server.services.enrol_terminal import EnrolTerminal, enrol_terminal
from server.tokens import Tokens
from tests.support.processes import PATIENCE_S, Deployment, wait_until
from tests.support.seed import actor_of, seed_agent, seed_sign_in, seed_territory, seed_unit, send_request

OTHER_UNIT = 1008594
FACTS = "Essai numéro"


class Site:
    """A deployment with two units; one has three agents, the other has one."""

    def __init__(self, database_url: str, deployment: Deployment) -> None:
        self.deployment = deployment
        self.database = Database(database_url, application_name="tests")
        self.tokens = Tokens(deployment.environment["SECRET_KEY"].encode())
        with self.database.transaction() as session:
            self.unit = seed_territory(session)
            self.other_unit = seed_unit(session, OTHER_UNIT, "Brigade de gendarmerie de Virieu")

    def agent(self, unit: Unit | None = None) -> Agent:
        with self.database.transaction() as session:
            agent = seed_agent(session, unit or self.unit, Role.GENDARME)
            tell_colleagues(session, agent, utc_now())
            return agent

    def sign_in(self, agent: Agent) -> str:
        with self.database.transaction() as session:
            return seed_sign_in(session, agent, now=utc_now(), tokens=self.tokens)

    def enrol(self, agent: Agent) -> str:
        """Make a terminal of the agent; returns its credential."""
        with self.database.transaction() as session:
            made = ask_enrolment(session, AskEnrolment(), actor_of(agent), utc_now(), self.tokens)
            return enrol_terminal(session, EnrolTerminal(made.code, "NEOGEND"), utc_now(), self.tokens).credential

    def request(self) -> tuple[UUID, str]:
        """A citizen's request, straight into the database; returns its id and its follow token."""
        with self.database.transaction() as session:
            created = send_request(session, now=utc_now(), tokens=self.tokens)
        return created.request_id, created.follow_token

    def close(self) -> None:
        self.database.dispose()


class Listener:
    """A socket in one namespace: what it was told, and whether it is there."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.pokes: list[dict[str, Any]] = []
        self.told_to_leave = False
        self._leaving = False
        self._client = socketio.Client(
            reconnection_delay=0.05, reconnection_delay_max=0.5, randomization_factor=0.5, handle_sigint=False
        )
        self._client.on("poke", self._poked, namespace=namespace)
        self._client.on("disconnect", self._left, namespace=namespace)

    def join(self, url: str, *, headers: dict[str, str] | None = None, auth: dict[str, str] | None = None) -> Listener:
        """Connect.

        Raises:
            socketio.exceptions.ConnectionError: the server does not let us in.
        """
        try:
            self._client.connect(
                url,
                headers=headers or {},
                auth=auth,
                namespaces=[self.namespace],
                transports=["websocket"],
                wait_timeout=20,
            )
        except ValueError as error:
            self._hang_up()
            # How the library stumbles over a connection that ends before the first packet.
            raise socketio.exceptions.ConnectionError("the server hung up") from error
        except socketio.exceptions.ConnectionError:
            self._hang_up()
            raise
        return self

    @property
    def inside(self) -> bool:
        return self.namespace in self._client.namespaces and self._client.connected

    def scopes(self) -> set[str]:
        return {poke["scope"] for poke in self.pokes}

    def await_poke(self, scope: str, version: int = 0) -> None:
        """Return once a poke for `scope` has come in, of at least `version`."""

        def poked() -> bool:
            return any(poke["scope"] == scope and (poke["version"] or 0) >= version for poke in list(self.pokes))

        wait_until(poked, f"a poke for {scope}, version {version} or later; got {self.pokes[-5:]}", 30)

    def await_leave(self) -> None:
        wait_until(lambda: not self.inside, "the socket has been shown out", 30)

    def say(self, event: str, *args: Any) -> None:
        self._client.emit(event, args or None, namespace=self.namespace)

    def ask(self, event: str) -> Any:
        return self._client.call(event, namespace=self.namespace, timeout=20)

    def leave(self) -> None:
        # From here on the reading thread is inside recv(), which closing its socket would not wake.
        self._leaving = True
        self._client.shutdown()
        self._client.disconnect()
        self._hang_up()

    def _poked(self, poke: dict[str, Any]) -> None:
        self.pokes.append(poke)

    def _left(self, reason: str = "") -> None:
        self.told_to_leave = reason == self._client.reason.SERVER_DISCONNECT
        if not self._leaving:
            self._hang_up()

    def _hang_up(self) -> None:
        # The library leaves the socket of a connection that the server has ended to the garbage collector.
        if self._client.eio.ws is not None:
            self._client.eio.ws.shutdown()


class LiveTerminal(Listener):
    """What a terminal does at its simplest: pulls when it joins or is poked, and pushes until it has its result."""

    def __init__(self, site: Site, url: str, agent: Agent, token: str | None = None) -> None:
        super().__init__("/terminal")
        self.url = url
        self.agent = agent
        self.token = token or site.sign_in(agent)
        self.docs: dict[str, Any] = {}
        self.answers: list[int] = []
        self._client_id = str(uuid4())
        self._cursor = ""
        self._numbers = count(1)
        self._pulling = threading.Lock()
        self._cookies = {"agent": self.token}
        self._csrf = site.tokens.csrf(self.token)
        self._client.on("connect", self.pull, namespace=self.namespace)

    def start(self) -> LiveTerminal:
        self.join(self.url, headers={"Cookie": f"agent={self.token}"})
        return self

    def pull(self) -> None:
        """Fetch what is new; a server that is away is tried again at the next poke or connection."""
        with self._pulling:
            more = True
            while more:
                answer = self._call("GET", "/api/sync/pull", params={"client": self._client_id, "cursor": self._cursor})
                if answer is None or answer.status_code != 200:
                    return
                page = answer.json()
                if page["reset"]:
                    self.docs = {}
                # Another thread reads meanwhile: it gets the old picture or the new one.
                known = {**self.docs, **{doc["k"]: doc["body"] for doc in page["docs"]}}
                self.docs = {key: body for key, body in known.items() if body is not None}
                self._cursor, more = page["cursor"], page["more"]

    def waiting(self) -> list[str]:
        """The ids of the requests that nobody has accepted, as this terminal knows them."""
        return [
            key.removeprefix("request/")
            for key, body in list(self.docs.items())
            if key.startswith("request/") and body["state"] == "waiting"
        ]

    def push(self, op: str, **args: Any) -> dict[str, Any]:
        """Push one mutation until it has a result, as an outbox does."""
        mutation = {"seq": next(self._numbers), "op": op, "args": args, "at": utc_now().isoformat()}
        body = {"client": self._client_id, "schema": 1, "mutations": [mutation]}
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = self._call("POST", "/api/sync/push", json=body, headers={"X-CSRF-Token": self._csrf})
            if answer is not None and answer.status_code == 200:
                (result,) = answer.json()["results"]
                return dict(result)
            # Backing off, not waiting for something: nothing tells a client when a server is back.
            time.sleep(0.1)
        raise TimeoutError(f"{op} never got a result; the last answers were {self.answers[-5:]}")

    def _call(self, method: str, path: str, **options: Any) -> requests.Response | None:
        try:
            answer = requests.request(method, self.url + path, cookies=self._cookies, timeout=10, **options)
        except requests.RequestException:
            return None
        self.answers.append(answer.status_code)
        return answer

    def _poked(self, poke: dict[str, Any]) -> None:
        super()._poked(poke)
        self.pull()


def send_by_http(url: str, key: str, number: int) -> tuple[int, str] | None:
    """Send a citizen's request as a partner does; returns status and reference, or None when nobody answered."""
    body = {
        "commune_insee": "01034",
        "reason_code": "complaint",
        "channel": "phone",
        "facts": f"{FACTS} {number}",
        "caller_name": "Camille Essai",
        "phone": "+33639980012",
    }
    # Behind a proxy each citizen has an address of their own, and hence a rate limit of their own.
    headers = {"Idempotency-Key": key, "X-Forwarded-For": f"192.0.2.{number % 250}"}
    try:
        answer = requests.post(f"{url}/api/contact-requests", json=body, headers=headers, timeout=10)
        return answer.status_code, answer.json().get("reference", "")
    except requests.RequestException:
        return None


class Stream:
    """Citizens who send requests, one after the other, and repeat each until it is acknowledged."""

    def __init__(self, url: Callable[[], str]) -> None:
        self.acknowledged: set[str] = set()
        self.answers: list[tuple[float, int]] = []
        self._url = url
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(lane,)) for lane in range(3)]

    @contextmanager
    def flowing(self) -> Iterator[Stream]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join(PATIENCE_S)

    def await_more(self, more: int) -> None:
        """Return once `more` further requests have been acknowledged."""
        enough = len(self.acknowledged) + more
        wait_until(lambda: len(self.acknowledged) >= enough, f"{more} more requests acknowledged", 45)

    def _send(self, lane: int) -> None:
        for number in count(lane, 3):
            key = str(uuid4())
            # Once it has been tried it must be finished, or nobody knows whether it counts.
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                answer = send_by_http(self._url(), key, number)
                if answer is not None:
                    self.answers.append((time.monotonic(), answer[0]))
                    if answer[0] == 201:
                        self.acknowledged.add(answer[1])
                        break
                self._ended.wait(0.05)
                time.sleep(0.02)
            if self._ended.wait(0.03):
                return
