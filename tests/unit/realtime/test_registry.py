from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest

from server.realtime.doorkeeper import CITIZEN, TERMINAL, Doorkeeper
from server.realtime.registry import CitizenTicket, LiveSockets, TerminalTicket

HASH = bytes(range(32))
REQUEST_ID = UUID(int=7)
TERMINAL_TICKET = TerminalTicket("t", HASH, agent_id=12, scope="unit:1008593")
CITIZEN_TICKET = CitizenTicket("c", HASH, f"request:{REQUEST_ID}", "192.0.2.1")
BOOKING_TICKET = CitizenTicket("b", HASH, f"booking:{REQUEST_ID}", "192.0.2.1")


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (f"sign-in:{HASH.hex()[:16]}", [TERMINAL_TICKET]),
        ("agent:12", [TERMINAL_TICKET]),
        ("agent:1", []),
        ("agent:120", []),
        (f"sign-in:{HASH.hex()}", []),
        (f"request:{REQUEST_ID}", [CITIZEN_TICKET]),
        (f"request:{UUID(int=8)}", []),
        (f"booking:{REQUEST_ID}", [BOOKING_TICKET]),
        ("", []),
        ("unit:1008593", []),
    ],
)
def test_a_key_finds_the_sockets_that_rest_on_it(key, found):
    sockets = LiveSockets()
    sockets.add(TERMINAL_TICKET)
    sockets.add(CITIZEN_TICKET)
    sockets.add(BOOKING_TICKET)
    assert sockets.resting_on(key) == found


def test_a_place_is_given_back_once_however_often_its_socket_leaves():
    sockets = LiveSockets()
    sockets.add(CITIZEN_TICKET)
    sockets.add(CitizenTicket("other", HASH, f"request:{REQUEST_ID}", "192.0.2.1"))
    sockets.drop("c")
    sockets.drop("c")
    assert sockets.citizens_from("192.0.2.1") == 1
    sockets.drop("other")
    assert sockets.citizens_from("192.0.2.1") == len(sockets) == 0


def test_a_connection_that_joins_nothing_is_ended_on_the_second_look():
    ended: list[str] = []
    joined = {("a", TERMINAL), ("b", CITIZEN)}
    server = SimpleNamespace(
        eio=SimpleNamespace(sockets={"a": 1, "b": 1, "idle": 1}, disconnect=ended.append),
        manager=SimpleNamespace(sid_from_eio_sid=lambda sid, namespace: (sid, namespace) in joined),
    )
    doorkeeper = Doorkeeper(SimpleNamespace(server=server), LiveSockets(), None, None)  # type: ignore[arg-type]
    seen = doorkeeper.clear_hallway(set())
    assert (seen, ended) == ({"idle"}, [])
    server.eio.sockets["new"] = 1
    seen = doorkeeper.clear_hallway(seen)
    assert (seen, ended) == ({"new"}, ["idle"])
