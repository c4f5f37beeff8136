"""Every spelling met in the field, and every kind of dirt."""

from __future__ import annotations

import csv
import gzip
import json

import pytest

from models.rules.opening_hours import ALWAYS_OPEN, UNKNOWN_WEEK, Day, TimeRange, print_hours
from models.rules.opening_hours_reading import ProblemKind, read_columns, read_hours, read_minutes

MORNING = TimeRange(8 * 60, 12 * 60)
AFTERNOON = TimeRange(14 * 60, 18 * 60)
BOTH = (MORNING, AFTERNOON)

SPELLINGS = {
    "ministry, without separators": " Lundi : 8h00-12h00 14h00-18h00 Mardi : 14h00-18h00",
    "ministry, with $": "$Lundi : 8h00-12h00 14h00-18h00$Mardi : 14h00-18h00",
    "directory": "lundi-lundi 08:00-12:00,14:00-18:00;mardi-mardi 14:00-18:00",
    "directory, other order": "mardi-mardi 14:00-18:00;lundi-lundi 14:00-18:00,08:00-12:00",
    "prose": "Le lundi de 8h à 12h et de 14h à 18h, le mardi de 14h à 18h.",
    "upper case without accents": "LUNDI : 8H00-12H00 14H00-18H00 MARDI : 14H00-18H00",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_all_spellings_say_the_same(text):
    parsed = read_hours(text)
    assert parsed.problems == ()
    assert parsed.weekly[Day.MONDAY] == BOTH
    assert parsed.weekly[Day.TUESDAY] == (AFTERNOON,)
    assert parsed.weekly[Day.SUNDAY] == (), "a week that names some days says that the others are closed"
    assert parsed.weekly[Day.HOLIDAY] is None, "holidays that nobody mentions are not known"


def test_the_columns_say_the_same_as_the_text():
    row = {
        "lundi_plage1_debut": "8h00", "lundi_plage1_fin": "12h00",
        "lundi_plage2_debut": "14h00", "lundi_plage2_fin": "18h00", "lundi_plage3_debut": "",
        "jours_feries_plage1_debut": "9h00", "jours_feries_plage1_fin": "12h00", "service": "Brigade",
    }  # fmt: skip
    assert read_columns(row) == read_hours("$Lundi : 8h00-12h00 14h00-18h00$Jours Fériés : 9h00-12h00")


def test_the_xml_of_the_directory():
    text = (
        '<Ouverture>\n <PlageJ début="lundi" fin="mardi">\n <PlageH début="08:00:00" fin="12:00:00" />\n'
        ' <PlageH début="14:00:00" fin="18:00:00" />\n </PlageJ>\n</Ouverture>'
    )
    parsed = read_hours(text)
    assert parsed.weekly[Day.MONDAY] == parsed.weekly[Day.TUESDAY] == BOTH
    assert parsed.weekly[Day.WEDNESDAY] == ()
    assert parsed.problems == ()


@pytest.mark.parametrize("text", ["24h/24 - 7j/7", "24h/24", "24/24 7/7", "24h/24h, 7j/7j"])
def test_open_day_and_night(text):
    assert read_hours(text).weekly == ALWAYS_OPEN


@pytest.mark.parametrize("text", ["", "   ", "$"])
def test_nothing_printed_is_not_known(text):
    assert read_hours(text).weekly == UNKNOWN_WEEK
    assert read_hours(text).problems == ()


def test_spans_lists_and_closures():
    weekly = read_hours("Du lundi au mercredi : 8h00-12h00. Jeudi et vendredi : 14h00-18h00. Samedi : fermé").weekly
    assert [weekly[Day(day)] for day in range(6)] == [(MORNING,)] * 3 + [(AFTERNOON,)] * 2 + [()]


def test_a_holiday_row_is_no_closure():
    assert read_hours("$Jours Fériés : 9h00-12h00").weekly[Day.HOLIDAY] == (TimeRange(540, 720),)
    assert read_hours("$Lundi : 8h00-12h00$Jours Fériés : fermé").weekly[Day.HOLIDAY] == ()


def test_midnight_ends_the_day():
    assert read_hours("Lundi : 14h00-24h00").weekly == read_hours("Lundi : 14h00-0h00").weekly
    assert read_hours("Lundi : 14h00-0h00").problems == ()


DIRT = [
    ("Lundi : 8h00-12h00 11h00-18h00", ProblemKind.OVERLAP, (TimeRange(480, 1080),)),
    ("lundi-lundi 14:00-18:00;lundi-lundi 14:00-18:00", ProblemKind.OVERLAP, (AFTERNOON,)),
    ("Lundi : 8h00-12h00 16h00-16h00", ProblemKind.EMPTY_RANGE, (MORNING,)),
    ("Lundi : 16h00-16h00", ProblemKind.EMPTY_RANGE, None),
    ("Lundi : 18h00-14h00", ProblemKind.REVERSED_RANGE, None),
    ("Lundi : 8h00-12h00 18h00-14h00", ProblemKind.REVERSED_RANGE, (MORNING,)),
    ("Lundi : 22h00-2h00", ProblemKind.BEYOND_MIDNIGHT, (TimeRange(1320, 1440),)),
    ("Lundi : 8h75-12h00", ProblemKind.UNREADABLE_TIME, None),
    ("Lundi : 25h00-26h00", ProblemKind.UNREADABLE_TIME, None),
    ("Lundi : 24h30-25h00", ProblemKind.UNREADABLE_TIME, None),
    ("8h00-12h00", ProblemKind.UNKNOWN_DAY, None),
    ("Lundi : Mardi : 8h00-12h00", ProblemKind.DAY_WITHOUT_HOURS, None),
    ("Lundi :", ProblemKind.DAY_WITHOUT_HOURS, None),
    ("lundi-lundi;mardi-mardi 08:00-12:00", ProblemKind.DAY_WITHOUT_HOURS, None),
    ("Lundi : 8h00-12h00 sauf vacances", ProblemKind.UNREADABLE_TEXT, (MORNING,)),
    ("sur rendez-vous", ProblemKind.UNREADABLE_TEXT, None),
    ("samedi-lundi 08:00-12:00", ProblemKind.REVERSED_DAYS, (MORNING,)),
    ('<PlageJ début="lundi" fin="lunedi">…</PlageJ>', ProblemKind.UNKNOWN_DAY, None),
    ('<PlageJ début="lundi" fin="lundi"></PlageJ>', ProblemKind.DAY_WITHOUT_HOURS, None),
]


@pytest.mark.parametrize(("text", "kind", "monday"), DIRT)
def test_dirt_is_named_and_the_rest_is_kept(text, kind, monday):
    parsed = read_hours(text)
    assert kind in {problem.kind for problem in parsed.problems}
    assert parsed.weekly[Day.MONDAY] == monday


def test_a_night_goes_on_on_the_next_row():
    parsed = read_hours("Dimanche : 22h00-2h00")
    assert parsed.weekly[Day.SUNDAY] == (TimeRange(1320, 1440),)
    assert parsed.weekly[Day.MONDAY] == (TimeRange(0, 120),)


def test_a_problem_reads_as_a_sentence():
    [problem] = read_hours("Lundi : 18h00-14h00").problems
    assert str(problem) == "monday: range ends before it starts (18h00-14h00)"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("8h00", 480), ("8h", 480), ("08:30", 510), ("08:30:00", 510), ("24:00", 1440), ("24:01", None), ("8h60", None)],
)
def test_times_of_day(text, minutes):
    assert read_minutes(text) == minutes


