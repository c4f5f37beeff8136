"""A planning that is added with an id of one's own: asked for twice, because no answer came, it is one."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import func, select

from models.rules.actor import Role
from models.tables import Agent, Event, PlanningSource
from tests.support.plannings import URL, add_planning, write


def refused(terminal, source_id, **changes):
    """The status and code of an addition that is none."""
    body = {"id": source_id, "kind": "ical", "name": "Agenda", "url": URL, **changes}
    answer = write(terminal, "POST", "/api/plannings", json=body)
    return answer.status_code, answer.json.get("code")


def test_a_repeat_is_the_planning_that_is_there(brigade, mine, monkeypatch):
    monkeypatch.setattr("server.services.add_planning_source.MOST_OF_UNIT", 1)
    own = str(uuid4())
    made = add_planning(mine, id=own)
    assert made["id"] == own
    with brigade.database.transaction() as session:
        sealed = session.get_one(PlanningSource, own).address_sealed
    assert add_planning(mine, id=own, url="https://agenda.example/autre.ics", name="Autre") == made
    with brigade.database.transaction() as session:
        [source] = session.scalars(select(PlanningSource))
        assert source.address_sealed == sealed
        added = select(func.count()).where(Event.name == "planning_added")
        assert session.scalar(added) == 1


def test_nobody_elses_id_is_a_repeat(brigade, mine, chief):
    own = add_planning(mine, id=str(uuid4()))["id"]
    assert refused(chief, own) == (409, "id_taken")
    assert refused(brigade.terminal(brigade.noir), own) == (409, "id_taken")


def test_what_is_revoked_or_theirs_no_more_is_gone(brigade, mine, chief):
    own = add_planning(mine, id=str(uuid4()))["id"]
    write(mine, "DELETE", f"/api/plannings/{own}")
    assert refused(mine, own) == (404, "no_such_planning")
    named = add_planning(chief, id=str(uuid4()), agent_id=brigade.petit.id)["id"]
    with brigade.database.transaction() as session:
        session.get_one(Agent, brigade.roux.id).roles = [Role.GENDARME]
    assert refused(chief, named) == (404, "no_such_planning")


def test_an_id_is_a_uuid(mine):
    body = {"id": "1", "kind": "ical", "name": "Agenda", "url": URL}
    assert write(mine, "POST", "/api/plannings", json=body).json["fields"] == {"id": "unreadable"}
