"""Several gendarmes answer "1" at once, while reports come in, terminals report sights and the ladder climbs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.text_messages import Purpose, TextState
from models.tables import ContactRequest, DutyStatus, Event, LadderCall, TextMessage
from server.services.act_on_answer import act_on_answer
from server.services.answer_call import WORDS, Fate
from server.services.climb_ladder import ClimbLadder, climb_ladder
from server.services.queue_text import QueueText, queue_text
from server.services.receive_text import ReceiveText, receive_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from server.services.see_request import SeeRequest, see_request
from server.services.settle_text import SettleText, settle_text
from tests.concurrency.test_services_race import race
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_territory, send_request

CALLED = 5
LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def called(database):
    """A request for which as many agents as are first to go have had a text message; its event and their calls."""
    with database.transaction() as session:
        unit = seed_territory(session)
        agents = [seed_agent(session, unit) for _ in range(CALLED)]
        for number, agent in enumerate(agents):
            agent.mobile_phone = f"+3363998010{number}"
            session.add(DutyStatus(agent_id=agent.id, status="first_to_go", since=NOW, source="planning"))
        request_id = send_request(session).request_id
    with database.transaction() as session:
        event_id = session.scalars(select(Event.id).filter_by(name="request_created")).one()
        climb_ladder(session, ClimbLadder(event_id), LATER)
        calls = {call.agent_id: call.id for call in session.scalars(select(LadderCall).filter_by(channel="sms"))}
        for agent in agents:
            call_id = calls[agent.id]
            phone = agent.mobile_phone
            good_until = LATER + timedelta(minutes=30)
            command = QueueText(call_id, Purpose.CALL, phone, "fr", good_until, "Une demande attend.", call_id=call_id)
            queue_text(session, command, LATER, TOKENS)
            session.flush()
            settle_text(session, SettleText(call_id, "twilio", str(call_id)), LATER)
    return request_id, event_id, agents, calls


def test_one_has_it_the_others_hear_so_and_nothing_stands_still(database, called):
    request_id, event_id, agents, calls = called

    def transact(work: Any) -> Any:
        def racer() -> None:
            with database.transaction() as session:
                work(session)

        return racer

    def answer(agent: Any) -> Any:
        def work(session: Any) -> None:
            came = ReceiveText("twilio", str(uuid4()), agent.mobile_phone, "1")
            act_on_answer(session, receive_text(session, came, LATER, TOKENS), LATER, TOKENS)

        return transact(work)

    def report(agent: Any) -> Any:
        command = RecordDeliveryReport(calls[agent.id], "twilio", None, TextState.DELIVERED)
        return transact(lambda session: record_delivery_report(session, command, LATER))

    def see(agent: Any) -> Any:
        return transact(lambda session: see_request(session, SeeRequest(request_id), actor_of(agent), LATER))

    climbs = transact(lambda session: climb_ladder(session, ClimbLadder(event_id), LATER + timedelta(minutes=10)))
    race([climbs, *(one(agent) for agent in agents for one in (answer, report, see))])

    with database.transaction() as session:
        owner = session.get_one(ContactRequest, request_id).accepted_by_id
        told = session.scalars(select(TextMessage).filter_by(purpose="answer")).all()
        bodies = {message.phone: message.body for message in told}
    assert Counter(bodies.values()) == {WORDS[Fate.TAKEN]: 1, WORDS[Fate.TAKEN_BY_OTHER]: CALLED - 1}
    [winner] = [agent for agent in agents if bodies[agent.mobile_phone] == WORDS[Fate.TAKEN]]
    assert winner.id == owner
    with database.transaction() as session:
        states = session.scalars(select(LadderCall.state).where(LadderCall.id.in_(calls.values()))).all()
    assert set(states) <= {"delivered", "seen"}, "every report has arrived, and no sight was undone"
