"""Faults that somebody could build in; the state machine must catch each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from sqlalchemy import event, text

from models import record as record_module
from models.queries import terminal_feed
from models.rules.errors import Refusal
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningEvent
from models.tables import MutationResult
from server import identity
from server.api import sync
from server.context import current
from server.services import _receivers, set_unit_holiday
from server.services import apply_mutation as applying
from server.services import create_contact_request as creating
from tests.support import seed


@dataclass(frozen=True)
class Fault:
    """Either a patch of the server, or one of the faults that `browser.mjs` can build in."""

    server: Callable[[], AbstractContextManager[Any]] | None = None
    browser: str = ""


@contextmanager
def no_deduplication() -> Iterator[None]:
    def forget(session: Any, client: Any, command: Any) -> None:
        if earlier := session.get(MutationResult, (client.id, command.seq)):
            session.delete(earlier)
            session.flush()

    with patch.object(applying, "_earlier_result", forget):
        yield


@contextmanager
def result_in_a_later_transaction() -> Iterator[None]:
    real = sync._apply

    def apply(command: Any, actor: Any) -> Any:
        context = current()
        verdict = None
        with context.database.transaction() as session:
            client = applying._lock_client(session, command.client_id, actor, context.now())
            if applying._earlier_result(session, client, command) is None:
                verdict = _only_the_effect(session, command, actor, context.now())
        if verdict is None:
            return real(command, actor)
        # Whoever dies here does it again at the next push.
        with context.database.transaction() as session:
            client = applying._lock_client(session, command.client_id, actor, context.now())
            version = record_module.lock_scopes(session, {applying._own_scope(actor)})[applying._own_scope(actor)]
            status = "noop" if verdict is Verdict.NOOP else "applied"
            return sync._present(applying._store(session, client, command, version, status, None, {}, context.now()))

    with patch.object(sync, "_apply", apply):
        yield


def _only_the_effect(session: Any, command: Any, actor: Any, now: Any) -> Verdict | None:
    try:
        mutation, parsed = applying._parse(command)
        with session.begin_nested():
            return mutation.service(session, parsed, actor, now)
    except (Refusal, RuntimeError):
        return None


@contextmanager
def no_error_result() -> Iterator[None]:
    def give_up(*_args: Any) -> Any:
        raise RuntimeError("no result for what failed")

    with patch.object(sync, "store_mutation_error", give_up):
        yield


@contextmanager
def stamped_after_the_commit() -> Iterator[None]:
    late: list[tuple[str, str]] = []
    real_apply = sync._apply

    def remember(_session: Any, scope: str, document: str, _version: int) -> None:
        late.append((scope, document))

    def apply(command: Any, actor: Any) -> Any:
        late.clear()
        with patch.object(record_module, "_stamp", remember):
            result = real_apply(command, actor)
        for scope, document in list(late):
            with current().database.transaction() as session:
                version = record_module.lock_scopes(session, {scope})[scope]
                real_stamp(session, scope, document, version)
        return result

    real_stamp = record_module._stamp
    with patch.object(sync, "_apply", apply):
        yield


@contextmanager
def no_unit_lock_in_the_citizens_form() -> Iterator[None]:
    real_send = seed.create_contact_request
    real_lock = record_module.lock_scopes

    def unlocked(session: Any, scopes: Any) -> dict[str, int]:
        versions = {}
        for key in scopes:
            held = session.scalar(text("SELECT version FROM scopes WHERE key = :key"), {"key": key}) or 0
            versions[key] = held + 1

        def bump(committing: Any) -> None:
            for key, version in versions.items():
                committing.execute(
                    text(
                        "INSERT INTO scopes (key, version) VALUES (:key, :version) ON CONFLICT (key)"
                        " DO UPDATE SET version = greatest(scopes.version, :version)"
                    ),
                    {"key": key, "version": version},
                )

        event.listen(session, "before_commit", bump, once=True)
        return versions

    def send(*args: Any) -> Any:
        with patch.object(record_module, "lock_scopes", unlocked), patch.object(creating, "lock_scopes", _nothing):
            return real_send(*args)

    with patch.object(seed, "create_contact_request", send):
        yield
    assert record_module.lock_scopes is real_lock


@contextmanager
def results_forgotten_by_the_pull() -> Iterator[None]:
    real = terminal_feed._results

    def forget(*args: Any) -> Any:
        lmid, _results = real(*args)
        return lmid, ()

    with patch.object(terminal_feed, "_results", forget):
        yield


@contextmanager
def revoked_sign_ins_still_read() -> Iterator[None]:
    real = identity.load_actor
    known: dict[str, Any] = {}

    def remember(session: Any, token: Any, *others: Any) -> Any:
        return known.setdefault(token, real(session, token, *others)) or real(session, token, *others)

    with patch.object(identity, "load_actor", remember):
        yield


@contextmanager
def released_without_a_word() -> Iterator[None]:
    """An absence or an intervention takes appointments from somebody, and no terminal is told."""
    real = _receivers.record_receivers

    def record(session: Any, appointment: Any, how: str, *others: Any) -> None:
        if how != "withdrawn":
            real(session, appointment, how, *others)

    with patch.object(_receivers, "record_receivers", record):
        yield


@contextmanager
def occurrences_of_which_nobody_hears() -> Iterator[None]:
    """Whatever opens, closes and moves them tells of the opening alone."""

    def documents(self: OpeningEvent) -> tuple[str, ...]:
        return (f"opening/{self.opening_id}",)

    def follow(*args: Any) -> tuple[str, ...]:
        real(*args)
        return ()

    real = set_unit_holiday._follow
    with (
        patch.object(OpeningEvent, "documents", property(documents)),
        patch.object(set_unit_holiday, "_follow", follow),
    ):
        yield


def _nothing(*_args: Any) -> dict[str, int]:
    return {}


FAULTS: dict[str, Fault] = {
    "no deduplication": Fault(no_deduplication),
    "result in a later transaction": Fault(result_in_a_later_transaction),
    "no error result": Fault(no_error_result),
    "late version": Fault(stamped_after_the_commit),
    "no unit lock in the citizen's form": Fault(no_unit_lock_in_the_citizens_form),
    "results forgotten": Fault(results_forgotten_by_the_pull),
    "revoked sign-ins still read": Fault(revoked_sign_ins_still_read),
    "released without a word": Fault(released_without_a_word),
    "occurrences of which nobody hears": Fault(occurrences_of_which_nobody_hears),
    **{name: Fault(browser=name) for name in ("no stale-pull check", "queue dropped on reset", "refusals not kept")},
}
