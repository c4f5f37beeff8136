"""Pulsar's positions are read from tables as units export them, and every row that is left out is named."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from models.rules.duty import Status
from server.planning import positions as module
from server.planning.errors import PlanningRefused
from server.planning.positions import ColumnMap, Position, read_positions
from tests.unit.planning.calendars import PARIS

SHEET = """NIGEND;Nom;Date;Début;Fin;Position
101234;Petit;25/11/2026;08:00;18h00;Employée
105678;Martin;25/11/2026;18:00;8h;Premier à marcher
"""


def told(text: str | bytes, zone: ZoneInfo = PARIS, **kwargs) -> list[str]:
    octets = text if isinstance(text, bytes) else text.encode()
    return [
        f"{one.agent} {one.starts_at:%Y-%m-%d %H:%M} to {one.ends_at:%m-%d %H:%M} {one.position}"
        for one in read_positions(octets, zone, **kwargs).taken
    ]


EXPECTED = [
    "101234 2026-11-25 07:00 to 11-25 17:00 employed",
    # The night ends on the next day.
    "105678 2026-11-25 17:00 to 11-26 07:00 first_to_go",
]


@pytest.mark.parametrize(
    "octets",
    [
        SHEET.encode(),
        b"\xef\xbb\xbf" + SHEET.encode(),
        SHEET.encode("cp1252"),
        SHEET.replace("\n", "\r\n").encode(),
        SHEET.replace(";", ",").encode(),
        SHEET.replace(";", "\t").encode(),
        SHEET.replace("\n", "\n;;;;;\n").encode(),
        SHEET.replace("Petit", '"Petit\ndit ""le Grand"""').encode(),
        SHEET.replace("25/11/2026", "2026-11-25").encode(),
        SHEET.replace("25/11/2026", "mercredi 25/11/2026").encode(),
        SHEET.upper().replace("H", "h").encode(),
        (SHEET + SHEET.partition("\n")[2]).encode(),
    ],
)
def test_a_daily_sheet_in_every_spelling(octets):
    assert told(octets) == EXPECTED


def test_a_forecast_of_four_weeks():
    forecast = (
        "NIGEND,Date,Date de fin,Position\n1,30/11/2026,06/12/2026,Non employable\n1,07/12/2026,,Complémentaire\n"
    )
    assert told(forecast) == [
        "1 2026-11-29 23:00 to 12-06 23:00 not_employable",
        "1 2026-12-06 23:00 to 12-07 23:00 complementary",
    ]


@pytest.mark.parametrize(
    ("word", "position", "status", "absent"),
    [
        ("Employée", Position.EMPLOYED, Status.AVAILABLE, False),
        ("immédiatement employable", Position.FIRST_TO_GO, Status.FIRST_TO_GO, False),
        ("PREMIER A MARCHER", Position.FIRST_TO_GO, Status.FIRST_TO_GO, False),
        ("complementaire", Position.COMPLEMENTARY, Status.REACHABLE, True),
        ("Différée", Position.DEFERRED, Status.REACHABLE, True),
        ("non  employable", Position.NOT_EMPLOYABLE, Status.OFF_DUTY, True),
    ],
)
def test_what_a_position_means(word, position, status, absent):
    (one,) = read_positions(f"NIGEND;Date;Position\n1;25/11/2026;{word}\n".encode(), PARIS).taken
    assert (one.position, one.status, one.is_absence) == (position, status, absent)


def test_every_position_has_a_meaning():
    assert set(module.STATUSES) == set(Position)
    assert set(module.USUAL_WORDS.values()) == set(Position)


def test_an_administrators_columns_and_words():
    columns = ColumnMap(agent="Matricule", day="Jour", position="Code", since="De", until="À")
    table = "jour;matricule;code;de;a\n25/11/2026;7;P1;8h;12h30\n"
    found = told(table, columns=columns, words={"p1": Position.FIRST_TO_GO})
    assert found == ["7 2026-11-25 07:00 to 11-25 11:30 first_to_go"]


@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [("08:00", "24:00", "11-25 23:00"), ("08:00", "00:00", "11-25 23:00"), ("0h", "24h", "11-25 23:00")],
)
def test_until_midnight(since, until, ends):
    table = f"NIGEND;Date;Début;Fin;Position\n1;25/11/2026;{since};{until};Employée\n"
    assert told(table)[0].endswith(f"to {ends} employed")


def test_a_night_when_the_clocks_go_back_has_an_hour_more():
    table = "NIGEND;Date;Début;Fin;Position\n1;24/10/2026;22h;6h;Employée\n"
    assert told(table) == ["1 2026-10-24 20:00 to 10-25 05:00 employed"]


