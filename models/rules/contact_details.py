"""What a contact request must hold before it is worth a gendarme's time, said field by field."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"


class CallWindow(StrEnum):
    ASAP = "asap"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


LONGEST = {"facts": 5000, "caller_name": 120, "place": 300, "safe_time": 200, "email": 254}


@dataclass(frozen=True)
class ContactDetails:
    """The answers of one citizen, as an edge has read them.

    Args:
        phone: E.164 when the number could be read, else what was typed (`phone_is_valid` tells which).
        channel, call_window: the values of `Channel` and `CallWindow`, or what was sent instead.
    """

    commune_insee: str
    reason_code: str
    channel: str
    call_window: str
    safe_time: str
    may_leave_message: bool
    facts: str
    place: str
    caller_name: str
    phone: str
    phone_is_valid: bool
    email: str


def problems(details: ContactDetails, *, reason_codes: Collection[str]) -> dict[str, str]:
    """Name what is wrong, by field; an empty result means that the details can be sent.

    Returns:
        Field name → `missing`, `unknown`, `unreadable` or `too_long`; the service checks that the commune exists.
    """
    found: dict[str, str] = {}
    for field in ("commune_insee", "reason_code", "channel", "call_window", "facts", "caller_name"):
        if not getattr(details, field).strip():
            found[field] = "missing"
    if "reason_code" not in found and details.reason_code not in reason_codes:
        found["reason_code"] = "unknown"
    if "channel" not in found and details.channel not in set(Channel):
        found["channel"] = "unknown"
    if "call_window" not in found and details.call_window not in set(CallWindow):
        found["call_window"] = "unknown"
    _check_reachable(details, found)
    for field, longest in LONGEST.items():
        if len(getattr(details, field)) > longest:
            found[field] = "too_long"
    return found


def _check_reachable(details: ContactDetails, found: dict[str, str]) -> None:
    by_mail = details.channel == Channel.EMAIL
    if details.phone and not details.phone_is_valid:
        found["phone"] = "unreadable"
    elif not details.phone and not by_mail:
        found["phone"] = "missing"
    if details.email and not looks_like_address(details.email):
        found["email"] = "unreadable"
    elif not details.email and by_mail:
        found["email"] = "missing"


def looks_like_address(text: str) -> bool:
    """Say whether a text could be an e-mail address."""
    # Only the mail server knows whether an address exists; this catches slips of the finger and header injection.
    local, at, domain = text.rpartition("@")
    return bool(
        at
        and local
        and "." in domain.strip(".")
        and domain.isprintable()
        and not any(char.isspace() or not char.isprintable() or char in '<>,;"()' for char in text)
        and ".." not in domain
        and not domain.startswith(".")
        and not domain.endswith(".")
    )
