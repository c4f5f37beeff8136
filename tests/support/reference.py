"""The small reference files of the tests, and ways to spoil them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "fixtures" / "reference"
EXPORT = FOLDER / "units_export.csv"
DIRECTORY = FOLDER / "units_directory.csv"
JURISDICTIONS = FOLDER / "jurisdictions.csv"
COMMUNES = FOLDER / "decoupage"


def lines_of(path: Path) -> list[str]:
    """The physical lines of a fixture, as text without its byte order mark."""
    return path.read_text(encoding="utf-8-sig").splitlines(keepends=True)


def write(folder: Path, content: str | bytes, name: str = "file.csv") -> str:
    """Write a file for one test, and return its path as the importers take it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)
