"""Every route of the application for every role: who gets what, written down; a route that is not here fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from models.database import Database
from tests.support import cluster
from tests.support.roles import (
    CHIEF_A,
    GENDARME_A,
    IN_A_UNIT,
    NOBODY,
    ROLES,
    SECRET_WORDS,
    SIGNED_IN,
    SUPERVISOR,
    World,
    world_on,
)
from tests.support.seed import PASSWORD

Expected = Mapping[str, int]


def everybody(status: int) -> Expected:
    return dict.fromkeys(ROLES, status)


def signed_in(status: int) -> Expected:
    return {**dict.fromkeys(NOBODY, 401), **dict.fromkeys(SIGNED_IN, status)}


def in_a_unit(status: int) -> Expected:
    return {**signed_in(403), **dict.fromkeys(IN_A_UNIT, status)}


def _a_request() -> dict[str, Any]:
    return {
        "json": {
            "commune_insee": "01034",
            "reason_code": "other",
            "channel": "phone",
            "facts": "Une question.",
            "caller_name": "Camille",
            "phone": "06 39 98 00 12",
        }
    }


def _a_push() -> dict[str, Any]:
    mutation = {"seq": 1, "op": "request.note", "args": {"request_id": str(uuid4()), "text": "Une note."}}
    return {"json": {"client": str(uuid4()), "schema": 1, "mutations": [mutation]}}


def _a_planning() -> dict[str, Any]:
    return {"json": {"kind": "ical", "name": "Agenda", "url": "https://agenda.example/chef.ics"}}


def _a_table() -> dict[str, Any]:
    return {"data": b"NIGEND;Date;Position\n1;24/11/2026;PAM\n", "content_type": "text/csv"}


def _a_calendar_trial() -> dict[str, Any]:
    return {"json": {"kind": "ical", "url": "https://agenda.example/chef.ics"}}


def _a_subscription() -> dict[str, Any]:
    keys = {"p256dh": "made up", "auth": "made up"}
    return {"json": {"endpoint": "https://x.example/", "keys": keys, "vapid_key": "made up", "language": "fr"}}


@dataclass(frozen=True)
class Entry:
    """One call of a route and the status it has for each role; `options` makes what the call sends, anew each time."""

    path: str
    expected: Expected
    options: Callable[[], dict[str, Any]] = field(default=dict)


# "METHOD rule", as the url_map has it. What a status lets through is checked in test_unit_isolation.py.
TABLE: Mapping[str, Entry] = {
    "GET /static/<path:name>": Entry("/static/no-such-file.css", everybody(404)),
    "GET /healthz": Entry("/healthz", everybody(200)),
    "GET /api/openapi.json": Entry("/api/openapi.json", everybody(200)),
    "GET /api/communes": Entry("/api/communes?q=belley", everybody(200)),
    "GET /api/units": Entry("/api/units?commune=01034", everybody(200)),
    "GET /api/units/search": Entry("/api/units/search?q=belley", signed_in(200)),
    # To everybody but its own people there is no such unit.
    "GET /api/units/<int:unit_id>/slots/explanation": Entry(
        "/api/units/1008593/slots/explanation?reason=other&from=2026-11-24&to=2026-11-25",
        {**signed_in(404), GENDARME_A: 200, CHIEF_A: 200},
    ),
    "GET /api/reasons": Entry("/api/reasons", everybody(200)),
    "POST /api/contact-requests": Entry("/api/contact-requests", everybody(201), _a_request),
    "POST /api/sign-in": Entry(
        "/api/sign-in", everybody(200), lambda: {"json": {"login": "someone", "password": PASSWORD}}
    ),
    "POST /api/sign-out": Entry("/api/sign-out", everybody(204)),
    "GET /api/me": Entry("/api/me", signed_in(200)),
    "POST /api/terminals/enrolments": Entry(
        "/api/terminals/enrolments", in_a_unit(201), lambda: {"json": {"agent_id": None}}
    ),
    # Whoever has a code, which nobody here has.
    "POST /api/terminals": Entry(
        "/api/terminals", everybody(403), lambda: {"json": {"code": "made up", "name": "NEOGEND"}}
    ),
    "GET /api/terminals": Entry("/api/terminals", signed_in(200)),
    "DELETE /api/terminals/<uuid:terminal_id>": Entry(f"/api/terminals/{uuid4()}", signed_in(404)),
    # What one's own unit lets one change is in tests/integration/planning.
    "GET /api/plannings": Entry("/api/plannings", in_a_unit(200)),
    "POST /api/plannings": Entry("/api/plannings", in_a_unit(201), _a_planning),
    "PATCH /api/plannings/<uuid:source_id>": Entry(
        f"/api/plannings/{uuid4()}", in_a_unit(404), lambda: {"json": {"paused": True}}
    ),
    "POST /api/plannings/<uuid:source_id>/poll": Entry(f"/api/plannings/{uuid4()}/poll", in_a_unit(404)),
    "POST /api/plannings/<uuid:source_id>/table": Entry(f"/api/plannings/{uuid4()}/table", in_a_unit(404), _a_table),
    # Who asked for one reads it; see tests/integration/jobs/test_calendar_trials.py.
    "POST /api/calendar-trials": Entry("/api/calendar-trials", in_a_unit(202), _a_calendar_trial),
    "GET /api/calendar-trials/<uuid:trial_id>": Entry(f"/api/calendar-trials/{uuid4()}", signed_in(404)),
    "DELETE /api/plannings/<uuid:source_id>": Entry(f"/api/plannings/{uuid4()}", in_a_unit(404)),
    # Whoever serves in a unit has agendas of their own. A feed is a terminal's, and what is a stranger's is not there.
    "GET /api/calendar-exports": Entry("/api/calendar-exports", in_a_unit(200)),
    "POST /api/calendar-exports": Entry(
        "/api/calendar-exports", in_a_unit(409), lambda: {"json": {"kind": "feed", "name": "Mon agenda"}}
    ),
    "PATCH /api/calendar-exports/<uuid:export_id>": Entry(
        f"/api/calendar-exports/{uuid4()}", in_a_unit(404), lambda: {"json": {"paused": True}}
    ),
    "POST /api/calendar-exports/<uuid:export_id>/run": Entry(f"/api/calendar-exports/{uuid4()}/run", in_a_unit(404)),
    "DELETE /api/calendar-exports/<uuid:export_id>": Entry(f"/api/calendar-exports/{uuid4()}", in_a_unit(404)),
    "GET /api/calendar-exports/settings": Entry("/api/calendar-exports/settings", in_a_unit(200)),
    "PUT /api/calendar-exports/settings": Entry(
        "/api/calendar-exports/settings",
        {**signed_in(403), CHIEF_A: 200},
        lambda: {"json": {"subject": False, "place": False}},
    ),
    # A sign-in with a password is no enrolled terminal, whoever it is. What one gets is in tests/integration/api.
    "GET /api/terminals/this/push-subscription": Entry("/api/terminals/this/push-subscription", signed_in(403)),
    "PUT /api/terminals/this/push-subscription": Entry(
        "/api/terminals/this/push-subscription", signed_in(403), _a_subscription
    ),
    "DELETE /api/terminals/this/push-subscription": Entry("/api/terminals/this/push-subscription", signed_in(403)),
    "POST /api/terminals/this/push-tests": Entry("/api/terminals/this/push-tests", signed_in(403)),
    "GET /api/terminals/this/push-tests/<uuid:test_id>": Entry(
        f"/api/terminals/this/push-tests/{uuid4()}", signed_in(403)
    ),
    # Whoever has a receipt, which nobody here has.
    "POST /api/push/receipts": Entry(
        "/api/push/receipts", everybody(403), lambda: {"json": {"receipt": "made up", "what": "shown"}}
    ),
    "GET /api/push/key": Entry("/api/push/key", everybody(200)),
    # Partners' machines, by key: a cookie opens nothing there. What a key opens is in tests/integration/api.
    "GET /api/v1/slots": Entry("/api/v1/slots?unit=1008593&reason=other", everybody(401)),
    "GET /api/v1/slots/earliest": Entry("/api/v1/slots/earliest?commune=01034&reason=other", everybody(401)),
    "POST /api/v1/holds": Entry("/api/v1/holds", everybody(401), lambda: {"json": {}}),
    "DELETE /api/v1/holds": Entry("/api/v1/holds", everybody(401)),
    "POST /api/v1/bookings": Entry("/api/v1/bookings", everybody(401), lambda: {"json": {}}),
    "GET /api/v1/bookings/<uuid:booking_id>": Entry(f"/api/v1/bookings/{uuid4()}", everybody(401)),
    "POST /api/v1/bookings/<uuid:booking_id>/move": Entry(
        f"/api/v1/bookings/{uuid4()}/move", everybody(401), lambda: {"json": {}}
    ),
    "POST /api/v1/bookings/<uuid:booking_id>/cancel": Entry(
        f"/api/v1/bookings/{uuid4()}/cancel", everybody(401), lambda: {"json": {}}
    ),
    "GET /api/visioplainte/creneaux": Entry("/api/visioplainte/creneaux", everybody(401)),
    "GET /api/visioplainte/creneaux/prochain": Entry("/api/visioplainte/creneaux/prochain", everybody(401)),
    "GET /api/visioplainte/guichets": Entry("/api/visioplainte/guichets", everybody(401)),
    "GET /api/visioplainte/plages_ouverture": Entry("/api/visioplainte/plages_ouverture", everybody(401)),
    "GET /api/visioplainte/rdvs": Entry("/api/visioplainte/rdvs", everybody(401)),
    "POST /api/visioplainte/rdvs": Entry("/api/visioplainte/rdvs", everybody(401)),
    "PUT /api/visioplainte/rdvs/<rdv_id>/cancel": Entry("/api/visioplainte/rdvs/1/cancel", everybody(401)),
    "DELETE /api/visioplainte/rdvs/<rdv_id>": Entry("/api/visioplainte/rdvs/1", everybody(401)),
    # Providers of text messages, by password or signature; here there are none. See tests/integration/api.
    "GET /api/sms/kannel/reports": Entry(
        f"/api/sms/kannel/reports?message={uuid4()}&signature=x&state=1", everybody(403)
    ),
    "POST /api/sms/kannel/messages": Entry("/api/sms/kannel/messages?id=1", everybody(401)),
    "POST /api/sms/twilio/reports": Entry(f"/api/sms/twilio/reports?message={uuid4()}&signature=x", everybody(403)),
    "POST /api/sms/twilio/messages": Entry("/api/sms/twilio/messages", everybody(403)),
    # Whoever answers for what is late: the chief for the unit, the supervisors for all.
    "GET /api/late": Entry("/api/late", {**signed_in(403), CHIEF_A: 200, SUPERVISOR: 200}),
    "GET /api/sync/pull": Entry(f"/api/sync/pull?client={uuid4()}", in_a_unit(200)),
    "POST /api/sync/push": Entry("/api/sync/push", in_a_unit(200), _a_push),
}


# Pages for everybody: no role gets more or less than a stranger. `{token}` stands for the link of the request in A,
# which is all that its holder needs. Values are the address to call, by rule.
PAGES: Mapping[str, str] = {
    "/": "/",
    "/accessibilite": "/accessibilite",
    "/contact": "/contact",
    "/donnees-personnelles": "/donnees-personnelles",
    "/mentions-legales": "/mentions-legales",
    "/rendez-vous": "/rendez-vous",
    "/suivi": "/suivi",
    "/suivi/<token>": "/suivi/{token}",
    "/suivi/abonnement": "/suivi/abonnement",
    "/suivi/page.webmanifest": "/suivi/page.webmanifest",
    "/suivi/service-worker.js": "/suivi/service-worker.js",
    "/suivi/<token>/avis": "/suivi/{token}/avis",
    "/suivi/<token>/annuler": "/suivi/{token}/annuler",
    "/suivi/<token>/copie": "/suivi/{token}/copie",
    "/suivi/<token>/deplacer": "/suivi/{token}/deplacer",
    "/suivi/<token>/envoyee": "/suivi/{token}/envoyee",
    "/suivi/<token>/etat": "/suivi/{token}/etat",
    "/suivi/<token>/je-viens": "/suivi/{token}/je-viens",
    "/suivi/<token>/mot": "/suivi/{token}/mot",
    "/suivi/<token>/notifications": "/suivi/{token}/notifications",
    "/suivi/<token>/plus-tot": "/suivi/{token}/plus-tot",
    "/suivi/<token>/preferences": "/suivi/{token}/preferences",
    "/suivi/<token>/desabonnement": "/suivi/{token}/desabonnement",
    "/suivi/<token>/proposition": "/suivi/{token}/proposition",
    "/suivi/<token>/rendez-vous.ics": "/suivi/{token}/rendez-vous.ics",
    "/en/": "/en/",
    "/en/accessibility": "/en/accessibility",
    "/en/appointment": "/en/appointment",
    "/en/contact": "/en/contact",
    "/en/follow": "/en/follow",
    "/en/follow/<token>": "/en/follow/{token}",
    "/en/follow/page.webmanifest": "/en/follow/page.webmanifest",
    "/en/follow/service-worker.js": "/en/follow/service-worker.js",
    "/en/follow/subscription": "/en/follow/subscription",
    "/en/follow/<token>/copy": "/en/follow/{token}/copy",
    "/en/follow/<token>/appointment.ics": "/en/follow/{token}/appointment.ics",
    "/en/follow/<token>/coming": "/en/follow/{token}/coming",
    "/en/follow/<token>/earlier": "/en/follow/{token}/earlier",
    "/en/follow/<token>/move": "/en/follow/{token}/move",
    "/en/follow/<token>/notifications": "/en/follow/{token}/notifications",
    "/en/follow/<token>/offer": "/en/follow/{token}/offer",
    "/en/follow/<token>/opinion": "/en/follow/{token}/opinion",
    "/en/follow/<token>/preferences": "/en/follow/{token}/preferences",
    "/en/follow/<token>/unsubscribe": "/en/follow/{token}/unsubscribe",
    "/en/follow/<token>/sent": "/en/follow/{token}/sent",
    "/en/follow/<token>/state": "/en/follow/{token}/state",
    "/en/follow/<token>/withdraw": "/en/follow/{token}/withdraw",
    "/en/follow/<token>/word": "/en/follow/{token}/word",
    "/en/legal": "/en/legal",
    "/en/privacy": "/en/privacy",
    # The link of a request opens no feed. What a feed's own opens is in tests/integration/pages.
    "/agenda/<token>.ics": "/agenda/{token}.ics",
    "/terminal/": "/terminal/",
    "/terminal/<name>": "/terminal/manifest.webmanifest",
    "/terminal/icons/<name>": "/terminal/icons/icon-192.png",
}


@pytest.fixture(scope="module")
def world(postgres_url: str) -> Iterator[World]:
    with cluster.database_copy(postgres_url) as url:
        database = Database(url)
        with world_on(database) as world:
            with database.transaction() as session:
                # Somebody whom no role of the table signs out.
                agent = session.merge(world.agents["operator"])
                agent.login = "someone"
            yield world
        database.dispose()


def test_every_route_is_in_the_table(world: World) -> None:
    routes = {(method, rule) for method, rule in _routes(world) if rule not in PAGES}
    assert {f"{method} {rule}" for method, rule in routes} == set(TABLE), "say in TABLE who may call what was added"


def _routes(world: World) -> list[tuple[str, str]]:
    return sorted(
        (method, rule.rule)
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def test_every_entry_says_what_every_role_gets() -> None:
    for route, entry in TABLE.items():
        assert set(entry.expected) == set(ROLES), route


# Signing out uses a sign-in up, so that it comes last for each role.
CALLS = [
    (route, role) for route in sorted(TABLE, key=lambda route: (route.endswith("sign-out"), route)) for role in ROLES
]


def test_every_role_gets_what_the_table_says(world: World) -> None:
    wrong = []
    for route, role in CALLS:
        entry = TABLE[route]
        answer = world.call(role, route.partition(" ")[0], entry.path, **entry.options())
        if answer.status_code != entry.expected[role]:
            wrong.append(f"{route} as {role}: {answer.status_code} instead of {entry.expected[role]}")
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe-" in policy:
            wrong.append(f"{route} as {role}: its Content-Security-Policy is {policy!r}")
    assert not wrong, "\n".join(wrong)


def test_a_page_for_everybody_tells_no_role_more_than_a_stranger(world: World) -> None:
    wrong = []
    for method, rule in _routes(world):
        if rule not in PAGES:
            continue
        for token in (world.sent.follow_token, "x" * 22):
            path = PAGES[rule].format(token=token)
            answers = {role: world.call(role, method, path) for role in ROLES}
            statuses = {answer.status_code for answer in answers.values()}
            if len(statuses) != 1 or max(statuses) >= 500:
                wrong.append(f"{method} {rule}: {statuses}")
            if token != world.sent.follow_token and "{token}" in PAGES[rule] and statuses & {200, 201, 302, 303}:
                wrong.append(f"{method} {rule} opens without its link: {statuses}")
            for role, answer in answers.items():
                if "unsafe-" in answer.headers.get("Content-Security-Policy", "unsafe-"):
                    wrong.append(f"{method} {rule} as {role}: its Content-Security-Policy is weak")
                if SECRET_WORDS in answer.get_data(as_text=True) and token != world.sent.follow_token:
                    wrong.append(f"{method} {rule} as {role} shows what was told in confidence")
    assert not wrong, "\n".join(wrong)
