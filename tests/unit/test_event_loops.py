from __future__ import annotations

import asyncio

import pytest

from server.event_loops import run_to_its_end


async def errand(answer):
    await asyncio.sleep(0)
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_it_gives_back_what_the_errand_gives():
    assert run_to_its_end(errand(7)) == 7
    with pytest.raises(LookupError):
        run_to_its_end(errand(LookupError()))


def test_it_runs_beside_a_loop_that_is_running():
    async def around():
        return run_to_its_end(errand(7))

    # Whatever loop this thread may have, that one has its own.
    assert run_to_its_end(around()) == 7
