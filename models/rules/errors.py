"""Refusals that rules and services raise; the edges turn them into words, a status and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refusal(Exception):
    """Something asked for cannot be done, and the person can be told why.

    Args:
        code: stable machine word, a key of the screens' catalogues (`already_accepted`).
        detail: JSON-ready facts for the sentence (`by`, `at`); never a citizen's data.
    """

    code: str
    detail: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it: both look alike on purpose."""


class Forbidden(Refusal):
    """The actor knows of the thing but may not do this to it."""


class Conflict(Refusal):
    """Somebody was first, or the thing is no longer in a state that allows this."""


class Invalid(Refusal):
    """A command's values do not hold; `detail["fields"]` maps each field to its error code."""


class TooMany(Refusal):
    """A rate limit is reached; `detail["retry_after"]` is in seconds."""
