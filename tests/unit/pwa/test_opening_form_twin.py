"""What the form of an opening refuses is what the server would refuse, and nothing that it lets through is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.rules.actor import AgentActor, Role
from models.rules.errors import Refusal
from models.rules.openings import propose
from models.rules.recurrence import Weekday, days_of
from models.rules.recurrence_text import read_recurrence
from server.services._opening_arguments import read_proposal
from tests.unit.rules.zones import TIME_ZONES

CHIEF = AgentActor(1, "Maj. Roux", 1, frozenset({Role.CHIEF}))
DAY = timedelta(days=1)
# What the form says, and what the server says of the same: a field's code, or the code of a refusal.
SAME = {
    "field_before_start": {"ends_at: before_start"},
    "field_weeks_range": {"recurrence: interval_out_of_range"},
    "field_months_range": {"recurrence: interval_out_of_range"},
    "field_until_too_far": {"recurrence: too_far"},
    "field_until_before": {"recurrence: no_occurrence"},
    "field_over": {"opening_over"},
    "field_opening_too_far": {"starts_at: too_far"},
}
KEPT = (
    "FREQ=MONTHLY;BYDAY=1TU,3TH", "FREQ=MONTHLY;INTERVAL=12;BYDAY=5TU", "FREQ=MONTHLY;BYDAY=5FR;UNTIL=20270101T080000",
    "FREQ=MONTHLY;BYDAY=1MO,-1SU;UNTIL=20280630T120000Z",
)  # fmt: skip

nows = st.builds(
    datetime.combine, st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times().map(lambda one: one.replace(second=0)),
    st.just(UTC),
)  # fmt: skip
zones = st.sampled_from(TIME_ZONES)
hours = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
# Days from now: near, about a year, about five.
apart = st.one_of(st.integers(-10, 40), st.integers(360, 370), st.integers(5 * 366 - 2, 5 * 366 + 2))


class Typed:
    """What somebody types at `now`, in a unit of `zone`."""

    def __init__(
        self, now: datetime, zone: ZoneInfo, day: int, hours: tuple[str, str], rule: tuple[str, int], until: int | None,
        *, weekdays: list[int] | None = None, month: str = "nth", kept: str = KEPT[0],
    ) -> None:  # fmt: skip
        self.now, self.zone, self.kept = now, zone, kept
        today = now.astimezone(zone).date()
        self.day, (self.start, self.end), (self.repeat, self.interval) = today + day * DAY, hours, rule
        self.until = None if until is None else today + until * DAY
        self.weekdays, self.month = weekdays or [], month

    @property
    def question(self) -> dict[str, Any]:
        fields = {
            "day": str(self.day), "from": self.start, "to": self.end, "counters": "1", "repeat": self.repeat,
            "interval": str(self.interval), "weekdays": [str(one) for one in self.weekdays], "month": self.month,
            "until": "" if self.until is None else str(self.until),
        }  # fmt: skip
        return {"typed": fields, "kept": self.kept, "zone": str(self.zone), "now": self.now.isoformat()}

    @property
    def text(self) -> str | None:
        """The rule as it was said, whatever the server makes of it."""
        if self.repeat in ("once", "kept"):
            return self.kept if self.repeat == "kept" else None
        until = "" if self.until is None else f";UNTIL={self.until:%Y%m%d}"
        if self.repeat == "weekly":
            names = ",".join(Weekday(one).name for one in self.weekdays) or Weekday(self.day.weekday()).name
            return f"FREQ=WEEKLY;INTERVAL={self.interval};BYDAY={names}{until}"
        nth = "-1" if self.month == "last" else str((self.day.day + 6) // 7)
        return f"FREQ=MONTHLY;INTERVAL={self.interval};BYDAY={nth}{Weekday(self.day.weekday()).name}{until}"

    @property
    def args(self) -> dict[str, Any]:
        """The arguments that say the same, on the first day that the rule gives where it gives one."""
        first = self.day
        try:
            rule = None if self.text is None else read_recurrence(self.text)
        except Refusal:
            rule = None
        if rule is not None:
            first = next(days_of(rule, self.day, self.day, self.day + 12 * 366 * DAY), self.day)
        start, end = (datetime.combine(first, time.fromisoformat(one), self.zone) for one in (self.start, self.end))
        return {
            "starts_at": start.astimezone(UTC).isoformat(), "ends_at": end.astimezone(UTC).isoformat(), "counters": 1,
            "place_kind": "unit", "recurrence": self.text,
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"{self.question}"


typed = st.builds(
    Typed, nows, zones, apart, st.tuples(hours, hours),
    st.tuples(st.sampled_from(["once", "weekly", "weekly", "monthly", "kept"]), st.integers(0, 60)),
    st.none() | apart | st.integers(-3, 400), weekdays=st.lists(st.integers(0, 6), unique=True),
    month=st.sampled_from(["nth", "last"]), kept=st.sampled_from(KEPT),
)  # fmt: skip


PARIS, NOUMEA = ZoneInfo("Europe/Paris"), ZoneInfo("Pacific/Noumea")
# Five years from a day that has not begun everywhere; a week that goes on and gives nothing more; the most that may be
# asked for, and more; what the spring night leaves out.
EVENING = datetime(2026, 11, 24, 20, tzinfo=UTC)
SPRING = datetime(2027, 3, 27, 12, tzinfo=UTC)


@settings(max_examples=400)
@example(Typed(EVENING, NOUMEA, 1, ("08:00", "09:00"), ("weekly", 1), 5 * 366))
@example(Typed(EVENING, PARIS, -6, ("22:00", "23:00"), ("weekly", 1), 0))
@example(Typed(EVENING, PARIS, 1, ("08:00", "09:00"), ("weekly", 52), None))
@example(Typed(EVENING, PARIS, 1, ("08:00", "09:00"), ("weekly", 53), None))
@example(Typed(EVENING, PARIS, 1, ("08:00", "09:00"), ("monthly", 12), None))
@example(Typed(EVENING, PARIS, 1, ("08:00", "09:00"), ("monthly", 13), None))
@example(Typed(SPRING, PARIS, 1, ("02:30", "03:00"), ("once", 1), None))
@given(typed)
def test_the_form_refuses_what_the_server_refuses(ask, opening):
    answer = ask("form", **opening.question)
    said = {error["key"] for error in answer["errors"].values()}
    if not said:
        assert _refusals(answer["args"], opening) == set()
        return
    told = _refusals(opening.args, opening)
    assert said <= SAME.keys()
    assert any(SAME[one] & told for one in said), f"{said}, but the server says {told or 'nothing'}"


def _refusals(args: dict[str, Any], opening: Typed) -> set[str]:
    """What the server answers to such a proposal."""
    try:
        proposal = read_proposal({"opening_id": "00000000-0000-4000-8000-000000000000", **args}).proposal
        propose(proposal, CHIEF, opening.now, reasons=[], named=None, zone=opening.zone)
    except Refusal as refusal:
        fields = refusal.detail.get("fields", {})
        return {f"{field}: {code}" for field, code in fields.items()} or {refusal.code}
    return set()
