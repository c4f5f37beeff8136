"""Where appointments are exported to: who sees and does what, and that no secret comes back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from models.rules.actor import Role
from models.tables import Agent, CalendarExport, Terminal, Unit
from tests.support.brigade_world import BrigadeWorld
from tests.support.push_subscribers import seed_terminal
from tests.support.seed import TOKENS, seed_agent, seed_sign_in

PATH = "/api/calendar-exports"
AGENDA = {
    "kind": "caldav",
    "name": "Nextcloud",
    "url": "https://agenda.example.fr/martin/secret/",
    "user": "martin",
    "password": "un mot de passe",
}
FEED = {"kind": "feed", "name": "Mon téléphone"}


class Caller:
    """Somebody of the brigade in front of a browser, or on a terminal."""

    def __init__(self, brigade: BrigadeWorld, agent: Agent, *, on_terminal: bool = False) -> None:
        with brigade.database.transaction() as session:
            if on_terminal:
                self.token = f"credential-{uuid4()}"
                self.terminal_id = seed_terminal(session, agent, self.token)
            else:
                self.token = seed_sign_in(session, agent)
        self.http = brigade.app.test_client()
        self.http.set_cookie("agent", self.token)

    def __call__(self, method: str, path: str = "", **json: object):
        return self.http.open(
            PATH + path,
            method=method,
            headers={"X-CSRF-Token": TOKENS.csrf(self.token)},
            **({"json": json} if method in ("POST", "PUT", "PATCH") and not path.endswith("/run") else {}),
        )


@pytest.fixture
def brigade(database):
    return BrigadeWorld(database)


def rows(brigade):
    with brigade.database.transaction() as session:
        return list(session.scalars(select(CalendarExport).order_by(CalendarExport.created_at)))


def fields(answer):
    assert answer.status_code == 422, answer.json
    return answer.json["fields"]


def test_an_agenda_is_added_and_nothing_that_opens_it_comes_back(brigade):
    martin = Caller(brigade, brigade.martin)
    answer = martin("POST", **AGENDA)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "id": answer.json["id"],
        "kind": "caldav",
        "name": "Nextcloud",
        "agent": {"id": brigade.martin.id, "name": "Adj. Martin"},
        "terminal": None,
        "host": "agenda.example.fr",
        "state": "waiting",
        "pause_cause": None,
        "created_at": brigade.clock.now.isoformat(),
        "tried_at": None,
        "succeeded_at": None,
        "failure": None,
        "holds": 0,
        "refused": 0,
    }
    listed = martin("GET")
    assert listed.json == [answer.json]
    [row] = rows(brigade)
    context = brigade.app.extensions["brigade"]
    assert '"url": "https://agenda.example.fr/martin/secret/"' in context.sealer.open(row.address_sealed, row.id)
    for secret in ("secret", "mot de passe"):
        assert secret not in answer.get_data(as_text=True) + listed.get_data(as_text=True)
        assert secret.encode() not in row.address_sealed


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "missing"),
        ("http://agenda.example.fr/", "not_https"),
        ("https://martin:mdp@agenda.example.fr/", "user_info"),
        ("https://127.0.0.1/", "malformed"),
        ("https://[::1]/", "malformed"),
        ("https://agenda.example.fr/?calendar=1", "malformed"),
    ],
)
def test_an_address_to_which_nothing_may_be_sent_is_refused_by_its_field(brigade, url, code):
    assert fields(Caller(brigade, brigade.martin)("POST", **{**AGENDA, "url": url})) == {"url": code}
    assert rows(brigade) == []


def test_a_mailbox_is_added_for_invitations(brigade):
    martin = Caller(brigade, brigade.martin)
    answer = martin("POST", kind="mail", name="Boîte", mail="martin@Boite.example.fr")
    assert (answer.status_code, answer.json["host"]) == (201, "boite.example.fr")
    assert fields(martin("POST", kind="mail", name="Boîte", mail="martin")) == {"mail": "unreadable"}
    assert fields(martin("POST", kind="mail", name="Boîte")) == {"mail": "missing"}


def test_what_cannot_be_read_is_named(brigade):
    martin = Caller(brigade, brigade.martin)
    assert fields(martin("POST", kind="fax", name="")) == {"kind": "unknown", "name": "missing"}
    assert fields(martin("POST", **AGENDA, colour="red")) == {"colour": "unknown"}
    path = f"/{martin('POST', **AGENDA).json['id']}"
    for value in (0, "false", None):
        assert "paused" in fields(martin("PATCH", path, paused=value))


def test_somebody_has_so_many_agendas_only(brigade):
    martin = Caller(brigade, brigade.martin)
    answers = [martin("POST", **AGENDA) for _ in range(6)]
    assert [one.status_code for one in answers] == [201] * 5 + [409]
    assert answers[-1].json["code"] == "too_many_exports"
    assert martin("DELETE", f"/{answers[0].json['id']}").status_code == 204
    assert martin("POST", **AGENDA).status_code == 201


def test_an_agenda_that_is_added_twice_with_one_id_is_one(brigade):
    martin, own = Caller(brigade, brigade.martin), str(uuid4())
    made = martin("POST", **AGENDA, id=own)
    assert (made.status_code, made.json["id"]) == (201, own)
    [before] = rows(brigade)
    with brigade.database.transaction() as session:
        runs = select(func.count()).select_from(text("procrastinate_jobs")).where(text("args->>'export_id' = :id"))
        asked = session.scalar(runs, {"id": own})
    assert martin("POST", **{**AGENDA, "name": "Autre", "password": "autre"}, id=own).json == made.json
    [after] = rows(brigade)
    assert after.address_sealed == before.address_sealed
    with brigade.database.transaction() as session:
        assert session.scalar(runs, {"id": own}) == asked == 1
    for other in (brigade.petit, brigade.noir):
        answer = Caller(brigade, other)("POST", **AGENDA, id=own)
        assert (answer.status_code, answer.json["code"]) == (409, "id_taken")
    martin("DELETE", f"/{own}")
    answer = martin("POST", **AGENDA, id=own)
    assert (answer.status_code, answer.json["code"]) == (404, "no_such_export")


def test_a_feed_that_is_made_twice_has_its_address_told_twice(brigade):
    martin, own = Caller(brigade, brigade.martin, on_terminal=True), str(uuid4())
    first, second = (martin("POST", **FEED, id=own).json for _ in range(2))
    assert first["url"] != second["url"]
    assert [one["id"] for one in martin("GET").json] == [second["id"]]


def test_a_gendarme_sees_their_own_and_the_chief_those_of_the_unit(brigade):
    martin, petit = Caller(brigade, brigade.martin), Caller(brigade, brigade.petit)
    chief, elsewhere = Caller(brigade, brigade.roux), Caller(brigade, brigade.noir)
    mine = martin("POST", **AGENDA).json["id"]
    given = chief("POST", **{**AGENDA, "agent_id": brigade.petit.id}).json["id"]
    assert [one["id"] for one in martin("GET").json] == [mine]
    assert [one["id"] for one in petit("GET").json] == [given]
    assert sorted(one["id"] for one in chief("GET").json) == sorted([mine, given])
    assert elsewhere("GET").json == []
    for stranger in (petit, elsewhere):
        for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/run")):
            answer = stranger(method, f"/{mine}{path}")
            assert (answer.status_code, answer.json["code"]) == (404, "no_such_export")
    assert chief("PATCH", f"/{mine}", paused=True).json["state"] == "paused"
    assert petit("DELETE", f"/{given}").status_code == 204


def test_only_whoever_answers_for_the_unit_speaks_for_others(brigade):
    for agent, status, code in (
        (brigade.martin, 403, "chief_only"),
        (brigade.noir, 404, "no_such_agent"),
    ):
        answer = Caller(brigade, agent)("POST", **{**AGENDA, "agent_id": brigade.petit.id})
        assert (answer.status_code, answer.json["code"]) == (status, code)
    with brigade.database.transaction() as session:
        administrator = seed_agent(session, brigade.unit, Role.GENDARME, Role.ADMINISTRATOR)
    answer = Caller(brigade, administrator)("POST", **{**AGENDA, "agent_id": brigade.petit.id})
    assert answer.status_code == 201


def test_a_feed_is_a_terminals_own_and_shown_once(brigade):
    assert Caller(brigade, brigade.martin)("POST", **FEED).json["code"] == "no_terminal"
    terminal = Caller(brigade, brigade.martin, on_terminal=True)
    first = terminal("POST", **FEED)
    assert first.status_code == 201
    assert first.json["terminal"] == {"id": str(terminal.terminal_id), "name": "NEOGEND", "this": True}
    base, _, token = first.json["url"].rpartition("/agenda/")
    assert (base, len(token)) == (brigade.app.extensions["brigade"].settings.public_url, 22 + len(".ics"))
    [row] = rows(brigade)
    assert (row.token_hash, row.address_sealed) == (TOKENS.stored_hash("agenda-feed", token[:22]), None)
    assert "url" not in terminal("GET").json[0]
    # Only the terminal that has it would replace it.
    for other in (Caller(brigade, brigade.martin), Caller(brigade, brigade.roux, on_terminal=True)):
        assert other("GET").json[0]["terminal"] == {**first.json["terminal"], "this": False}
    second = terminal("POST", **FEED)
    assert second.json["url"] != first.json["url"]
    assert [one["id"] for one in terminal("GET").json] == [second.json["id"]]
    http = brigade.app.test_client()
    paths = [one.json["url"].removeprefix(base) for one in (first, second)]
    assert [http.get(path).status_code for path in paths] == [404, 200]
    # Somebody else's phone cannot have one made for it.
    assert fields(Caller(brigade, brigade.roux, on_terminal=True)("POST", **FEED, agent_id=brigade.petit.id)) == {
        "agent_id": "own_only"
    }


def test_a_feed_of_a_terminal_that_has_ended_is_not_listed(brigade):
    terminal = Caller(brigade, brigade.martin, on_terminal=True)
    assert terminal("POST", **FEED).status_code == 201
    chief = Caller(brigade, brigade.roux)
    assert len(chief("GET").json) == 1
    with brigade.database.transaction() as session:
        session.execute(update(Terminal).values(revoked_at=brigade.clock.now))
    assert chief("GET").json == []


def test_an_export_is_renamed_paused_resumed_run_and_revoked(brigade):
    martin = Caller(brigade, brigade.martin)
    path = f"/{martin('POST', **AGENDA).json['id']}"
    assert martin("PATCH", path, name="Bureau").json["name"] == "Bureau"
    paused = martin("PATCH", path, paused=True).json
    assert (paused["state"], paused["pause_cause"]) == ("paused", "person")
    assert martin("POST", path + "/run").json["code"] == "export_paused"
    assert martin("PATCH", path, paused=False).json["state"] == "waiting"
    assert martin("POST", path + "/run").status_code == 202
    assert martin("DELETE", path).status_code == 204
    assert [one["state"] for one in martin("GET").json] == ["ending"]
    assert martin("DELETE", path).status_code == 404


def test_a_change_whose_body_was_lost_is_none(brigade):
    martin = Caller(brigade, brigade.martin)
    path = f"/{martin('POST', **AGENDA).json['id']}"
    csrf = {"X-CSRF-Token": TOKENS.csrf(martin.token)}
    lost = martin.http.patch(PATH + path, headers=csrf)
    assert (lost.status_code, lost.json["code"]) == (400, "unreadable_json")
    assert martin("PATCH", path).status_code == 200, "an empty change is one"


def test_a_feed_is_read_by_others(brigade):
    terminal = Caller(brigade, brigade.martin, on_terminal=True)
    feed = terminal("POST", **FEED).json["id"]
    assert terminal("POST", f"/{feed}/run").json["code"] == "nothing_to_run"


def test_the_chief_sets_what_agendas_say(brigade):
    chief, martin = Caller(brigade, brigade.roux), Caller(brigade, brigade.martin)
    assert martin("GET", "/settings").json == {"subject": False, "place": False}
    assert martin("PUT", "/settings", subject=True, place=True).json["code"] == "chief_only"
    assert chief("PUT", "/settings", subject=True, place=False).json == {"subject": True, "place": False}
    assert martin("GET", "/settings").json == {"subject": True, "place": False}
    with brigade.database.transaction() as session:
        assert not session.get_one(Unit, 2).agendas_show_subject


def test_an_agenda_that_stands_still_is_told_to_the_units_terminals(brigade):
    export_id = UUID(Caller(brigade, brigade.martin)("POST", **AGENDA).json["id"])
    with brigade.database.transaction() as session:
        session.execute(
            update(CalendarExport)
            .where(CalendarExport.id == export_id)
            .values(paused_at=brigade.clock.now, pause_cause="sign_in")
        )
    terminal = brigade.terminal(brigade.petit)
    terminal.pull()
    assert terminal.docs[f"agent/{brigade.martin.id}"]["stopped_agendas"] == [
        {"id": str(export_id), "kind": "caldav", "cause": "sign_in", "since": brigade.clock.now.isoformat()}
    ]


def test_terminals_go_on_pulling_when_the_unit_has_set_the_words(brigade):
    chief = Caller(brigade, brigade.roux)
    terminal = brigade.terminal(brigade.martin)
    terminal.pull()
    assert chief("PUT", "/settings", subject=True, place=False).json == {"subject": True, "place": False}
    page = terminal.pull()
    assert [one["k"] for one in page["docs"]] == [f"unit/{brigade.unit.id}"]
