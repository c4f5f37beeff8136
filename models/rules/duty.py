"""Which service position an agent holds at an instant, and who is offered requests.

Positions are stretches of time, set by the agent (or their chief) or taken from the planning. Of those that are not
over, the one that began last holds. So « en intervention jusqu’à 15 h » gives way at 15:00 to what held before, and
« hors service » lasts until the planning's next stretch begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from models.rules.errors import Invalid
from models.rules.request_lifecycle import Verdict


class Status(StrEnum):
    AVAILABLE = "available"
    ON_INTERVENTION = "on_intervention"
    FIRST_TO_GO = "first_to_go"
    REACHABLE = "reachable"
    OFF_DUTY = "off_duty"


class Source(StrEnum):
    OWN = "own"
    PLANNING = "planning"


# Who is somewhere else with their hands full, or at home, is left in peace.
NOT_OFFERED = frozenset({Status.ON_INTERVENTION, Status.OFF_DUTY})
LONGEST = timedelta(days=31)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """A service position from `since` to before `until` (None: until further notice)."""

    status: Status
    since: datetime
    until: datetime | None
    source: Source

    @property
    def end(self) -> datetime:
        return self.until or _FOREVER

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.end


def current(stretches: Iterable[Stretch], now: datetime) -> Stretch | None:
    """Return the stretch that holds at `now`, or None when nothing is known of the agent.

    Of two that began at the same instant, the agent's own word comes before the planning, and the shorter one was
    the later word: a longer one would have replaced it.
    """
    holding = [stretch for stretch in stretches if stretch.holds(now)]
    return max(holding, key=_precedence, default=None)


def offered(status: Status | None) -> bool:
    """Say whether an agent in this position is offered requests.

    Nothing known (None) means yes: in a unit that does not keep positions, requests must still reach somebody.
    """
    return status not in NOT_OFFERED


def set_own(stretches: Iterable[Stretch], new: Stretch, now: datetime) -> Verdict:
    """Decide whether `new` becomes the agent's own position.

    What is already so, or is over before it arrives from an offline terminal, is a `NOOP`.

    Raises:
        Invalid: it would last for longer than 31 days (`until`: `too_far`).
    """
    if new.until is not None:
        if new.until <= new.since:
            return Verdict.NOOP
        if new.until - now > LONGEST:
            raise Invalid("invalid_arguments", {"fields": {"until": "too_far"}})
    held = current(stretches, now)
    if held is not None and (held.status, held.until, held.source) == (new.status, new.until, new.source):
        return Verdict.NOOP
    return Verdict.APPLY


def replaced(stretches: Collection[Stretch], new: Stretch, now: datetime) -> list[Stretch]:
    """Return the own stretches that are of no use once `new` is said.

    Those that could not hold again even without `new`, because a later one lasts at least as long; and the position in
    force when it is said anew with another end: « en intervention », and a moment later « en intervention jusqu’à
    15 h ». What held before `new` stays, so that such a correction brings it back at 15:00.
    """
    held = current(stretches, now)
    corrected = held if held is not None and _is_said_anew(held, new) else None
    others = [stretch for stretch in stretches if stretch != corrected]
    return [
        stretch
        for stretch in stretches
        if stretch.source is Source.OWN
        and (
            stretch == corrected
            or _covers(new, stretch, at_once=True)
            or any(_covers(other, stretch) for other in others)
        )
    ]


def _is_said_anew(held: Stretch, new: Stretch) -> bool:
    return held.source is Source.OWN and held.status is new.status


def _covers(later: Stretch, earlier: Stretch, *, at_once: bool = False) -> bool:
    # `at_once`: only one that began at the very instant, which the shorter of the two would otherwise win.
    began_later = later.since == earlier.since if at_once else later.since > earlier.since
    return later.source is Source.OWN and began_later and later.end >= earlier.end


def _precedence(stretch: Stretch) -> tuple[datetime, bool, timedelta]:
    return stretch.since, stretch.source is Source.OWN, _FOREVER - stretch.end
