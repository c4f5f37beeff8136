from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.references import (
    CALL_BACK_WORDS,
    draw_call_back_word,
    draw_reference,
    normalise_reference,
)


@given(st.randoms(use_true_random=False))
def test_a_reference_reads_as_printed_however_it_is_typed(random):
    reference = draw_reference(lambda below: random.randrange(below))
    assert re.fullmatch(r"BN-[2-9A-HJ-NP-Z]{4}-[1-9][0-9]", reference)
    for typed in (reference.lower(), reference.replace("-", ""), reference.replace("-", " "), f"  {reference} "):
        assert normalise_reference(typed) == reference


@pytest.mark.parametrize("typed", ["", "BN", "nothing of the kind", "BN-7K4Q-291"])
def test_what_is_no_reference_stays_unknown(typed):
    assert normalise_reference(typed) == typed.strip().upper()


def test_call_back_words_are_distinct_when_heard_in_a_hurry():
    assert len(CALL_BACK_WORDS) == len(set(CALL_BACK_WORDS)) >= 200
    assert all(word == word.strip().lower() and 3 <= len(word) <= 12 for word in CALL_BACK_WORDS)
    assert draw_call_back_word(lambda below: below - 1) == CALL_BACK_WORDS[-1]
