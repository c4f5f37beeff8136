"""The ladder's calls over web push: to every live terminal of an agent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.queries.ladders import find_position
from models.queries.push_subscriptions import of_agent
from models.rules.duty import Status
from models.rules.quiet_hours import is_quiet
from models.tables import PushSubscription, Unit
from push.call_notices import call_notice
from push.calls import Outcome, OutgoingCall
from push.web_push import WebPushSender
from push.web_push_values import Urgency
from server.context import Context
from server.jobs.push_sending import push_each
from server.push_receipts import Kind, receipt_token


@dataclass(frozen=True)
class PushCallChannel:
    """Web push; `sender` is open."""

    context: Context
    sender: WebPushSender

    def send(self, call: OutgoingCall, now: datetime) -> Outcome:
        """Send the call to each terminal of the agent; a second attempt takes the place of the first there.

        Raises:
            TemporaryFailure, PermanentFailure: as `push_each`.
        """
        assert call.agent_id is not None, "only people have terminals"
        with self.context.database.transaction() as session:
            rows = of_agent(session, call.agent_id, now)
            time_zone = session.get_one(Unit, call.unit_id).time_zone
            # Whoever is the first to go is on call: their hours of rest are not tonight.
            on_call = find_position(session, call.agent_id, now) is Status.FIRST_TO_GO
        receipt = receipt_token(self.context.tokens, Kind.CALL, call.id)
        notices = []
        for row in rows:
            quiet = call.quiet or (rests(row, now, time_zone) and not on_call)
            notices.append((row, call_notice(call.words, row.language, quiet=quiet, receipt=receipt)))
        push_each(
            self.context,
            self.sender,
            notices,
            urgency=Urgency.HIGH,
            good_until=call.good_until,
            tried_for=call.tried_for,
        )
        return Outcome.SENT


def rests(row: PushSubscription, now: datetime, time_zone: str) -> bool:
    """Say whether a terminal's holder rests at `now`, by the clock of their unit."""
    if row.quiet_from is None or row.quiet_until is None:
        return False
    return is_quiet(row.quiet_from, row.quiet_until, now.astimezone(ZoneInfo(time_zone)).time())
