"""Of which days a table of positions speaks: what it says nothing of stands, and an old one changes nothing."""

from __future__ import annotations

from tests.support.plannings import absences_of, planning_of
from tests.support.positions import duties, hand_in, paris


def test_the_sheet_of_today_leaves_what_was_said_of_tomorrow(brigade, chief, daily):
    hand_in(chief, daily, "123456;25/11/2026;Non employable;;", "123456;26/11/2026;Non employable;;")
    hand_in(chief, daily, "123456;24/11/2026;PAM;;", "234567;26/11/2026;Employée;;")
    assert duties(brigade.database, brigade.martin) == [
        ("first_to_go", paris(24), paris(25)),
        ("off_duty", paris(25), paris(26)),
    ]
    assert duties(brigade.database, brigade.petit) == [("available", paris(26), paris(27))]
    assert absences_of(brigade.database, daily) == {(paris(25), paris(26))}


def test_a_forecast_leaves_what_was_said_of_the_days_after_its_last(brigade, chief, forecast):
    hand_in(chief, forecast, *(f"123456;{day}/11/2026;Non employable;;" for day in (25, 26, 27, 28)))
    hand_in(chief, forecast, "234567;25/11/2026;Employée;;", "234567;27/11/2026;Employée;;")
    assert duties(brigade.database, brigade.martin) == [("off_duty", paris(28), paris(29))]


def test_of_a_longer_stretch_only_the_days_go_of_which_another_table_speaks(brigade, chief, daily):
    head = "NIGEND;Date;Date de fin;Position"
    hand_in(chief, daily, "123456;24/11/2026;28/11/2026;Non employable", head=head)
    hand_in(chief, daily, "123456;26/11/2026;Employée;8h;12h")
    assert duties(brigade.database, brigade.martin) == [
        ("off_duty", paris(24), paris(26)),
        ("available", paris(26, 8), paris(26, 12)),
        ("off_duty", paris(27), paris(29)),
    ]
    hand_in(chief, daily, "234567;24/11/2026;Employée;;")
    assert duties(brigade.database, brigade.martin)[0] == ("off_duty", paris(25), paris(26))


def test_somebodys_leave_is_no_word_about_the_others_of_its_days(brigade, chief, daily):
    head = "NIGEND;Date;Date de fin;Position"
    hand_in(chief, daily, "123456;25/11/2026;;PAM", head=head)
    hand_in(chief, daily, "123456;24/11/2026;;Employée", "234567;24/11/2026;28/11/2026;Non employable", head=head)
    assert duties(brigade.database, brigade.martin) == [
        ("available", paris(24), paris(25)),
        ("first_to_go", paris(25), paris(26)),
    ]
    assert duties(brigade.database, brigade.petit) == [("off_duty", paris(24), paris(29))]


def test_a_nights_end_goes_with_its_night(brigade, chief, daily):
    hand_in(chief, daily, "123456;24/11/2026;PAM;22h;6h")
    hand_in(chief, daily, "234567;25/11/2026;Employée;;")
    assert duties(brigade.database, brigade.martin) == [("first_to_go", paris(24, 22), paris(25, 6))]
    hand_in(chief, daily, "234567;24/11/2026;Employée;;")
    assert duties(brigade.database, brigade.martin) == []


def test_a_table_whose_last_day_is_past_changes_nothing(brigade, chief, daily, forecast):
    for source_id in (daily, forecast):
        hand_in(chief, source_id, "123456;25/11/2026;Non employable;;")
        before = duties(brigade.database, brigade.martin), planning_of(chief, source_id)
        # What began yesterday lasts until this afternoon, but yesterday is past.
        answer = hand_in(chief, source_id, "123456;22/11/2026;Employée;;", "123456;23/11/2026;PAM;20h;16h")
        assert (answer.status_code, answer.json["code"], answer.json["line"]) == (422, "over", 0)
        assert (duties(brigade.database, brigade.martin), planning_of(chief, source_id)) == before
