"""How it was, in the citizen's eyes: one of three answers, which nobody has to give."""

from __future__ import annotations

from enum import StrEnum


class Opinion(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
