"""Which provider is asked first. A provider that fails loses weight and regains it by time or by success; pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Each failure in a row halves the weight; each pause of this length forgives one.
FORGIVES_ONE_IN = timedelta(minutes=2)
# After so many it hardly matters: one message in a thousand still tries whether the provider is back.
MOST_FAILURES = 10


@dataclass(frozen=True)
class Standing:
    """How a provider has done lately: the failures that count, as of `at`."""

    failures: float
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """A provider; `weight` is its share of the traffic beside the others' while all is well, 0 for a mere reserve."""

    name: str
    weight: int


def after_failure(standing: Standing | None, now: datetime) -> Standing:
    """How a provider stands once it has failed again."""
    return Standing(min(_failures(standing, now) + 1, MOST_FAILURES), now)


def after_success(standing: Standing | None, now: datetime) -> Standing:
    """How a provider stands once it has taken a message: it is believed again, half way each time."""
    left = _failures(standing, now) / 2
    return Standing(left if left >= 1 else 0, now)


def weight_now(candidate: Candidate, standing: Standing | None, now: datetime) -> float:
    """The share of a provider as it stands now; never more than its own weight, never 0 unless that is."""
    return float(candidate.weight * 2.0 ** -_failures(standing, now))


def order(
    candidates: Sequence[Candidate], standings: Mapping[str, Standing], now: datetime, draw: random.Random
) -> list[str]:
    """Say in which order to ask the providers for one message.

    Returns:
        Every name once. The first is drawn by weight, and so are the others among those that are left; reserves
        (weight 0) come last, those with the fewest failures first.
    """
    left = {one.name: weight_now(one, standings.get(one.name), now) for one in candidates if one.weight}
    chosen = []
    while left:
        (name,) = draw.choices(list(left), weights=list(left.values()))
        chosen.append(name)
        del left[name]
    reserves = [one.name for one in candidates if not one.weight]
    return chosen + sorted(reserves, key=lambda name: _failures(standings.get(name), now))


def _failures(standing: Standing | None, now: datetime) -> float:
    if standing is None:
        return 0
    return max(0.0, standing.failures - max(timedelta(), now - standing.at) / FORGIVES_ONE_IN)
