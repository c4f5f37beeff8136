"""What an import did, row by row where something was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Past this share of bad rows, the file is not what it claims to be, and nothing of it is taken.
MOST_REJECTED = 0.20


class FileRefused(Exception):
    """The file is not what it claims to be; nothing was changed. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row: why it was rejected, or what was put right. `line` is where the row begins."""

    line: int
    cause: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.cause}"


@dataclass(slots=True)
class ImportReport:
    """Counts of rows, and each finding with its line.

    Attributes:
        read: rows read, without the header.
        created, changed, unchanged: rows as stored; with `dry_run`, as they would be.
        ended: jurisdictions that the file replaces from the effective date on.
        rejected: rows left out, with the cause.
        repaired: rows taken with something put right or left empty.
        missing: what the database has and the file no longer names; kept, for a person to decide.
    """

    what: str
    source: str
    layout: str = ""
    dry_run: bool = False
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    rejected: list[Finding] = field(default_factory=list)
    repaired: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def reject(self, line: int, cause: str) -> None:
        self.rejected.append(Finding(line, cause))

    def repair(self, line: int, cause: str) -> None:
        self.repaired.append(Finding(line, cause))

    def check_plausible(self) -> None:
        """Refuse a file without rows, or of which too many rows are bad.

        Raises:
            FileRefused: with the first causes, so that the reader sees what is wrong.
        """
        if self.read == 0:
            raise FileRefused(f"{self.source} has a header and no rows.")
        if len(self.rejected) > MOST_REJECTED * self.read:
            first = "; ".join(str(finding) for finding in self.rejected[:3])
            raise FileRefused(
                f"{len(self.rejected)} of the {self.read} rows of {self.source} are bad, "
                f"which is more than {MOST_REJECTED:.0%}: nothing was imported. First ones: {first}."
            )

    def check_missing(self, known: int, accept_missing: bool) -> None:
        """Refuse a file that has lost too much of what is known: it is cut off, or covers something else.

        Raises:
            FileRefused: more than a fifth is missing, and the operator did not say that this is meant.
        """
        if len(self.missing) > MOST_REJECTED * known and not accept_missing:
            raise FileRefused(
                f"{self.source} lacks {len(self.missing)} of the {known} {self.what} known so far: is it cut off? "
                "Nothing was imported. If it is complete, run again with --accept-missing."
            )

    def counts(self) -> Mapping[str, int]:
        """Return the counts in the order in which they are printed."""
        return {
            "read": self.read,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "ended": self.ended,
            "rejected": len(self.rejected),
            "repaired": len(self.repaired),
            "missing": len(self.missing),
        }
