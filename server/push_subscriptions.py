"""How a browser is reached, judged before anything is kept: for the terminals’ door and the citizens’ alike."""

from __future__ import annotations

import base64
import hashlib

from models.rules.errors import Conflict, Invalid
from push.endpoint_guard import EndpointRefused
from push.web_push_values import PushSubscription as PushSubscription
from push.web_push_values import SubscriptionRefused, check_subscription
from server.push_settings import PushSettings


def judge_subscription(settings: PushSettings | None, subscription: PushSubscription) -> PushSubscription:
    """Return a subscription that something can be sent to.

    Raises:
        Conflict: `push_off`: this deployment has no keys.
        Invalid: nothing may be sent to its endpoint (`endpoint_host_not_allowed`, `endpoint_not_https`,
            `endpoint_user_info`, `endpoint_malformed`, `endpoint_too_long`), its keys are none (`bad_push_key`), or it
            was made with a key that we do not have (`unknown_vapid_key`): the browser has to subscribe anew.
    """
    if settings is None:
        raise Conflict("push_off")
    try:
        check_subscription(subscription, settings.allowed_hosts)
    except EndpointRefused as refused:
        raise Invalid(f"endpoint_{refused.code}", {"fields": {"endpoint": refused.code}}) from None
    except SubscriptionRefused as refused:
        raise Invalid("bad_push_key", {"fields": {"keys": refused.code}}) from None
    if subscription.vapid_key not in {key.public for key in settings.keys}:
        raise Invalid("unknown_vapid_key", {"fields": {"vapid_key": "unknown"}})
    return subscription


def current_key(settings: PushSettings | None) -> str | None:
    """The public key that browsers subscribe with; None where web push is off."""
    return None if settings is None else settings.keys[0].public


def endpoint_hash(endpoint: str) -> bytes:
    """What a subscription is recognised by."""
    return hashlib.sha256(endpoint.encode()).digest()


def fingerprint(endpoint: str) -> str:
    """The same for a browser, which compares its own endpoint with what is kept, without being told the address."""
    return write_fingerprint(endpoint_hash(endpoint))


def write_fingerprint(hashed: bytes) -> str:
    """What `endpoint_hash` gives, as browsers read it."""
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
