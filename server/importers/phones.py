"""Telephone numbers as directories print them, in E.164."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from server.phone_numbers import region_of

# Overseas numbers are often printed with the country code and the six last digits only: the area prefix between
# them is the country code again, except in Mayotte (269) and, since June 2014, in French Polynesia (40).
_AREA_PREFIXES = {"590": "590", "594": "594", "596": "596", "262": "262", "689": "40"}


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` is `None` when the text holds no full number; `problem` says so, or what was put right."""

    e164: str | None
    problem: str = ""


def read_phone(printed: str, insee: str) -> Phone:
    """Read the first telephone number of `printed` for a place with code `insee`.

    Short numbers (17, 3430) are no E.164: they stay as printed, and can be dialled as such.
    """
    text = " ".join(printed.split())
    if not text:
        return Phone(None)
    digits = re.sub(r"\D", "", text)
    if 0 < len(digits) <= 4:
        return Phone(None)
    overseas = re.fullmatch(r"\+(590|594|596|262|689)(\d{6})", "+" + digits if text.startswith("+") else "")
    if overseas:
        area = "269" if insee.startswith("976") else _AREA_PREFIXES[overseas[1]]
        return Phone(f"+{overseas[1]}{area}{overseas[2]}")
    found = [
        match.number
        for match in phonenumbers.PhoneNumberMatcher(text, region_of(insee), leniency=phonenumbers.Leniency.POSSIBLE)
    ]
    if not found:
        return Phone(None, f"telephone number not understood: {text}")
    e164 = phonenumbers.format_number(found[0], phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, f"several telephone numbers, the first one taken: {text}" if len(found) > 1 else "")
