"""The time zones of the thirteen holiday zones: one commune of each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from models.rules.time_zones import zones_of

_COMMUNES = (
    "75056", "67482", "97105", "97302", "97209", "97611", "98818", "97411", "98735", "97701", "97801", "98613", "97502",
)  # fmt: skip
HOLIDAY_ZONES = [zones_of(insee).holiday_zone for insee in _COMMUNES]
# Paris and Alsace-Moselle share one; Miquelon alone changes its clocks on other days.
TIME_ZONES = [ZoneInfo(name) for name in dict.fromkeys(zones_of(insee).time_zone for insee in _COMMUNES)]
