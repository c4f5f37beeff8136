from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.text_messages import Purpose
from push.sms.segments import Alphabet, forcing_ucs2, weigh
from push.sms.words import compose_text


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("", Alphabet.GSM_7, 0, 1),
        ("a" * 160, Alphabet.GSM_7, 160, 1),
        ("a" * 161, Alphabet.GSM_7, 161, 2),
        ("a" * 306, Alphabet.GSM_7, 306, 2),
        ("a" * 307, Alphabet.GSM_7, 307, 3),
        ("é" * 160, Alphabet.GSM_7, 160, 1),
        ("€" * 80, Alphabet.GSM_7, 160, 1),
        ("€" * 81, Alphabet.GSM_7, 162, 2),
        # 152 septets, then a pair that does not fit into the 153rd.
        ("a" * 152 + "€" + "a" * 10, Alphabet.GSM_7, 164, 2),
        # Two pairs cut off leave room for 152 in each of two segments only.
        ("€" * 153, Alphabet.GSM_7, 306, 3),
        ("ê" * 70, Alphabet.UCS_2, 70, 1),
        ("ê" * 71, Alphabet.UCS_2, 71, 2),
        ("ê" * 134, Alphabet.UCS_2, 134, 2),
        ("ê" * 135, Alphabet.UCS_2, 135, 3),
        ("🚓" * 35, Alphabet.UCS_2, 70, 1),
        ("🚓" * 36, Alphabet.UCS_2, 72, 2),
        # 33 pairs fit into 67 units.
        ("🚓" * 67, Alphabet.UCS_2, 134, 3),
    ],
)
def test_a_text_weighs_what_the_network_bills(text, alphabet, units, segments):
    weighed = weigh(text)
    assert (weighed.alphabet, weighed.units, len(weighed.segments)) == (alphabet, units, segments)
    assert weighed.cost(Decimal("0.05")) == Decimal("0.05") * segments


def test_the_alphabet_has_128_places_of_which_one_is_the_escape():
    everything = [chr(point) for point in range(0x2100) if not forcing_ucs2(chr(point))]
    assert sum(weigh(char).units == 1 for char in everything) == 127
    assert sum(weigh(char).units == 2 for char in everything) == 10


def test_what_forces_ucs2_is_named():
    assert forcing_ucs2("Gardé à l’hôtel, ça coûte 3 €") == frozenset("’ôçû")
    assert forcing_ucs2("Gardé à la mairie : 3 €") == frozenset()


@given(st.text(alphabet="ae€é~êç🚓", max_size=800))
def test_segments_are_the_text_and_none_is_too_long(text):
    weighed = weigh(text)
    assert "".join(weighed.segments) == text
    assert sum(weigh(segment).units for segment in weighed.segments) <= weighed.units
    if len(weighed.segments) > 1:
        longest = 153 if weighed.alphabet is Alphabet.GSM_7 else 67
        widths = [_units(segment, weighed.alphabet) for segment in weighed.segments]
        assert max(widths) <= longest
        # A segment gives way only to what does not fit.
        assert all(width >= longest - 1 for width in widths[:-1])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("purpose", [Purpose.VERIFICATION_CODE, Purpose.NOT_UNDERSTOOD])
def test_our_own_texts_are_one_segment_and_neutral(purpose, language):
    text = compose_text(purpose, language, code="123456")
    weighed = weigh(text)
    assert (weighed.alphabet, len(weighed.segments)) == (Alphabet.GSM_7, 1)
    assert ("123456" in text) == (purpose is Purpose.VERIFICATION_CODE)
    for word in ("gendarm", "brigade", "plainte", "complaint", "rendez-vous", "appointment", "http"):
        assert word not in text.lower()


def test_a_notice_has_no_words_of_its_own():
    with pytest.raises(LookupError):
        compose_text(Purpose.NOTICE, "fr")


def _units(text: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UCS_2:
        return len(text.encode("utf-16-be")) // 2
    return sum(2 if char in "€~" else 1 for char in text)
