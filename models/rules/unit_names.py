"""How a unit is named inside a sentence: « la brigade de Belley », “the Belley brigade”.

The directory prints « Brigade de gendarmerie - Belley »; a citizen reads a sentence, not a row of a file.
"""

from __future__ import annotations

_SEPARATOR = " - "
_VOWELS = frozenset("AEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆaeiouyàâäéèêëîïôöùûüœæ")


def brigade_in_french(name: str) -> str:
    """Return « brigade de Belley », « brigade du Mans », « brigade d’Ambérieu »; write the article before it.

    Args:
        name: as the directory prints it. One that is a phrase already (« Brigade de gendarmerie de Belley ») is kept;
            one of any other form comes back as « gendarmerie (name) ».
    """
    place = _place(name)
    return _phrase(name) if place is None else f"brigade {_of(place)}"


def brigade_in_english(name: str) -> str:
    """Return “Belley brigade”; write the article before it. Other names as in French."""
    place = _place(name)
    return _phrase(name) if place is None else f"{place} brigade"


def _place(name: str) -> str | None:
    kind, separator, place = name.partition(_SEPARATOR)
    if not separator or not place or not _is_brigade(kind):
        return None
    return place.replace("'", "’")


def _phrase(name: str) -> str:
    if _is_brigade(name) and _SEPARATOR not in name:
        return f"b{name[1:]}".replace("'", "’")
    return f"gendarmerie ({name})"


def _is_brigade(text: str) -> bool:
    return text.lower().startswith("brigade")


def _of(place: str) -> str:
    """Contract the article as French does: Le Mans → du Mans, Les Andelys → des Andelys; La and L’ stay."""
    if place.startswith("Le "):
        return f"du {place.removeprefix('Le ')}"
    if place.startswith("Les "):
        return f"des {place.removeprefix('Les ')}"
    # Before H only a dictionary knows (d’Hyères, de Haguenau); « de » is never wrong to the ear.
    return f"d’{place}" if place[0] in _VOWELS and not _sounds_like_a_consonant(place) else f"de {place}"


def _sounds_like_a_consonant(place: str) -> bool:
    # « de Yutz », « de Yerres » but « d’Yvetot », « d’Ytrac »: Y before a vowel is one.
    return place[0] in "Yy" and len(place) > 1 and place[1] in _VOWELS
