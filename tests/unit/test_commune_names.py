from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.commune_names import fold, matches, search_words, without_article


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("Ste-Marie", "sainte marie"),
        ("Stes-Maries-de-la-Mer", "saintes maries de la mer"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Chalon s/Saône", "chalon sur saone"),
        ("Villeneuve-lez-Avignon", "villeneuve les avignon"),
        ("Bors (Canton de Charente-Sud)", "bors canton de charente sud"),
        ("  01300  Belley ", "01300 belley"),
        ("Stains", "stains"),
        ("…", ""),
    ],
)
def test_folding(typed, folded):
    assert fold(typed) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_folded_text_is_plain_words(text):
    assert all(letter in "abcdefghijklmnopqrstuvwxyz0123456789 " for letter in fold(text))
    assert "  " not in fold(text)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("st jean bon", "Saint-Jean-Bonnefonds"),
        ("jean bonnef", "Saint-Jean-Bonnefonds"),
        ("abergement", "L'Abergement-Clémenciat"),
        ("l'abergement cle", "L'Abergement-Clémenciat"),
        ("le havre", "Le Havre"),
        ("havre", "Le Havre"),
        ("châlons en ch", "Châlons-en-Champagne"),
        ("CHALONS CHAMPAGNE", "Châlons-en-Champagne"),
        ("la", "La Rochelle"),
        ("oeuil", "Œuilly"),
    ],
)
def test_what_people_type_finds_the_commune(query, name):
    assert matches(query, name)


@pytest.mark.parametrize(
    ("query", "name"),
    [("st jean bon", "Saint-Jean"), ("onnefonds", "Saint-Jean-Bonnefonds"), ("", "Paris"), ("-", "X")],
)
def test_what_does_not_match(query, name):
    assert not matches(query, name)


@given(st.text(alphabet="abcdeélnost' -Œ", min_size=1, max_size=30))
def test_every_name_is_found_by_each_of_its_beginnings(name):
    # A beginning may stop within "st", which alone reads as "saint": that is the one exception.
    for length in range(1, len(name) + 1):
        typed = name[:length]
        if fold(typed) and fold(name).startswith(fold(typed)):
            assert matches(typed, name)


def test_a_leading_article_is_optional():
    assert without_article("l abergement clemenciat") == "abergement clemenciat"
    assert without_article("la") == "la"
    assert search_words("le havre") == ("havre",)
    assert search_words("la") == ("la",)
