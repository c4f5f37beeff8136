"""Where the database decides: absences of one agent never overlap, an opening is decided once, a code enrols once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select, text

from models.rules.errors import Conflict, Forbidden
from models.rules.openings import PlaceKind, Proposal
from models.rules.request_lifecycle import Verdict
from models.tables import Absence, Event, Opening, Terminal
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.enrol_terminal import EnrolTerminal, enrol_terminal
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.refuse_opening import RefuseOpening, refuse_opening
from tests.concurrency.test_services_race import race
from tests.support.brigade_world import BrigadeWorld
from tests.support.seed import NOW, TOKENS, actor_of

RACERS = 10
HOUR = timedelta(hours=1)


def test_of_many_absences_that_overlap_one_is_kept(database):
    world = BrigadeWorld(database)
    actor = actor_of(world.martin)

    def racer(number):
        command = DeclareAbsence(uuid4(), NOW + HOUR, NOW + (2 + number) * HOUR)

        def declare():
            with database.transaction() as session:
                return declare_absence(session, command, actor, NOW)

        return declare

    answers = race([racer(number) for number in range(RACERS)])
    assert answers.count(Verdict.APPLY) == 1
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert {loser.code for loser in losers} == {"absence_overlaps"}
    with database.transaction() as session:
        kept = session.scalars(select(Absence)).one()
        assert {loser.detail["absence_id"] for loser in losers} == {str(kept.id)}
        assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_the_constraint_decides_even_for_those_who_take_no_lock(database):
    """Whatever way somebody writes, an import or a prompt, two own absences of one agent never overlap."""
    world = BrigadeWorld(database)
    insert = text(
        "INSERT INTO absences (id, agent_id, during, source, declared_at) VALUES (:id, :agent, tstzrange(:from, :to),"
        " 'own', :from) ON CONFLICT DO NOTHING"
    )

    def racer(number):
        values = {
            "id": uuid4(),
            "agent": (world.martin if number % 2 else world.petit).id,
            "from": NOW + number * timedelta(minutes=1),
            "to": NOW + HOUR,
        }

        def write():
            with database.transaction() as session:
                return session.execute(insert, values).rowcount

        return write

    assert sum(race([racer(number) for number in range(RACERS)])) == 2


def test_of_two_chiefs_who_decide_at_once_the_first_wins(database):
    world = BrigadeWorld(database)
    actor = actor_of(world.roux)
    opening_id = uuid4()
    with database.transaction() as session:
        proposal = Proposal(NOW + HOUR, NOW + 2 * HOUR, 1, (), PlaceKind.UNIT, "", None)
        propose_opening(session, ProposeOpening(opening_id, proposal), actor, NOW)

    def approve():
        with database.transaction() as session:
            return approve_opening(session, ApproveOpening(opening_id), actor, NOW)

    def refuse():
        with database.transaction() as session:
            return refuse_opening(session, RefuseOpening(opening_id, "non"), actor, NOW)

    answers = race([approve, refuse] * (RACERS // 2))
    assert answers.count(Verdict.APPLY) == 1
    with database.transaction() as session:
        state = session.get_one(Opening, opening_id).state
        decisions = session.scalars(select(Event.name).where(Event.name.in_(["opening_approved", "opening_refused"])))
        assert decisions.all() == [f"opening_{state}"]
    assert {answer.detail["state"] for answer in answers if isinstance(answer, Conflict)} == {state}


def test_of_many_devices_that_send_one_code_one_becomes_a_terminal(database):
    world = BrigadeWorld(database)
    with database.transaction() as session:
        code = ask_enrolment(session, AskEnrolment(), actor_of(world.martin), NOW, TOKENS).code

    def use(number):
        def enrol():
            with database.transaction() as session:
                try:
                    return enrol_terminal(session, EnrolTerminal(code, f"device {number}"), NOW, TOKENS).credential
                except Forbidden as refusal:
                    return refusal.code

        return enrol

    answers = race([use(number) for number in range(RACERS)])
    assert answers.count("wrong_code") == RACERS - 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Terminal)) == 1
