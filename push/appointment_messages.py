"""What people read about their appointment: an event and the few facts that may leave the house → one message.

`AppointmentFacts` is the whole of what it can say: when, where and what to bring. The reason, what they wrote, their
name and their number are not in it. Papers to bring would tell of a discreet reason, but its message says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.appointment_events import AppointmentEvent, AppointmentReminded
from models.rules.unit_names import brigade_in_english, brigade_in_french
from push.messages import Message, lay_out
from push.times import say_instant


@dataclass(frozen=True, kw_only=True)
class AppointmentFacts:
    """What a message about an appointment may say.

    Args:
        unit_name: as the directory prints it; `unit_phone` and `unit_address` as people write them.
        starts_at: of the appointment that the event is about.
        requested: the chief has yet to approve it.
        place_kind: a value of `PlaceKind`; `place_name` names a town hall or a France services house.
        address: where the gendarme comes to, for an appointment at home.
        papers: what to bring, in the message's language; may be empty.
        word: what the unit wrote; may be empty.
        closed: the booking is over, so that no other time can be chosen for it.
        offers: the starts that are held for them now; `offers_until` when the first of them ends.
        follow_url: the citizen's capability, whole; `new_booking_url` is where anybody starts.
        coming_url: where they say that they come; `cancelling_url` where they cancel, "" once it is too late.
    """

    reference: str
    unit_name: str
    unit_phone: str | None
    unit_address: str
    time_zone: str
    starts_at: datetime
    requested: bool
    place_kind: str
    place_name: str | None
    address: str | None
    papers: str
    word: str
    by: str
    closed: bool
    offers: Sequence[datetime]
    offers_until: datetime | None
    discreet: bool
    new_booking_url: str
    follow_url: str = field(repr=False)
    coming_url: str = field(repr=False)
    cancelling_url: str = field(repr=False)


def compose_appointment(event: AppointmentEvent, facts: AppointmentFacts, language: str) -> Message:
    """Write the message about `event`.

    Raises:
        LookupError: this event has no words in this language.
    """
    return lay_out(
        event.name,
        _words(facts, language),
        language,
        discreet=facts.discreet,
        reference=facts.reference,
        follow_url=facts.follow_url,
        about="appointment",
        answers=_answers(event, facts),
    )


def compose_code(code: str, language: str, *, discreet: bool) -> Message:
    """Write the message that brings a code; it says nothing of what the code is for.

    Args:
        discreet: the channel must not name us either.
    """
    message = lay_out(
        "verification_code",
        {"code": code},
        language,
        discreet=False,
        reference="",
        follow_url="",
        # The numbers for emergencies would tell who writes.
        footer=not discreet,
    )
    return Message(message.language, message.subject, message.text, message.html, discreet)


def _answers(event: AppointmentEvent, facts: AppointmentFacts) -> dict[str, str]:
    """What a reminder asks, and the page where each answer is given: a mail is opened by programs too."""
    if not isinstance(event, AppointmentReminded):
        return {}
    answers = {"coming": facts.coming_url, "cancelling": facts.cancelling_url}
    return {answer: url for answer, url in answers.items() if url}


def _words(facts: AppointmentFacts, language: str) -> dict[str, object]:
    brigade = brigade_in_english if language == "en" else brigade_in_french

    def say(at: datetime | None) -> str:
        return "" if at is None else say_instant(at, facts.time_zone, language)

    return {
        "brigade": brigade(facts.unit_name),
        # A number that breaks over two lines is misread.
        "unit_phone": (facts.unit_phone or "").replace(" ", "\N{NO-BREAK SPACE}"),
        "unit_address": facts.unit_address,
        "when": say(facts.starts_at),
        "requested": facts.requested,
        "place_kind": facts.place_kind,
        "place_name": facts.place_name or "",
        "address": facts.address or "",
        "papers": facts.papers,
        "word": facts.word,
        "by": facts.by,
        "closed": facts.closed,
        "may_cancel": bool(facts.cancelling_url),
        "offers": [say(at) for at in facts.offers],
        "offers_until": say(facts.offers_until),
        "new_booking_url": facts.new_booking_url,
    }
