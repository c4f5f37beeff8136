"""The lines of a calendar (RFC 5545, section 3.1): what is escaped, what is left out, where a line is broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

LONGEST_LINE = 75
# What some program takes for the end of a line; the C0 and C1 ones among them are dropped by others.
_LINE_ENDS = ("\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")


def plain(text: str) -> str:
    """`text` with one kind of line end and without the control characters that no TEXT may hold (section 3.3.11)."""
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return "".join(char for char in text if char in "\t\n" or unicodedata.category(char) != "Cc")


def text_line(name: str, text: str) -> str:
    """A property whose value is TEXT: what separates values and lines is escaped."""
    text = plain(text)
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return f"{name}:" + text.replace("\n", "\\n")


def value_line(name: str, value: str, parameters: Mapping[str, str] | None = None) -> str:
    """A property whose value is written as it is, with the parameters that have a value."""
    given = "".join(f";{key}={_parameter(one)}" for key, one in (parameters or {}).items() if one)
    return f"{name}{given}:{value}"


def fold(lines: list[str]) -> bytes:
    """The lines in UTF-8, each broken before an octet too many and never inside a character."""
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _parameter(text: str) -> str:
    """A parameter's value. Carets (RFC 6868), backslashes and quotes are read in two ways, so that none is written."""
    text = plain(text).translate({ord("\n"): " ", ord("\t"): " ", ord("^"): " ", ord("\\"): " ", ord('"'): "'"})
    return f'"{text}"' if any(mark in text for mark in ",;: ") or not text.isascii() else text


def _folded(line: str) -> bytes:
    if line.isascii() and len(line) <= LONGEST_LINE:
        return line.encode()
    parts, part = [], b""
    for char in line:
        octets = char.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            # What goes on begins with a space.
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part])
