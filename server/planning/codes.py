"""Every code that says to a person why a planning or an agenda could not be read, written or understood.

Screens have a sentence for each, which says what to do. A test reads the code that raises them and compares; another
compares the screens' words with `pwa/testing/calendar-codes.json`, which is this list for them.
"""

from __future__ import annotations

# `push.endpoint_guard`, `push.public_addresses`: nothing may be asked at this address.
ADDRESS = frozenset(
    {"too_long", "not_https", "user_info", "malformed", "host_not_allowed", "address_not_public"}
)  # fmt: skip
# There was no answer.
NETWORK = frozenset(
    {
        "unknown_host", "connection_refused", "certificate", "tls", "network", "timeout", "disconnected", "not_http",
    }
)  # fmt: skip
# There was another answer than the expected one (`server.planning.fetch`, `server.planning.caldav_visit`).
ANSWER = frozenset(
    {"redirected", "sign_in_needed", "forbidden", "not_found", "encoded", "too_big", "http_status"}
)  # fmt: skip
# The address leads to no CalDAV calendar, or to more than one.
CALDAV = frozenset({"not_caldav", "no_calendar", "several_calendars"})
# A calendar that is refused as a whole (`server.planning.ical`); of a CalDAV source, one of its objects.
CALENDAR = frozenset(
    {
        "not_a_calendar", "not_published", "calendar_scale", "truncated", "broken", "too_big", "line_too_long",
        "too_many_parameters", "too_many_components", "too_deep", "too_many_zones", "too_much_work",
        "too_many_occurrences", "nothing_understood",
    }
)  # fmt: skip
# A table that is refused as a whole (`server.planning.positions`).
TABLE = frozenset(
    {"empty", "too_big", "not_a_table", "missing_column", "nothing_understood", "unknown_agent", "over"}
)  # fmt: skip
# An entry of a calendar that is refused.
ENTRY = frozenset(
    {
        "broken_line", "no_start", "bad_time", "mixed_times", "end_before_start", "uid_too_long", "unknown_zone",
        "bad_rule", "bad_recurrence", "exrule", "too_many_occurrences",
    }
)  # fmt: skip
# An object of a CalDAV calendar that the server does not give.
OBJECT = frozenset({"withheld"})
# A row of a table that is refused.
ROW = frozenset(
    {
        "no_agent", "bad_day", "bad_time", "unknown_position", "too_long", "short_row", "contradiction",
        "unknown_agent",
    }
)  # fmt: skip
# What is written to an agenda is not taken (`server.calendars.caldav.answers`); `read_only` is what a test finds.
WRITING = frozenset(
    {"sign_in", "forbidden", "gone", "conflict", "refused", "retry", "name_taken", "uid_taken", "changing", "truncated"}
) | {"read_only"}  # fmt: skip
# The columns and words that are kept for a table cannot be understood any more (`server.planning.layout`).
LAYOUT = frozenset({"bad_layout"})
# The cause is ours: what was sealed cannot be opened any more, or something else that the log has.
OURS = frozenset({"unsealable", "unexpected"})
# Nobody has been at an agenda for too long (`models.rules.exports`).
UNVISITED = frozenset({"unvisited"})
# A test whose asker has asked for another one since.
TRIAL = frozenset({"overtaken"})

# Why a source could not be read: `failure.code` of a planning, `code` of a trial.
FAILURES = ADDRESS | NETWORK | ANSWER | CALDAV | CALENDAR | TABLE | LAYOUT | ENTRY | OBJECT | OURS | TRIAL
# Why one entry or row was left out: `refused[].cause`.
CAUSES = ENTRY | ROW | OBJECT | (CALENDAR - {"nothing_understood", "too_much_work"})
# Why an export fails, or a trial of one.
EXPORT_FAILURES = ADDRESS | NETWORK | ANSWER | CALDAV | WRITING | OURS | UNVISITED | TRIAL


def for_screens() -> dict[str, list[str]]:
    """The list as the screens' tests read it."""
    return {
        "failures": sorted(FAILURES),
        "causes": sorted(CAUSES),
        "export_failures": sorted(EXPORT_FAILURES),
    }
