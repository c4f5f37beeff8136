from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.occurrences import DROPPED, OccurrenceChange
from models.rules.opening_series import NoOccurrence, occurrence_on, series_end
from models.rules.recurrence_text import read_recurrence

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
# A Tuesday.
START, END = datetime(2026, 12, 1, 9, tzinfo=PARIS), datetime(2026, 12, 1, 12, tzinfo=PARIS)


def ends(rule, changes=None):
    recurrence = None if rule is None else read_recurrence(rule)
    return series_end(START, END, recurrence, PARIS, START, changes)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        (None, END),
        ("FREQ=WEEKLY", None),
        ("FREQ=MONTHLY;BYDAY=2TU", None),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20261228", END + 14 * DAY),
        ("FREQ=WEEKLY;UNTIL=20261208T080000Z", END + 7 * DAY),
        ("FREQ=WEEKLY;UNTIL=20261208T075959Z", END),
        # After the change of hours the clock on the wall is the same.
        ("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270430", datetime(2027, 4, 6, 10, tzinfo=UTC)),
    ],
)
def test_the_end_of_the_last_occurrence(rule, last):
    assert ends(rule) == last


def test_an_occurrence_that_was_moved_later_is_the_last():
    late = OccurrenceChange(START + 90 * DAY, END + 90 * DAY)
    assert ends("FREQ=WEEKLY;UNTIL=20261215", {date(2026, 12, 8): late}) == END + 90 * DAY
    assert ends(None, {date(2026, 12, 1): late}) == END + 90 * DAY
    # What was dropped can be restored, so that it is not over before its time.
    assert ends(None, {date(2026, 12, 1): DROPPED}) == END


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY;UNTIL=20261130", "no_occurrence"),
        ("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261201", "no_occurrence"),
        ("FREQ=WEEKLY;UNTIL=20360101", "too_far"),
    ],
)
def test_a_rule_that_cannot_be_kept(rule, code):
    with pytest.raises(NoOccurrence) as refused:
        ends(rule)
    assert refused.value.code == code


def test_the_occurrence_of_a_day():
    rule = read_recurrence("FREQ=WEEKLY")
    second = date(2026, 12, 8)
    assert occurrence_on(second, START, END, rule, PARIS).starts_at == START + 7 * DAY
    assert occurrence_on(second, START, END, rule, PARIS, DROPPED).starts_at == START + 7 * DAY
    moved = OccurrenceChange(START + 8 * DAY, END + 8 * DAY)
    assert occurrence_on(second, START, END, rule, PARIS, moved).starts_at == START + 8 * DAY
    assert occurrence_on(second + DAY, START, END, rule, PARIS) is None
    assert occurrence_on(second, START, END, None, PARIS) is None
