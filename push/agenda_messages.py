"""What a gendarme reads who has their appointments by mail: no more than the calendar part beside it says.

The mail lies in a mailbox that is often read on a phone's locked screen. Subject and place stand in it only as far as
the unit lets agendas say them; a discreet appointment is like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from push.messages import Message, lay_out
from push.times import say_instant


class AgendaNews(StrEnum):
    """What has become of an appointment since the last mail about it."""

    INVITED = "invited"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class AgendaFacts:
    """What a mail may say.

    Args:
        title, place: as the calendar part has them; `place` may be empty.
        confirmed: False while the chief has yet to approve it.
        terminal_url: where it can be read in full.
    """

    title: str = field(repr=False)
    place: str = field(repr=False)
    starts_at: datetime
    time_zone: str
    confirmed: bool
    terminal_url: str


def compose_news(news: AgendaNews, facts: AgendaFacts) -> Message:
    """Write the mail about one appointment."""
    when = say_instant(facts.starts_at, facts.time_zone, "fr")
    words = {
        "title": facts.title,
        "place": facts.place,
        "when": when,
        "confirmed": facts.confirmed,
        "terminal_url": facts.terminal_url,
    }
    return _lay_out(f"agenda_{news}", words)


def compose_introduction(agent_name: str, terminal_url: str) -> Message:
    """Write the first mail of all: what will come, whose appointments they are, and how to end it."""
    return _lay_out("agenda_introduced", {"agent_name": agent_name, "terminal_url": terminal_url})


def _lay_out(name: str, words: dict[str, object]) -> Message:
    return lay_out(name, words, "fr", discreet=False, reference="", follow_url="", footer=False)
