"""What climbs and what is late, as the chief of a unit and the supervisors read it: whole, and nobody's own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.appointment_events import AppointmentBooked
from models.database import Database
from models.queries import late
from models.record import record
from models.rules.actor import CitizenActor
from models.rules.appointments import State
from models.tables import Event, Ladder, LadderCall
from server.services.accept_request import AcceptRequest, accept_request
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.climb_ladder import ClimbLadder, climb_ladder
from server.services.release_request import ReleaseRequest, release_request
from server.services.see_request import SeeRequest, see_request
from server.services.settle_call import SettleCall, settle_call
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.roles import CHIEF_A, GENDARME_A, SECRET_WORDS, SUPERVISOR, UNIT_A, UNIT_B, World, world_on
from tests.support.seed import NOW, actor_of, send_request

MORNING = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Unit A has one request, sent just now. The application's own clock stands at `NOW`."""
    with world_on(database) as world:
        yield world


def ask(world: World, role: str = CHIEF_A, cursor: str = "") -> dict[str, Any]:
    answer = world.call(role, "GET", f"/api/late?cursor={cursor}")
    assert answer.status_code == 200, answer.json
    body: dict[str, Any] = answer.json
    return body


def begin(world: World, ago: timedelta = timedelta(0), **changes: Any) -> UUID:
    """Another request, which has waited so long."""
    with world.database.transaction() as session:
        return send_request(session, now=NOW - ago, **changes).request_id


def climb(world: World, subject_id: UUID, at: datetime = NOW) -> None:
    """Look at the subject's last wait as the job would."""
    with world.database.transaction() as session:
        event_id = session.scalar(
            select(func.max(Event.id)).where((Event.request_id == subject_id) | (Event.appointment_id == subject_id))
        )
        assert event_id is not None
        climb_ladder(session, ClimbLadder(event_id), at)


def do(world: World, service: Any, command: Any, role: str, at: datetime = NOW) -> None:
    with world.database.transaction() as session:
        service(session, command, actor_of(world.agents[role]), at)


def calls(world: World, subject_id: UUID) -> list[LadderCall]:
    with world.database.transaction() as session:
        return list(
            session.scalars(
                select(LadderCall)
                .join(Ladder, Ladder.id == LadderCall.ladder_id)
                .where((Ladder.request_id == subject_id) | (Ladder.appointment_id == subject_id))
                .order_by(LadderCall.step)
            )
        )


def test_a_wait_with_its_calls_and_who_has_seen_it(world: World) -> None:
    request_id = begin(world, timedelta(minutes=3))
    climb(world, request_id, NOW - timedelta(minutes=3))
    [to_chief] = [call for call in calls(world, request_id) if call.agent_id == world.agents[CHIEF_A].id]
    with world.database.transaction() as session:
        settle_call(session, SettleCall(to_chief.id, "failed", "http_410"), NOW)
    climb(world, request_id, NOW - timedelta(minutes=1))
    do(world, see_request, SeeRequest(request_id), GENDARME_A)

    [found] = ask(world)["waiting"]

    assert found["unit"] == {"id": UNIT_A, "name": "Brigade de gendarmerie de Belley", "time_zone": "Europe/Paris"}
    assert (found["subject"], found["subject_id"], found["reason"]) == ("request", str(request_id), "complaint")
    assert (found["step"], found["next_step"]) == (2, 3)
    assert found["begun_at"] == (NOW - timedelta(minutes=3)).isoformat()
    assert found["next_at"] == (NOW + timedelta(minutes=7)).isoformat()
    assert [found[name] for name in ("ended_at", "how", "taken_by")] == [None, None, None]
    assert found["seen_by"] == [{"name": GENDARME_A, "at": NOW.isoformat()}]
    told = [tuple(one[name] for name in ("step", "who", "name", "channel", "state", "cause")) for one in found["calls"]]
    assert told[0] == (0, "terminals", None, "socket", "sent", None)
    assert [one for one in told if one[2] == CHIEF_A] == [
        (1, "agent", CHIEF_A, "web_push", "failed", "http_410"),
        (2, "agent", CHIEF_A, "web_push", "queued", None),
    ]
    assert [(one[0], one[4]) for one in told if one[2] == GENDARME_A] == [(1, "seen"), (2, "seen")]


def test_nothing_that_the_citizen_said_is_in_it_and_supervisors_read_no_reason(world: World) -> None:
    climb(world, world.request_id)
    for role in (CHIEF_A, SUPERVISOR):
        answer = world.call(role, "GET", "/api/late")
        assert answer.headers["Cache-Control"] == "no-store"
        words = answer.get_data(as_text=True)
        for secret in (SECRET_WORDS, "Camille", "639980012", "Gare", "example.org", "BN-"):
            assert (secret in words) == (secret == "BN-"), f"{secret} for {role}"
    [found] = ask(world, SUPERVISOR)["waiting"]
    assert (found["subject_id"], found["reason"]) == (None, None)


