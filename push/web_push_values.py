"""What the web push sender takes and what it gives back: values without a database behind them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

from push.endpoint_guard import AllowedHost, Endpoint, check_endpoint

LONGEST_PAYLOAD = 2048
_LONGEST_TOPIC = 32
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}", re.ASCII)


class SubscriptionRefused(Exception):
    """No browser has subscribed like this: one of its keys is none."""

    code = "bad_key"


class PayloadTooLong(Exception):
    """A notice has too many words; every push service carries so much and not all carry more (RFC 8030, 7.2)."""

    code = "payload_too_long"


@dataclass(frozen=True)
class PushSubscription:
    """What a browser gave us so that we can reach it; all of it is a capability, none of it belongs into a log.

    Args:
        endpoint: where to send.
        p256dh: the browser's public key, base64url.
        auth: its authentication secret, base64url.
        vapid_key: the public key of ours that it subscribed with, base64url.
    """

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    vapid_key: str = field(repr=False)

    @property
    def secret(self) -> bytes:
        """The authentication secret as octets.

        Raises:
            SubscriptionRefused: it is none.
        """
        return _octets(self.auth, 16)


def check_subscription(subscription: PushSubscription, allowed_hosts: Sequence[AllowedHost]) -> Endpoint:
    """Say where a subscription leads, before it is saved.

    Raises:
        EndpointRefused: nothing may be sent there.
        SubscriptionRefused: its keys are not those of RFC 8291 (section 3): a point on P-256 and 16 octets.
    """
    endpoint = check_endpoint(subscription.endpoint, allowed_hosts)
    for point in (subscription.p256dh, subscription.vapid_key):
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _octets(point, 65))
        except ValueError:
            raise SubscriptionRefused from None
    _octets(subscription.auth, 16)
    return endpoint


@dataclass(frozen=True, kw_only=True)
class PushNotice:
    """What a locked screen shows; docs/notifications.md has the rules for each field.

    Args:
        navigate: where a tap leads.
        tag: a later notice with the same tag takes this one's place, on the screen and on its way there.
        silent: it makes no sound, and no vibration.
        renotify: it sounds although it takes the place of an earlier one.
        actions: pairs of an action and the words on its button.
        data: facts for the buttons.
        receipt: with what the browser says that it is there (`server.push_receipts`).
    """

    title: str
    body: str
    navigate: str
    tag: str
    lang: str = "fr"
    silent: bool = False
    renotify: bool = False
    require_interaction: bool = False
    actions: Sequence[tuple[str, str]] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    receipt: str = field(default="", repr=False)

    def payload(self) -> bytes:
        """The notice as a declarative push message (W3C Push API), which the service worker reads as well.

        Raises:
            PayloadTooLong: it has more than `LONGEST_PAYLOAD` octets.
        """
        notification: dict[str, object] = {
            "title": self.title,
            "body": self.body,
            "navigate": self.navigate,
            "tag": self.tag,
            "lang": self.lang,
            "silent": self.silent,
        }
        if self.renotify:
            notification["renotify"] = True
        if self.require_interaction:
            notification["requireInteraction"] = True
        if self.actions:
            notification["actions"] = [{"action": action, "title": title} for action, title in self.actions]
        data = {**self.data, "receipt": self.receipt} if self.receipt else dict(self.data)
        if data:
            notification["data"] = data
        message = {"web_push": 8030, "notification": notification}
        payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > LONGEST_PAYLOAD:
            raise PayloadTooLong
        return payload


def topic(subscription: PushSubscription, tag: str) -> str:
    """The Topic (RFC 8030, section 5.4) that makes a push service replace what still waits there.

    It is the tag under a key that only the browser and we have, so that a push service cannot tell which of its
    subscribers hear of one and the same request.
    """
    digest = hmac.digest(subscription.secret, tag.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:_LONGEST_TOPIC]


class Urgency(StrEnum):
    """How much of its battery a phone should spend on this (RFC 8030, section 5.3); the most urgent first."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"
    VERY_LOW = "very-low"


@dataclass(frozen=True, kw_only=True)
class PushMessage:
    """One notice for one subscription.

    Args:
        id: the caller's own name for it; comes back in the result.
        expires_at: when it is of no use any more; an aware instant.
        attempts: how often it has been tried before.
    """

    id: Hashable
    subscription: PushSubscription
    notice: PushNotice
    expires_at: datetime
    urgency: Urgency = Urgency.NORMAL
    attempts: int = 0


class Outcome(StrEnum):
    """What has become of a message, and what the caller has to do."""

    DELIVERED = "delivered"  # The push service has it. Nothing.
    GONE = "gone"  # Nobody is there any more. Delete the subscription.
    KEY_WRONG = "key_wrong"  # Our key or contact is not accepted. Alert; the subscription may be good.
    REFUSED = "refused"  # Our mistake, or an address that may not be sent to. Drop the message, alert.
    RETRY = "retry"  # Try again at `retry_at`, with one attempt more if `tried`.
    EXPIRED = "expired"  # There is no time left for another attempt. Drop the message.


@dataclass(frozen=True, kw_only=True)
class PushResult:
    """The outcome of one message.

    Args:
        cause: a code such as `http_410` or `timeout`, without an address; "" when it is delivered.
        retry_at: with `RETRY`, the instant before which no attempt is welcome.
        tried: something was sent, or an attempt to connect was made; False when it was held back here.
    """

    message: PushMessage
    outcome: Outcome
    cause: str = ""
    retry_at: datetime | None = None
    tried: bool = True

    @property
    def alert(self) -> bool:
        """Somebody should look at the settings, or at our code."""
        return self.outcome in (Outcome.KEY_WRONG, Outcome.REFUSED)


def _octets(text: str, length: int) -> bytes:
    if not _BASE64URL.fullmatch(text):
        raise SubscriptionRefused
    text = text.rstrip("=")
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise SubscriptionRefused from None
    if len(octets) != length:
        raise SubscriptionRefused
    return octets
