"""The listener alone, against a real server: bursts, nonsense, and connections that die or get stuck."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from server.live import PokeRelay
from tests.support.processes import wait_until

HEARTBEAT_S = 1.0


class Threads:
    """The tasks of the threading mode."""

    def start_background_task(self, target: Any, *args: Any) -> None:
        threading.Thread(target=target, args=args, daemon=True).start()

    def sleep(self, seconds: float = 0) -> None:
        time.sleep(seconds)


class Notebook:
    """An audience that writes down what it is told."""

    def __init__(self) -> None:
        self.pokes: list[tuple[str, int | None]] = []
        self.gaps = 0
        self.rights: list[str | None] = []
        self.slow = threading.Event()
        self.slow.set()

    def poke(self, scope: str, version: int | None) -> None:
        self.slow.wait(20)
        self.pokes.append((scope, version))

    def poke_everybody(self) -> None:
        self.gaps += 1

    def rights_changed(self, key: str | None) -> None:
        self.rights.append(key)


@pytest.fixture
def notebook(database) -> Iterator[Notebook]:
    notebook = Notebook()
    relay = PokeRelay(database.url, Threads(), notebook, heartbeat=HEARTBEAT_S)
    relay.start()
    # Only then does it listen: a connection that can be seen in the server's list may not have asked for anything yet.
    wait_until(lambda: notebook.rights, "the listener listens")
    yield notebook
    relay.stop()
    wait_until(lambda: _listener(database) is None, "the listener has gone")


def test_whoever_came_before_the_listener_looks_again(notebook):
    """After a restart terminals are back, and have pulled, before the listener is: what came between reached nobody."""
    assert notebook.gaps == 1
    assert notebook.rights == [None], "what was decided meanwhile is looked up as well"


def test_a_poke_is_passed_on(database, notebook):
    _notify(database, '{"scope": "unit:7", "version": 3}')
    wait_until(lambda: ("unit:7", 3) in notebook.pokes, "the poke comes through")


def test_a_burst_is_told_once_with_its_last_version(database, notebook):
    """While sockets are being served, the pokes of a scope that come in meanwhile become one."""
    notebook.slow.clear()
    for version in range(1, 200):
        _notify(database, f'{{"scope": "unit:7", "version": {version}}}')
    notebook.slow.set()
    wait_until(lambda: ("unit:7", 199) in notebook.pokes, "the last of them comes through")
    assert len([scope for scope, _ in notebook.pokes if scope == "unit:7"]) < 199


@pytest.mark.parametrize("payload", ["", "nonsense", "[]", '{"scope": "unit:7"}', "5", "null"])
def test_nonsense_is_passed_over(database, notebook, payload):
    _notify(database, payload)
    _await_poke(database, notebook, "unit:7")
    assert notebook.gaps == 1


def test_an_operator_can_make_everybody_pull(database, notebook):
    _notify(database, '{"scope": "*", "version": null}')
    wait_until(lambda: notebook.gaps == 2, "everybody is told")


def test_a_terminated_connection_is_replaced_and_everybody_told(database, notebook):
    with database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": _listener(database)})
    wait_until(lambda: notebook.rights == [None, None], "everybody is told to look again")
    assert notebook.gaps == 2
    _await_poke(database, notebook, "unit:7")


def test_a_stuck_connection_is_given_up(database, notebook):
    """A stopped backend keeps its TCP connection alive and says nothing: only a question that stays open shows it."""
    stuck = _listener(database)
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)
    try:
        wait_until(lambda: len(notebook.rights) == 2, "the listener has given up and come back", 30)
        assert _listener(database, but=stuck) is not None
        _await_poke(database, notebook, "unit:7")
    finally:
        os.kill(stuck, signal.SIGCONT)
    wait_until(lambda: _listener(database, but=_listener(database)) is None, "the stuck backend has ended")


def _notify(database, payload: str) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT pg_notify('poke', :payload)"), {"payload": payload})


def _await_poke(database, notebook: Notebook, scope: str) -> None:
    _notify(database, f'{{"scope": "{scope}", "version": 1}}')
    wait_until(lambda: (scope, 1) in notebook.pokes, f"a poke for {scope}")


def _listener(database, but: int | None = None) -> int | None:
    """The process id of the listener's backend, other than `but`."""
    with database.transaction() as session:
        pid: int | None = session.scalar(
            text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'brigade pokes' AND pid IS DISTINCT FROM :but"
                " ORDER BY backend_start DESC LIMIT 1"
            ),
            {"but": but},
        )
    return pid
