from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from server.jobs import supervision
from server.jobs.supervision import keep_working


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch):
    monkeypatch.setattr(supervision, "SHORTEST_PAUSE_S", 0.001)
    monkeypatch.setattr(supervision, "LONGEST_PAUSE_S", 0.002)


def run(scenario):
    # In a thread of its own: the browser tests of the same process may keep a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, scenario).result(timeout=60)


def test_a_lost_database_is_survived_and_a_side_task_too():
    endings = [psycopg.OperationalError("gone"), ConnectorException(), None]
    lives = []

    async def scenario():
        stopping = asyncio.Event()

        async def work():
            lives.append(1)
            if endings:
                ending = endings.pop(0)
                if ending is None:
                    return
                raise ending
            stopping.set()
            await asyncio.Event().wait()

        await keep_working(work, stopping)

    run(scenario())
    assert len(lives) == 4


def test_stopping_lets_the_work_end_first():
    finished = []

    async def scenario():
        stopping = asyncio.Event()

        async def work():
            try:
                stopping.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                finished.append("the job in hand")
                raise

        await keep_working(work, stopping)

    run(scenario())
    assert finished == ["the job in hand"]


def test_stopping_between_two_lives_is_heard(monkeypatch):
    monkeypatch.setattr(supervision, "SHORTEST_PAUSE_S", 1000)
    monkeypatch.setattr(supervision, "LONGEST_PAUSE_S", 1000)

    async def scenario():
        stopping = asyncio.Event()

        async def work():
            asyncio.get_running_loop().call_later(0.01, stopping.set)
            raise psycopg.OperationalError("gone")

        await asyncio.wait_for(keep_working(work, stopping), 60)

    run(scenario())


def test_a_mistake_of_ours_is_not_hidden():
    async def work():
        raise KeyError("mistake")

    async def scenario():
        await keep_working(work, asyncio.Event())

    with pytest.raises(KeyError):
        run(scenario())
