"""What the demonstration's brigades are doing: positions, absences and openings, told through the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.duty import Status
from models.rules.openings import PlaceKind, Proposal
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.set_duty_status import SetDutyStatus, set_duty_status

ZONE = ZoneInfo("Europe/Paris")
SATURDAY = 5

# Who, which position, for how many hours; None: until further notice.
POSITIONS: tuple[tuple[str, Status, float | None], ...] = (
    ("lea.marchand", Status.AVAILABLE, None),
    ("hugo.perrin", Status.AVAILABLE, None),
    ("hugo.perrin", Status.ON_INTERVENTION, 2),
    ("sophie.girard", Status.REACHABLE, 4),
    ("karim.benali", Status.FIRST_TO_GO, None),
)
# Who, from and to when (in how many days, at which hour), which word.
ABSENCES: tuple[tuple[str, tuple[int, int], tuple[int, int], str], ...] = (
    ("lea.marchand", (1, 9), (1, 12), "Audience au tribunal"),
    ("hugo.perrin", (6, 0), (10, 0), "Permission"),
    ("karim.benali", (2, 0), (3, 0), "Stage de tir"),
)


def tell_service(session: Session, agents: Mapping[str, AgentActor], now: datetime) -> None:
    """Let the brigades set positions, declare absences and propose openings, as of `now`."""
    for minutes, (login, status, hours) in enumerate(POSITIONS):
        at = now - timedelta(minutes=len(POSITIONS) - minutes)
        until = None if hours is None else now + timedelta(hours=hours)
        set_duty_status(session, SetDutyStatus(status, until), agents[login], at)
    for login, start, end, word in ABSENCES:
        command = DeclareAbsence(uuid4(), _at(now, *start), _at(now, *end), word)
        declare_absence(session, command, agents[login], now)

    lea, hugo, sophie = (agents[login] for login in ("lea.marchand", "hugo.perrin", "sophie.girard"))
    _propose(session, lea, now, days=3, hour=14, reasons=("complaint", "fraud"), of=lea)
    _propose(session, hugo, now, days=4, hour=9, counters=2, place=(PlaceKind.TOWN_HALL, "Virieu-le-Grand"))
    approved = _propose(session, lea, now, days=2, hour=14, counters=2)
    approve_opening(session, ApproveOpening(approved.opening_id), sophie, now)


def _propose(
    session: Session,
    actor: AgentActor,
    now: datetime,
    *,
    days: int,
    hour: int,
    counters: int = 1,
    reasons: tuple[str, ...] = (),
    place: tuple[PlaceKind, str] = (PlaceKind.UNIT, ""),
    of: AgentActor | None = None,
) -> ProposeOpening:
    starts_at = _at(now, days, hour, working_day=True)
    kind, name = place
    proposal = Proposal(
        starts_at, starts_at + timedelta(hours=3), counters, reasons, kind, name, None if of is None else of.agent_id
    )
    command = ProposeOpening(uuid4(), proposal)
    propose_opening(session, command, actor, now)
    return command


def _at(now: datetime, days: int, hour: int, *, working_day: bool = False) -> datetime:
    day = now.astimezone(ZONE).date() + timedelta(days=days)
    while working_day and day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)
