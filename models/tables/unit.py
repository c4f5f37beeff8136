from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Unit(Base):
    """A brigade or station that receives the public, keyed on its public unit id.

    Police stations have no public id: the directory's own id keys them, and they get negative numbers here.
    `id_is_contested` marks a unit whose public id the file also gives to another one; it is competent only where the
    jurisdiction file names it in full.
    """

    __tablename__ = "units"
    __table_args__ = (CheckConstraint("institution IN ('GN', 'PN')", name="institution"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    directory_id: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    institution: Mapped[str]
    address: Mapped[str]
    postcode: Mapped[str]
    commune_insee: Mapped[str] = mapped_column(index=True)
    commune_name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str | None]
    phone_as_printed: Mapped[str]
    email: Mapped[str | None]
    url: Mapped[str | None]
    time_zone: Mapped[str]
    holiday_zone: Mapped[str]
    opening_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    opening_hours_as_printed: Mapped[str]
    grouping: Mapped[str | None]
    receives_contact_requests: Mapped[bool]
    id_is_contested: Mapped[bool] = mapped_column(server_default=false())
    # How much of an appointment its gendarmes' own agendas may say.
    agendas_show_subject: Mapped[bool] = mapped_column(server_default=false())
    agendas_show_place: Mapped[bool] = mapped_column(server_default=false())
    updated_from: Mapped[str] = mapped_column(server_default="")
