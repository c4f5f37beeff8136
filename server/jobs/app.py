"""The job queue: Procrastinate on the same PostgreSQL, so that a job is deferred in its change's transaction."""

from __future__ import annotations

from procrastinate import App, PsycopgConnector

DELIVERY_QUEUE = "delivery"
# What must ring at once; the worker keeps hands free for it, whatever a relay that hangs does to the rest.
CALLS_QUEUE = "calls"
# What must happen by the clock; one hand is free for it too.
UPKEEP_QUEUE = "upkeep"
# Plannings are read from other people's servers, which may take a minute to answer; it has hands of its own, and no
# others, so that no notice waits behind them.
CALENDARS_QUEUE = "calendars"
# Tests of addresses, for which somebody waits: neither they nor plannings stand in each other's way.
TRIALS_QUEUE = "trials"
# Agendas are written on such servers, and each may take minutes: plannings do not wait for them either.
EXPORTS_QUEUE = "exports"
QUEUES = (CALLS_QUEUE, DELIVERY_QUEUE, UPKEEP_QUEUE)

# The worker opens it on its own database; a process that only defers never opens it.
queue = App(
    connector=PsycopgConnector(),
    import_paths=[
        "server.jobs.deliver",
        "server.jobs.send_code",
        "server.jobs.send_text",
        "server.jobs.bookings",
        "server.jobs.ladder",
        "server.jobs.plannings",
        "server.jobs.calendar_trials",
        "server.jobs.clearing",
        "server.jobs.chief_notices",
        "server.jobs.agendas",
        "server.jobs.push_tests",
        "server.jobs.upkeep",
    ],
)
