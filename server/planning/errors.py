"""How a planning is refused: as a whole, or one entry of it."""

from __future__ import annotations


class PlanningRefused(Exception):
    """The whole file is refused, so that it changes nothing.

    Args:
        code: why, for a person's words to be chosen by; never a part of the file, which may hold names.
        line: where it shows, or 0 when it is nowhere in particular.
    """

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code, line)
        self.code = code
        self.line = line

    def __str__(self) -> str:
        return f"{self.code} (line {self.line})" if self.line else self.code


class NotUnderstood(Exception):
    """One entry is refused; the others stand. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
