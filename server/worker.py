"""The worker process: `python -m server.worker` runs the background jobs until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App, PsycopgConnector

from models.database import Database, libpq_url
from push.email import parse_address
from push.vapid import Vapid
from push.web_push import WebPushSender
from server.config import ConfigError, load_settings
from server.context import Context
from server.jobs import wiring
from server.jobs.app import CALENDARS_QUEUE, CALLS_QUEUE, EXPORTS_QUEUE, QUEUES, TRIALS_QUEUE, UPKEEP_QUEUE, queue
from server.jobs.ladder import watch_ladders
from server.jobs.supervision import keep_working
from server.observability import configure_logging
from server.push_settings import PushSettings
from server.tokens import Tokens

log = logging.getLogger(__name__)

CONCURRENCY = 4
# Beside those: for what must ring, and for nothing else.
CALLS_CONCURRENCY = 4
# And for what must happen by the clock: a reminder that comes after its appointment is lost for good.
UPKEEP_CONCURRENCY = 1
# Plannings are asked by these hands only.
CALENDARS_CONCURRENCY = 3
# Tests of addresses take none of those: each ends soon, and nobody has more than one waiting.
TRIALS_CONCURRENCY = 1
# And agendas are visited by these.
EXPORTS_CONCURRENCY = 2
HANDS = (
    CONCURRENCY
    + CALLS_CONCURRENCY
    + UPKEEP_CONCURRENCY
    + CALENDARS_CONCURRENCY
    + TRIALS_CONCURRENCY
    + EXPORTS_CONCURRENCY
)
# One for each job, one for the sweep, one to look up where the database is.
_THREADS = HANDS + 2
DATABASE_WITHIN_S = 5.0


def main() -> None:
    """Work on every queue; on SIGTERM or SIGINT finish the jobs in hand first.

    Raises:
        ConfigError: a setting is missing; mail has nowhere to go without SMTP_URL.
    """
    configure_logging(os.environ.get("LOG_LEVEL", "INFO"))
    settings = load_settings()
    if settings.smtp is None:
        raise ConfigError(
            "SMTP_URL is missing: the worker sends mail; set it to your relay, such as smtp://localhost:25."
        )
    try:
        parse_address(settings.mail_from)
    except ValueError:
        raise ConfigError(
            f"MAIL_FROM is {settings.mail_from!r}: write it as Name <address@example.gouv.fr>, on one line."
        ) from None
    if settings.push is None:
        log.info("web push is off: VAPID_KEYS is not set")
    if settings.sms is None:
        log.info("text messages are off: neither SMS_KANNEL_URL nor SMS_TWILIO_URL is set")
    # One connection for each job, one for the sweep, one to spare.
    connections = HANDS + 2
    database = Database(settings.database_url, pool_size=connections, application_name="brigade worker")
    context = Context(settings, database, Tokens(settings.secret_key))
    try:
        with _open_sender(settings.push) as sender:
            wiring.install(context, sender)
            asyncio.run(_run(context))
    finally:
        database.dispose()


@contextlib.contextmanager
def _open_sender(push: PushSettings | None) -> Iterator[WebPushSender | None]:
    if push is None:
        yield None
        return
    with WebPushSender(Vapid(push.keys, push.subject), push.allowed_hosts, push.ca_file) as sender:
        yield sender


async def _run(context: Context) -> None:
    settings = context.settings
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    # The loop's own would have a thread for each processor and four more: hands that wait would keep the others idle.
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="hand"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    async def work() -> None:
        connector = PsycopgConnector(
            conninfo=libpq_url(settings.database_url),
            kwargs={"application_name": "brigade queue", "connect_timeout": 5},
            min_size=1,
            max_size=HANDS,
            timeout=DATABASE_WITHIN_S,
        )
        with queue.replace_connector(connector) as app:
            async with app.open_async():
                log.info("working on jobs")
                await _until_one_ends(
                    _work(app, "brigade", QUEUES, CONCURRENCY),
                    _work(app, "brigade calls", (CALLS_QUEUE,), CALLS_CONCURRENCY),
                    _work(app, "brigade upkeep", (UPKEEP_QUEUE,), UPKEEP_CONCURRENCY),
                    _work(app, "brigade calendars", (CALENDARS_QUEUE,), CALENDARS_CONCURRENCY),
                    _work(app, "brigade trials", (TRIALS_QUEUE,), TRIALS_CONCURRENCY),
                    _work(app, "brigade exports", (EXPORTS_QUEUE,), EXPORTS_CONCURRENCY),
                )

    watching = asyncio.create_task(watch_ladders(context, stopping))
    try:
        await keep_working(work, stopping)
    finally:
        stopping.set()
        await watching
    log.info("stopped")


async def _until_one_ends(*workers: Coroutine[None, None, None]) -> None:
    """Run all of them; when one ends, for whatever reason, the others finish the jobs in hand and end too."""
    tasks = [asyncio.ensure_future(one) for one in workers]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _work(app: App, name: str, queues: Iterable[str], concurrency: int) -> None:
    await app.run_worker_async(
        name=name,
        # A tuple would reach PostgreSQL as a record, and no job would be fetched.
        queues=list(queues),
        concurrency=concurrency,
        delete_jobs="successful",
        # The signals are ours: the worker may be between two lives when one arrives.
        install_signal_handlers=False,
    )


if __name__ == "__main__":
    try:
        main()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
