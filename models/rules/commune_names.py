"""Forgiving comparison of place names, as people type them.

« st jean bon » finds Saint-Jean-Bonnefonds: no accents, no case, apostrophes and hyphens are spaces, "St" and "Ste"
are spelt out, and every word may be unfinished.
"""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_ABBREVIATIONS = {
    "st": "saint",
    "sts": "saints",
    "ste": "sainte",
    "stes": "saintes",
    "fbg": "faubourg",
    # « lès » and « lez » both mean "near" in names; official spellings use either, and so do people.
    "lez": "les",
}
_ARTICLES = frozenset({"l", "d", "le", "la", "les", "de", "du", "des", "en", "et", "a", "au", "aux", "sur", "sous"})
_LEADING_ARTICLES = frozenset({"l", "le", "la", "les"})


def fold(name: str) -> str:
    """Return `name` in lower-case ASCII words, separated by single spaces, with abbreviations spelt out.

    Folding what is already folded changes nothing.
    """
    text = re.sub(r"\b([Ss])/\s*", r"sur ", name.translate(_LIGATURES))
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", plain.casefold())
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def without_article(folded: str) -> str:
    """Return a folded name without its leading article, so that « abergement » begins « L’Abergement »."""
    first, _, rest = folded.partition(" ")
    return rest if rest and first in _LEADING_ARTICLES else folded


def search_words(folded: str) -> tuple[str, ...]:
    """Return the words of a folded query that a name must have; articles are left out unless nothing else is typed.

    A lone "s" or "st" at the end may be the beginning of anything: it stays a prefix.
    """
    words = folded.split()
    telling = [word for word in words if word not in _ARTICLES]
    return tuple(dict.fromkeys(telling or words))


def matches(query: str, name: str) -> bool:
    """Say whether every telling word of `query` begins a word of `name`; both as typed, unfolded."""
    words = fold(name).split()
    wanted = search_words(fold(query))
    return bool(wanted) and all(any(word.startswith(prefix) for word in words) for prefix in wanted)
