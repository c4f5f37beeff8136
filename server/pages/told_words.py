"""How somebody is told of their request or booking, in words: what holds, what they may choose, what they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.queries import how_told
from models.queries.how_told import HowTold, ToldNotice
from models.queries.invited import calendar_mails_wanted, was_invited
from models.rules.telling import Way, keeps_calendar, way_taken, ways_to_tell
from server.context import current
from server.i18n import gettext
from server.pages.choices import Choice
from server.pages.follow_words import Line, capital
from server.pages.moments import say_moment
from server.phone_numbers import print_phone
from server.provable_channels import provable
from server.push_subscriptions import current_key, write_fingerprint
from server.services._texts import is_stopped, phone_hash
from server.services.choose_how_told import CitizenOwner

# The box of the form.
CALENDAR = "calendar"
_BESIDE_MAIL = frozenset({Way.PUSH, Way.SMS})


@dataclass(frozen=True)
class Telling:
    """What the card « Être prévenu » needs.

    Args:
        now: a sentence: over what they hear now.
        calendar: another one, of the calendar that a mail has put their appointment into; empty where there is none,
            and where mail is what they hear over.
        calendar_box: whether mails are to keep it true beside another way; None: there is nothing to choose.
        calendar_kept: they do now.
        ways: what they may choose between; `way` is the present one.
        stopped: their phone has answered STOP.
        key: ours, for browsers to subscribe with; empty where there is no web push.
        browsers: the fingerprints of those that follow.
        by_push: a browser of theirs may follow: they have chosen nothing else.
        sent: what has left, as lines of a history.
    """

    now: str
    calendar: str
    calendar_box: Choice | None
    calendar_kept: bool
    ways: tuple[Choice, ...]
    way: str
    stopped: bool
    key: str
    browsers: tuple[str, ...]
    by_push: bool
    sent: tuple[Line, ...]


def tell(session: Session, owner: CitizenOwner, zone: ZoneInfo) -> Telling:
    """The words for how somebody is told now, in the zone of their unit."""
    context = current()
    told = _load(session, owner)
    texts = bool(told.phone) and provable(context.settings.sms).reaches(told.phone or "")
    stopped = texts and is_stopped(session, phone_hash(context.tokens, told.phone or ""))
    ways = ways_to_tell(browsers=len(told.browsers), texts=texts and not stopped, email=bool(told.email))
    way = way_taken(told.told_by, ways, may_leave_message=told.may_leave_message)
    told_otherwise = way in _BESIDE_MAIL
    invited = _is_invited(session, owner, told)
    kept = invited and told_otherwise and _keeps_calendar(session, owner, told)
    return Telling(
        now=_now(way, told),
        calendar=_say_calendar(told, kept) if invited and way is not Way.EMAIL else "",
        calendar_box=_calendar_box(told) if invited and not _BESIDE_MAIL.isdisjoint(ways) else None,
        calendar_kept=kept,
        ways=tuple(_choice(one, told) for one in ways),
        way=way,
        stopped=stopped,
        key=current_key(context.settings.push) or "",
        browsers=tuple(write_fingerprint(one) for one in told.browsers),
        by_push=told.told_by in (None, Way.PUSH),
        sent=_sent(told, context.now(), zone),
    )


def with_what_was_sent(history: Sequence[Line], telling: Telling) -> list[Line]:
    """A history with what they were sent between its lines; the newest first, as both are."""
    return sorted([*telling.sent, *history], key=lambda line: datetime.fromisoformat(line.iso), reverse=True)


def _load(session: Session, owner: CitizenOwner) -> HowTold:
    if owner.request_id is not None:
        return how_told.of_request(session, owner.request_id)
    assert owner.booking_id is not None
    return how_told.of_booking(session, owner.booking_id)


def _is_invited(session: Session, owner: CitizenOwner, told: HowTold) -> bool:
    if owner.booking_id is None or not told.email or told.discreet:
        return False
    return was_invited(session, owner.booking_id)


def _keeps_calendar(session: Session, owner: CitizenOwner, told: HowTold) -> bool:
    assert owner.booking_id is not None
    return keeps_calendar(told.told_by, calendar_mails_wanted(session, owner.booking_id))


def _sent(told: HowTold, now: datetime, zone: ZoneInfo) -> tuple[Line, ...]:
    return tuple(
        Line(capital(say_moment(notice.at, now, zone)), notice.at.isoformat(), _say_notice(notice), quiet=True)
        for notice in reversed(told.notices)
    )


def _now(way: Way, told: HowTold) -> str:
    count = len(told.browsers)
    match way:
        case Way.PUSH if count == 1:
            return gettext("Nous vous prévenons par une notification, sur un appareil.")
        case Way.PUSH:
            return gettext("Nous vous prévenons par une notification, sur %(number)s appareils.", number=count)
        case Way.SMS:
            return gettext("Nous vous prévenons par SMS au %(phone)s.", phone=_hidden_phone(told.phone or ""))
        case Way.EMAIL:
            return gettext("Nous vous prévenons par courriel à %(email)s.", email=_hidden_email(told.email or ""))
        case Way.NOTHING:
            return gettext("Nous ne vous envoyons rien : revenez voir cette page.")


def _say_calendar(told: HowTold, kept: bool) -> str:
    if kept:
        return gettext(
            "Pour votre agenda, nous envoyons aussi chaque changement par courriel à %(email)s.",
            email=_hidden_email(told.email or ""),
        )
    return gettext(
        "Votre agenda ne suit plus les changements. Après un changement, ajoutez-y de nouveau le rendez-vous."
    )


def _calendar_box(told: HowTold) -> Choice:
    return Choice(
        CALENDAR,
        gettext("Tenir aussi mon agenda à jour par courriel"),
        gettext("À %(email)s, avec la date et le lieu.", email=_hidden_email(told.email or "")),
    )


def _choice(way: Way, told: HowTold) -> Choice:
    match way:
        case Way.PUSH:
            return Choice(way, gettext("Par une notification"), gettext("Sur l’appareil où vous l’avez demandé."))
        case Way.SMS:
            return Choice(way, gettext("Par SMS"), gettext("Au %(phone)s.", phone=_hidden_phone(told.phone or "")))
        case Way.EMAIL:
            return Choice(way, gettext("Par courriel"), gettext("À %(email)s.", email=_hidden_email(told.email or "")))
        case Way.NOTHING:
            return Choice(way, gettext("Ne rien m’envoyer"), gettext("Vous revenez voir cette page."))


def _say_notice(notice: ToldNotice) -> str:
    over = {
        "push": gettext("Prévenu par une notification"),
        "sms": gettext("Prévenu par SMS"),
        "email": gettext("Prévenu par courriel"),
    }[notice.channel]
    came = {
        "sent": gettext("envoyé"),
        "delivered": gettext("reçu"),
        "seen": gettext("lu"),
        "failed": gettext("pas arrivé"),
    }[notice.state]
    return gettext("%(over)s : %(came)s.", over=over, came=came)


def _hidden_phone(phone: str) -> str:
    """`06 •• •• •• 78`: enough to know which phone, not enough to call it."""
    printed = print_phone(phone)
    digits = [place for place, char in enumerate(printed) if char.isdecimal()]
    hidden = set(digits[2:-2])
    return "".join("•" if place in hidden else char for place, char in enumerate(printed))


def _hidden_email(email: str) -> str:
    """`c•••@example.org`."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"
