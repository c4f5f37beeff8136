"""The system account that runs PostgreSQL when we are root, because PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

# The name that the wheel's own interface uses: one account serves both.
NAME: Final = "pgserver"


class SubprocessArguments(TypedDict):
    """The arguments of `subprocess.run` that decide as whom the child runs; None leaves it as the parent."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


OWN_ACCOUNT: Final[SubprocessArguments] = {"user": None, "group": None, "extra_groups": None}


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` (not what it holds) to this account."""
        os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """True when this account may pass through every folder down to and including `folder`."""
        # `cd` asks the kernel itself, so groups, access lists and mount options all count.
        passing = subprocess.run(  # noqa: S603 - a fixed program, and the path is an argument, not shell text
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **self.subprocess_arguments(),
        )
        return passing.returncode == 0

    def subprocess_arguments(self) -> SubprocessArguments:
        """Arguments of `subprocess.run` that make the child run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged_account() -> Account:
    """The account for servers that root may not run; created when missing. Call it as root only.

    Machines without `useradd` fall back on `nobody`, which every system has.
    """
    for attempt in range(2):
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
            if attempt or useradd is None:
                break
            # Two racing processes may both try; the loser fails, then finds the winner's account.
            subprocess.run(  # noqa: S603 - fixed arguments
                [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
                check=False,
                capture_output=True,
            )
        else:
            return Account(entry.pw_uid, entry.pw_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
