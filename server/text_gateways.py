"""The providers of text messages as this deployment has them, for the job that sends and for the doors they call."""

from __future__ import annotations

import hmac
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from push.sms import kannel, twilio
from push.sms.ceilings import DAY, HOUR, Ceiling, Measure
from push.sms.gateway import Gateway
from push.sms.gateway import Report as Report
from server.config import Settings
from server.sms_settings import SmsSettings
from server.tokens import Tokens

# Of the ceilings. Calls count below them as everything does, so that all of it together costs a known sum.
CALLS_MAY_USE = Decimal("1.2")
KANNEL, TWILIO = kannel.NAME, twilio.NAME


def gateways(sms: SmsSettings) -> dict[str, Gateway]:
    """Every provider that is configured, by name."""
    found: dict[str, Gateway] = {}
    if (account := sms.kannel) is not None:
        found[KANNEL] = kannel.KannelGateway(
            account.url, account.user, account.password, account.sender, account.weight, account.price
        )
    if (account := sms.twilio) is not None:
        found[TWILIO] = twilio.TwilioGateway(
            account.url, account.user, account.password, account.sender, account.weight, account.price
        )
    return found


def ceilings(sms: SmsSettings) -> tuple[Ceiling, ...]:
    """How much may be sent."""
    euros = ((HOUR, sms.euros_per_hour), (DAY, sms.euros_per_day))
    return (
        Ceiling(Measure.SEGMENTS, HOUR, Decimal(sms.segments_per_hour)),
        Ceiling(Measure.SEGMENTS, DAY, Decimal(sms.segments_per_day)),
        *(Ceiling(Measure.EUROS, window, most) for window, most in euros if most is not None),
    )


def call_ceilings(sms: SmsSettings) -> tuple[Ceiling, ...]:
    """How much may be sent when the next message calls a gendarme: citizens' messages cannot use up the last of it."""
    return tuple(
        # Nobody sends a part of a segment.
        replace(ceiling, most=Decimal(int(most)) if ceiling.measure is Measure.SEGMENTS else most)
        for ceiling in ceilings(sms)
        for most in [ceiling.most * CALLS_MAY_USE]
    )


def report_url(settings: Settings, tokens: Tokens, provider: str, text_id: UUID) -> str:
    """Where a provider reports what became of one message; it holds nothing about anybody."""
    signature = tokens.report_signature(text_id)
    return f"{settings.public_url}/api/sms/{provider}/reports?message={text_id}&signature={signature}"


def is_our_report_url(tokens: Tokens, text_id: UUID, signature: str) -> bool:
    """Say whether an address of reports is one of ours, in constant time."""
    return hmac.compare_digest(tokens.report_signature(text_id).encode(), signature.encode())


def is_from_kannel(sms: SmsSettings, password: str) -> bool:
    """Say whether a caller shows Kannel's password, in constant time."""
    return sms.kannel is not None and hmac.compare_digest(sms.kannel_secret.encode(), password.encode())


def is_from_twilio(sms: SmsSettings, url: str, form: dict[str, str], signature: str) -> bool:
    """Say whether a callback is signed by the account."""
    return sms.twilio is not None and twilio.is_signed(sms.twilio.password, url, form, signature)


def read_kannel_report(state: str) -> Report | None:
    """What Kannel's report says; None when there is no such state."""
    return kannel.read_state(state)


def read_twilio_report(form: dict[str, str]) -> Report | None:
    """What Twilio's report says; None when it names no message or no state that we know."""
    return twilio.read_status(form)
