"""Pulsar's positions as a table: a daily sheet, or a forecast of four weeks (« feuille de service », « prévisions »).

    positions = read_positions(octets, columns, words, ZoneInfo("Europe/Paris"))

One row is one gendarme's position from one instant to another, or for a whole day. What the columns are called and
which word stands for which position differs from unit to unit: both are values that an administrator can change.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.duty import Status
from models.rules.intervals import Interval
from models.rules.planning_positions import ABSENT, STATUSES, Position
from server.planning.errors import NotUnderstood, PlanningRefused

MOST_OCTETS = 8_000_000
MOST_ROWS = 50_000
# A forecast of four weeks in quarters of an hour is half of it.
MOST_OF_AGENT = 5_000
LONGEST = timedelta(days=31)
_LONGEST_FIELD = 1_000
_WHOLE_DAY = timedelta(days=1)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})\s*[:hH]\s*(\d{2})?(?::00)?", re.ASCII)


USUAL_WORDS: Mapping[str, Position] = {
    "employée": Position.EMPLOYED,
    "employé": Position.EMPLOYED,
    "immédiatement employable": Position.FIRST_TO_GO,
    "premier à marcher": Position.FIRST_TO_GO,
    "pam": Position.FIRST_TO_GO,
    "complémentaire": Position.COMPLEMENTARY,
    "différée": Position.DEFERRED,
    "différé": Position.DEFERRED,
    "non employable": Position.NOT_EMPLOYABLE,
}


@dataclass(frozen=True)
class ColumnMap:
    """What the columns are called; capitals, accents and blanks make no difference.

    Attributes:
        agent: the agent's number (« NIGEND »), as it is known here.
        day: the day; `until_day` may name the last one of a longer stretch.
        since, until: times of day; a row without them, or a table without the columns, is about whole days. An end
            that is not after the beginning is on the next day.
    """

    agent: str = "NIGEND"
    day: str = "Date"
    position: str = "Position"
    until_day: str = "Date de fin"
    since: str = "Début"
    until: str = "Fin"

    def required(self) -> tuple[str, str, str]:
        return self.agent, self.day, self.position


@dataclass(frozen=True, slots=True, order=True)
class AgentPosition:
    """One gendarme's position from `starts_at` up to `ends_at`, both in UTC."""

    agent: str
    starts_at: datetime
    ends_at: datetime
    position: Position
    line: int = field(compare=False, default=0)

    @property
    def status(self) -> Status:
        """The service position that terminals show."""
        return STATUSES[self.position]

    @property
    def is_absence(self) -> bool:
        """Whether the gendarme receives nobody meanwhile."""
        return self.position in ABSENT


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out: `bad_day`, `bad_time`, `unknown_position`, `no_agent`, `too_long`, `short_row`, or
    `contradiction` with an earlier row about the same agent.

    `agent` is whom it is about, as far as that can be read: what was known of them stands.
    """

    line: int
    cause: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Positions:
    """What a table says; `read` counts its rows, refused ones included."""

    taken: tuple[AgentPosition, ...]
    read: int
    refused: tuple[RefusedRow, ...] = ()


def read_positions(
    octets: bytes,
    zone: ZoneInfo,
    columns: ColumnMap | None = None,
    words: Mapping[str, Position] = USUAL_WORDS,
    most_rows: int = MOST_ROWS,
) -> Positions:
    """Read a table of positions: UTF-8 with or without a byte order mark, or cp1252; `;`, `,` or tabulators.

    Args:
        zone: of the unit, whose clock and midnights are meant.
        words: what stands in the column of positions.
        most_rows: a table of more is `too_big`.

    Raises:
        PlanningRefused: the table changes nothing: `empty`, `too_big`, `not_a_table`, `missing_column` or, when every
            row is refused, `nothing_understood`.
    """
    columns = columns or ColumnMap()
    known = {_plain(word): position for word, position in words.items()}
    taken: dict[str, list[AgentPosition]] = {}
    refused: list[RefusedRow] = []
    read = 0
    for line, row in _rows(octets, columns):
        read += 1
        if read > most_rows:
            raise PlanningRefused("too_big", line)
        try:
            one = _position(row, line, columns, known, zone)
            rows = taken.setdefault(one.agent, [])
            _check_contradiction(one, rows)
        except NotUnderstood as error:
            refused.append(RefusedRow(line, error.code, _agent(row, columns)))
            continue
        if len(rows) > MOST_OF_AGENT:
            raise PlanningRefused("too_big", line)
    if refused and len(refused) == read:
        raise PlanningRefused("nothing_understood", refused[0].line)
    return Positions(tuple(sorted(one for rows in taken.values() for one in rows)), read, tuple(refused))


def _position(
    row: Mapping[str, str] | None, line: int, columns: ColumnMap, known: Mapping[str, Position], zone: ZoneInfo
) -> AgentPosition:
    if row is None:
        raise NotUnderstood("short_row")
    agent = row[_plain(columns.agent)]
    if not agent or len(agent) > _LONGEST_FIELD:
        raise NotUnderstood("no_agent")
    position = known.get(_plain(row[_plain(columns.position)]))
    if position is None:
        raise NotUnderstood("unknown_position")
    first = _day(row[_plain(columns.day)])
    last_text = row.get(_plain(columns.until_day), "")
    last = _day(last_text) if last_text else first
    since, until = (row.get(_plain(name), "") for name in (columns.since, columns.until))
    if bool(since) != bool(until):
        raise NotUnderstood("bad_time")
    start = datetime.combine(first, time()) + (_clock(since) if since else timedelta(0))
    end = datetime.combine(last, time()) + (_clock(until) if until else _WHOLE_DAY)
    if until and not last_text and end <= start:
        end += _WHOLE_DAY
    if end <= start:
        raise NotUnderstood("bad_time")
    if end - start > LONGEST:
        raise NotUnderstood("too_long")
    starts_at, ends_at = (at.replace(tzinfo=zone).astimezone(UTC) for at in (start, end))
    if ends_at <= starts_at:
        # Both lie in an hour that a spring night leaves out.
        raise NotUnderstood("bad_time")
    return AgentPosition(agent, starts_at, ends_at, position, line)


def _agent(row: Mapping[str, str] | None, columns: ColumnMap) -> str:
    return "" if row is None else row[_plain(columns.agent)][:_LONGEST_FIELD]


def _check_contradiction(one: AgentPosition, rows: list[AgentPosition]) -> None:
    """Take `one` unless it says something else of a time that is spoken for; the same said twice is said once.

    Raises:
        NotUnderstood: `contradiction`.
    """
    # `rows` are in order and apart, so that only the two neighbours can be in the way.
    place = bisect(rows, one.starts_at, key=lambda other: other.starts_at)
    times = Interval(one.starts_at, one.ends_at)
    for other in rows[max(0, place - 1) : place + 1]:
        if one == other:
            return
        if times.overlaps(Interval(other.starts_at, other.ends_at)):
            raise NotUnderstood("contradiction")
    rows.insert(place, one)


def _rows(octets: bytes, columns: ColumnMap) -> Iterator[tuple[int, Mapping[str, str] | None]]:
    """Yield each row with the line on which it begins, None for one that is too short; empty rows are passed over."""
    if len(octets) > MOST_OCTETS:
        raise PlanningRefused("too_big")
    text = decoded(octets)
    if not text.strip():
        raise PlanningRefused("empty")
    if "\0" in text or text.lstrip()[:1] in "<{[":
        raise PlanningRefused("not_a_table", 1)
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    begins = 1
    try:
        for fields in reader:
            line, begins = begins, reader.line_num + 1
            if not any(one.strip() for one in fields):
                continue
            if not header:
                header = [_plain(one) for one in fields]
                if not {_plain(one) for one in columns.required()} <= set(header) or len(set(header)) < len(header):
                    raise PlanningRefused("missing_column", line)
                continue
            width = max(header.index(_plain(one)) for one in columns.required())
            values = [one.strip() for one in fields]
            # Spreadsheets leave away empty fields at the end.
            yield (
                line,
                None if len(values) <= width else dict(zip(header, [*values, *[""] * len(header)], strict=False)),
            )
    except csv.Error:
        raise PlanningRefused("not_a_table", begins) from None
    if not header:
        raise PlanningRefused("empty")


def decoded(octets: bytes) -> str:
    """Return a table's text, whichever of the usual encodings it is in."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes in France. Five octets of it mean nothing; they are in no word that is looked for.
        return octets.decode("cp1252", "replace")


def _plain(text: str) -> str:
    """`text` without accents, capitals and superfluous blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def _day(text: str) -> date:
    found = _DAY.fullmatch(text.split(" ")[-1]) if len(text) < 40 else None
    if found is None:
        raise NotUnderstood("bad_day")
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotUnderstood("bad_day") from None


def _clock(text: str) -> timedelta:
    """Read a time of day as what has passed since midnight; 24:00 is the end of the day."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise NotUnderstood("bad_time")
    passed = timedelta(hours=int(found[1]), minutes=int(found[2] or 0))
    if int(found[2] or 0) > 59 or passed > _WHOLE_DAY:
        raise NotUnderstood("bad_time")
    return passed
