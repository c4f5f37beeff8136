"""`brigade reason`: what an appointment for a reason asks, and how fast what waits for it climbs."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from models.rules.openings import PlaceKind
from models.rules.reason_terms import ReasonTerms
from models.rules.resources import ListedKind
from models.tables import Reason
from server.command_work import work
from server.services.set_reason_terms import SetReasonTerms, set_reason_terms, terms_now

commands = typer.Typer(
    no_args_is_help=True, help="What an appointment for a reason asks, and how fast what waits climbs."
)


@commands.command("list")
def list_reasons() -> None:
    """List every reason with its terms."""
    with work() as (session, _):
        for reason in session.scalars(select(Reason).order_by(Reason.position)):
            typer.echo(_line(reason.code, terms_now(reason)))


@commands.command("set")
def set_terms(
    code: Annotated[str, typer.Argument(help="The reason's code, from the list.")],
    duration: Annotated[int | None, typer.Option(help="Minutes.")] = None,
    buffer: Annotated[int | None, typer.Option(help="Minutes kept free after it.")] = None,
    notice: Annotated[int | None, typer.Option(help="Minutes before which it must be booked.")] = None,
    change_notice: Annotated[
        int | None, typer.Option(help="Minutes before which its citizen moves or cancels.")
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="How many days ahead it can be booked.")] = None,
    gendarmes: Annotated[int | None, typer.Option(help="How many receive together.")] = None,
    approval: Annotated[bool | None, typer.Option(help="The chief approves each one.")] = None,
    place: Annotated[list[PlaceKind] | None, typer.Option(help="Give it again for each further kind.")] = None,
    needs: Annotated[list[ListedKind] | None, typer.Option(help="Give it again for each further kind.")] = None,
    needs_nothing: Annotated[bool, typer.Option("--needs-nothing", help="Neither room nor interpreter.")] = False,
    ladder: Annotated[
        tuple[int, int, int] | None,
        typer.Option(
            metavar="UNIT CHIEF SUPERVISORS",
            help="Minutes after which a request that nobody takes comes to each: 2 10 30.",
        ),
    ] = None,
    approval_ladder: Annotated[
        tuple[int, int, int] | None,
        typer.Option(metavar="UNIT CHIEF SUPERVISORS", help="The same of an appointment that waits for approval."),
    ] = None,
) -> None:
    """Change a reason's terms in every unit; what is left out stays as it is.

    Terms of appointments hold from the next booking on, the ladder's minutes also for what climbs already.
    """
    if needs and needs_nothing:
        raise typer.BadParameter("give --needs or --needs-nothing.")
    command = SetReasonTerms(
        code=code,
        duration_minutes=duration,
        buffer_minutes=buffer,
        notice_minutes=notice,
        change_notice_minutes=change_notice,
        horizon_days=horizon,
        agents_needed=gendarmes,
        needs_approval=approval,
        place_kinds=tuple(place) if place else None,
        resource_kinds=() if needs_nothing else tuple(needs) if needs else None,
        ladder_minutes=ladder,
        approval_minutes=approval_ladder,
    )
    with work() as (session, _):
        typer.echo(_line(code, set_reason_terms(session, command)))


def _line(code: str, terms: ReasonTerms) -> str:
    return "  ".join(
        [
            code,
            f"{terms.duration_minutes}+{terms.buffer_minutes} min",
            f"notice {terms.notice_minutes} min, to change {terms.change_notice_minutes} min",
            f"{terms.horizon_days} days ahead",
            f"{terms.agents_needed} gendarme{'s' if terms.agents_needed > 1 else ''}",
            " ".join(terms.place_kinds),
            *([" ".join(terms.resource_kinds)] if terms.resource_kinds else []),
            *(["approved by the chief"] if terms.needs_approval else []),
            f"climbs after {_minutes(terms.ladder_minutes)} min",
            f"approval after {_minutes(terms.approval_minutes)} min",
        ]
    )


def _minutes(deadlines: tuple[int, int, int]) -> str:
    return ", ".join(str(one) for one in deadlines)
