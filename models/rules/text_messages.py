"""How far a text message has come, and what a person means who answers one."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class TextState(StrEnum):
    """In rising order: a state only ever moves up.

    A report may come before the answer of the provider that caused it, twice, or never. `DELIVERED` is the highest,
    because a phone that has the message proves every earlier failure wrong.
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"


class Purpose(StrEnum):
    """What a text message is for."""

    NOTICE = "notice"
    CALL = "call"
    ANSWER = "answer"
    VERIFICATION_CODE = "verification_code"
    NOT_UNDERSTOOD = "not_understood"


class Meaning(StrEnum):
    """What somebody answered."""

    ONE = "one"
    TWO = "two"
    STOP = "stop"
    START = "start"
    UNREAD = "unread"


_WORDS = {
    "1": Meaning.ONE,
    "2": Meaning.TWO,
    # What operators and their customers are used to; the French charter of text messages knows STOP alone.
    "STOP": Meaning.STOP,
    "ARRET": Meaning.STOP,
    "ARRETE": Meaning.STOP,
    "ARRETER": Meaning.STOP,
    "ARRETEZ": Meaning.STOP,
    "UNSUBSCRIBE": Meaning.STOP,
    "START": Meaning.START,
    "REPRISE": Meaning.START,
    "REPRENDRE": Meaning.START,
}


def rises(before: TextState, after: TextState) -> bool:
    """Say whether `after` is news to whoever knows `before`."""
    order = tuple(TextState)
    return order.index(after) > order.index(before)


def read_answer(body: str) -> Meaning:
    """Read an answer as people type it: capitals, accents, spaces and punctuation do not matter, anything else does.

    A sentence that merely holds the word "stop" is not read as one: a person must read it.
    """
    decomposed = unicodedata.normalize("NFKD", body)
    return _WORDS.get("".join(char for char in decomposed if char.isalnum()).upper(), Meaning.UNREAD)
