"""What people read: an event, the few facts that may leave the house, and a language → one message.

`NoticeFacts` is the whole of what a message can say. Reason, facts, place, name and number are not in it, so that no
template can print them. A discreet request says that there is a message and nothing else: whoever reads the screen
over a shoulder learns neither that it is about a request, nor whose.

Each template gives sentences: a subject on its first line, then paragraphs. Text and HTML are laid out from the same.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.events import RequestAccepted, RequestCreated, RequestEvent, RequestTransferred
from models.rules.unit_names import brigade_in_english, brigade_in_french
from push.times import say_instant

LANGUAGES = ("fr", "en")
TEMPLATES = Path(__file__).parent / "templates"
# Afterwards nobody calls back, and a word that is not used must not be given away.
_GIVES_THE_WORD = (RequestCreated, RequestAccepted, RequestTransferred)


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """What a message may say.

    Args:
        unit_name: as the directory prints it; `unit_phone` as people write it.
        due_at: when the unit should have answered; a past one is not promised any more.
        channel, call_window: the values of `contact_details.Channel` and `CallWindow`.
        outcome: a value of `Outcome` once the request is done.
        follow_url: the citizen's capability, whole; `new_request_url` is where anybody starts.
    """

    reference: str
    unit_name: str
    unit_phone: str | None
    time_zone: str
    due_at: datetime
    channel: str
    call_window: str
    discreet: bool
    outcome: str | None
    new_request_url: str
    follow_url: str = field(repr=False)
    call_back_word: str = field(repr=False)


@dataclass(frozen=True)
class CalendarPart:
    """An appointment for the calendar of who reads the message.

    Args:
        method: what the calendar itself says, `REQUEST` or `CANCEL` (RFC 5546).
        content: the calendar, in UTF-8.
        filename: under which name it lies beside the mail.
    """

    method: str
    content: bytes = field(repr=False)
    filename: str = "rendez-vous.ics"


@dataclass(frozen=True)
class Message:
    """The words of one message, in every form a channel may need.

    Args:
        discreet: the channel must not name us either where it can avoid it.
        calendar: only a mail carries it.
    """

    language: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    discreet: bool
    calendar: CalendarPart | None = None


def compose(event: RequestEvent, facts: NoticeFacts, language: str, now: datetime) -> Message:
    """Write the message about `event`.

    Args:
        language: one of `LANGUAGES`.

    Raises:
        LookupError: this event has no words in this language.
    """
    return lay_out(
        event.name,
        _words(facts, language, now),
        language,
        discreet=facts.discreet,
        reference=facts.reference,
        follow_url=facts.follow_url,
        call_back_word=facts.call_back_word if isinstance(event, _GIVES_THE_WORD) else "",
    )


def lay_out(
    name: str,
    words: dict[str, object],
    language: str,
    *,
    discreet: bool,
    reference: str,
    follow_url: str,
    call_back_word: str = "",
    about: str = "request",
    footer: bool = True,
    answers: Mapping[str, str] | None = None,
) -> Message:
    """Fill the template `name` with `words`, and lay its sentences out as text and as HTML.

    Args:
        about: `request` or `appointment`: what the link opens.
        footer: the numbers for emergencies, and that nobody reads answers.
        answers: what is asked, and where each answer is given; the first is the one that is hoped for.

    Raises:
        LookupError: there is no such template in this language.
    """
    name = "discreet" if discreet else name
    if f"{language}/{name}.jinja" not in _environment().list_templates():
        raise LookupError(f"no words for {name} in {language}")
    subject, *paragraphs = _blocks(_render(f"{language}/{name}.jinja", words))
    layout: dict[str, object] = {
        "language": language,
        "subject": subject,
        "paragraphs": paragraphs,
        "discreet": discreet,
        "reference": reference,
        "call_back_word": call_back_word,
        "follow_url": follow_url,
        "about": about,
        "footer": footer,
        "answers": answers or {},
    }
    return Message(
        language=language,
        subject=subject,
        text=_render("layout.txt.jinja", layout).strip() + "\n",
        html=_render("layout.html.jinja", layout).strip() + "\n",
        discreet=discreet,
    )


def _words(facts: NoticeFacts, language: str, now: datetime) -> dict[str, object]:
    brigade = brigade_in_english if language == "en" else brigade_in_french
    return {
        "reference": facts.reference,
        "brigade": brigade(facts.unit_name),
        # A number that breaks over two lines is misread.
        "unit_phone": (facts.unit_phone or "").replace(" ", "\N{NO-BREAK SPACE}"),
        "due": say_instant(facts.due_at, facts.time_zone, language) if facts.due_at > now else None,
        "channel": facts.channel,
        "call_window": facts.call_window,
        "outcome": facts.outcome,
        "new_request_url": facts.new_request_url,
    }


def _blocks(rendered: str) -> list[str]:
    """Split what a template gave at its empty lines; a line end inside a block is only a space."""
    blocks = ("\n".join(line.strip() for line in block.split("\n")) for block in rendered.split("\n\n"))
    return [" ".join(block.split("\n")).strip() for block in blocks if block.strip()]


def _render(template: str, values: dict[str, object]) -> str:
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.jinja",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
