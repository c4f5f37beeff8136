"""One short file per table; importing this package declares them all."""

from models.tables.absence import Absence
from models.tables.agent import Agent, AgentSession
from models.tables.commune import Commune, CommuneName
from models.tables.contact_request import ContactRequest
from models.tables.duty_status import DutyStatus
from models.tables.event import Event
from models.tables.feed import FeedEntry, FeedEpoch, Scope
from models.tables.jurisdiction import Jurisdiction
from models.tables.mutation import MutationResult, SyncClient
from models.tables.notice import Notice
from models.tables.opening import Opening
from models.tables.rate_limit import RateLimit
from models.tables.reason import Reason
from models.tables.terminal import Terminal, TerminalEnrolment
from models.tables.unit import Unit

__all__ = [
    "Absence",
    "Agent",
    "AgentSession",
    "Commune",
    "CommuneName",
    "ContactRequest",
    "DutyStatus",
    "Event",
    "FeedEntry",
    "FeedEpoch",
    "Jurisdiction",
    "MutationResult",
    "Notice",
    "Opening",
    "RateLimit",
    "Reason",
    "Scope",
    "SyncClient",
    "Terminal",
    "TerminalEnrolment",
    "Unit",
]
