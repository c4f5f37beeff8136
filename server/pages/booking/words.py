"""The state of a booking in sentences: what is, what happens next, and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from models.queries.followed_booking import FollowedAppointment, FollowedBooking
from models.rules.appointments import EndedBy, State
from server.i18n import gettext
from server.pages.booking.chosen import say_day_and_time
from server.pages.follow_words import StateInWords, capital
from server.pages.units import unit_in_words


def say_booking(booking: FollowedBooking, now: datetime, *, near_words: bool = True) -> StateInWords:
    """The words for the present state at `now`, in the unit's own zone; `near_words` as for `say_day`."""
    zone = ZoneInfo(booking.unit.time_zone)
    active, last = booking.active, booking.last
    if active is not None:
        when = capital(say_day_and_time(active.starts_at, now, zone, near_words=near_words))
        return _active(booking, active, when, now)
    if booking.ended_at is None:
        return _without_a_time(booking)
    when = say_day_and_time(last.starts_at, now, zone, near_words=near_words) if last else ""
    return _ended(last, when)


def _active(booking: FollowedBooking, active: FollowedAppointment, when: str, now: datetime) -> StateInWords:
    unit = capital(unit_in_words(booking.unit.name))
    if active.starts_at <= now:
        return StateInWords(
            gettext("Passé"),
            "info",
            when,
            gettext("Si vous n’avez pas pu venir, appelez la brigade ou reprenez rendez-vous."),
        )
    if active.state == State.REQUESTED:
        return StateInWords(
            gettext("À confirmer"),
            "info",
            when,
            gettext(
                "Cet horaire est gardé pour vous. Le commandant de brigade confirme votre rendez-vous : la réponse"
                " s’affiche ici, et arrive par courriel si vous avez donné une adresse."
            ),
        )
    return StateInWords(gettext("Confirmé"), "success", when, gettext("%(unit)s vous attend.", unit=unit))


def _without_a_time(booking: FollowedBooking) -> StateInWords:
    if booking.offers:
        return StateInWords(
            gettext("À choisir"),
            "warning",
            gettext("La brigade doit changer votre horaire"),
            gettext("Nous le regrettons. Elle garde d’autres horaires pour vous : choisissez plus bas."),
        )
    return StateInWords(
        gettext("À choisir"),
        "warning",
        gettext("Votre horaire n’est plus possible"),
        gettext("Nous le regrettons. Choisissez un autre horaire, ou appelez la brigade."),
    )


def _ended(last: FollowedAppointment | None, when: str) -> StateInWords:
    state = last.state if last else State.CANCELLED
    if state == State.HONOURED:
        return StateInWords(
            gettext("Terminé"),
            "success",
            gettext("Vous êtes venu à votre rendez-vous"),
            gettext("Il était %(when)s.", when=when),
        )
    if state == State.NO_SHOW:
        return StateInWords(
            gettext("Manqué"),
            "warning",
            gettext("La brigade ne vous a pas vu"),
            gettext("Le rendez-vous était %(when)s. Vous pouvez en reprendre un.", when=when),
        )
    if last is not None and last.ended_by == EndedBy.UNIT:
        return StateInWords(
            gettext("Annulé"),
            "warning",
            gettext("La brigade a annulé votre rendez-vous"),
            gettext("Nous le regrettons. Prenez un autre rendez-vous, ou appelez la brigade."),
        )
    if last is not None and last.ended_by == EndedBy.TIME:
        return StateInWords(
            gettext("Sans réponse"),
            "warning",
            gettext("Votre rendez-vous n’a pas été confirmé à temps"),
            gettext("Nous le regrettons. Prenez un autre rendez-vous, ou appelez la brigade."),
        )
    return StateInWords(
        gettext("Annulé"),
        "info",
        gettext("Vous avez annulé votre rendez-vous"),
        gettext("Personne ne vous attend. Vous pouvez reprendre rendez-vous à tout moment."),
    )
