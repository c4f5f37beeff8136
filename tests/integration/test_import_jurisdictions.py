"""Importing who is competent: what changes, from when, and what is only reported."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from models.queries.competence import find_competent
from models.rules.jurisdiction import Competent, Unknown, Why
from models.tables import Jurisdiction
from server.importers.communes import import_communes
from server.importers.jurisdictions import import_jurisdictions
from server.importers.report import FileRefused
from server.importers.units import import_units
from tests.support.reference import COMMUNES, EXPORT, JURISDICTIONS, lines_of, write

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)


def dates(session, insee: str) -> list[tuple[str, date | None, date | None]]:
    found = session.execute(
        select(Jurisdiction.service_id, Jurisdiction.valid_from, Jurisdiction.valid_until)
        .where(Jurisdiction.commune_insee == insee)
        .order_by(Jurisdiction.id)
    )
    return [tuple(row) for row in found]


def edited(tmp_path, *changes: tuple[str, str]) -> str:
    text = JURISDICTIONS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return write(tmp_path, text)


def test_the_counts_add_up_and_a_second_time_changes_nothing(session):
    first = import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    assert (first.read, first.created, first.changed, first.unchanged, first.ended) == (13, 11, 0, 0, 0)
    assert [(finding.line, finding.cause) for finding in first.rejected] == [
        (13, "institution is neither GN nor PN: XX"),
        (14, "repeats line 3 (80039)"),
    ]
    second = import_jurisdictions(session, str(JURISDICTIONS), on=TUESDAY)
    assert (second.created, second.changed, second.unchanged, second.ended) == (0, 0, 11, 0)
    assert second.missing == []


def test_the_first_row_of_a_commune_holds_for_the_days_before_too(session):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    assert dates(session, "80533") == [("900003", None, None)]


def test_a_change_ends_the_old_row_on_its_day(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    path = edited(tmp_path, ("80533;Mers-les-Bains;GN;900003", "80533;Mers-les-Bains;GN;900002"))
    report = import_jurisdictions(session, path, on=WEDNESDAY)
    assert (report.created, report.changed, report.unchanged, report.ended) == (0, 1, 10, 1)
    assert dates(session, "80533") == [("900003", None, WEDNESDAY), ("900002", WEDNESDAY, None)]


def test_a_second_import_on_one_day_corrects_the_first(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    wrong = edited(tmp_path, ("80533;Mers-les-Bains;GN;900003", "80533;Mers-les-Bains;GN;900002"))
    import_jurisdictions(session, wrong, on=WEDNESDAY)
    import_jurisdictions(session, str(JURISDICTIONS), on=WEDNESDAY)
    assert dates(session, "80533")[0] == ("900003", None, WEDNESDAY)
    assert dates(session, "80533")[1:] == [("900003", WEDNESDAY, None)]


def test_a_second_unit_that_leaves_the_file_ends(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    second = [line for line in lines_of(JURISDICTIONS) if "67482" in line][1]
    report = import_jurisdictions(session, edited(tmp_path, (second, "")), on=WEDNESDAY)
    assert report.ended == 1
    assert dates(session, "67482") == [("900004", None, None), ("900005", None, WEDNESDAY)]


def test_a_new_name_of_the_service_is_no_new_service(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    report = import_jurisdictions(
        session, edited(tmp_path, ("Brigade de gendarmerie - Inconnue", "Brigade du Gier")), on=TUESDAY
    )
    assert (report.changed, report.ended) == (1, 0)
    assert dates(session, "42237") == [("999999", None, None)]


def test_a_commune_that_the_file_leaves_out_is_kept_and_reported(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    line = next(line for line in lines_of(JURISDICTIONS) if line.startswith("75056"))
    report = import_jurisdictions(session, edited(tmp_path, (line, "")), on=TUESDAY)
    assert report.missing == ["75056"]
    assert dates(session, "75056") == [("", None, None)]


def test_a_file_older_than_the_one_in_force_is_refused(session, tmp_path):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    path = edited(tmp_path, ("80533;Mers-les-Bains;GN;900003", "80533;Mers-les-Bains;GN;900002"))
    import_jurisdictions(session, path, on=WEDNESDAY)
    with pytest.raises(FileRefused, match="already in force from 2026-11-25"):
        import_jurisdictions(session, str(JURISDICTIONS), on=TUESDAY)


def test_what_the_other_imports_do_not_know_is_reported_and_kept(session):
    import_communes(session, str(COMMUNES))
    import_units(session, str(EXPORT))
    report = import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    assert [(finding.line, finding.cause) for finding in report.repaired] == [
        (8, "42237: unit 999999 is not known; taken as printed"),
        (9, "33003: unit commissariat_police-01034-05 is not known; taken as printed"),
    ]
    assert report.created == 11


def test_a_dry_run_reports_and_changes_nothing(session):
    assert import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY, dry_run=True).created == 11
    assert session.scalar(select(func.count()).select_from(Jurisdiction)) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!doctype html><p>Erreur", "web page"),
        ("code_commune;institution\n01034;GN\n", "not a file of jurisdictions: it lacks id_service, service"),
        ("".join(lines_of(JURISDICTIONS)[:5])[:-40], "cut off"),
        (lines_of(JURISDICTIONS)[0] + "x;y;z;1;2;3;4\r\n", "more than 20%"),
        (lines_of(JURISDICTIONS)[0], "no rows"),
        ("".join(lines_of(JURISDICTIONS)[:3]), "is it cut off"),
    ],
)
def test_a_file_that_is_not_what_it_claims_changes_nothing(session, tmp_path, content, reason):
    import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY)
    with pytest.raises(FileRefused, match=reason):
        import_jurisdictions(session, write(tmp_path, content), on=WEDNESDAY)
    assert session.scalar(select(func.count()).where(Jurisdiction.valid_until.is_not(None))) == 0
    assert session.scalar(select(func.count()).select_from(Jurisdiction)) == 11


def test_the_real_jurisdictions_twice(session, real_data):
    path = str(real_data / "data/SYNTHETIC_competence_territoriale_layout.csv")
    first = import_jurisdictions(session, path, on=MONDAY)
    assert (first.read, first.created, first.rejected) == (34_910, 34_910, [])
    second = import_jurisdictions(session, path, on=TUESDAY)
    assert (second.created, second.changed, second.unchanged, second.ended) == (0, 0, 34_910, 0)
    assert second.missing == []


@pytest.mark.parametrize("order", [("units", "communes", "jurisdictions"), ("jurisdictions", "communes", "units")])
def test_the_order_of_the_imports_does_not_matter(session, order):
    imports = {
        "units": lambda: import_units(session, str(EXPORT)),
        "communes": lambda: import_communes(session, str(COMMUNES)),
        "jurisdictions": lambda: import_jurisdictions(session, str(JURISDICTIONS), on=MONDAY),
    }
    for name in order:
        imports[name]()
    session.expire_all()
    mers = find_competent(session, "80533", WEDNESDAY)
    assert isinstance(mers, Competent)
    assert mers.unit.name == "Brigade de gendarmerie - Le Tréport"
    merged = find_competent(session, "01340", WEDNESDAY)
    assert isinstance(merged, Competent)
    assert merged.commune.name == "Arboys en Bugey"
    several = find_competent(session, "67482", WEDNESDAY)
    assert isinstance(several, Unknown)
    assert several.why is Why.SEVERAL_UNITS
