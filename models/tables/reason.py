from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

# Three of them, each later than the one before; a missing one would make the comparison null, which a check lets pass.
DEADLINES_IN_ORDER = (
    "cardinality({0}) = 3 AND array_position({0}, NULL) IS NULL AND 0 < {0}[1] AND {0}[1] < {0}[2] AND {0}[2] < {0}[3]"
)


class Reason(Base):
    """Why a citizen comes; `discreet` ones change the journey, the notices and the titles.

    For appointments: how long one lasts and the pause after it, the notice before which one cannot be booked any
    more, how far ahead one can, the notice for moving or cancelling, whether the chief approves each one, the papers
    to bring, where it can take place, how many gendarmes and which further resources (`room`, `interpreter`) it needs.

    `ladder_minutes` is when a request that waits comes to the whole unit on duty, the chief and the supervisors;
    `approval_minutes` the same for an appointment that waits for the chief's approval.
    """

    __tablename__ = "reasons"
    __table_args__ = (
        CheckConstraint("due_minutes > 0", name="due_minutes"),
        CheckConstraint("duration_minutes BETWEEN 5 AND 480", name="duration_minutes"),
        CheckConstraint("buffer_minutes BETWEEN 0 AND 240", name="buffer_minutes"),
        CheckConstraint("notice_minutes >= 0 AND change_notice_minutes >= 0", name="notices"),
        CheckConstraint("horizon_days BETWEEN 1 AND 366", name="horizon_days"),
        CheckConstraint("agents_needed BETWEEN 1 AND 2", name="agents_needed"),
        CheckConstraint(
            "cardinality(place_kinds) > 0"
            " AND place_kinds <@ ARRAY['unit', 'town_hall', 'france_services', 'home', 'video']",
            name="place_kinds",
        ),
        CheckConstraint("resource_kinds <@ ARRAY['room', 'interpreter']", name="resource_kinds"),
        CheckConstraint(DEADLINES_IN_ORDER.format("ladder_minutes"), name="ladder_minutes"),
        CheckConstraint(DEADLINES_IN_ORDER.format("approval_minutes"), name="approval_minutes"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    label_fr: Mapped[str]
    label_en: Mapped[str]
    hint_fr: Mapped[str]
    hint_en: Mapped[str]
    discreet: Mapped[bool]
    due_minutes: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    bookable: Mapped[bool] = mapped_column(server_default=text("true"))
    duration_minutes: Mapped[int] = mapped_column(server_default=text("30"))
    buffer_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    notice_minutes: Mapped[int] = mapped_column(server_default=text("60"))
    horizon_days: Mapped[int] = mapped_column(server_default=text("60"))
    change_notice_minutes: Mapped[int] = mapped_column(server_default=text("120"))
    needs_approval: Mapped[bool] = mapped_column(server_default=text("false"))
    papers_fr: Mapped[str] = mapped_column(server_default="")
    papers_en: Mapped[str] = mapped_column(server_default="")
    place_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{unit}'"))
    agents_needed: Mapped[int] = mapped_column(server_default=text("1"))
    resource_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    ladder_minutes: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{2,10,30}'"))
    approval_minutes: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{120,480,1440}'"))
