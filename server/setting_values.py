"""Reading single settings; whatever is wrong is refused with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path


class ConfigError(Exception):
    """A setting is missing or wrong; the message says which, and what to do."""


def integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from `low` to `high`.

    Raises:
        ConfigError: it is something else.
    """
    value = env.get(name, "")
    if not value:
        return default
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ConfigError(f"{name} is {value!r}: set it to a whole number from {low} to {high}.")
    return int(value)


def flag(env: Mapping[str, str], name: str) -> bool:
    """1, or nothing.

    Raises:
        ConfigError: it is something else.
    """
    value = env.get(name, "")
    if value not in ("", "0", "1"):
        raise ConfigError(f"{name} is {value!r}: set it to 1, or leave it unset.")
    return value == "1"


def certificates(env: Mapping[str, str], name: str) -> str | None:
    """A file of certificates; None when it is unset.

    Raises:
        ConfigError: there is no such file.
    """
    value = env.get(name) or None
    if value is not None and not Path(value).is_file():
        raise ConfigError(f"{name} is {value!r}: there is no such file. Name a file of PEM certificates.")
    return value


def euros(env: Mapping[str, str], name: str) -> Decimal | None:
    """An amount such as `0.045`; None when it is unset.

    Raises:
        ConfigError: it is no amount, negative, or absurd.
    """
    value = env.get(name, "")
    if not value:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 100_000:
        raise ConfigError(f"{name} is {value!r}: set it to an amount in euros such as 0.045, or leave it unset.")
    return amount
