"""Sends one text message: claim, send, settle, as with every notice.

A worker that dies between the provider's answer and our own note leaves a claim that runs out. The next one sends again
under the same id, unless the provider's report has said meanwhile that the message left: at least once.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from models.queries.text_budget import lock_text_budget, used_texts
from models.rules.text_messages import Purpose, TextState
from models.tables import TextMessage
from push.failures import PermanentFailure, TemporaryFailure
from push.sms.ceilings import HOUR, Alert, Usage, judge
from push.sms.gateway import Gateway, MayHaveLeft, OutgoingText
from push.sms.routing import Candidate, Standing, after_failure, after_success, order
from push.sms.segments import weigh
from push.sms.words import compose_text
from server.context import Context
from server.jobs import wiring
from server.jobs.app import DELIVERY_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.deliver import DeliverLater
from server.services.claim_notice import Claim
from server.services.claim_text import ClaimText, claim_text
from server.services.limit_rate import RateLimitOn, limit_rate
from server.services.settle_text import SettleText, settle_text
from server.sms_settings import SmsSettings
from server.text_gateways import call_ceilings, ceilings, gateways, report_url

log = logging.getLogger(__name__)

# How the providers do, as this process has met them; each worker learns it in a message or two.
_standings: dict[str, Standing] = {}
_draw = random.SystemRandom()


@dataclass(frozen=True)
class _Words:
    purpose: Purpose
    phone: str
    body: str
    good_for: timedelta


@queue.task(name="send_text", queue=DELIVERY_QUEUE, retry=ExponentialBackoff())
def send_text(text_id: str) -> None:
    """Send the message `text_id` if it still waits; safe to run again.

    Raises:
        DeliverLater: no provider could take it yet, a ceiling is reached, or somebody else is at it.
    """
    context = wiring.current()
    sms = context.settings.sms
    words = _words(context, UUID(text_id))
    if words is None:
        return
    if words.good_for <= timedelta(0):
        # Whoever it was for may hear otherwise: neither a ceiling nor a provider that is gone must keep them from it.
        if _give_up(context, UUID(text_id)) is Claim.ANOTHERS:
            raise DeliverLater
        return
    if sms is None:
        # It was queued by a deployment that had a provider.
        log.error("text %s: queued (no provider: SMS_KANNEL_URL and SMS_TWILIO_URL are unset)", text_id)
        raise DeliverLater
    claim = _claim(context, sms, UUID(text_id), words)
    if claim is Claim.ANOTHERS:
        raise DeliverLater
    if claim is Claim.OURS and _send(context, sms, UUID(text_id), words) is TextState.QUEUED:
        raise DeliverLater


def _words(context: Context, text_id: UUID) -> _Words | None:
    with context.database.transaction() as session:
        found = session.get(TextMessage, text_id)
        if found is None or found.state != TextState.QUEUED:
            return None
        assert found.phone is not None, "a constraint keeps the number while the message is queued"
        body = found.body
        if body is None:
            code = context.tokens.verification_code(text_id)
            body = compose_text(Purpose(found.purpose), found.language, code=code)
        return _Words(Purpose(found.purpose), found.phone, body, found.good_until - context.now())


def _give_up(context: Context, text_id: UUID) -> Claim:
    with context.database.transaction() as session:
        return claim_text(session, ClaimText(text_id, segments=1, cost=Decimal(0)), context.now())


def _claim(context: Context, sms: SmsSettings, text_id: UUID, words: _Words) -> Claim:
    """Claim the message if the ceilings let it pass."""
    weighed = weigh(words.body)
    dearest = max(gateway.price for gateway in gateways(sms).values())
    more = Usage(len(weighed.segments), weighed.cost(dearest))
    with context.database.transaction() as session:
        lock_text_budget(session)
        if _is_within(session, context, sms, text_id, more, is_call=words.purpose is Purpose.CALL):
            return claim_text(session, ClaimText(text_id, more.segments, more.cost), context.now())
    return Claim.ANOTHERS


def _is_within(
    session: Session, context: Context, sms: SmsSettings, text_id: UUID, more: Usage, *, is_call: bool
) -> bool:
    now = context.now()
    limits = ceilings(sms)
    used = {}
    for window in {ceiling.window for ceiling in limits}:
        found = used_texts(session, now - window, but=text_id)
        used[window] = Usage(found.segments, found.cost)
    verdict = judge(limits, used, more)
    for alert in verdict.alerts:
        _alert(session, context, alert, "messages")
    if not is_call or verdict.allowed:
        return verdict.allowed
    verdict = judge(call_ceilings(sms), used, more)
    for alert in verdict.alerts:
        if alert.reached:
            _alert(session, context, alert, "calls")
    return verdict.allowed


def _alert(session: Session, context: Context, alert: Alert, waiting: str) -> None:
    # Once in each window: whoever watches the log must not be drowned by what they should see.
    once = RateLimitOn("sms-alert", f"{waiting}:{alert.name}", 1, alert.ceiling.window)
    if limit_rate(session, once, context.now(), context.tokens) is None:
        what = f"reached, {waiting} wait" if alert.reached else "nearly reached"
        most, per = alert.ceiling.most, "an hour" if alert.ceiling.window == HOUR else "a day"
        log.error("text messages: the ceiling of %s %s %s is %s", most, alert.ceiling.measure, per, what)


def _send(context: Context, sms: SmsSettings, text_id: UUID, words: _Words) -> TextState:
    """Ask one provider after the other until one takes the message, and write down how it went."""
    settled, unexpected = SettleText(text_id, cause="no_provider"), None
    for gateway in _in_order(sms, context.now()):
        try:
            settled = _ask(context, gateway, text_id, words)
        except Exception as error:
            # Our own mistake: a release may mend it, and meanwhile the message says why it waits.
            settled, unexpected = SettleText(text_id, cause=f"error_{type(error).__name__}", may_have_left=True), error
        if settled.cause is None or settled.for_good or settled.may_have_left:
            break
    with context.database.transaction() as session:
        state = settle_text(session, settled, context.now())
    if settled.cause is not None:
        log.warning("text %s: %s (%s)", text_id, state, settled.cause)
    if unexpected is not None:
        raise unexpected
    return state


def _ask(context: Context, gateway: Gateway, text_id: UUID, words: _Words) -> SettleText:
    url = report_url(context.settings, context.tokens, gateway.name, text_id)
    text = OutgoingText(text_id, words.phone, words.body, url, words.good_for)
    standing = _standings.get(gateway.name)
    try:
        provider_id = gateway.send(text)
    except PermanentFailure as failure:
        return SettleText(text_id, cause=failure.cause, for_good=True)
    except TemporaryFailure as failure:
        _standings[gateway.name] = after_failure(standing, context.now())
        log.warning("text %s over %s: %s", text_id, gateway.name, failure.cause)
        return SettleText(text_id, cause=failure.cause, may_have_left=isinstance(failure, MayHaveLeft))
    _standings[gateway.name] = after_success(standing, context.now())
    cost: Decimal = weigh(words.body).cost(gateway.price)
    return SettleText(text_id, gateway.name, provider_id, cost)


def _in_order(sms: SmsSettings, now: datetime) -> list[Gateway]:
    known = gateways(sms)
    candidates = [Candidate(gateway.name, gateway.weight) for gateway in known.values()]
    return [known[name] for name in order(candidates, _standings, now, _draw)]