def test_every_town_hall_schedule_is_read(real_data):
    with gzip.open(real_data / "data/town_halls_dila_2022-01.csv.gz", "rt", encoding="utf-8", newline="") as file:
        schedules = {row["ouverture"] for row in csv.DictReader(file)}
    assert len(schedules) == 24_360
    named = 0
    for text in schedules:
        parsed = read_hours(text)
        named += bool(parsed.problems)
        assert parsed.weekly.is_known == bool(text), text
        assert {problem.kind for problem in parsed.problems} <= {ProblemKind.OVERLAP, ProblemKind.EMPTY_RANGE}, text
        assert read_hours(print_hours(parsed.weekly)).weekly == parsed.weekly
    # Counted apart from this parser: 20 schedules with ranges that overlap, 5 with a range without length.
    assert named == 25


def test_text_and_columns_of_the_ministrys_layout_agree(real_data):
    path = real_data / "data/SYNTHETIC_HOURS_units_export_gn2_layout.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            assert read_hours(row["horaires_accueil"]) == read_columns(row)


def test_the_real_records_of_the_ministry_are_clean(real_data):
    records = json.loads((real_data / "data/gn_real_records.json").read_text(encoding="utf-8"))
    texts = [one["horaires_accueil"] for one in records["export_gn2_json"]]
    texts += [one["horaires"] for one in records["horaires_dollar_format"]]
    for text in texts:
        assert read_hours(text).problems == (), text
    ornex = read_hours(records["export_gn2_json"][0]["horaires_accueil"]).weekly
    assert ornex[Day.WEDNESDAY] == (AFTERNOON,)
    assert ornex[Day.SUNDAY] == (TimeRange(540, 720), TimeRange(900, 1080))
