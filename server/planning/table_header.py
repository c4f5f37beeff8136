"""The names of a table's columns, for a person to choose from when one that is needed has another name."""

from __future__ import annotations

import csv
import io

from server.planning.positions import decoded

MOST_COLUMNS = 40
LONGEST_NAME = 80
_HEAD_OCTETS = 65_536


def read_header(octets: bytes) -> list[str]:
    """Return the first row of a table that has any; empty when it is no table."""
    text = decoded(octets[:_HEAD_OCTETS]).lstrip("\r\n")
    if "\0" in text or text.lstrip()[:1] in ("<", "{", "["):
        return []
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        first = next((row for row in rows if any(one.strip() for one in row)), [])
    except csv.Error:
        return []
    names = (one.strip()[:LONGEST_NAME] for one in first[:MOST_COLUMNS])
    return [one for one in names if one and one.isprintable()]
