"""What may be asked of an appointment for a reason, and when who waits for it is brought to whom.

The bounds are those that the table itself checks, but for the longest deadline.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.errors import Invalid
from models.rules.openings import PlaceKind
from models.rules.resources import ListedKind

DURATION_MINUTES = range(5, 481)
BUFFER_MINUTES = range(241)
HORIZON_DAYS = range(1, 367)
AGENTS_NEEDED = range(1, 3)
# A ladder that climbs for longer than a week is a slip of the keyboard.
DEADLINE_MINUTES = range(1, 7 * 24 * 60 + 1)


@dataclass(frozen=True, kw_only=True)
class ReasonTerms:
    """How long, how soon, how far ahead, where, by whom and with what; whether the chief approves each one.

    Args:
        ladder_minutes, approval_minutes: when a request, or an appointment that waits for approval, comes to the unit
            on duty, to the chief and to the supervisors (`models.rules.ladder.Deadlines`).
    """

    duration_minutes: int
    buffer_minutes: int
    notice_minutes: int
    change_notice_minutes: int
    horizon_days: int
    agents_needed: int
    needs_approval: bool
    place_kinds: tuple[PlaceKind, ...]
    resource_kinds: tuple[ListedKind, ...]
    ladder_minutes: tuple[int, int, int]
    approval_minutes: tuple[int, int, int]


def require_terms(terms: ReasonTerms) -> None:
    """Let through what an appointment can be made on.

    Raises:
        Invalid: `invalid_arguments` with `fields`: `out_of_range`, `missing` (no place), `repeated` (a place or a
            resource twice), or, for `notice_minutes`, `beyond_horizon`: there would never be a time; for deadlines
            `out_of_order`: each is later than the one before.
    """
    fields: dict[str, str] = {}
    for name, bounds in (
        ("duration_minutes", DURATION_MINUTES),
        ("buffer_minutes", BUFFER_MINUTES),
        ("horizon_days", HORIZON_DAYS),
        ("agents_needed", AGENTS_NEEDED),
    ):
        if getattr(terms, name) not in bounds:
            fields[name] = "out_of_range"
    for name in ("notice_minutes", "change_notice_minutes"):
        if getattr(terms, name) < 0:
            fields[name] = "out_of_range"
    if terms.notice_minutes >= terms.horizon_days * 24 * 60:
        fields.setdefault("notice_minutes", "beyond_horizon")
    if not terms.place_kinds:
        fields["place_kinds"] = "missing"
    for name in ("place_kinds", "resource_kinds"):
        if len(set(getattr(terms, name))) < len(getattr(terms, name)):
            fields[name] = "repeated"
    for name in ("ladder_minutes", "approval_minutes"):
        first, second, third = deadlines = getattr(terms, name)
        if any(one not in DEADLINE_MINUTES for one in deadlines):
            fields[name] = "out_of_range"
        elif not first < second < third:
            fields[name] = "out_of_order"
    if fields:
        raise Invalid("invalid_arguments", {"fields": fields})