def test_a_chief_reads_the_own_unit_and_a_supervisor_every_one(world: World) -> None:
    elsewhere = begin(world)
    do(world, transfer_request, TransferRequest(elsewhere, UNIT_B, ""), CHIEF_A)
    for request_id in (elsewhere, world.request_id):
        climb(world, request_id)

    assert [one["unit"]["id"] for one in ask(world)["waiting"]] == [UNIT_A]
    everywhere = ask(world, SUPERVISOR)
    assert {one["unit"]["id"] for one in everywhere["waiting"]} == {UNIT_A, UNIT_B}
    assert (everywhere["everywhere"], everywhere["total"], everywhere["late"]) == (True, 2, 0)


def test_the_most_late_first_page_by_page_and_none_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "PAGE", 2)
    minutes = (1, 31, 45, 11, 12, 3)
    for ago in minutes:
        climb(world, begin(world, timedelta(minutes=ago)))

    found, cursor, totals = [], "", set()
    while cursor is not None:
        page = ask(world, SUPERVISOR, cursor)
        found += page["waiting"]
        totals.add((page["total"], page["late"]))
        assert cursor == "" or page["ended"] == []
        cursor = page["cursor"]

    waited = [(NOW - datetime.fromisoformat(one["begun_at"])) // timedelta(minutes=1) for one in found]
    assert waited == [45, 31, 12, 11, 3, 1]
    assert [one["step"] for one in found] == [4, 4, 3, 3, 2, 1]
    assert [one["next_at"] is None for one in found] == [True, True, False, False, False, False]
    assert totals == {(6, 4)}


@pytest.mark.parametrize("cursor", ["x", "4.1.0", f"5.1.{UUID(int=1)}", f"4.1.{UUID(int=1)}é"])
def test_a_cursor_that_is_none_of_ours_is_refused(world: World, cursor: str) -> None:
    answer = world.call(SUPERVISOR, "GET", f"/api/late?cursor={cursor}")
    assert (answer.status_code, answer.json["fields"]) == (422, {"cursor": "unreadable"})


def test_one_that_is_taken_goes_below_at_once_and_says_by_whom(world: World) -> None:
    climb(world, world.request_id)
    # No job has looked at the ladder since.
    do(world, accept_request, AcceptRequest(world.request_id), GENDARME_A)

    page = ask(world)

    assert (page["waiting"], page["total"]) == ([], 0)
    [ended] = page["ended"]
    assert (ended["how"], ended["taken_by"], ended["ended_at"]) == ("taken", GENDARME_A, NOW.isoformat())
    assert (ended["next_at"], ended["next_step"]) == (None, None)


def test_each_wait_of_a_request_stands_for_itself(world: World) -> None:
    climb(world, world.request_id)
    do(world, accept_request, AcceptRequest(world.request_id), GENDARME_A)
    do(world, release_request, ReleaseRequest(world.request_id), GENDARME_A)
    climb(world, world.request_id)
    withdrawn, passed_on = begin(world), begin(world)
    for request_id in (withdrawn, passed_on):
        climb(world, request_id)
    with world.database.transaction() as session:
        withdraw_request(session, WithdrawRequest(withdrawn), CitizenActor(withdrawn), NOW)
    do(world, transfer_request, TransferRequest(passed_on, UNIT_B, ""), CHIEF_A)

    page = ask(world)

    assert [one["subject_id"] for one in page["waiting"]] == [str(world.request_id)]
    assert {(one["subject_id"], one["how"]) for one in page["ended"]} == {
        (str(world.request_id), "taken"),
        (str(withdrawn), "withdrawn"),
        (str(passed_on), "transferred"),
    }


def test_one_that_has_come_to_the_supervisors_waits_on_until_it_is_taken_and_goes_after_a_day(world: World) -> None:
    old, new = begin(world, timedelta(days=2)), begin(world, timedelta(days=2))
    for request_id in (old, new):
        climb(world, request_id, NOW - timedelta(days=1, hours=12))
    assert [one["step"] for one in ask(world)["waiting"]] == [4, 4]
    do(world, accept_request, AcceptRequest(old), GENDARME_A, NOW - timedelta(hours=25))
    do(world, accept_request, AcceptRequest(new), GENDARME_A, NOW - timedelta(hours=23))
    page = ask(world)
    assert (page["waiting"], [one["subject_id"] for one in page["ended"]]) == ([], [str(new)])


def test_an_appointment_that_waits_for_approval_has_a_booking_reference(world: World) -> None:
    with world.database.transaction() as session:
        [window] = seed_windows(session, world.agents[CHIEF_A], MORNING, MORNING + timedelta(hours=2))
        appointment = seed_appointment(session, window, MORNING, state=State.REQUESTED)
        assert appointment.booking_id is not None
        record(
            session,
            AppointmentBooked(
                at=NOW,
                unit_id=UNIT_A,
                appointment_id=appointment.id,
                booking_id=appointment.booking_id,
                state=appointment.state,
            ),
        )
    climb(world, appointment.id)
    [found] = ask(world)["waiting"]
    assert (found["subject"], found["subject_id"], found["next_step"]) == ("approval", str(appointment.id), 2)
    assert found["reference"].startswith("RV-")
    do(world, approve_appointment, ApproveAppointment(appointment.id), CHIEF_A)
    [ended] = ask(world)["ended"]
    assert (ended["how"], ended["taken_by"]) == ("taken", CHIEF_A)
