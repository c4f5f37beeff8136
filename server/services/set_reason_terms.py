from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.errors import NotFound
from models.rules.openings import PlaceKind
from models.rules.reason_terms import ReasonTerms, require_terms
from models.rules.resources import ListedKind
from models.tables import Reason


@dataclass(frozen=True, kw_only=True)
class SetReasonTerms:
    """What changes of a reason's terms; None stays as it is."""

    code: str
    duration_minutes: int | None = None
    buffer_minutes: int | None = None
    notice_minutes: int | None = None
    change_notice_minutes: int | None = None
    horizon_days: int | None = None
    agents_needed: int | None = None
    needs_approval: bool | None = None
    place_kinds: tuple[PlaceKind, ...] | None = None
    resource_kinds: tuple[ListedKind, ...] | None = None
    ladder_minutes: tuple[int, int, int] | None = None
    approval_minutes: tuple[int, int, int] | None = None


def set_reason_terms(session: Session, command: SetReasonTerms) -> ReasonTerms:
    """Change what an appointment for a reason asks, in every unit, from the next booking on.

    How fast what waits climbs changes with the next look, also for what climbs already.

    Returns:
        All its terms as they are now.

    Raises:
        NotFound: `no_such_reason`.
        Invalid: as `models.rules.reason_terms.require_terms`.
    """
    reason = session.scalar(select(Reason).where(Reason.code == command.code).with_for_update())
    if reason is None:
        raise NotFound("no_such_reason")
    changes = {name: value for name, value in vars(command).items() if name != "code" and value is not None}
    terms = ReasonTerms(**{**vars(terms_now(reason)), **changes})
    require_terms(terms)
    for name, value in vars(terms).items():
        setattr(reason, name, list(value) if isinstance(value, tuple) else value)
    session.flush()
    return terms


def terms_now(reason: Reason) -> ReasonTerms:
    """A reason's terms as the rules see them."""
    return ReasonTerms(
        duration_minutes=reason.duration_minutes,
        buffer_minutes=reason.buffer_minutes,
        notice_minutes=reason.notice_minutes,
        change_notice_minutes=reason.change_notice_minutes,
        horizon_days=reason.horizon_days,
        agents_needed=reason.agents_needed,
        needs_approval=reason.needs_approval,
        place_kinds=tuple(PlaceKind(kind) for kind in reason.place_kinds),
        resource_kinds=tuple(ListedKind(kind) for kind in reason.resource_kinds),
        ladder_minutes=_three(reason.ladder_minutes),
        approval_minutes=_three(reason.approval_minutes),
    )


def _three(minutes: list[int]) -> tuple[int, int, int]:
    first, second, third = minutes
    return first, second, third
