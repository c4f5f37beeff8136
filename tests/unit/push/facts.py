"""Events and facts for the tables of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from models.events import DELIVER, EVENTS, RequestEvent
from models.rules.request_lifecycle import State
from push.audience import Situation
from push.messages import NoticeFacts
from push.ways import Ways

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
REQUEST_ID = UUID("00000000-0000-4000-8000-000000000001")
DELIVERED = [name for name, event in EVENTS.items() if DELIVER in event.deferrals]
NOT_DELIVERED = [name for name, event in EVENTS.items() if DELIVER not in event.deferrals]

# What the request has become just after each event.
STATE_AFTER = {
    "request_created": State.WAITING,
    "request_accepted": State.ACCEPTED,
    "request_released": State.WAITING,
    "request_transferred": State.WAITING,
    "request_noted": State.ACCEPTED,
    "request_closed": State.DONE,
    "citizen_word_added": State.WAITING,
    "request_withdrawn": State.WITHDRAWN,
    "request_expired": State.EXPIRED,
    "request_late": State.WAITING,
    "request_opinion_asked": State.DONE,
    "request_erased": State.DONE,
}


def event(name: str) -> RequestEvent:
    own = {
        "request_transferred": {"from_unit_id": 2, "word": "pour vous"},
        "request_noted": {"text": "rappelé, pas de réponse"},
        "request_closed": {"outcome": "handled"},
        "citizen_word_added": {"text": "après 17 h"},
    }
    return EVENTS[name](at=NOW, unit_id=1, request_id=REQUEST_ID, **own.get(name, {}))


def situation(name: str, *, email: str | None = "camille@example.org", **changes: object) -> Situation:
    values: dict[str, object] = {
        "state": STATE_AFTER[name],
        "erased": name == "request_erased",
        "accepted_at": NOW if name == "request_accepted" else None,
        "transferred_at": NOW if name == "request_transferred" else None,
        "ways": Ways(email=email),
        **changes,
    }
    return Situation(**values)  # type: ignore[arg-type]


def facts(**changes: object) -> NoticeFacts:
    values: dict[str, object] = {
        "reference": "BN-7K4Q-29",
        "unit_name": "Brigade de gendarmerie - Belley",
        "unit_phone": "04 65 71 00 12",
        "time_zone": "Europe/Paris",
        "due_at": NOW + timedelta(hours=3, minutes=30),
        "channel": "phone",
        "call_window": "asap",
        "discreet": False,
        "outcome": None,
        "new_request_url": "https://rdv.example.org/",
        "follow_url": "https://rdv.example.org/suivi/AbCdEfGhIjKlMnOpQrStUv",
        "call_back_word": "églantine",
        **changes,
    }
    return NoticeFacts(**values)  # type: ignore[arg-type]
