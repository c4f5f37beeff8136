"""What a text message weighs: the alphabet that it needs and the segments into which networks cut and bill it.

Source: 3GPP TS 23.038 (once GSM 03.38), section 6.2.1: the default alphabet and its extension table; TS 23.040,
section 9.2.3.24.1: concatenated messages, whose header of six octets costs 7 septets or 3 UCS-2 characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# The escape character of the table (1B) is left out: alone it means nothing.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each is sent as the escape character and another one: two septets.
_EXTENSION = frozenset("\f^{}\\[~]|€")


class Alphabet(StrEnum):
    GSM_7 = "gsm7"
    UCS_2 = "ucs2"


# What one message holds when it is alone, and when it is one of several; in septets, or in units of 16 bits.
_ALONE = {Alphabet.GSM_7: 160, Alphabet.UCS_2: 70}
_JOINED = {Alphabet.GSM_7: 153, Alphabet.UCS_2: 67}


@dataclass(frozen=True)
class Weighed:
    """A text as the network will carry it.

    Args:
        units: septets or UCS-2 characters, without any header.
        segments: the parts of the text, in order; their number is what is billed.
    """

    alphabet: Alphabet
    units: int
    segments: tuple[str, ...]

    def cost(self, price: Decimal) -> Decimal:
        """What the text costs at a price for each segment."""
        return price * len(self.segments)


def weigh(text: str) -> Weighed:
    """Count a text and cut it where the network will. An empty text is one segment too.

    One character outside GSM 03.38 makes the whole text UCS-2. Neither an escaped character nor a surrogate pair is
    cut in two, so that the last septet or unit of a segment may stay empty.
    """
    alphabet = Alphabet.UCS_2 if forcing_ucs2(text) else Alphabet.GSM_7
    units = sum(_width(char, alphabet) for char in text)
    if units <= _ALONE[alphabet]:
        return Weighed(alphabet, units, (text,))
    return Weighed(alphabet, units, tuple(_cut(text, alphabet)))


def forcing_ucs2(text: str) -> frozenset[str]:
    """The characters of a text that GSM 03.38 has not: ê, ç, œ and the curved apostrophe are among them."""
    return frozenset(text) - _BASIC - _EXTENSION


def _cut(text: str, alphabet: Alphabet) -> Iterator[str]:
    start, used = 0, 0
    for index, char in enumerate(text):
        width = _width(char, alphabet)
        if used + width > _JOINED[alphabet]:
            yield text[start:index]
            start, used = index, 0
        used += width
    yield text[start:]


def _width(char: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM_7:
        return 2 if char in _EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1
