"""`brigade demo`: a believable demonstration on an empty database, and nothing on any other."""

from __future__ import annotations

import json
import stat
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.database import Database
from models.queries.competence import find_competent
from models.rules.actor import Role
from models.rules.jurisdiction import Competent, Police, Unknown, Why
from models.tables import (
    Absence,
    AgendaFinding,
    Agent,
    Appointment,
    Booking,
    CalendarExport,
    Commune,
    ContactRequest,
    DutyStatus,
    Opening,
    PlanningClash,
    PlanningSource,
    Unit,
)
from server.demo.agenda import VISITS, tell_agenda
from server.demo.calendars import tell_calendars
from server.demo.people import AMBERIEU, BELLEY, create_people
from server.demo.service import tell_service
from server.sealing import Sealer
from server.services.sign_in import SignIn, sign_in
from tests.integration.cli.conftest import Brigade
from tests.support.seed import NOW, SECRET_KEY, TOKENS, seed_unit

TODAY = NOW.date()


def test_it_fills_an_empty_database_once(brigade: Brigade, database: Database, tmp_path: Path) -> None:
    assert brigade("demo").exit_code == 0
    again = brigade("demo")

    assert again.exit_code == 1
    assert "not empty" in again.output

    file = tmp_path / "var" / "demo-sign-ins.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sign_ins = json.loads(file.read_text())
    assert {line["role"] for line in sign_ins} == set(Role)
    assert len({line["password"] for line in sign_ins}) == len(sign_ins)
    with database.transaction() as session:
        for line in sign_ins:
            command = SignIn(line["login"], line["password"])
            assert sign_in(session, command, NOW, TOKENS).agent.roles == [line["role"]]

        _check_territory(session)
        states = dict(session.execute(select(ContactRequest.state, func.count()).group_by(ContactRequest.state)).all())
        assert states.keys() >= {"waiting", "accepted", "done", "withdrawn"}
        assert session.scalar(select(func.count()).where(ContactRequest.email.is_not(None))) == 0
        for phone in [*session.scalars(select(ContactRequest.phone)), *session.scalars(select(Booking.phone))]:
            assert phone is not None
            assert phone.startswith("+3363998"), "a number outside the range reserved for fiction"
        for phone in session.scalars(select(Unit.phone)):
            assert phone is not None
            assert phone.startswith("+3346571"), "a number outside the range reserved for fiction"
        # Whoever looks around sees each position that matters, absences, and openings on either side of a decision.
        positions = set(session.scalars(select(DutyStatus.status)))
        assert positions >= {"available", "on_intervention", "first_to_go", "reachable"}
        assert session.scalar(select(func.count()).where(Absence.source == "own")) == 3
        assert Counter(session.scalars(select(Opening.state))) == {"approved": 5, "proposed": 2}
        states = set(session.scalars(select(Appointment.state)))
        assert states == {"confirmed", "requested", "honoured", "no_show"}


def _check_territory(session) -> None:
    answers = {
        insee: find_competent(session, insee, TODAY)
        for insee in session.scalars(
            select(Commune.insee).where(Commune.departement == "01", Commune.merged_into.is_(None))
        )
    }
    assert len(answers) > 380
    unknown = {insee: answer for insee, answer in answers.items() if isinstance(answer, Unknown)}
    assert {insee: answer.why for insee, answer in unknown.items()} == {"01407": Why.SEVERAL_UNITS}
    police = {insee: answer for insee, answer in answers.items() if isinstance(answer, Police)}
    assert police.keys() == {"01053", "01283"}
    assert police["01053"].station is not None
    assert police["01283"].station is None
    served = {answer.unit.id for answer in answers.values() if isinstance(answer, Competent)}
    receiving = set(session.scalars(select(Unit.id).where(Unit.receives_contact_requests)))
    assert served == receiving


@pytest.mark.parametrize("days", [*range(7), 30, 260])
def test_its_agenda_can_be_told_on_any_day(session: Session, days: int) -> None:
    """On each day of a week, at Christmas, and in August around Assumption Day, when brigades are closed."""
    now = NOW + timedelta(days=days)
    seed_unit(session, BELLEY)
    seed_unit(session, AMBERIEU)
    agents, _ = create_people(session, now)
    tell_service(session, agents, now)
    assert tell_agenda(session, agents, now, TOKENS) == len(VISITS)
    tell_calendars(session, agents, now, TOKENS, Sealer((SECRET_KEY,)))
    _check_calendars(session)


def _check_calendars(session: Session) -> None:
    """A planning that is heard and one that is not, a table, a clash and a question; and a citizen who waits for it."""
    sources = session.scalars(select(PlanningSource)).all()
    assert Counter((one.unit_id, one.kind, one.silent_since is not None) for one in sources) == {
        (BELLEY, "positions_daily", False): 1,
        (BELLEY, "ical", False): 1,
        (AMBERIEU, "ical", True): 1,
    }
    assert all(one.refused_count == 0 and one.entries_read > 0 for one in sources)
    # On some days the one who is away was also the last who was left for another appointment.
    clashes = session.scalars(select(PlanningClash)).all()
    assert {(one.unit_id, one.kept_at, one.ended_at) for one in clashes} == {(BELLEY, None, None)}
    [named] = [one for one in clashes if one.agent_id is not None]
    assert named.proposals["starts"]
    finding = session.scalars(select(AgendaFinding)).one()
    assert (finding.deed, finding.answered_at) == ("deleted", None)
    assert [one.pause_cause for one in session.scalars(select(CalendarExport))] == ["person"]
    waiting = session.scalars(select(Appointment).where(Appointment.to_confirm_because.is_not(None))).one()
    assert (waiting.unit_id, waiting.state) == (AMBERIEU, "requested")


def test_it_leaves_another_database_alone(brigade: Brigade, database: Database) -> None:
    with database.transaction() as session:
        seed_unit(session)

    refused = brigade("demo")

    assert refused.exit_code == 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 1
        assert session.scalar(select(func.count()).select_from(Agent)) == 0
