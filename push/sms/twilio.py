"""Twilio's Programmable Messaging, as an example of a provider over HTTP that signs its callbacks.

Source: https://www.twilio.com/docs/messaging/api/message-resource (sending, states, `ErrorCode`),
https://www.twilio.com/docs/usage/webhooks/webhooks-security (signature), https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from models.rules.text_messages import TextState
from push.failures import PermanentFailure, SendingFailed, TemporaryFailure
from push.sms.gateway import ANSWER_WITHIN_S, MayHaveLeft, OutgoingText, Report
from push.sms.provider_http import post

NAME = "twilio"
# What the API accepts as ValidityPeriod, in seconds.
_SHORTEST_VALIDITY_S, _LONGEST_VALIDITY_S = 1, 36_000
_STATES = {
    "accepted": TextState.SENT,
    "scheduled": TextState.SENT,
    "queued": TextState.SENT,
    "sending": TextState.SENT,
    "sent": TextState.SENT,
    "delivered": TextState.DELIVERED,
    "read": TextState.DELIVERED,
    "undelivered": TextState.FAILED,
    "failed": TextState.FAILED,
    "canceled": TextState.FAILED,
}
# These are about the number, so that neither another time nor another provider would help.
_ABOUT_THE_NUMBER = {21211: "unreadable", 21610: "stopped", 21612: "unreachable", 21614: "no_mobile"}
_CAUSES = {"21610": "stopped", "30003": "unreachable", "30005": "unknown", "30006": "no_mobile", "30007": "filtered"}


@dataclass(frozen=True)
class TwilioGateway:
    """Speaks to one account.

    Args:
        url: `https://api.twilio.com`, or what stands for it in a test.
        sender: a number or a word that the account may use.
    """

    url: str
    account: str
    token: str = field(repr=False)
    sender: str
    weight: int
    price: Decimal
    answer_within_s: float = ANSWER_WITHIN_S

    @property
    def name(self) -> str:
        return NAME

    def send(self, text: OutgoingText) -> str:
        """Create one message. Returns its SID; our own id is in the address of its reports.

        Raises:
            TemporaryFailure, MayHaveLeft, PermanentFailure: as every gateway.
        """
        validity = min(max(int(text.good_for.total_seconds()), _SHORTEST_VALIDITY_S), _LONGEST_VALIDITY_S)
        form = {
            "To": text.phone,
            "From": self.sender,
            "Body": text.body,
            "StatusCallback": text.report_url,
            "ValidityPeriod": str(validity),
        }
        answer = post(
            f"{self.url}/2010-04-01/Accounts/{self.account}/Messages.json",
            form,
            auth=(self.account, self.token),
            answer_within_s=self.answer_within_s,
        )
        if answer.status_code != 201:
            raise _refused(answer)
        sid = _field(answer, "sid")
        if not isinstance(sid, str) or not sid:
            raise MayHaveLeft("broken_answer")
        return sid


def read_status(form: Mapping[str, str]) -> Report | None:
    """What a status callback says, or None when it names no message or no state that we know."""
    state, sid = _STATES.get(form.get("MessageStatus", "")), form.get("MessageSid", "")
    if state is None or not sid:
        return None
    if state is not TextState.FAILED:
        return Report(sid, state)
    code = form.get("ErrorCode", "")
    fallback = f"twilio_{code}" if code.isascii() and code.isdigit() and len(code) < 8 else "undeliverable"
    return Report(sid, state, _CAUSES.get(code, fallback))


def is_signed(token: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Check `X-Twilio-Signature`: HMAC-SHA1 over the whole address and every field, sorted by name; in constant time.

    Args:
        url: as Twilio called it, with its query.
    """
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    # As bytes: the comparison refuses text beyond ASCII, which a header may hold.
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())


def _refused(answer: requests.Response) -> SendingFailed:
    code = _field(answer, "code")
    if isinstance(code, int) and code in _ABOUT_THE_NUMBER:
        return PermanentFailure(_ABOUT_THE_NUMBER[code])
    # A wrong password, an empty account or too many at once: mending the settings or waiting sends the rest.
    return TemporaryFailure(f"twilio_{code}" if isinstance(code, int) else f"twilio_http_{answer.status_code}")


def _field(answer: requests.Response, name: str) -> object:
    try:
        read = answer.json()
    except requests.exceptions.JSONDecodeError:
        return None
    return read.get(name) if isinstance(read, dict) else None
