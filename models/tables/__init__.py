"""One short file per table; importing this package declares them all."""

from models.tables.absence import Absence
from models.tables.agent import Agent, AgentSession
from models.tables.api_key import ApiKey
from models.tables.appointment import Appointment, AppointmentAgent, AppointmentResource, Resource
from models.tables.booking import Booking
from models.tables.calendar_export import AgendaFinding, CalendarExport, SentInvitation
from models.tables.calendar_trial import CalendarTrial
from models.tables.chief_notice import ChiefNotice
from models.tables.commune import Commune, CommuneName
from models.tables.contact_request import ContactRequest
from models.tables.contact_verification import ContactVerification
from models.tables.counter import Counter
from models.tables.duty_status import DutyStatus
from models.tables.event import Event
from models.tables.feed import FeedEntry, FeedEpoch, Scope
from models.tables.jurisdiction import Jurisdiction
from models.tables.ladder import Ladder, LadderCall, LadderSight
from models.tables.mutation import MutationResult, SyncClient
from models.tables.notice import Notice
from models.tables.opening import Opening, OpeningChange
from models.tables.opening_occurrence import FreeTime, OpeningOccurrence, OpeningWindow
from models.tables.planning import PlanningClash, PlanningObject, PlanningPosition, PlanningSource
from models.tables.push_subscription import PushFollow, PushSubscription, PushTest
from models.tables.rate_limit import RateLimit
from models.tables.reason import Reason
from models.tables.terminal import Terminal, TerminalEnrolment
from models.tables.text_message import IncomingText, TextMessage, TextStop
from models.tables.unit import Unit
from models.tables.unit_holiday import UnitHoliday

__all__ = [
    "Absence",
    "AgendaFinding",
    "Agent",
    "AgentSession",
    "ApiKey",
    "Appointment",
    "AppointmentAgent",
    "AppointmentResource",
    "Booking",
    "CalendarExport",
    "CalendarTrial",
    "ChiefNotice",
    "Commune",
    "CommuneName",
    "ContactRequest",
    "ContactVerification",
    "Counter",
    "DutyStatus",
    "Event",
    "FeedEntry",
    "FeedEpoch",
    "FreeTime",
    "IncomingText",
    "Jurisdiction",
    "Ladder",
    "LadderCall",
    "LadderSight",
    "MutationResult",
    "Notice",
    "Opening",
    "OpeningChange",
    "OpeningOccurrence",
    "OpeningWindow",
    "PlanningClash",
    "PlanningObject",
    "PlanningPosition",
    "PlanningSource",
    "PushFollow",
    "PushSubscription",
    "PushTest",
    "RateLimit",
    "Reason",
    "Resource",
    "Scope",
    "SentInvitation",
    "SyncClient",
    "Terminal",
    "TerminalEnrolment",
    "TextMessage",
    "TextStop",
    "Unit",
    "UnitHoliday",
]
