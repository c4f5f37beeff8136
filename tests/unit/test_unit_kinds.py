from __future__ import annotations

import pytest

from models.rules.unit_kinds import kind_of


@pytest.mark.parametrize(
    ("name", "pivot", "institution", "kind"),
    [
        ("Brigade de gendarmerie - Belley", "gendarmerie", "GN", "brigade"),
        ("Brigade de proximité de Voiron", "", "GN", "brigade"),
        ("Brigade territoriale autonome de Cestas", "", "GN", "brigade"),
        ("Brigade de gendarmerie - Saint-Martin-de-la-Section", "", "GN", "brigade"),
        ("Gendarmerie - Peloton motorisé - Rennes", "", "GN", "motorised"),
        ("Gendarmerie - Brigade motorisée - Vitré", "gendarmerie_moto", "GN", "motorised"),
        ("Peloton d'autoroute de Poitiers", "", "GN", "motorised"),
        ("Gendarmerie - Peloton - Anywhere", "gendarmerie_moto", "GN", "motorised"),
        ("Centre d'information et de recrutement de Lyon", "", "GN", "recruiting_centre"),
        ("Poste saisonnier de gendarmerie - Lacanau", "", "GN", "seasonal_post"),
        ("Brigade nautique - Arcachon", "", "GN", "specialised"),
        ("Brigade de recherches - Belley", "", "GN", "specialised"),
        ("Commissariat de police de Toulouse", "", "PN", "police_station"),
        ("Bureau - Anywhere", "commissariat_police", "PN", "police_station"),
    ],
)
def test_kinds(name, pivot, institution, kind):
    found = kind_of(name, pivot)
    assert (found.institution, found.kind) == (institution, kind)
    assert found.receives_contact_requests == (kind == "brigade")
