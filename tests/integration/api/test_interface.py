"""What the interface says: its description, its problems in both languages, and its answers to partners."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import func, select

from models.database import Database
from models.tables import ContactRequest
from server.api.contact_requests import SENDS
from tests.support.processes import PROJECT
from tests.support.roles import ANONYMOUS, UNIT_A, World, world_on
from tests.support.seed import seed_commune, seed_jurisdiction

BODY = {
    "commune_insee": "01034",
    "reason_code": "other",
    "channel": "phone",
    "facts": "Une question.",
    "caller_name": "Camille",
    "phone": "06 39 98 00 12",
}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        yield world


def _post(world: World, body: Any = BODY, **headers: str) -> Any:
    # Written by the standard library, which escapes what no UTF-8 can hold.
    return world.call(
        ANONYMOUS,
        "POST",
        "/api/contact-requests",
        data=json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def _count(world: World) -> int:
    with world.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(ContactRequest)) or 0


def test_the_description_covers_every_route(world: World) -> None:
    description = world.app.test_client().get("/api/openapi.json").json

    assert description["openapi"].startswith("3.1")
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != "/api/openapi.json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method) for path, item in description["paths"].items() for method in item if method != "parameters"
    }
    assert described == routes | {("/healthz", "get")}
    for path, method in described:
        operation = description["paths"][path][method]
        assert operation["summary"], path
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and path.startswith("/api/visioplainte/"):
                assert list(answer["content"]) == ["application/json"], "its contract has a form of its own"
            elif int(status) >= 400 and path != "/healthz":
                named = description["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert list(named["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/api/nothing", {}, 404, "not_found"),
        ("PUT", "/api/reasons", {}, 405, "method_not_allowed"),
        ("POST", "/api/contact-requests", {"data": b"a" * 2_000_000}, 413, "request_entity_too_large"),
        (
            "POST",
            "/api/contact-requests",
            {"data": b"a=b", "content_type": "text/plain"},
            415,
            "unsupported_media_type",
        ),
        ("POST", "/api/contact-requests", {"data": b"{"}, 400, "unreadable_json"),
        ("POST", "/api/contact-requests", {"data": b"\xff"}, 400, "unreadable_json"),
        ("POST", "/api/contact-requests", {"data": b"[" * 200_000}, 400, "unreadable_json"),
        (
            "POST",
            "/api/contact-requests",
            {"data": b'{"chosen_unit_id":' + b"1" * 9_000 + b"}"},
            400,
            "unreadable_json",
        ),
        ("POST", "/api/contact-requests", {"data": b'{"chosen_unit_id":NaN}'}, 400, "unreadable_json"),
        ("POST", "/api/contact-requests", {"data": b"[]"}, 422, "invalid_arguments"),
        ("GET", "/api/communes", {}, 422, "invalid_arguments"),
        ("GET", "/api/units?commune=1034", {}, 422, "invalid_arguments"),
        ("GET", "/api/units?commune=99999", {}, 404, "no_such_commune"),
        ("GET", "/api/me", {}, 401, "not_signed_in"),
    ],
)
def test_every_refusal_is_a_problem_in_the_readers_language(
    world: World, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    options = {"content_type": "application/json", **options}
    french = world.call(ANONYMOUS, method, path, **options)
    english = world.call(ANONYMOUS, method, path, headers={"Accept-Language": "en-GB, fr;q=0.5"}, **options)

    for answer in (french, english):
        assert answer.content_type == "application/problem+json"
        assert (answer.status_code, answer.json["status"], answer.json["code"]) == (status, status, code)
    assert french.json["title"] != english.json["title"]
    assert "Accept-Language" in english.headers["Vary"]


def test_the_english_catalogue_is_complete_and_has_nothing_else() -> None:
    with (PROJECT / "server/translations/en/LC_MESSAGES/interface.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if message.id}
    assert catalogue.keys() == _sentences("server/wording.py") | _sentences("server/api/explanations.py")
    assert all(catalogue.values())


def _sentences(path: str) -> set[str]:
    tree = ast.parse(Path(PROJECT / path).read_text())
    return {
        ast.literal_eval(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext"
    }


def test_a_request_is_stored_and_can_be_followed(world: World) -> None:
    answer = _post(world)

    assert answer.status_code == 201
    assert answer.json["follow_url"].startswith("http://localhost:8000/suivi/")
    with world.database.transaction() as session:
        row = session.scalars(select(ContactRequest).where(ContactRequest.reference == answer.json["reference"])).one()
        assert (row.unit_id, row.phone, row.facts) == (UNIT_A, "+33639980012", "Une question.")
        assert row.call_back_word == answer.json["call_back_word"]
    english = _post(world, {**BODY, "language": "en"})
    assert "/en/follow/" in english.json["follow_url"]


@pytest.mark.parametrize("key", ["8e03978e-40d5-43e8-bc93-6894a57f9324", '"quoted key"'.replace(" ", "-"), "x" * 255])
def test_the_same_key_is_the_same_request(world: World, key: str) -> None:
    before = _count(world)
    first = _post(world, **{"Idempotency-Key": key})
    again = _post(world, **{"Idempotency-Key": key})
    other = _post(world, {**BODY, "facts": "Autre chose."}, **{"Idempotency-Key": key})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert _count(world) == before + 1


def test_quotes_are_not_part_of_the_key(world: World) -> None:
    assert _post(world, **{"Idempotency-Key": '"abc"'}).json == _post(world, **{"Idempotency-Key": "abc"}).json


@pytest.mark.parametrize("key", ['"', '"a"b"', "", "x" * 256, "a b", "é"])
def test_a_key_that_is_none_is_told(world: World, key: str) -> None:
    answer = _post(world, **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json["fields"] == {"Idempotency-Key": "unreadable"}


def test_without_a_key_each_request_is_its_own(world: World) -> None:
    assert _post(world).json["reference"] != _post(world).json["reference"]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"facts": "nul\0"}, {"facts": "unreadable"}),
        ({"facts": "half \ud800"}, {"facts": "unreadable"}),
        ({"facts": "x" * 5001}, {"facts": "too_long"}),
        ({"facts": "   "}, {"facts": "missing"}),
        ({"phone": "12"}, {"phone": "unreadable"}),
        ({"phone": ""}, {"phone": "missing"}),
        ({"channel": "email"}, {"email": "missing"}),
        ({"channel": "pigeon"}, {"channel": "unknown"}),
        ({"reason_code": "none such"}, {"reason_code": "unknown"}),
        ({"commune_insee": "0103"}, {"commune_insee": "unreadable"}),
        ({"commune_insee": "99999"}, {"commune_insee": "unknown_commune"}),
        ({"chosen_unit_id": 2**31}, {"chosen_unit_id": "unreadable"}),
        ({"chosen_unit_id": True}, {"chosen_unit_id": "unreadable"}),
        ({"fatcs": "slip"}, {"fatcs": "unknown"}),
    ],
)
def test_bad_values_are_named_by_field(world: World, change: dict[str, Any], fields: dict[str, str]) -> None:
    before = _count(world)
    answer = _post(world, {**BODY, **change})
    assert (answer.status_code, answer.json["fields"]) == (422, fields)
    assert _count(world) == before


def test_a_commune_of_the_police_and_one_that_nobody_knows_are_explained(world: World) -> None:
    with world.database.transaction() as session:
        seed_jurisdiction(session, seed_commune(session, "01053", "Bourg-en-Bresse", "01000"), None, "PN")
        seed_commune(session, "01407", "Seyssel", "01420")

    police = world.call(ANONYMOUS, "GET", "/api/units?commune=01053").json
    unknown = world.call(ANONYMOUS, "GET", "/api/units?commune=01407").json

    assert (police["institution"], police["unit"]) == ("PN", None)
    assert "police nationale" in police["explanation"]
    assert (unknown["institution"], unknown["unit"]) == (None, None)
    assert UNIT_A in {unit["id"] for unit in unknown["candidates"]}
    assert _post(world, {**BODY, "commune_insee": "01053"}).json["code"] == "no_competent_unit"
    assert _post(world, {**BODY, "commune_insee": "01407"}).json["code"] == "no_competent_unit"
    assert _post(world, {**BODY, "commune_insee": "01407", "chosen_unit_id": UNIT_A}).status_code == 201


def test_one_address_sends_only_so_many(world: World) -> None:
    for _ in range(SENDS):
        assert _post(world).status_code == 201
    refused = _post(world)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) > 0


def test_what_a_citizen_typed_is_not_in_the_log_of_an_accident(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError(f"could not use {BODY['facts']}")

    monkeypatch.setattr("server.api.contact_requests.create_contact_request", fail)

    answer = _post(world)

    assert (answer.status_code, answer.json["code"]) == (500, "unexpected")
    assert answer.json["error_id"] in caplog.text
    assert "ValueError" in caplog.text
    assert BODY["facts"] not in caplog.text
