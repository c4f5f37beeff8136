"""Keep the reference data as the files print it, and index the names of communes

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("communes", sa.Column("kind", sa.String(), nullable=False))
    op.add_column("communes", sa.Column("region", sa.String(), nullable=False))
    op.create_index(
        "ix_communes_merged_into",
        "communes",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "commune_names",
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insee"], ["communes.insee"], name=op.f("fk_commune_names_insee_communes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("insee", "name", name=op.f("pk_commune_names")),
    )
    op.create_index(
        "ix_commune_names_words",
        "commune_names",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    for column in ("search_name", "short_name"):
        op.create_index(
            f"ix_commune_names_{column}", "commune_names", [column], postgresql_ops={column: "text_pattern_ops"}
        )
    op.create_index(
        "ix_commune_names_order", "commune_names", [sa.text("is_current DESC"), sa.text("population DESC"), "insee"]
    )
    op.add_column("units", sa.Column("id_is_contested", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("units", sa.Column("updated_from", sa.String(), server_default="", nullable=False))

    # A row of the jurisdiction file may name a unit that was not imported, or none: its id is kept as printed.
    op.drop_index("uq_jurisdictions_in_force", "jurisdictions")
    op.drop_constraint(op.f("fk_jurisdictions_unit_id_units"), "jurisdictions")
    op.drop_column("jurisdictions", "unit_id")
    op.add_column("jurisdictions", sa.Column("service_id", sa.String(), nullable=False))
    op.alter_column("jurisdictions", "valid_from", nullable=True)
    op.create_index(
        "uq_jurisdictions_in_force",
        "jurisdictions",
        ["commune_insee", "institution", "service_id"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM jurisdictions")
    op.drop_index("uq_jurisdictions_in_force", "jurisdictions")
    op.alter_column("jurisdictions", "valid_from", nullable=False)
    op.drop_column("jurisdictions", "service_id")
    op.add_column("jurisdictions", sa.Column("unit_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_jurisdictions_unit_id_units"), "jurisdictions", "units", ["unit_id"], ["id"])
    op.create_index(
        "uq_jurisdictions_in_force",
        "jurisdictions",
        ["commune_insee", "unit_id"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_column("units", "updated_from")
    op.drop_column("units", "id_is_contested")
    op.drop_table("commune_names")
    op.drop_index("ix_communes_merged_into", "communes")
    op.drop_column("communes", "region")
    op.drop_column("communes", "kind")
