from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.queries.ladders import Wait
from models.rules.actor import AgentActor, Role
from models.rules.errors import Conflict, Refusal
from models.rules.ladder import Standing
from models.rules.text_messages import Meaning, Purpose
from models.tables import Agent, LadderCall, TextMessage
from server.services._asked_texts import is_another_waiting
from server.services._call_texts import wait_of_call
from server.services._ladders import DECLINED
from server.services._texts import phone_hash
from server.services.accept_request import AcceptRequest, accept_request
from server.services.queue_text import QueueText, queue_text
from server.tokens import Tokens


@dataclass(frozen=True)
class AnswerCall:
    """What an agent answered to the text message that called them."""

    call_id: UUID
    meaning: Meaning


class Fate(StrEnum):
    """What came of a "1"."""

    TAKEN = "taken"
    TAKEN_AND_ANOTHER_WAITS = "taken_and_another_waits"
    TAKEN_BY_OTHER = "taken_by_other"
    OVER = "over"
    ON_THE_TERMINAL = "on_the_terminal"


# GSM 03.38 only, one segment each; they name nobody and no reason, as the call itself.
WORDS = {
    Fate.TAKEN: "C'est noté. La demande est à vous : ouvrez le terminal.",
    # Two were asked at once, and nobody knows which one was meant.
    Fate.TAKEN_AND_ANOTHER_WAITS: "C'est noté. Une demande est à vous, une autre attend encore : ouvrez le terminal.",
    Fate.TAKEN_BY_OTHER: "Un collègue l'a déjà prise. Vous n'avez rien à faire.",
    Fate.OVER: "Elle n'attend plus. Vous n'avez rien à faire.",
    Fate.ON_THE_TERMINAL: "Cela ne se décide pas par SMS : ouvrez le terminal.",
}
GOOD_FOR = timedelta(hours=1)


def answer_call(session: Session, command: AnswerCall, now: datetime, tokens: Tokens) -> None:
    """Let "1" accept the request as the agent who was called, and "2" spare that agent for the rest of this wait.

    A phone that is no longer that agent's does nothing. The same news is sent once, however often somebody answers.
    """
    call = session.get(LadderCall, command.call_id)
    agent = None if call is None or call.agent_id is None else session.get(Agent, call.agent_id)
    wait = wait_of_call(session, command.call_id)
    if call is None or agent is None or wait is None or not _is_still_theirs(session, call, agent, tokens):
        return
    if command.meaning is Meaning.TWO:
        _decline(session, call, now)
    elif command.meaning is Meaning.ONE:
        fate = _take(session, wait, agent, now)
        assert agent.mobile_phone is not None, "the answer came from there"
        if fate is Fate.TAKEN and is_another_waiting(session, phone_hash(tokens, agent.mobile_phone), now):
            fate = Fate.TAKEN_AND_ANOTHER_WAITS
        _tell(session, call, agent, fate, now, tokens)


def _take(session: Session, wait: Wait, agent: Agent, now: datetime) -> Fate:
    if wait.request_id is None:
        # Nobody approves an appointment that they have not read.
        return Fate.ON_THE_TERMINAL if wait.standing is Standing.WAITING else Fate.OVER
    actor = AgentActor(agent.id, agent.name, agent.unit_id, frozenset(Role(role) for role in agent.roles))
    try:
        accept_request(session, AcceptRequest(wait.request_id), actor, now)
    except Refusal as refusal:
        if refusal.code == "already_accepted":
            return Fate.TAKEN_BY_OTHER
        # It waits, but not for this agent: somebody who has changed unit since, for one.
        is_over = isinstance(refusal, Conflict) or wait.standing is not Standing.WAITING
        return Fate.OVER if is_over else Fate.ON_THE_TERMINAL
    return Fate.TAKEN


def _decline(session: Session, call: LadderCall, now: datetime) -> None:
    session.execute(
        update(LadderCall)
        .where(LadderCall.id == call.id, LadderCall.state != "seen")
        .values(state="seen", seen_at=now, changed_at=now)
    )
    session.execute(update(LadderCall).where(LadderCall.id == call.id).values(cause=DECLINED))


def _is_still_theirs(session: Session, call: LadderCall, agent: Agent, tokens: Tokens) -> bool:
    """Whether the phone that was asked is the agent's own now: numbers are changed and given to others."""
    asked = session.get(TextMessage, call.id)
    return (
        agent.active
        and asked is not None
        and agent.mobile_phone is not None
        and phone_hash(tokens, agent.mobile_phone) == asked.phone_hash
    )


def _tell(session: Session, call: LadderCall, agent: Agent, fate: Fate, now: datetime, tokens: Tokens) -> None:
    assert agent.mobile_phone is not None, "the answer came from there"
    command = QueueText(
        text_id=uuid5(call.id, fate),
        purpose=Purpose.ANSWER,
        phone=agent.mobile_phone,
        language="fr",
        good_until=now + GOOD_FOR,
        body=WORDS[fate],
    )
    queue_text(session, command, now, tokens)
