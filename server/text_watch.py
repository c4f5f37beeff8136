"""What somebody should hear of the text messages: a ceiling is near, or messages wait longer than they should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.queries.text_budget import count_waiting_texts, used_texts
from push.sms.ceilings import Usage, judge
from server.sms_settings import SmsSettings
from server.text_gateways import ceilings, gateways

# A provider that fails is passed over at once; what waits for so long waits for all of them, or for a ceiling.
TOO_LONG = timedelta(minutes=5)
NO_MESSAGE = UUID(int=0)


@dataclass(frozen=True)
class TextAlert:
    """One thing to hear of.

    Args:
        code: `ceiling_near`, `ceiling_reached` (messages wait), or `texts_wait`.
        measure: `segments` or `euros`; None when it is no ceiling.
        hours: of the ceiling's window.
        count: how many messages wait; 0 for a ceiling.
    """

    code: str
    measure: str | None = None
    hours: int | None = None
    count: int = 0


def watch_texts(session: Session, sms: SmsSettings | None, now: datetime) -> list[TextAlert]:
    """Read what the log said when it happened, as it stands now; nothing where no text messages are set up."""
    if sms is None:
        return []
    limits = ceilings(sms)
    used = {}
    for window in {ceiling.window for ceiling in limits}:
        found = used_texts(session, now - window, but=NO_MESSAGE)
        used[window] = Usage(found.segments, found.cost)
    # A ceiling is reached when the next message does not fit under it any more.
    one_more = Usage(1, max(gateway.price for gateway in gateways(sms).values()))
    alerts = [
        TextAlert(
            "ceiling_reached" if alert.reached else "ceiling_near",
            alert.ceiling.measure.value,
            alert.ceiling.window // timedelta(hours=1),
        )
        for alert in judge(limits, used, one_more).alerts
    ]
    waiting = count_waiting_texts(session, now - TOO_LONG, now)
    return [*alerts, TextAlert("texts_wait", count=waiting)] if waiting else alerts
