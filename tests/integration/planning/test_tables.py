"""Tables of positions handed in: whose they are about, what stands, and what comes of them for the whole unit."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.tables import DutyStatus, Event
from tests.support.plannings import absences_of, add_planning, planning_of, write
from tests.support.positions import HEAD, duties, hand_in, paris
from tests.support.seed import NOW


def test_a_table_becomes_service_positions_and_absences(brigade, chief, mine, daily):
    answer = hand_in(
        chief,
        daily,
        "0123456;24/11/2026;Employée;8h;18h",
        f"{brigade.petit.login};24/11/2026;PAM;;",
        "123456;25/11/2026;Non employable;;",
    )
    assert (answer.status_code, answer.json) == (
        200,
        {"read": 3, "taken": 3, "refused_count": 0, "refused": [], "unknown_agents": 0},
    )
    assert duties(brigade.database, brigade.martin) == [
        ("available", paris(24, 8), paris(24, 18)),
        ("off_duty", paris(25), paris(26)),
    ]
    assert duties(brigade.database, brigade.petit) == [("first_to_go", paris(24), paris(25))]
    assert absences_of(brigade.database, daily) == {(paris(25), paris(26))}
    mine.pull()
    assert [one["status"] for one in mine.docs[f"duty/{brigade.martin.id}"]["stretches"]] == ["off_duty", "available"]
    [absence] = [body for key, body in mine.docs.items() if key.startswith("absence/")]
    assert (absence["agent"]["name"], absence["planning"]["name"]) == ("Adj. Martin", "Feuille du jour")
    found = planning_of(chief, daily)
    assert (found["state"], found["entries_read"], found["succeeded_at"]) == ("fresh", 3, NOW.isoformat())
    with brigade.database.transaction() as session:
        [event] = session.scalars(select(Event).where(Event.name == "planning_read")).all()
    assert (event.agent_id, event.data["came"], event.data["went"]) == (brigade.roux.id, 4, 0)


def test_rows_about_strangers_are_named_and_the_others_count(brigade, chief, daily):
    answer = hand_in(
        chief,
        daily,
        "123456;24/11/2026;Employée;;",
        "999999;24/11/2026;Employée;;",
        f"{brigade.noir.login};24/11/2026;Employée;;",
        "123456;24/11/2026;En vacances;;",
    )
    assert answer.json == {
        "read": 4,
        "taken": 1,
        "refused_count": 3,
        "refused": [
            {"line": 3, "cause": "unknown_agent"},
            {"line": 4, "cause": "unknown_agent"},
            {"line": 5, "cause": "unknown_position"},
        ],
        "unknown_agents": 2,
    }
    assert planning_of(chief, daily)["refused_count"] == 3


@pytest.mark.parametrize(
    ("octets", "code", "line"),
    [
        (b"", "empty", 0),
        (HEAD.encode(), "empty", 0),
        (b"<html><body>Connexion</body></html>", "not_a_table", 1),
        (b"Nom;Date;Position\nMartin;24/11/2026;PAM\n", "missing_column", 1),
        (f"{HEAD}\n123456;hier;PAM;;\n".encode(), "nothing_understood", 2),
        (f"{HEAD}\n999999;24/11/2026;PAM;;\n".encode(), "unknown_agent", 2),
    ],
)
def test_a_table_that_cannot_be_read_changes_nothing(brigade, chief, daily, octets, code, line):
    hand_in(chief, daily, "123456;24/11/2026;Employée;;")
    before = duties(brigade.database, brigade.martin), planning_of(chief, daily)
    answer = hand_in(chief, daily, octets=octets)
    assert (answer.status_code, answer.json["code"], answer.json["line"]) == (422, code, line)
    assert (duties(brigade.database, brigade.martin), planning_of(chief, daily)) == before


def test_what_is_no_table_at_all(brigade, chief, daily):
    assert hand_in(chief, daily, octets=b"{}", kind="application/json").status_code == 415
    assert hand_in(chief, daily, octets=b"x" * 1_100_000).status_code == 413
    calendar = add_planning(chief)["id"]
    assert hand_in(chief, calendar, "123456;24/11/2026;PAM;;").json["code"] == "not_a_table_source"
    octets = f"{HEAD}\n123456;24/11/2026;Différée;;\n".encode("cp1252")
    assert hand_in(chief, daily, octets=octets, kind="application/octet-stream").status_code == 200


def test_of_somebody_whose_row_was_refused_the_last_word_stands(brigade, chief, daily):
    hand_in(chief, daily, "123456;24/11/2026;Non employable;;", "234567;24/11/2026;Non employable;;")
    hand_in(chief, daily, "123456;24/11/2026;Non employabel;;", "234567;24/11/2026;Employée;;")
    assert [status for status, *_ in duties(brigade.database, brigade.martin)] == ["off_duty"]
    assert [status for status, *_ in duties(brigade.database, brigade.petit)] == ["available"]


def test_tomorrows_sheet_leaves_tonight_as_it_is(brigade, chief, daily):
    hand_in(chief, daily, "123456;24/11/2026;PAM;22h;6h", "234567;24/11/2026;Employée;;")
    hand_in(chief, daily, "123456;25/11/2026;Différée;12h;18h")
    assert duties(brigade.database, brigade.martin) == [
        ("first_to_go", paris(24, 22), paris(25, 6)),
        ("reachable", paris(25, 12), paris(25, 18)),
    ]
    assert duties(brigade.database, brigade.petit) == [("available", paris(24), paris(25))]
    # The same day's sheet again says all of that day anew.
    hand_in(chief, daily, "123456;24/11/2026;Employée;8h;18h")
    assert duties(brigade.database, brigade.martin) == [
        ("available", paris(24, 8), paris(24, 18)),
        ("reachable", paris(25, 12), paris(25, 18)),
    ]
    assert duties(brigade.database, brigade.petit) == []


def test_the_daily_sheet_comes_before_the_forecast_and_gives_back_what_it_no_longer_says(
    brigade, chief, daily, forecast
):
    hand_in(chief, forecast, *(f"123456;{day}/11/2026;Non employable;;" for day in (24, 25, 26)))
    hand_in(chief, daily, "123456;25/11/2026;Employée;8h;18h")
    assert duties(brigade.database, brigade.martin) == [
        ("off_duty", paris(24), paris(25)),
        ("available", paris(25, 8), paris(25, 18)),
        ("off_duty", paris(26), paris(27)),
    ]
    assert absences_of(brigade.database, forecast) == {(paris(24), paris(25)), (paris(26), paris(27))}
    assert write(chief, "DELETE", f"/api/plannings/{daily}").status_code == 204
    assert [status for status, *_ in duties(brigade.database, brigade.martin)] == ["off_duty"] * 3
    assert len(absences_of(brigade.database, forecast)) == 3


def test_an_own_word_is_never_touched(brigade, chief, mine, daily):
    assert mine.do("duty.set", status="off_duty", until=None)["status"] == "applied"
    hand_in(chief, daily, "123456;24/11/2026;Employée;;")
    write(chief, "DELETE", f"/api/plannings/{daily}")
    with brigade.database.transaction() as session:
        rows = session.scalars(select(DutyStatus).where(DutyStatus.agent_id == brigade.martin.id)).all()
    assert [(row.source, row.status) for row in rows] == [("own", "off_duty")]


def test_one_person_under_two_names_is_one_person(brigade, chief, daily):
    answer = hand_in(
        chief,
        daily,
        "123456;24/11/2026;Employée;;",
        f"{brigade.martin.login};24/11/2026;Non employable;;",
        f"{brigade.martin.login};25/11/2026;Employée;;",
    )
    assert answer.json["refused"] == [{"line": 3, "cause": "contradiction"}]
    assert len(duties(brigade.database, brigade.martin)) == 2


def test_the_same_table_again_writes_nothing(brigade, chief, daily):
    rows = ("123456;24/11/2026;Employée;8h;12h", "123456;25/11/2026;Différée;;")
    hand_in(chief, daily, *rows)
    query = text("SELECT id, xmin::text FROM duty_statuses UNION ALL SELECT id, xmin::text FROM planning_positions")
    with brigade.database.transaction() as session:
        before = session.execute(query).all()
    hand_in(chief, daily, *rows)
    with brigade.database.transaction() as session:
        assert session.execute(query).all() == before
