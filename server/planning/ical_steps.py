"""What the walk through a recurrence rule costs, before anybody sets out (RFC 5545, section 3.3.10).

`python-dateutil` walks from the first day of a rule to the window, and one that nothing fulfils to the year 9999. So
each rule is weighed first, and those that can give nothing are found where that walk is short.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dateutil.rrule import rrulestr
from icalendar.prop import vRecur

from server.planning.errors import NotUnderstood, PlanningRefused
from server.planning.ical_lines import Limits

# The calendar repeats every 400 years, weekdays included: 146,097 days are 20,871 weeks.
_ERA = 400
_LAST_YEAR = 9999
# What comes back every minute or second is no planning.
_PER_DAY = {"YEARLY": 1, "MONTHLY": 1, "WEEKLY": 1, "DAILY": 1, "HOURLY": 24}
# Only these can leave a rule without anything that fulfils it.
_FILTERS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND")


class Steps:
    """Counts the steps of all rules of one file.

    Args:
        until: nobody walks farther than this.
    """

    def __init__(self, limits: Limits, until: datetime) -> None:
        self._limits = limits
        self._until = until.date() + timedelta(days=2)
        self._taken = 0

    def weigh(self, rule: vRecur, start: datetime) -> bool:
        """Count the walk through `rule` from `start`, and say whether it can give anything at all.

        Raises:
            NotUnderstood: `too_many_occurrences`: this one rule takes too long; `bad_rule`: it is none.
            PlanningRefused: `too_much_work`: all of them together do.
        """
        days = max(0, (self._until - start.date()).days) + 1
        self._take(self._cost(rule, days), self._limits.series_steps)
        if not any(name in rule for name in _FILTERS):
            return True
        return self._gives_something(rule, start)

    def _gives_something(self, rule: vRecur, start: datetime) -> bool:
        years = (_LAST_YEAR - self._until.year) // _ERA * _ERA
        rest = (_LAST_YEAR - years - start.year + 1) * 366
        shifted = start.replace(year=start.year + years, tzinfo=None)
        endless = vRecur({name: value for name, value in rule.items() if name not in ("UNTIL", "COUNT")})
        text: str = endless.to_ical().decode()  # type: ignore[no-untyped-call]
        try:
            gives = next(iter(rrulestr(text, dtstart=shifted)), None) is not None
        except Exception as error:
            # It says so itself of hours and minutes that never meet; of parts that are none it says anything.
            if "empty" not in str(error):
                raise NotUnderstood("bad_rule") from error
            gives = False
        if not gives:
            self._take(self._cost(rule, rest), self._limits.steps)
        return gives

    def _take(self, cost: int, most: int) -> None:
        if cost > most:
            raise NotUnderstood("too_many_occurrences")
        self._taken += cost
        if self._taken > self._limits.steps:
            raise PlanningRefused("too_much_work")

    @staticmethod
    def _cost(rule: vRecur, days: int) -> int:
        frequency = str(rule["FREQ"][0])
        if frequency not in _PER_DAY:
            raise NotUnderstood("too_many_occurrences")
        cost = days * _PER_DAY[frequency] // int(rule.get("INTERVAL", [1])[0]) + 1
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            cost *= max(1, len(rule.get(name, ())))
        return cost
