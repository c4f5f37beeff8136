"""What an appointment may need besides a counter: a room, an interpreter, a second gendarme, a second counter.

Each thing needed is given as a list of everything that could be it, with the stretches in which that is free. Free
stretches of different things are never joined: half an hour in one room and half an hour in the next are no hour.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.rules.intervals import Interval


class ResourceKind(StrEnum):
    COUNTER = "counter"
    AGENT = "agent"
    ROOM = "room"
    INTERPRETER = "interpreter"


class ListedKind(StrEnum):
    """What a unit lists by name and a reason may need."""

    ROOM = "room"
    INTERPRETER = "interpreter"


class Resource(NamedTuple):
    """One thing or person; numbers are its own within its kind."""

    kind: ResourceKind
    number: int


class ResourceGap(NamedTuple):
    """A stretch in which `resource` is free."""

    resource: Resource
    start: datetime
    end: datetime


def resources_for(
    during: Interval, also_free: Sequence[Sequence[ResourceGap]], taken: Collection[Resource] = ()
) -> tuple[ResourceGap, ...] | None:
    """Choose one resource for each thing needed, all different and free for the whole of `during`.

    Args:
        also_free: one list for each thing needed; the same list twice asks for two of its resources.
        taken: resources that the appointment has already, such as its counter and its gendarme.

    Returns:
        A gap of each list, in their order, preferring the shortest gap so that long ones stay whole; or None.
    """
    if not also_free:
        return ()
    fitting = sorted(
        (
            gap
            for gap in also_free[0]
            if gap.start <= during.start and during.end <= gap.end and gap.resource not in taken
        ),
        key=_length_then_number,
    )
    for gap in fitting:
        others = resources_for(during, also_free[1:], {*taken, gap.resource})
        if others is not None:
            return gap, *others
    return None


def common_times(
    gap: Interval, also_free: Sequence[Sequence[ResourceGap]], taken: Collection[Resource] = ()
) -> list[Interval]:
    """Return every stretch of `gap` in which one resource of each list is free, in order and without repeats.

    They may overlap, because each stands for its own resources. That these are all different is not looked at here:
    `resources_for` does.
    """
    pieces = {gap}
    for free in also_free:
        pieces = {piece for whole in pieces for piece in _pieces(whole, free, taken)}
    return sorted(pieces)


def _pieces(whole: Interval, free: Sequence[ResourceGap], taken: Collection[Resource]) -> Iterator[Interval]:
    for resource, start, end in free:
        piece = Interval(max(start, whole.start), min(end, whole.end))
        if piece.start < piece.end and resource not in taken:
            yield piece


def _length_then_number(gap: ResourceGap) -> tuple[timedelta, ResourceKind, int]:
    return gap.end - gap.start, gap.resource.kind, gap.resource.number
