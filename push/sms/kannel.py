"""Kannel, the gateway for those who have a line of their own to an operator.

Source: Kannel 1.4.5 User's Guide, chapter "Using the SMS gateway": `sendsms` with X-Kannel headers, delivery reports,
`post-url` of an `sms-service`. Measured with Debian's package, see
tests/integration/push/test_sms_gateways.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from models.rules.text_messages import TextState
from push.failures import PermanentFailure, TemporaryFailure
from push.sms.gateway import ANSWER_WITHIN_S, OutgoingText, Report
from push.sms.provider_http import post
from push.sms.segments import Alphabet, weigh

NAME = "kannel"
# Each bit asks for one report: delivered, failed, buffered, taken by the operator, rejected.
DLR_MASK = 31
_STATES = {
    "1": Report(None, TextState.DELIVERED),
    "2": Report(None, TextState.FAILED, "undeliverable"),
    "4": Report(None, TextState.SENT),
    "8": Report(None, TextState.SENT),
    "16": Report(None, TextState.FAILED, "rejected"),
}


@dataclass(frozen=True)
class KannelGateway:
    """Speaks to one smsbox.

    Args:
        url: of `sendsms`, without user and password.
        sender: the number or word that people see, as the operator allows it.
    """

    url: str
    user: str
    password: str = field(repr=False)
    sender: str
    weight: int
    price: Decimal
    answer_within_s: float = ANSWER_WITHIN_S

    @property
    def name(self) -> str:
        return NAME

    def send(self, text: OutgoingText) -> str:
        """Give one message to Kannel, which stores it and answers at once.

        Number, text and password go into headers and body, never into an address that somebody logs.

        Returns:
            Our own id: Kannel tells none, and what it calls `%I` is another one in each report.

        Raises:
            TemporaryFailure, MayHaveLeft, PermanentFailure: as every gateway.
        """
        headers = {
            "X-Kannel-Username": self.user,
            "X-Kannel-Password": self.password,
            "X-Kannel-From": self.sender,
            "X-Kannel-To": text.phone,
            "X-Kannel-Coding": "2" if weigh(text.body).alphabet is Alphabet.UCS_2 else "0",
            # In minutes, at least one.
            "X-Kannel-Validity": str(max(1, int(text.good_for.total_seconds() // 60))),
            "X-Kannel-DLR-Mask": str(DLR_MASK),
            # Kannel puts the state in place of %d.
            "X-Kannel-DLR-URL": f"{text.report_url}&state=%d",
            "Content-Type": "text/plain; charset=UTF-8",
        }
        answer = post(self.url, text.body.encode(), headers=headers, answer_within_s=self.answer_within_s)
        if answer.status_code == 202:
            return str(text.text_id)
        cause = f"kannel_{answer.status_code}"
        # 400: this number is empty or on a black list. 403 is about our password, 5xx about Kannel's own state.
        raise PermanentFailure(cause) if answer.status_code == 400 else TemporaryFailure(cause)


def read_state(state: str) -> Report | None:
    """What a delivery report says, or None when Kannel knows no such state."""
    return _STATES.get(state)
