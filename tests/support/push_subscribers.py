"""Enrolled terminals and the browsers on them, for the tests of what is sent to them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.tables import Agent, Terminal
from models.tables import PushSubscription as PushSubscriptionRow
from push.web_push_values import PushSubscription
from server.services.enrol_terminal import CREDENTIAL_LASTS
from server.services.keep_push_subscription import KeepPushSubscription, TerminalOwner, keep_push_subscription
from tests.support.push_service import Browser
from tests.support.seed import NOW, TOKENS


def seed_terminal(session: Session, agent: Agent, credential: str | None = None, now: datetime = NOW) -> UUID:
    """Enrol a terminal of `agent`, signed in by `credential`."""
    terminal = Terminal(
        id=uuid4(),
        agent_id=agent.id,
        name="NEOGEND",
        credential_hash=TOKENS.stored_hash("agent-session", credential or str(uuid4())),
        enrolled_at=now,
        enrolled_by_id=agent.id,
        expires_at=now + CREDENTIAL_LASTS,
    )
    session.add(terminal)
    session.flush()
    return terminal.id


def seed_subscriber(
    session: Session,
    agent: Agent,
    subscription: PushSubscription,
    *,
    quiet: tuple[time, time] | None = None,
    now: datetime = NOW,
) -> PushSubscriptionRow:
    """Enrol a terminal of `agent` that is reached through `subscription`."""
    owner = TerminalOwner(seed_terminal(session, agent, now=now))
    return keep_push_subscription(session, KeepPushSubscription(owner, subscription, "fr", quiet), now)


def subscription_body(endpoint: str, vapid_key: str, browser: Browser | None = None) -> dict[str, Any]:
    """What a terminal's page sends once its browser has subscribed."""
    given = (browser or Browser()).subscribe(endpoint, vapid_key)
    return {
        "endpoint": given.endpoint,
        "keys": {"p256dh": given.p256dh, "auth": given.auth},
        "vapid_key": given.vapid_key,
        "language": "fr",
        "quiet": None,
    }
