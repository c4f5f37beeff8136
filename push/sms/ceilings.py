"""How much may be sent in an hour and in a day, so that a loop or an abuse costs a known sum at most; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Whoever answers for the budget hears of it before messages have to wait.
WARN_AT = Decimal("0.8")


class Measure(StrEnum):
    SEGMENTS = "segments"
    EUROS = "euros"


@dataclass(frozen=True)
class Ceiling:
    """At most `most` segments or euros in any `window` that ends now."""

    measure: Measure
    window: timedelta
    most: Decimal


@dataclass(frozen=True)
class Usage:
    """What was sent in one window."""

    segments: int
    cost: Decimal

    def of(self, measure: Measure) -> Decimal:
        """The amount of one measure."""
        return Decimal(self.segments) if measure is Measure.SEGMENTS else self.cost


@dataclass(frozen=True)
class Alert:
    """A ceiling that is near (`reached` false), or that this message would break."""

    ceiling: Ceiling
    reached: bool

    @property
    def name(self) -> str:
        """Which alert it is, without figures: the same one is not raised again and again."""
        kind = "reached" if self.reached else "near"
        return f"{kind}:{self.ceiling.measure}:{int(self.ceiling.window.total_seconds())}"


@dataclass(frozen=True)
class Verdict:
    """Whether a message may leave now, and what somebody should hear about the ceilings."""

    allowed: bool
    alerts: tuple[Alert, ...]


def judge(ceilings: Sequence[Ceiling], used: dict[timedelta, Usage], more: Usage) -> Verdict:
    """Say whether `more` may be sent on top of what was used in each window.

    Args:
        used: by window; one for each window that a ceiling has.
    """
    alerts = tuple(_alerts(ceilings, used, more))
    return Verdict(not any(alert.reached for alert in alerts), alerts)


def _alerts(ceilings: Sequence[Ceiling], used: dict[timedelta, Usage], more: Usage) -> Iterator[Alert]:
    for ceiling in ceilings:
        total = used[ceiling.window].of(ceiling.measure) + more.of(ceiling.measure)
        if total > ceiling.most:
            yield Alert(ceiling, reached=True)
        elif total > ceiling.most * WARN_AT:
            yield Alert(ceiling, reached=False)