def test_the_units_own_clock():
    table = "NIGEND;Date;Position\n1;25/11/2026;Employée\n"
    assert told(table, ZoneInfo("Pacific/Noumea")) == ["1 2026-11-24 13:00 to 11-25 13:00 employed"]


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ("1;31/02/2026;8h;12h;Employée", "bad_day"),
        ("1;demain;8h;12h;Employée", "bad_day"),
        ("1;25/11/2026;8h;;Employée", "bad_time"),
        ("1;25/11/2026;25h;26h;Employée", "bad_time"),
        ("1;25/11/2026;matin;soir;Employée", "bad_time"),
        ("1;25/11/2026;8h;12h;En congé", "unknown_position"),
        (";25/11/2026;8h;12h;Employée", "no_agent"),
        ("1;25/11/2026", "short_row"),
        # 2:00 to 2:30 does not exist that night, nor does 2:00 to 3:00.
        ("1;29/03/2026;2h;3h;Employée", "bad_time"),
        ("9;25/11/2026;9h;10h;Employée", "contradiction"),
    ],
)
def test_a_row_that_is_left_out_is_named_and_the_others_stand(row, cause):
    table = f"NIGEND;Date;Début;Fin;Position\n9;25/11/2026;8h;12h;Non employable\n{row}\n8;25/11/2026;8h;12h;Employée\n"
    found = read_positions(table.encode(), PARIS)
    assert [(one.line, one.cause) for one in found.refused] == [(3, cause)]
    assert [one.agent for one in found.taken] == ["8", "9"]
    assert found.read == 3


def test_a_stretch_that_is_too_long():
    found = read_positions(
        b"NIGEND;Date;Date de fin;Position\n1;01/01/2026;31/12/2026;PAM\n1;01/01/2026;31/01/2026;PAM\n", PARIS
    )
    assert [(one.line, one.cause) for one in found.refused] == [(2, "too_long")]
    assert len(found.taken) == 1


def test_lines_are_counted_through_fields_of_several_lines():
    table = 'NIGEND;Nom;Date;Position\n1;"a\nb";25/11/2026;Employée\n\n1;c;never;Employée\n'
    assert [one.line for one in read_positions(table.encode(), PARIS).refused] == [5]


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"<html>", "not_a_table"),
        (b'{"a": 1}', "not_a_table"),
        (b"PK\x03\x04\x00\x00", "not_a_table"),
        (b'NIGEND;Date;Position\n1;"25/11/2026;PAM\n', "not_a_table"),
        (b"Nom;Date;Position\n", "missing_column"),
        (b"NIGEND;Date;Date;Position\n", "missing_column"),
        (b"NIGEND;Date;Position\n1;never;PAM\n", "nothing_understood"),
    ],
)
def test_what_is_no_table_changes_nothing(octets, code):
    with pytest.raises(PlanningRefused) as caught:
        read_positions(octets, PARIS)
    assert caught.value.code == code


def test_a_table_that_is_too_big(monkeypatch):
    rows = len(SHEET.splitlines()) - 1
    assert read_positions(SHEET.encode(), PARIS, most_rows=rows).read == rows
    with pytest.raises(PlanningRefused, match="too_big"):
        read_positions(SHEET.encode(), PARIS, most_rows=rows - 1)
    monkeypatch.setattr(module, "MOST_OCTETS", 10)
    with pytest.raises(PlanningRefused, match="too_big"):
        read_positions(SHEET.encode(), PARIS)


def test_nobody_has_so_many_rows(monkeypatch):
    monkeypatch.setattr(module, "MOST_OF_AGENT", 2)
    table = ["NIGEND;Date;Position", "1;25/11/2026;PAM", "2;25/11/2026;PAM", "1;26/11/2026;PAM"]
    assert len(read_positions("\n".join(table).encode(), PARIS).taken) == 3
    with pytest.raises(PlanningRefused, match="too_big") as refused:
        read_positions("\n".join([*table, "1;27/11/2026;PAM"]).encode(), PARIS)
    assert refused.value.line == 5


@pytest.mark.parametrize("order", [1, -1])
def test_a_contradiction_is_found_among_many_rows_in_any_order(order):
    rows = [f"1;{day:02}/11/2026;Employée" for day in range(1, 31)]
    table = ["NIGEND;Date;Position", *rows[::order], "1;15/11/2026;PAM", "1;16/11/2026;Employée"]
    found = read_positions("\n".join(table).encode(), PARIS)
    assert (len(found.taken), [(one.line, one.cause) for one in found.refused]) == (30, [(32, "contradiction")])


def test_a_table_without_rows_says_nothing():
    assert read_positions(b"NIGEND;Date;Position\n", PARIS).taken == ()
