from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.live import Site
from tests.support.processes import Deployment, OwnPostgres

# Each citizen of a stream comes from an address of their own, as seen behind a proxy.
BEHIND_A_PROXY = {"TRUSTED_PROXIES": "1"}


@pytest.fixture
def site(database_url, tmp_path) -> Iterator[Site]:
    """Two units on the run's own server; processes are started by the test."""
    yield from _site(database_url, tmp_path)


@pytest.fixture
def site_on_own_postgres(own_postgres: OwnPostgres, tmp_path) -> Iterator[Site]:
    """The same on a server that the test may kill."""
    yield from _site(own_postgres.url, tmp_path)


def _site(url, folder) -> Iterator[Site]:
    deployment = Deployment(url, folder, BEHIND_A_PROXY)
    site = Site(url, deployment)
    yield site
    deployment.close()
    site.close()
