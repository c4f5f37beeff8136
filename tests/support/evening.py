"""A brigade's list as it looks one evening, with every kind of request in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.rules.actor import CitizenActor
from models.rules.request_lifecycle import Outcome
from models.tables import Agent
from server.services.accept_request import AcceptRequest, accept_request
from server.services.close_request import CloseRequest, close_request
from server.services.create_contact_request import CreatedRequest
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.brigade import Brigade
from tests.support.seed import actor_of


def accept_elsewhere(brigade: Brigade, created: CreatedRequest, agent: Agent) -> None:
    """The agent accepts the request somewhere else."""
    with brigade.database.transaction() as session:
        accept_request(session, AcceptRequest(created.request_id), actor_of(agent), datetime.now(UTC))


def fill(brigade: Brigade, me: Agent, colleague: Agent) -> None:
    """An evening's list: calm, near, late and discreet ones, mine, a colleague's, and what has ended."""
    brigade.request(minutes_ago=4)
    brigade.request(minutes_ago=110, reason_code="neighbours", channel="sms", may_leave_message=False)
    brigade.request(
        minutes_ago=21,
        reason_code="domestic_violence",
        safe_time="Entre 9 h et 11 h, quand je suis seule au travail",
        may_leave_message=False,
        facts="Mon mari a recommencé hier soir.\nIl lit mes messages. Les enfants étaient là.",
        place="",
    )
    brigade.request(minutes_ago=300, channel="email", phone="", call_window="evening")
    accept_elsewhere(
        brigade, brigade.request(minutes_ago=47, caller_name="Marie-Christine de La Rochefoucauld-Estissac"), me
    )
    accept_elsewhere(brigade, brigade.request(minutes_ago=90), colleague)
    ended = brigade.request(minutes_ago=2000)
    accept_elsewhere(brigade, ended, me)
    with brigade.database.transaction() as session:
        close_request(session, CloseRequest(ended.request_id, Outcome.HANDLED), actor_of(me), datetime.now(UTC))
    withdrawn = brigade.request(minutes_ago=600)
    with brigade.database.transaction() as session:
        withdraw_request(
            session, WithdrawRequest(withdrawn.request_id), CitizenActor(withdrawn.request_id), datetime.now(UTC)
        )


@pytest.fixture
def evening(brigade: Brigade) -> tuple[Brigade, Agent, Agent]:
    """A brigade with a full evening's list: the brigade, its agent, a colleague."""
    me = brigade.agent("Adjudant Sacha Martin")
    colleague = brigade.agent("Gendarme Lou Petit")
    fill(brigade, me, colleague)
    return brigade, me, colleague
