"""A ladder's calls as text messages: to the first to go, and to chiefs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.text_messages import Purpose, TextState
from models.tables import Agent
from push.call_messages import text_message
from push.calls import Outcome, OutgoingCall
from push.failures import PermanentFailure
from server.context import Context
from server.services.queue_text import QueueText, queue_text

# By then a higher step has called somebody else.
GOOD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class TextCallChannel:
    """Puts a text message to the agent's mobile phone on the queue, whose reports settle the call."""

    context: Context

    def send(self, call: OutgoingCall, now: datetime) -> Outcome:
        """Queue the call's message. The call's id is the message's: it is there once, however often this is tried.

        Raises:
            PermanentFailure: `no_address` when no phone is known, `stopped` when it asked for no more messages.
        """
        context = self.context
        with context.database.transaction() as session:
            agent = session.get(Agent, call.agent_id)
            if agent is None or agent.mobile_phone is None:
                raise PermanentFailure("no_address")
            command = QueueText(
                text_id=call.id,
                purpose=Purpose.CALL,
                phone=agent.mobile_phone,
                language="fr",
                good_until=now + GOOD_FOR,
                body=text_message(call.words),
                call_id=call.id,
            )
            state = queue_text(session, command, now, context.tokens)
        if state is TextState.FAILED:
            raise PermanentFailure("stopped")
        return Outcome.HANDED_ON
