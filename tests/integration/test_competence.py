"""The whole answer, from imported files: the unit, the police, or whom to ask."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from models.queries.competence import find_competent
from models.rules.jurisdiction import Competent, Police, Unknown, Why
from models.rules.opening_hours import Day, TimeRange
from server.importers.communes import import_communes
from server.importers.jurisdictions import import_jurisdictions
from server.importers.units import import_units
from tests.support.reference import COMMUNES, DIRECTORY, EXPORT, JURISDICTIONS, write

DAY = date(2026, 11, 25)


@pytest.fixture
def imported(session):
    import_communes(session, str(COMMUNES))
    import_units(session, str(DIRECTORY))
    import_units(session, str(EXPORT))
    import_jurisdictions(session, str(JURISDICTIONS), on=DAY)
    return session


def test_the_unit_comes_with_what_the_citizen_needs(imported):
    answer = find_competent(imported, "01034", DAY)
    assert isinstance(answer, Competent)
    assert answer.unit.phone == "+33199000000"
    assert answer.unit.address == "1 Rue des Essais"
    assert answer.unit.opening_hours[Day.HOLIDAY] == (TimeRange(540, 720),)
    assert answer.unit.departement == "01"


def test_the_unit_may_be_in_another_departement(imported):
    answer = find_competent(imported, "80533", DAY)
    assert isinstance(answer, Competent)
    assert (answer.commune.departement, answer.unit.departement) == ("80", "76")


def test_the_code_may_be_typed_in_any_case(imported):
    assert find_competent(imported, " 80533 ", DAY) == find_competent(imported, "80533", DAY)


def test_the_police_with_its_station(imported):
    answer = find_competent(imported, "33003", DAY)
    assert isinstance(answer, Police)
    assert answer.station is not None
    assert answer.station.phone == "+33465710005"
    assert answer.service_name == "Commissariat de police de Belley"


def test_the_police_without_a_service(imported):
    answer = find_competent(imported, "75056", DAY)
    assert isinstance(answer, Police)
    assert (answer.station, answer.service_name) == (None, "")


def test_an_arrondissement_is_its_city(imported):
    assert find_competent(imported, "75115", DAY) == find_competent(imported, "75056", DAY)


def test_a_silent_file_gives_the_departements_units_to_call(imported):
    answer = find_competent(imported, "76217", DAY)
    assert isinstance(answer, Unknown)
    assert answer.why is Why.NO_JURISDICTION
    assert 0 < len(answer.candidates) <= 6
    assert {unit.departement for unit in answer.candidates} == {"76"}
    assert all(unit.phone for unit in answer.candidates)


def test_an_unknown_unit_is_said_with_what_the_file_prints(imported):
    answer = find_competent(imported, "42237", DAY)
    assert isinstance(answer, Unknown)
    assert answer.why is Why.UNKNOWN_UNIT
    assert answer.service_name == "Brigade de gendarmerie - Inconnue"
    assert answer.candidates


def test_an_unknown_commune(imported):
    assert find_competent(imported, "99999", DAY) == Unknown(None, Why.UNKNOWN_COMMUNE, ())


@pytest.mark.parametrize("service_id", ["99999999999999999999", "²", "-1", "٣"])
def test_a_strange_service_id_names_nobody(imported, tmp_path, service_id):
    text = JURISDICTIONS.read_text(encoding="utf-8").replace(";999999;", f";{service_id};")
    import_jurisdictions(imported, write(tmp_path, text), on=DAY)
    answer = find_competent(imported, "42237", DAY)
    assert isinstance(answer, Unknown)
    assert answer.why is Why.UNKNOWN_UNIT


def test_every_commune_of_the_real_file_has_an_answer(session, real_data):
    """Without the communes package, those of the file stand in for it: each code is today's."""
    from models.tables import Commune

    path = real_data / "data/SYNTHETIC_competence_territoriale_layout.csv"
    import_units(session, str(real_data / "data/units_dila_2022-01.csv"))
    import_jurisdictions(session, str(path), on=DAY)
    with path.open(encoding="utf-8", newline="") as file:
        sample = list(csv.DictReader(file, delimiter=";"))[::50]
    session.add_all(
        Commune(
            insee=row["code_commune"],
            name=row["libelle_commune"],
            search_name="",
            kind="commune",
            departement=row["code_commune"][:2],
            departement_name="",
            region="",
            population=0,
            postcodes=[row["code_postal"]],
            merged_into=None,
        )
        for row in sample
    )
    session.flush()
    for row in sample:
        answer = find_competent(session, row["code_commune"], DAY)
        if row["institution"] == "PN":
            assert isinstance(answer, Police)
        elif isinstance(answer, Unknown):
            assert answer.why is Why.CONTESTED_UNIT
        else:
            assert isinstance(answer, Competent)
            assert str(answer.unit.id) == row["id_service"]
