"""Importing units: every kind of dirt, twice in a row, and files that are not what they claim."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models.rules.opening_hours import ALWAYS_OPEN, Day, TimeRange, from_json
from models.tables import Unit
from server.importers.report import FileRefused
from server.importers.units import import_units
from tests.support.reference import DIRECTORY, EXPORT, lines_of, write


def by_id(session, number: int) -> Unit:
    unit: Unit = session.get_one(Unit, number, populate_existing=True)
    return unit


def rows(session) -> int:
    return int(session.scalar(select(func.count()).select_from(Unit)))


def test_the_counts_add_up_and_a_second_time_changes_nothing(session):
    first = import_units(session, str(EXPORT))
    assert (first.read, first.created, first.changed, first.unchanged) == (37, 30, 0, 0)
    assert first.layout == "export"
    second = import_units(session, str(EXPORT))
    assert (second.created, second.changed, second.unchanged) == (0, 0, 30)
    assert second.rejected == first.rejected
    assert second.missing == []


def test_each_rejected_row_has_its_line_and_cause(session):
    report = import_units(session, str(EXPORT))
    # One field above holds a line break, so that lines and rows have parted.
    assert [(finding.line, finding.cause) for finding in report.rejected] == [
        (33, "no public unit id"),
        (34, "public unit id is 0"),
        (35, "public unit id is not a number: abc"),
        (36, "repeats line 2 (Brigade de gendarmerie - Belley)"),
        (37, "Brigade de gendarmerie - Ailleurs has the id 900002 of Brigade de gendarmerie - Ault at line 3"),
        (38, "not an INSEE code: INCONNU"),
        (39, "no name"),
    ]
    assert by_id(session, 900002).id_is_contested


def test_each_repair_is_named(session):
    report = import_units(session, str(EXPORT))
    causes = "\n".join(map(str, report.repaired))
    for part in (
        "ranges of one day overlap (11h00-18h00)",
        "range ends before it starts (18h00-14h00)",
        "coordinates were swapped: 4.45 45.45",
        "the same number: 44.92 44.92",
        "lost its leading zero: 1034",
        "several telephone numbers",
        "not understood: voir affichage",
    ):
        assert part in causes, part
    assert len(report.repaired) == 7


def test_values_as_stored(session):
    import_units(session, str(EXPORT))
    belley = by_id(session, 900001)
    assert (belley.name, belley.kind, belley.institution) == ("Brigade de gendarmerie - Belley", "brigade", "GN")
    assert (belley.phone, belley.phone_as_printed) == ("+33199000000", "01 99 00 00 00")
    assert (belley.commune_insee, belley.postcode, belley.commune_name) == ("01034", "01300", "Belley")
    assert (belley.latitude, belley.longitude) == (45.75, 5.68)
    assert belley.receives_contact_requests
    assert not belley.id_is_contested
    week = from_json(belley.opening_hours)
    assert week[Day.MONDAY] == (TimeRange(480, 720), TimeRange(840, 1080))
    assert week[Day.TUESDAY] == ()
    assert week[Day.HOLIDAY] == (TimeRange(540, 720),)
    assert from_json(by_id(session, 900003).opening_hours) == ALWAYS_OPEN
    assert by_id(session, 900004).opening_hours is None, "nothing printed is not known"
    assert from_json(by_id(session, 900005).opening_hours)[Day.MONDAY] == week[Day.MONDAY], "hours in columns"
    assert by_id(session, 900007).address == "Caserne des Essais\n7 avenue François Mitterrand"
    assert (by_id(session, 900008).latitude, by_id(session, 900008).longitude) == (45.45, 4.45)
    assert by_id(session, 900009).latitude is None
    assert by_id(session, 900010).commune_insee == "01034"
    assert by_id(session, 900012).phone is None
    assert by_id(session, 900012).phone_as_printed == "3430"


@pytest.mark.parametrize(
    ("number", "kind"), [(900013, "motorised"), (900014, "recruiting_centre"), (900015, "seasonal_post")]
)
def test_units_that_take_no_requests(session, number, kind):
    import_units(session, str(EXPORT))
    unit = by_id(session, number)
    assert (unit.kind, unit.receives_contact_requests) == (kind, False)


@pytest.mark.parametrize(
    ("number", "time_zone", "holiday_zone"),
    [
        (900017, "Pacific/Marquesas", "Polynésie Française"),
        (900018, "Indian/Reunion", "La Réunion"),
        (900019, "Europe/Paris", "Alsace-Moselle"),
    ],
)
def test_zones(session, number, time_zone, holiday_zone):
    import_units(session, str(EXPORT))
    unit = by_id(session, number)
    assert (unit.time_zone, unit.holiday_zone) == (time_zone, holiday_zone)


def test_the_directory_layout(session):
    report = import_units(session, str(DIRECTORY))
    assert report.layout == "directory"
    assert (report.read, report.created, report.rejected) == (9, 9, [])
    station = session.scalars(select(Unit).where(Unit.directory_id == "commissariat_police-01034-05")).one()
    assert station.id < 0
    assert (station.institution, station.kind, station.receives_contact_requests) == ("PN", "police_station", False)
    assert station.email == "accueil@police.example"
    assert from_json(station.opening_hours)[Day.FRIDAY] == (TimeRange(480, 720),)
    assert by_id(session, 900107).kind == "motorised"
    again = import_units(session, str(DIRECTORY))
    assert (again.created, again.changed, again.unchanged) == (0, 0, 9), "a station keeps its number"


def test_a_unit_whose_id_is_taken_is_kept_under_its_directory_id(session):
    report = import_units(session, str(DIRECTORY))
    other = session.scalars(select(Unit).where(Unit.name == "Brigade de gendarmerie - Cinq-Essais")).one()
    assert other.id < 0
    assert other.id_is_contested
    assert by_id(session, 900001).id_is_contested
    assert [finding.line for finding in report.repaired] == [15]
    assert "kept under its directory id only" in report.repaired[0].cause


def test_one_source_does_not_erase_what_only_the_other_knows(session):
    import_units(session, str(DIRECTORY))
    report = import_units(session, str(EXPORT))
    assert by_id(session, 900001).directory_id == "gendarmerie-01034-00"
    assert report.missing == ["900107 Gendarmerie - Brigade motorisée - Le Tréport"]
    assert by_id(session, 900107) is not None, "what is missing is kept"


def test_a_directory_id_that_moved_to_another_unit(session, tmp_path):
    import_units(session, str(DIRECTORY))
    text = DIRECTORY.read_text(encoding="utf-8")
    swapped = text.replace(",900002,", ",X,").replace(",900003,", ",900002,").replace(",X,", ",900003,")
    report = import_units(session, write(tmp_path, swapped))
    assert report.changed == 2
    assert by_id(session, 900002).directory_id == "gendarmerie-76711-02"


def test_a_changed_row_is_counted_and_stored(session, tmp_path):
    import_units(session, str(EXPORT))
    path = write(tmp_path, EXPORT.read_text(encoding="utf-8-sig").replace("01 99 00 00 00", "01 99 00 00 50"))
    report = import_units(session, path)
    assert (report.created, report.changed, report.unchanged) == (0, 1, 29)
    assert by_id(session, 900001).phone == "+33199000050"


def test_a_dry_run_reports_and_changes_nothing(session):
    report = import_units(session, str(EXPORT), dry_run=True)
    assert (report.created, report.dry_run) == (30, True)
    assert rows(session) == 0


def test_a_file_that_lacks_too_much_is_refused_unless_it_is_meant(session, tmp_path):
    import_units(session, str(EXPORT))
    part = write(tmp_path, "".join(lines_of(EXPORT)[:6]))
    with pytest.raises(FileRefused, match=r"lacks 2[0-9] of the .* known so far"):
        import_units(session, part)
    report = import_units(session, part, accept_missing=True)
    assert (report.changed, report.unchanged) == (1, 4), "the id that was contested no longer is"
    assert rows(session) == 30


HEADER = lines_of(EXPORT)[0]
REFUSED = {
    "a web page": ("<html><body>502</body></html>", "web page"),
    "nothing": ("", "is empty"),
    "only a header": (HEADER, "no rows"),
    "other columns": ("a;b\n1;2\n", "not a file of units: it lacks"),
    "cut off within a row": ("".join(lines_of(EXPORT)[:20])[:-60], "cut off"),
    "too many bad rows": (HEADER + "".join(lines_of(EXPORT)[-7:]), "more than 20%"),
    "Latin-1": (EXPORT.read_text(encoding="utf-8-sig").encode("latin-1", "replace"), "Latin-1"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_not_what_it_claims_changes_nothing(session, tmp_path, content, reason):
    import_units(session, str(EXPORT))
    before = session.scalars(select(Unit.updated_from)).all()
    with pytest.raises(FileRefused, match=reason):
        import_units(session, write(tmp_path, content))
    assert session.scalars(select(Unit.updated_from)).all() == before


def test_the_real_units_twice(session, real_data):
    path = str(real_data / "data/SYNTHETIC_HOURS_units_export_gn2_layout.csv")
    first = import_units(session, path)
    assert (first.read, first.created, len(first.rejected)) == (3054, 3051, 3)
    assert all("has the id" in finding.cause for finding in first.rejected)
    second = import_units(session, path)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 3051)


def test_the_real_directory_twice(session, real_data):
    path = str(real_data / "data/units_dila_2022-01.csv")
    first = import_units(session, path)
    assert (first.read, first.created, first.rejected) == (4086, 4086, [])
    kinds = dict(session.execute(select(Unit.kind, func.count()).group_by(Unit.kind)).all())
    assert kinds == {"brigade": 3054, "motorised": 426, "police_station": 606}
    second = import_units(session, path)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 4086)
