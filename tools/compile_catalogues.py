"""Compile the gettext catalogues (.po) that changed since their .mo was made.

A fuzzy entry is a translation nobody has read: it is left out, so the French original shows instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parents[1]


def main() -> None:
    for source in sorted((PROJECT / "server").rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        wrong = [(message.lineno, error) for message, errors in catalogue.check() for error in errors]
        if wrong:
            sys.exit("\n".join(f"{source.relative_to(PROJECT)}:{line}: {error}" for line, error in wrong))
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue, use_fuzzy=False)
        unfinished.replace(target)
        print(f"compiled {source.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
