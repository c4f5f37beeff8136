"""A table that is handed in is read in the web process, while somebody waits: within bounds, and in nobody's way."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from server.planning.adapters import read_table
from server.services import receive_table as handing_in
from server.services.change_planning_source import ChangePlanningSource, change_planning_source
from tests.support.positions import duties, hand_in, paris
from tests.support.seed import NOW, actor_of


def strangers(count: int) -> list[str]:
    return [f"{1_000_000 + number};24/11/2026;PAM;;" for number in range(count)]


def test_a_table_of_more_rows_than_anybody_waits_for_is_refused(brigade, chief, daily):
    answer = hand_in(chief, daily, "123456;24/11/2026;Employée;;", *strangers(2_999))
    assert (answer.status_code, answer.json["read"], answer.json["taken"]) == (200, 3_000, 1)
    answer = hand_in(chief, daily, "123456;24/11/2026;PAM;;", *strangers(3_000))
    assert (answer.status_code, answer.json["code"], answer.json["line"]) == (422, "too_big", 3_002)
    assert duties(brigade.database, brigade.martin) == [("available", paris(24), paris(25))]


@pytest.mark.parametrize("renamed", [False, True])
def test_the_unit_is_locked_only_once_it_is_read_and_a_new_layout_counts(
    brigade, chief, context, daily, monkeypatch, renamed
):
    readings = 0

    def reading(*args):
        nonlocal readings
        readings += 1
        if readings == 1:
            with brigade.database.transaction() as session:
                session.execute(text("SET LOCAL lock_timeout = '5s'"))
                words = {"pam": "not_employable"} if renamed else None
                change = ChangePlanningSource(UUID(daily), name="Feuille de service", words=words)
                change_planning_source(session, change, actor_of(brigade.roux), NOW, context.sealer)
        return read_table(*args)

    monkeypatch.setattr(handing_in, "read_table", reading)
    assert hand_in(chief, daily, "123456;24/11/2026;PAM;;").status_code == 200
    [(status, *_)] = duties(brigade.database, brigade.martin)
    assert (status, readings) == (("off_duty", 2) if renamed else ("first_to_go", 1))
