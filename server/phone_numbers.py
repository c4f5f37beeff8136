"""Reading phone numbers as people type them, with the region of the unit's territory as the default."""

from __future__ import annotations

from collections.abc import Collection

import phonenumbers

_REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
    "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip


def region_of(insee: str) -> str:
    """The numbering region of a commune: overseas territories dial their own numbers without prefix."""
    return _REGIONS.get(insee[:3], "FR")


def read_phone(typed: str, region: str = "FR") -> tuple[str, bool]:
    """Read a number as typed.

    Returns:
        (E.164, True) when it is a possible number, else (what was typed, False); ("", False) for nothing at all.
    """
    text = typed.strip()
    if not text:
        return "", False
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text, False
    if not phonenumbers.is_possible_number(number):
        return text, False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), True


def can_get_texts(e164: str, countries: Collection[int]) -> bool:
    """Say whether a text message to this number has a chance: not where it is known to be of another kind.

    Args:
        countries: the calling codes to which texts may go at all.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return False
    # A range that was given out after the library's last release is of no known kind.
    kinds = phonenumbers.PhoneNumberType
    possible = (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.UNKNOWN)
    if number.country_code not in countries or not phonenumbers.is_possible_number(number):
        return False
    return phonenumbers.number_type(number) in possible


def read_mobile(typed: str, region: str, countries: Collection[int]) -> str | None:
    """Read the number of a phone that can get text messages; None when it is none.

    Args:
        region: whose numbers are dialled without prefix.
        countries: the calling codes to which texts may go at all.
    """
    phone, valid = read_phone(typed, region)
    return phone if valid and can_get_texts(phone, countries) else None


def print_phone(e164: str, region: str = "FR") -> str:
    """Write a stored number the way people of `region` read it (`04 65 71 00 12`); unreadable ones stay as they are."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    at_home = phonenumbers.region_code_for_number(number) == region
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
