"""The demonstration's agenda: weekly openings that the chiefs approved, and who booked what, told through the services.

No booking has an e-mail address, as no request has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.queries.slots import find_slots
from models.rules.actor import AgentActor, CitizenActor
from models.rules.appointments import Outcome
from models.rules.booking import BookingDetails
from models.rules.errors import Conflict
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence_text import read_recurrence
from server.demo.people import AMBERIEU, BELLEY
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.take_appointment import TakeAppointment, take_appointment
from server.services.want_earlier import WantEarlier, want_earlier
from server.tokens import Tokens

ZONE = ZoneInfo("Europe/Paris")
# The weekly openings began that long ago, so that the last days have appointments too.
BEGAN = timedelta(days=14)
# A day without openings, or a public holiday, is passed over.
LOOK_DAYS = 7


@dataclass(frozen=True)
class Weekly:
    """An opening that comes back: who proposed it, who approved it, and the hours of its day."""

    by: str
    chief: str
    rule: str
    hours: tuple[int, int]
    counters: int = 1
    reasons: tuple[str, ...] = ()
    place: tuple[PlaceKind, str] = (PlaceKind.UNIT, "")


WEEKLY = (
    Weekly("sophie.girard", "sophie.girard", "FREQ=WEEKLY;BYDAY=MO,WE,FR", (9, 12), counters=2),
    Weekly("lea.marchand", "sophie.girard", "FREQ=WEEKLY;BYDAY=TU,TH", (14, 18)),
    Weekly(
        "hugo.perrin", "sophie.girard", "FREQ=MONTHLY;BYDAY=2TU", (9, 12), reasons=("neighbours", "fraud", "other"),
        place=(PlaceKind.TOWN_HALL, "Mairie de Virieu-le-Grand"),
    ),
    Weekly("anne.rousset", "anne.rousset", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", (9, 11)),
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A booking, in how many days at the earliest, and who receives.

    Args:
        by: the first of these who is neither absent nor busy then.
        skip: how many free times of the day are left to others.
        outcome: for one that lies in the past.
        ahead: booked so many days ago, or before it was.
    """

    days: int
    reason: str
    facts: str
    caller: str
    phone: str
    skip: int = 0
    unit_id: int = BELLEY
    language: str = "fr"
    by: tuple[str, ...] = ()
    outcome: Outcome | None = None
    wants_earlier: bool = False
    ahead: int = 2


VISITS = (
    Visit(-4, "complaint", "Deux jerricans de gazole ont été pris dans ma grange.", "Marius Collet", "+33639980031",
          by=("hugo.perrin",), outcome=Outcome.HONOURED),
    Visit(-4, "road", "Demande de copie du constat.", "Inès Berthet", "+33639980032", skip=2, by=("lea.marchand",),
          outcome=Outcome.NO_SHOW),
    Visit(1, "complaint", "Ma voiture a été rayée sur le parking de la gare. J’ai des photos.", "Léonie Barrat",
          "+33639980033", by=("sophie.girard", "lea.marchand", "hugo.perrin")),
    Visit(1, "neighbours", "Un différend sur une haie, nous cherchons une médiation.", "Pierre Chapuis",
          "+33639980034", skip=3),
    Visit(3, "fraud", "Un achat en ligne jamais livré, le vendeur ne répond plus.", "Amina Diallo", "+33639980035",
          by=("sophie.girard", "lea.marchand", "hugo.perrin")),
    Visit(3, "holiday_watch", "Absence de deux semaines, maison isolée.", "Famille Vuillod", "+33639980036", skip=2),
    Visit(4, "case_follow_up", "Je voudrais ajouter des pièces à ma plainte.", "Solange Brun", "+33639980037"),
    Visit(5, "other", "I need a statement for my insurance after a theft abroad.", "James Walsh", "+33639980038",
          language="en", wants_earlier=True),
    Visit(6, "sexual_violence", "", "M. R.", "+33639980039"),
    Visit(7, "case_follow_up", "Suite donnée à ma plainte de septembre.", "Hélène Mory", "+33639980040", skip=1),
    Visit(2, "complaint", "Vol de mon téléphone au marché.", "Ludovic Petit", "+33639980041", unit_id=AMBERIEU,
          by=("anne.rousset",)),
)  # fmt: skip


def tell_agenda(session: Session, agents: Mapping[str, AgentActor], now: datetime, tokens: Tokens) -> int:
    """Let the chiefs open their weeks and citizens book, as of `now`; returns how many bookings there are."""
    for weekly in WEEKLY:
        _open(session, weekly, agents, now - BEGAN)
    found = [book_visit(session, visit, agents, now, tokens) for visit in VISITS]
    return sum(found)


def _open(session: Session, weekly: Weekly, agents: Mapping[str, AgentActor], at: datetime) -> None:
    day = at.astimezone(ZONE).date() + timedelta(days=1)
    starts_at, ends_at = (datetime.combine(day, time(hour), ZONE).astimezone(UTC) for hour in weekly.hours)
    kind, name = weekly.place
    proposal = Proposal(
        starts_at, ends_at, weekly.counters, weekly.reasons, kind, name, None, read_recurrence(weekly.rule)
    )
    command = ProposeOpening(uuid4(), proposal)
    propose_opening(session, command, agents[weekly.by], at)
    approve_opening(session, ApproveOpening(command.opening_id), agents[weekly.chief], at)


def book_visit(session: Session, visit: Visit, agents: Mapping[str, AgentActor], now: datetime, tokens: Tokens) -> bool:
    """Let a citizen book, as of `now`; returns whether there was a free time."""
    at = now + timedelta(days=min(visit.days, 0) - visit.ahead)
    first = now.astimezone(ZONE).date() + timedelta(days=visit.days)
    # One in the past is over by now; one to come has not begun.
    last = first + timedelta(days=LOOK_DAYS if visit.outcome is None else 2)
    slots = find_slots(session, visit.unit_id, visit.reason, first, last, at)
    if len(slots) <= visit.skip:
        return False
    starts_at = slots[visit.skip].starts_at
    held = hold_slot(session, HoldSlot(visit.unit_id, visit.reason, starts_at), at, tokens)
    details = BookingDetails(caller_name=visit.caller, phone=visit.phone, facts=visit.facts)
    command = BookAppointment(held.hold_token, details, visit.language, idempotency_key=str(uuid4()))
    booked = book_appointment(session, command, CitizenActor(), at, tokens)
    receiver = _take(session, booked.appointment_id, visit, agents, at + timedelta(hours=1))
    if visit.outcome is not None and receiver is not None:
        set_outcome(session, SetOutcome(booked.appointment_id, visit.outcome), receiver, held.ends_at)
    if visit.wants_earlier:
        want_earlier(session, WantEarlier(booked.booking_id, True), at)
    return True


def _take(
    session: Session, appointment_id: UUID, visit: Visit, agents: Mapping[str, AgentActor], at: datetime
) -> AgentActor | None:
    for login in visit.by:
        try:
            take_appointment(session, TakeAppointment(appointment_id), agents[login], at)
        except Conflict:
            continue
        return agents[login]
    return None
