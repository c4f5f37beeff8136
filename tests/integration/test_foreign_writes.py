"""No other site can write through somebody's browser, on any route that writes, now or later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from models.database import Database
from server.identity import SAFE_METHODS, WITHOUT_AUTHORITY
from tests.support import cluster
from tests.support.roles import ANONYMOUS, GENDARME_A, World, world_on

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "https://localhost.elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
)


@pytest.fixture(scope="module")
def world(postgres_url: str) -> Iterator[World]:
    with cluster.database_copy(postgres_url) as url:
        database = Database(url)
        with world_on(database) as world:
            yield world
        database.dispose()


def _writes(world: World) -> list[tuple[str, str]]:
    found = [
        (method, re.sub(r"<[^>]+>", "x", rule.rule))
        for rule in world.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - SAFE_METHODS)
    ]
    assert ("POST", "/api/sync/push") in found
    return found


def test_a_foreign_page_writes_nothing(world: World) -> None:
    for method, path in _writes(world):
        for headers in FOREIGN:
            for role in (ANONYMOUS, GENDARME_A):
                answer = world.call(role, method, path, headers=headers)
                assert answer.status_code == 403, f"{method} {path} from {headers} as {role}"
                if path.startswith("/api/visioplainte/"):
                    # Its contract has sentences instead of codes.
                    assert answer.json == {"errors": ["Cette demande vient d’un autre site."]}
                elif path.startswith("/api/"):
                    assert answer.json["code"] == "foreign_origin"


def test_a_cookie_alone_writes_nothing(world: World) -> None:
    for method, path in _writes(world):
        if not path.startswith("/api/") or path in WITHOUT_AUTHORITY:
            continue
        for proof in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 32}, {"X-CSRF-Token": "é"}):
            answer = world.client(GENDARME_A).open(path, method=method, json={}, headers=proof)
            assert answer.status_code == 403, f"{method} {path} with {proof}"
            if path.startswith("/api/visioplainte/"):
                assert answer.json["errors"][0].startswith("La preuve que la demande vient de notre page manque")
            else:
                assert answer.json["code"] == "csrf", f"{method} {path} with {proof}"


def test_our_own_page_and_programs_may_write(world: World) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        answer = world.call(ANONYMOUS, "POST", "/api/contact-requests", json={}, headers=headers)
        assert answer.json["code"] == "invalid_arguments", headers


def test_what_needs_no_proof_uses_nothing_of_the_cookie(world: World) -> None:
    # Adding a path here is a decision: its service must take no actor.
    assert {"/api/sign-in", "/api/contact-requests", "/api/terminals", "/api/push/receipts"} == WITHOUT_AUTHORITY


@pytest.mark.parametrize("path", ["/api/me", "/api/terminals", f"/api/sync/pull?client={UUID(int=1)}"])
def test_what_a_terminal_holds_does_not_open_as_a_page(world: World, path: str) -> None:
    """The cookie goes along with a typed address: the lock of the screens would be no lock."""
    page = world.call(GENDARME_A, "GET", path, headers={"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"})
    assert (page.status_code, page.json["code"]) == (403, "not_a_page")
    ours = world.call(GENDARME_A, "GET", path, headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"})
    assert ours.status_code == 200
