"""The booking contract that the gendarmerie's remote-complaint service already calls (rdv-service-public, 2024).

Its client switches to us by changing a base URL and a key: names, texts and numbers are those it knows. The key says
for which unit and reason, because no call does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Response
from sqlalchemy.orm import Session

from models.queries.opening_windows import list_counters, list_windows
from models.queries.partner_bookings import PartnerBooking, find_numbered_booking, list_partner_bookings
from models.queries.slot_search import days_in_utc
from models.queries.slots import find_slots
from models.rules.api_keys import Scope
from models.rules.booking import BookingDetails
from models.rules.errors import Conflict, Invalid, NotFound
from models.tables import Reason, Unit
from server.api.interface import Blueprint
from server.api.partner_access import keyed, private
from server.api.visioplainte_forms import (
    present_counter,
    present_rdv,
    present_slot,
    present_window,
    read_days,
    read_range,
    read_time,
)
from server.api.visioplainte_schemas import (
    LARGEST_ID,
    Creneau,
    Creneaux,
    Errors,
    Guichets,
    NewRdvQuery,
    PlagesOuverture,
    RangeQuery,
    Rdv,
    Rdvs,
    RdvsQuery,
    StartQuery,
    WindowsQuery,
)
from server.context import current
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.delete_booking import DeleteBooking, delete_booking
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.use_api_key import Partner

blueprint = Blueprint(
    "visioplainte", __name__, url_prefix="/api/visioplainte", description="Le contrat de la visioplainte."
)

LONGEST_SEARCH = timedelta(days=31)
NEXT_WITHIN = timedelta(days=60)
# Most of the time the next free time is near: only when it is not is the rest looked through.
LOOKS = (timedelta(days=6), NEXT_WITHIN)
View = TypeVar("View", bound=Callable[..., Any])


def _refusals(*statuses: HTTPStatus) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        always = (
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
        for status in (*statuses, *always):
            view = blueprint.alt_response(int(status), schema=Errors, description=status.phrase)(view)
        return view

    return decorate


@blueprint.get("/creneaux")
@keyed(blueprint, Scope.VISIOPLAINTE)
@blueprint.arguments(RangeQuery, location="query")
@_refusals(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Creneaux)
def get_creneaux(partner: Partner, query: dict[str, Any]) -> Response:
    """Lister les créneaux libres"""
    first, last = read_days(query)
    if last - first > LONGEST_SEARCH:
        raise Invalid("invalid_arguments", {"fields": {"date_fin": "too_far"}})
    context = current()
    with context.database.snapshot() as session:
        unit, reason = _served(session, partner)
        slots = find_slots(session, unit.id, reason.code, first, last, context.now())
    return private({"creneaux": [present_slot(slot, unit) for slot in slots]})


@blueprint.get("/creneaux/prochain")
@keyed(blueprint, Scope.VISIOPLAINTE)
@blueprint.arguments(StartQuery, location="query")
@_refusals(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Creneau)
def get_prochain(partner: Partner, query: dict[str, Any]) -> Response:
    """Trouver le prochain créneau libre, dans les 60 jours"""
    context = current()
    start = query["date_debut"]
    with context.database.snapshot() as session:
        unit, reason = _served(session, partner)
        for look in LOOKS:
            slots = find_slots(session, unit.id, reason.code, start, start + look, context.now())
            if slots:
                return private(present_slot(slots[0], unit))
    raise NotFound("no_slot_after")


@blueprint.get("/guichets")
@keyed(blueprint, Scope.VISIOPLAINTE)
@_refusals()
@blueprint.response(HTTPStatus.OK, Guichets)
def get_guichets(partner: Partner) -> Response:
    """Lister les guichets"""
    with current().database.snapshot() as session:
        unit, _ = _served(session, partner)
        return private({"guichets": [present_counter(counter) for counter in list_counters(session, unit.id)]})


@blueprint.get("/plages_ouverture")
@keyed(blueprint, Scope.VISIOPLAINTE)
@blueprint.arguments(WindowsQuery, location="query")
@_refusals(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, PlagesOuverture)
def get_plages_ouverture(partner: Partner, query: dict[str, Any]) -> Response:
    """Lister les plages d’ouverture, une ligne par occurrence"""
    first, last = read_days(query)
    with current().database.snapshot() as session:
        unit, reason = _served(session, partner)
        zone = ZoneInfo(unit.time_zone)
        windows = list_windows(session, unit.id, reason, days_in_utc(first, last, zone), query["guichet_ids"])
    return private({"plages_ouverture": [present_window(window, zone) for window in windows]})


@blueprint.get("/rdvs")
@keyed(blueprint, Scope.VISIOPLAINTE)
@blueprint.arguments(RdvsQuery, location="query")
@_refusals(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Rdvs)
def get_rdvs(partner: Partner, query: dict[str, Any]) -> Response:
    """Lister les rdvs pris avec cette clé"""
    with current().database.snapshot() as session:
        unit, _ = _served(session, partner)
        during = read_range(query, ZoneInfo(unit.time_zone))
        if during is None and query["ids"] is None:
            raise Invalid("ids_or_dates")
        found = list_partner_bookings(
            session,
            partner.actor.api_key_id,
            during=during,
            numbers=query["ids"],
            counter_ids=query["guichet_ids"],
        )
    return private({"rdvs": [present_rdv(one) for one in found]})


@blueprint.post("/rdvs")
@keyed(blueprint, Scope.VISIOPLAINTE)
@blueprint.arguments(NewRdvQuery, location="query")
@_refusals(HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.CREATED, Rdv)
def post_rdv(partner: Partner, query: dict[str, Any]) -> Response:
    """Prendre un rdv ; le service appelant garde les données de l’usager"""
    context = current()
    now, tokens = context.now(), context.tokens
    with context.database.transaction() as session:
        unit, reason = _served(session, partner)
        starts_at = read_time("starts_at", query["starts_at"], ZoneInfo(unit.time_zone))
        if starts_at.second or starts_at.microsecond:
            raise Invalid("no_slot_then")
        try:
            held = hold_slot(session, HoldSlot(unit.id, reason.code, starts_at), now, tokens)
        except Conflict as conflict:
            raise Invalid("no_slot_then") from conflict
        # Held and booked in one transaction: nobody finds it held by a program that has gone away.
        command = BookAppointment(held.hold_token, BookingDetails(), "fr", f"visioplainte:{uuid4()}")
        booked = book_appointment(session, command, partner.actor, now, tokens)
        session.flush()
        (found,) = (
            one
            for one in list_partner_bookings(session, partner.actor.api_key_id, during=(starts_at, starts_at))
            if one.booking.id == booked.booking_id
        )
        return private(present_rdv(found), HTTPStatus.CREATED)


@blueprint.put("/rdvs/<rdv_id>/cancel")
@keyed(blueprint, Scope.VISIOPLAINTE)
@_refusals(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, Rdv)
def put_cancel(partner: Partner, rdv_id: str) -> Response:
    """Annuler un rdv, du côté de l’usager

    À tout moment, même tard : mieux vaut le savoir. Un rdv qui a déjà eu lieu, ou que l’unité a annulé, reste tel
    quel, et son statut le dit.
    """
    context = current()
    with context.database.transaction() as session:
        booking_id = _numbered(session, partner, rdv_id).booking.id
        try:
            cancel_booking(session, CancelBooking(booking_id), partner.actor, context.now())
        except Conflict as conflict:
            if conflict.code != "already_ended":
                raise
        session.flush()
        return private(present_rdv(_numbered(session, partner, rdv_id)))


@blueprint.delete("/rdvs/<rdv_id>")
@keyed(blueprint, Scope.VISIOPLAINTE)
@_refusals(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_rdv(partner: Partner, rdv_id: str) -> Response:
    """Supprimer un rdv : annulé s’il est à venir, puis effacé"""
    context = current()
    with context.database.transaction() as session:
        booking = _numbered(session, partner, rdv_id).booking
        delete_booking(session, DeleteBooking(booking.id), partner.actor, context.now())
    return Response(status=HTTPStatus.NO_CONTENT)


def _served(session: Session, partner: Partner) -> tuple[Unit, Reason]:
    # The database lets no key with this scope lack one of them.
    assert partner.actor.unit_id is not None
    assert partner.reason_code is not None
    return session.get_one(Unit, partner.actor.unit_id), session.get_one(Reason, partner.reason_code)


def _numbered(session: Session, partner: Partner, rdv_id: str) -> PartnerBooking:
    # Longer ones are no numbers of ours, and reading a number of a thousand digits is refused by Python itself.
    number = int(rdv_id) if rdv_id.isascii() and rdv_id.isdigit() and len(rdv_id) <= len(str(LARGEST_ID)) else None
    if number is None or number > LARGEST_ID:
        raise NotFound("no_such_booking")
    found = find_numbered_booking(session, partner.actor.api_key_id, number)
    if found is None:
        raise NotFound("no_such_booking")
    return found
