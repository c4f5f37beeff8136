"""The named mutations of the terminals: each op's arguments, and the service that the online path calls too.

Its twin is `pwa/sync/mutations.js`; a table test proves that the two lists are the same. docs/sync-documents.md has
the arguments and the refusals of each for whoever writes screens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.appointments import Outcome as AppointmentOutcome
from models.rules.duty import Status
from models.rules.request_lifecycle import Outcome, Verdict
from server.services._arguments import (
    Args,
    read_flag,
    read_instant,
    read_instants,
    read_optional_instant,
    read_optional_whole,
    read_text,
    read_uuid,
    read_whole,
    read_wholes,
    read_word,
)
from server.services._opening_arguments import (
    read_amendment,
    read_change,
    read_holiday,
    read_proposal,
    read_refusal,
    read_withdrawal,
)
from server.services.accept_request import AcceptRequest, accept_request
from server.services.amend_opening import amend_opening
from server.services.answer_agenda import Answer, AnswerAgenda, answer_agenda
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.cancel_absence import CancelAbsence, cancel_absence
from server.services.cancel_appointment import CancelAppointment, cancel_appointment
from server.services.change_occurrence import change_occurrence
from server.services.close_request import CloseRequest, close_request
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.keep_clash import KeepClash, keep_clash
from server.services.leave_appointment import LeaveAppointment, leave_appointment
from server.services.note_request import NoteRequest, note_request
from server.services.propose_opening import propose_opening
from server.services.propose_times import ProposeTimes, propose_times
from server.services.refuse_opening import refuse_opening
from server.services.release_request import ReleaseRequest, release_request
from server.services.see_request import SeeRequest, see_request
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.set_unit_holiday import set_unit_holiday
from server.services.start_intervention import StartIntervention, start_intervention
from server.services.swap_appointments import SwapAppointments, swap_appointments
from server.services.take_appointment import TakeAppointment, take_appointment
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_opening import withdraw_opening

LONGEST_NOTE = 5000
LONGEST_WORD = 500
LONGEST_ABSENCE_WORD = 80
# More than the rules allow, so that they can say which limit it is.
MOST_STARTS = 20
MOST_AGENTS = 20


@dataclass(frozen=True)
class Mutation:
    """One op.

    Args:
        command: reads the arguments; raises `Invalid` naming the field.
        service: applies the command.
        other_units: units besides the actor's own whose lock the service will need.
    """

    command: Callable[[Args], Any]
    service: Callable[[Session, Any, AgentActor, datetime], Verdict]
    other_units: Callable[[Any], tuple[int, ...]] = lambda _command: ()


def _transfer(args: Args) -> TransferRequest:
    return TransferRequest(
        read_uuid(args, "request_id"),
        read_whole(args, "to_unit_id"),
        read_text(args, "word", LONGEST_WORD, required=False),
    )


def _note(args: Args) -> NoteRequest:
    return NoteRequest(read_uuid(args, "request_id"), read_text(args, "text", LONGEST_NOTE, required=True))


def _duty(args: Args) -> SetDutyStatus:
    return SetDutyStatus(
        read_word(args, "status", Status), read_optional_instant(args, "until"), read_optional_whole(args, "agent_id")
    )


def _absence(args: Args) -> DeclareAbsence:
    return DeclareAbsence(
        read_uuid(args, "absence_id"),
        read_instant(args, "starts_at"),
        read_instant(args, "ends_at"),
        read_text(args, "word", LONGEST_ABSENCE_WORD, required=False),
        read_optional_whole(args, "agent_id"),
    )


def _swap(args: Args) -> SwapAppointments:
    return SwapAppointments(read_uuid(args, "appointment_id"), read_uuid(args, "other_appointment_id"))


def _assignment(args: Args) -> AssignAppointment:
    return AssignAppointment(read_uuid(args, "appointment_id"), read_wholes(args, "agents", MOST_AGENTS))


def _outcome(args: Args) -> SetOutcome:
    return SetOutcome(read_uuid(args, "appointment_id"), read_word(args, "outcome", AppointmentOutcome))


def _other_times(args: Args) -> ProposeTimes:
    return ProposeTimes(
        read_uuid(args, "appointment_id"),
        read_instants(args, "starts", MOST_STARTS),
        read_text(args, "word", LONGEST_WORD, required=False),
    )


def _cancellation(args: Args) -> CancelAppointment:
    for_citizen = read_flag(args, "for_citizen")
    word = read_text(args, "word", LONGEST_WORD, required=not for_citizen)
    return CancelAppointment(read_uuid(args, "appointment_id"), word, for_citizen)


def _agenda_answer(args: Args) -> AnswerAgenda:
    return AnswerAgenda(
        read_uuid(args, "appointment_id"), read_whole(args, "finding_id"), read_word(args, "answer", Answer)
    )


def _intervention(args: Args) -> StartIntervention:
    return StartIntervention(read_uuid(args, "absence_id"), read_instant(args, "until"))


def _kept(args: Args) -> KeepClash:
    return KeepClash(read_uuid(args, "appointment_id"), read_uuid(args, "clash_id"))


MUTATIONS: dict[str, Mutation] = {
    "request.accept": Mutation(lambda args: AcceptRequest(read_uuid(args, "request_id")), accept_request),
    "request.release": Mutation(lambda args: ReleaseRequest(read_uuid(args, "request_id")), release_request),
    "request.transfer": Mutation(_transfer, transfer_request, other_units=lambda command: (command.to_unit_id,)),
    "request.note": Mutation(_note, note_request),
    "request.close": Mutation(
        lambda args: CloseRequest(read_uuid(args, "request_id"), read_word(args, "outcome", Outcome)), close_request
    ),
    "request.seen": Mutation(lambda args: SeeRequest(read_uuid(args, "request_id")), see_request),
    "duty.set": Mutation(_duty, set_duty_status),
    "absence.declare": Mutation(_absence, declare_absence),
    "absence.cancel": Mutation(lambda args: CancelAbsence(read_uuid(args, "absence_id")), cancel_absence),
    "opening.propose": Mutation(read_proposal, propose_opening),
    "opening.amend": Mutation(read_amendment, amend_opening),
    "opening.approve": Mutation(lambda args: ApproveOpening(read_uuid(args, "opening_id")), approve_opening),
    "opening.refuse": Mutation(read_refusal, refuse_opening),
    "opening.withdraw": Mutation(read_withdrawal, withdraw_opening),
    "occurrence.change": Mutation(read_change, change_occurrence),
    "holiday.set": Mutation(read_holiday, set_unit_holiday),
    "appointment.take": Mutation(lambda args: TakeAppointment(read_uuid(args, "appointment_id")), take_appointment),
    "appointment.leave": Mutation(lambda args: LeaveAppointment(read_uuid(args, "appointment_id")), leave_appointment),
    "appointment.swap": Mutation(_swap, swap_appointments),
    "appointment.assign": Mutation(_assignment, assign_appointment),
    "appointment.outcome": Mutation(_outcome, set_outcome),
    "appointment.approve": Mutation(
        lambda args: ApproveAppointment(read_uuid(args, "appointment_id")), approve_appointment
    ),
    "appointment.propose": Mutation(_other_times, propose_times),
    "appointment.cancel": Mutation(_cancellation, cancel_appointment),
    "clash.keep": Mutation(_kept, keep_clash),
    "agenda.answer": Mutation(_agenda_answer, answer_agenda),
    "intervention.start": Mutation(_intervention, start_intervention),
}
