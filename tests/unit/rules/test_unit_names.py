from __future__ import annotations

import csv

import pytest

from models.rules.unit_names import brigade_in_english, brigade_in_french


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("Brigade de gendarmerie - Belley", "brigade de Belley", "Belley brigade"),
        ("Brigade de gendarmerie - Ambérieu-en-Bugey", "brigade d’Ambérieu-en-Bugey", "Ambérieu-en-Bugey brigade"),
        ("Brigade de gendarmerie - Évron", "brigade d’Évron", "Évron brigade"),
        ("Brigade de gendarmerie - Le Mas-d'Agenais", "brigade du Mas-d’Agenais", "Le Mas-d’Agenais brigade"),
        ("Brigade de gendarmerie - Les Andelys", "brigade des Andelys", "Les Andelys brigade"),
        ("Brigade de gendarmerie - La Ferté-Macé", "brigade de La Ferté-Macé", "La Ferté-Macé brigade"),
        ("Brigade de gendarmerie - L'Isle-Jourdain", "brigade de L’Isle-Jourdain", "L’Isle-Jourdain brigade"),
        ("Brigade de gendarmerie - Yvetot", "brigade d’Yvetot", "Yvetot brigade"),
        ("Brigade de gendarmerie - Yerville", "brigade de Yerville", "Yerville brigade"),
        ("Brigade de gendarmerie - Nozay (91)", "brigade de Nozay (91)", "Nozay (91) brigade"),
        (
            "Brigade de gendarmerie de l'Oisans",
            "brigade de gendarmerie de l’Oisans",
            "brigade de gendarmerie de l’Oisans",
        ),
        ("Peloton - Agen", "gendarmerie (Peloton - Agen)", "gendarmerie (Peloton - Agen)"),
    ],
)
def test_a_unit_is_named_as_in_a_sentence(name, french, english):
    assert brigade_in_french(name) == french
    assert brigade_in_english(name) == english


def test_every_real_unit_that_receives_requests_has_a_name_for_a_sentence(real_data):
    with (real_data / "data/units_dila_2022-01.csv").open(encoding="utf-8", newline="") as file:
        names = [row["nom"] for row in csv.DictReader(file) if row["nom"].startswith("Brigade")]
    assert len(names) > 2_900
    good = ("brigade de ", "brigade d’", "brigade du ", "brigade des ")
    odd = [name for name in names if not brigade_in_french(name).startswith(good)]
    assert odd == []
