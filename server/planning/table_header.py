"""The names of a table's columns, for a person to choose from when one that is needed has another name.

A table without such a row begins with somebody's, whose number and days are kept nowhere: what has a digit or an
address in it is no row of names, and nothing of it is told.
"""

from __future__ import annotations

import csv
import io
import re

from server.planning.positions import decoded

MOST_COLUMNS = 40
LONGEST_NAME = 80
_HEAD_OCTETS = 65_536
_SOMEBODYS = re.compile(r"[\d@]")
# A letter, and what stands between the words of a heading.
_NAME = re.compile(r"[^\W\d_](?:[^\W\d]|[ .:/()'’°-])*")


def read_header(octets: bytes) -> list[str]:
    """Return what looks like a column's name in the first row of a table that has any.

    Empty when it is no table, or that row is about somebody.
    """
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
    if any(_SOMEBODYS.search(one) for one in first):
        return []
    names = (one.strip() for one in first[:MOST_COLUMNS])
    return [one for one in names if len(one) <= LONGEST_NAME and _NAME.fullmatch(one)]
