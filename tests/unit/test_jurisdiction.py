"""Who is competent: the file decides, and what it leaves open is said."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.rules.candidates import distance_km
from models.rules.jurisdiction import Competent, Police, Unknown, Why, competent, todays_commune
from models.rules.territory import CommuneFacts, JurisdictionFacts, UnitFacts

TODAY = date(2026, 11, 25)


def commune(insee, name="", postcodes=(), merged_into=None) -> Any:
    return CommuneFacts(insee, name or insee, insee[:2], "", postcodes, merged_into)


def unit(id_: int, name: str, insee: str, postcode: str, lat: float, lon: float, **more) -> UnitFacts:
    facts = UnitFacts(id_, None, name, "brigade", "GN", insee, insee[:2], postcode, latitude=lat, longitude=lon)
    return replace(facts, **{"phone": "+33465710001", "phone_as_printed": "04 65 71 00 01", **more})


MERS = commune("80533", "Mers-les-Bains", ("80350",))
LE_TREPORT = unit(1, "Brigade de gendarmerie - Le Tréport", "76711", "76470", 50.06, 1.37)
AULT = unit(2, "Brigade de gendarmerie - Ault", "80039", "80460", 50.10, 1.45)
AMIENS = unit(3, "Brigade de gendarmerie - Amiens", "80021", "80000", 49.89, 2.30)
STATION = unit(
    -1, "Commissariat de police de Dieppe", "76217", "76200", 49.92, 1.08,
    institution="PN", kind="police_station", directory_id="commissariat_police-76217-01",
    receives_contact_requests=False,
)  # fmt: skip
UNITS = [AULT, AMIENS, LE_TREPORT, STATION]


def row(insee, service_id, institution="GN", name="", since=None, until=None) -> Any:
    return JurisdictionFacts(insee, institution, service_id, name, since, until)


def ask(rows, insee="80533", communes=(MERS,), units=UNITS, on=TODAY, near=None) -> Any:
    return competent(insee, {one.insee: one for one in communes}, rows, units, on=on, near=near)


def test_mers_les_bains_belongs_to_le_treport_over_the_border_of_the_departement():
    assert ask([row("80533", "1")]) == Competent(MERS, LE_TREPORT)


def test_a_silent_file_gives_candidates_and_never_the_nearest_as_competent():
    answer = ask([])
    assert isinstance(answer, Unknown)
    assert answer.why is Why.NO_JURISDICTION
    assert answer.candidates == (AMIENS, AULT), (
        "the département's, in a fixed order; nothing tells where the commune is"
    )
    assert ask([], near=(50.06, 1.39)).candidates == (AULT, AMIENS)


def test_an_unknown_commune():
    assert ask([], insee="99999") == Unknown(None, Why.UNKNOWN_COMMUNE, ())


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        (date(2026, 11, 26), None, Why.NOT_IN_FORCE),
        (None, TODAY, Why.NOT_IN_FORCE),
        (TODAY, None, None),
        (None, date(2026, 11, 26), None),
    ],
)
def test_dates_count(since, until, why):
    answer = ask([row("80533", "1", since=since, until=until)])
    assert getattr(answer, "why", None) is why


def test_a_change_takes_effect_on_its_day():
    rows = [row("80533", "1", until=TODAY), row("80533", "2", since=TODAY)]
    assert ask(rows, on=date(2026, 11, 24)) == Competent(MERS, LE_TREPORT)
    assert ask(rows) == Competent(MERS, AULT)


def test_a_unit_that_nobody_imported():
    answer = ask([row("80533", "404", name="Brigade de gendarmerie - Ault")])
    assert isinstance(answer, Unknown)
    assert answer.why is Why.UNKNOWN_UNIT
    assert answer.service_name == "Brigade de gendarmerie - Ault"
    assert answer.candidates[0] == AULT, "the one of that very name leads, and is only a candidate"


def test_a_gendarmerie_row_without_any_unit():
    assert ask([row("80533", "")]).why is Why.UNKNOWN_UNIT


def test_two_units_for_one_commune():
    answer = ask([row("80533", "1"), row("80533", "3")])
    assert answer.why is Why.SEVERAL_UNITS
    assert answer.candidates[:2] == (LE_TREPORT, AMIENS), "the two that the file names lead"


def test_two_institutions_for_one_commune():
    assert ask([row("80533", "1"), row("80533", "", "PN")]).why is Why.SEVERAL_INSTITUTIONS


def test_the_police_with_its_station():
    answer = ask([row("80533", "commissariat_police-76217-01", "PN", "Commissariat de police de Dieppe")])
    assert answer == Police(MERS, "Commissariat de police de Dieppe", STATION)


def test_the_police_without_a_service():
    assert ask([row("80533", "", "PN")]) == Police(MERS, "", None)


def test_the_id_of_another_institution_names_nobody():
    assert ask([row("80533", "1", "PN", "Commissariat")]) == Police(MERS, "Commissariat", None)


def test_a_negative_number_is_no_public_id():
    assert ask([row("80533", "-1", "PN")]) == Police(MERS, "", None)


def test_a_unit_that_takes_no_requests():
    motorised = replace(LE_TREPORT, kind="motorised", receives_contact_requests=False)
    answer = ask([row("80533", "1")], units=[motorised, AULT])
    assert answer.why is Why.UNIT_TAKES_NO_REQUESTS
    assert motorised not in answer.candidates


def test_a_contested_id_needs_the_full_name():
    contested = replace(LE_TREPORT, id_is_contested=True)
    units = [contested, AULT]
    assert ask([row("80533", "1", name="Brigade de Gendarmerie  - Le Treport")], units=units) == Competent(
        MERS, contested
    )
    answer = ask([row("80533", "1", name="Brigade de gendarmerie - Ault")], units=units)
    assert answer.why is Why.CONTESTED_UNIT
    assert answer.candidates[0] == AULT


def test_a_merged_commune_is_its_commune_of_today():
    old = commune("80999", "Mers", merged_into="80533")
    for insee in ("80533", "80999"):
        assert ask([row("80999", "1")], insee=insee, communes=(MERS, old)) == Competent(MERS, LE_TREPORT)


def test_rows_that_agree_survive_a_merger_and_rows_that_do_not_are_not_guessed_from():
    old = commune("80999", "Mers", merged_into="80533")
    communes = (MERS, old)
    assert ask([row("80533", "1"), row("80999", "1")], communes=communes) == Competent(MERS, LE_TREPORT)
    assert ask([row("80533", "1"), row("80999", "2")], communes=communes).why is Why.SEVERAL_UNITS


def test_a_row_of_another_commune_is_not_used():
    assert ask([row("80039", "2")], communes=(MERS, commune("80039"))).why is Why.NO_JURISDICTION


def test_a_broken_history_leads_nowhere():
    circle = {"1": commune("1", merged_into="2"), "2": commune("2", merged_into="1")}
    assert todays_commune("1", circle) is None
    assert todays_commune("3", {"3": commune("3", merged_into="4")}) is None


def test_candidates_can_be_called_and_come_in_the_same_order_every_time():
    silent = replace(AMIENS, phone=None, phone_as_printed="")
    assert ask([], units=[silent, AULT]).candidates == (AULT,)
    assert ask([], units=[AULT, AMIENS]) == ask([], units=[AMIENS, AULT])


def test_the_units_of_the_postcode_lead_those_of_the_departement():
    here = replace(AMIENS, id=9, postcode="80350", name="Z")
    answer = ask([], units=[AULT, AMIENS, here])
    assert answer.candidates[0] == here


def test_distance():
    assert distance_km((48.8566, 2.3522), (45.7640, 4.8357)) == pytest.approx(392, abs=3)
    assert distance_km((50.0, 1.0), (50.0, 1.0)) == 0


def test_the_official_text_is_followed_to_the_letter(real_data):
    """26 communes of décret 2004-1356; the nearest of the two brigades is wrong for some, the file for none."""
    records = json.loads((real_data / "data/gn_real_records.json").read_text(encoding="utf-8"))
    text = {name: value for name, value in records["jorf_competence"].items() if name != "source"}
    with (real_data / "data/SYNTHETIC_competence_territoriale_layout.csv").open(encoding="utf-8", newline="") as file:
        codes = {
            (line["libelle_commune"].replace("É", "E"), line["code_commune"][:2]): line["code_commune"]
            for line in csv.DictReader(file, delimiter=";")
        }
    brigades = {"Le Tréport (76)": LE_TREPORT, "Ault (80)": AULT}
    rows, communes, expected = [], [], {}
    for territory, names in text.items():
        for name in names:
            insee = codes.get((name.replace("É", "E"), "76")) or codes[(name.replace("É", "E"), "80")]
            if name == "Mers-les-Bains":
                insee = codes[name, "80"]
            communes.append(commune(insee, name))
            rows.append(row(insee, str(brigades[territory].id), name=brigades[territory].name))
            expected[insee] = brigades[territory]
    assert len(expected) == 26
    for insee, brigade in expected.items():
        answer = ask(rows, insee=insee, communes=communes)
        assert isinstance(answer, Competent)
        assert answer.unit == brigade
    assert expected["80533"] == LE_TREPORT
