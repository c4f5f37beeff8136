"""The texts that are the same for everybody. Each is one segment, names nobody and tells no reason."""

from __future__ import annotations

import unicodedata

from models.rules.text_messages import Purpose
from push.sms.segments import forcing_ucs2

# GSM 03.38 only: a curved apostrophe or a circumflex would halve what one segment holds.
_WORDS = {
    (Purpose.VERIFICATION_CODE, "fr"): (
        "Votre code : {code}. Il vaut 15 minutes. Si vous n'avez rien demandé, ne le donnez à personne."
    ),
    (Purpose.VERIFICATION_CODE, "en"): (
        "Your code: {code}. It is good for 15 minutes. If you asked for nothing, give it to nobody."
    ),
    (Purpose.NOT_UNDERSTOOD, "fr"): (
        "Ce message n'a pas été compris : ce numéro ne lit que 1, 2 ou STOP. En cas d'urgence : 17 ou 112, par SMS 114."
    ),
    (Purpose.NOT_UNDERSTOOD, "en"): (
        "Your message was not understood: this number only reads 1, 2 or STOP. In an emergency: 17 or 112, by text 114."
    ),
}

# What no decomposition leads to.
_NEAREST = {"’": "'", "‘": "'", "œ": "oe", "Œ": "OE", "«": '"', "»": '"', "–": "-", "—": "-"}


def compose_text(purpose: Purpose, language: str, *, code: str = "") -> str:
    """Write a text that needs nothing but a language, and for a verification its code.

    Raises:
        LookupError: this purpose has no such words: its texts come whole.
    """
    return _WORDS[purpose, language].format(code=code)


def in_gsm7(text: str) -> str:
    """Write what the alphabet of text messages has not as its nearest neighbour: `août` as `aout`, `’` as `'`.

    What has no neighbour there stays, and makes the text UCS-2.
    """
    foreign = forcing_ucs2(text)
    return "".join(_nearest(char) if char in foreign else char for char in text)


def _nearest(char: str) -> str:
    if char in _NEAREST:
        return _NEAREST[char]
    plain = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
    return plain if plain and not forcing_ucs2(plain) else char
