"""Reads the arguments of mutations; what cannot be read is `Invalid` and names its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from models.rules.errors import Invalid

Args = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)

# Beyond these no calendar of ours goes, and arithmetic on instants cannot overflow.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def read_uuid(args: Args, name: str) -> UUID:
    try:
        return UUID(str(args[name]))
    except (KeyError, ValueError) as error:
        raise invalid(name, "unreadable") from error


def read_text(args: Args, name: str, longest: int, *, required: bool) -> str:
    value = args.get(name, "")
    # No database keeps a NUL or half of a surrogate pair; told here, it is a refusal and no accident.
    if not isinstance(value, str) or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise invalid(name, "unreadable")
    if required and not value.strip():
        raise invalid(name, "missing")
    if len(value) > longest:
        raise invalid(name, "too_long")
    return value.strip()


def read_whole(args: Args, name: str) -> int:
    """A whole number that a column can hold."""
    value = args.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31:
        raise invalid(name, "unreadable")
    return value


def read_optional_whole(args: Args, name: str) -> int | None:
    return None if args.get(name) is None else read_whole(args, name)


def read_word(args: Args, name: str, words: type[Word]) -> Word:
    try:
        return words(str(args.get(name)))
    except ValueError as error:
        raise invalid(name, "unknown") from error


def read_words(args: Args, name: str, most: int) -> tuple[str, ...]:
    """A list of short texts, each once and in one order, so that two spellings of one set are equal."""
    value = args.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise invalid(name, "unreadable")
    return tuple(sorted({read_text({name: word}, name, 80, required=True) for word in value}))


def read_instant(args: Args, name: str) -> datetime:
    """An instant as ISO 8601 with its offset; one without would mean another time on each machine."""
    value = args.get(name)
    try:
        if not isinstance(value, str):
            raise ValueError
        read = datetime.fromisoformat(value)
        if read.tzinfo is None:
            raise ValueError
        instant = read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid(name, "unreadable") from error
    if not EARLIEST <= instant < LATEST:
        raise invalid(name, "unreadable")
    return instant


def read_optional_instant(args: Args, name: str) -> datetime | None:
    return None if args.get(name) is None else read_instant(args, name)


def read_day(args: Args, name: str) -> date:
    """A day of the unit's calendar, as ISO 8601."""
    value = args.get(name)
    try:
        if not isinstance(value, str):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError as error:
        raise invalid(name, "unreadable") from error
    if not EARLIEST.date() <= day < LATEST.date():
        raise invalid(name, "unreadable")
    return day


def read_flag(args: Args, name: str) -> bool:
    """Yes or no; what is missing is no."""
    value = args.get(name, False)
    if not isinstance(value, bool):
        raise invalid(name, "unreadable")
    return value


def read_instants(args: Args, name: str, most: int) -> tuple[datetime, ...]:
    """A list of instants, each once, the earliest first; an empty one is for the rules to judge."""
    value = args.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise invalid(name, "unreadable")
    return tuple(sorted({read_instant({name: one}, name) for one in value}))


def read_wholes(args: Args, name: str, most: int) -> tuple[int, ...]:
    """A list of whole numbers, each once and in one order."""
    value = args.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise invalid(name, "unreadable")
    return tuple(sorted({read_whole({name: one}, name) for one in value}))


def invalid(name: str, code: str) -> Invalid:
    """The refusal of one argument."""
    return Invalid("invalid_arguments", {"fields": {name: code}})
