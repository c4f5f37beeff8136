"""Refuse lock files that name a place to download from, or that do not pin every package by its hash.

An address in a lock file ties every installation to one registry; behind a mirror it does not work at all.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOREIGN_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "yarn.lock", "pnpm-lock.yaml")


def python_faults(name: str, text: str) -> list[str]:
    """What is wrong with one requirements file."""
    faults = []
    requirements = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    for requirement in requirements:
        if not requirement or requirement.startswith("#"):
            continue
        if "://" in requirement or re.match(r"-(i|f|-index|-extra-index|-find-links)", requirement):
            faults.append(f"{name}: names an address: {requirement[:60]}")
        elif not re.match(r"[\w.\[\]-]+==\S+", requirement) or "--hash=sha256:" not in requirement:
            faults.append(f"{name}: not pinned by version and hash: {requirement[:60]}")
    return faults


def npm_faults(name: str, text: str) -> list[str]:
    """What is wrong with one package-lock.json."""
    faults = []
    for path, package in json.loads(text)["packages"].items():
        if "resolved" in package:
            faults.append(f"{name}: {path} names the address it came from")
        elif path and not package.get("link") and "integrity" not in package:
            faults.append(f"{name}: {path} has no hash")
    return faults


def main() -> None:
    faults = [
        f"{name}: only pip's and npm's lock files are kept" for name in FOREIGN_LOCKS if (PROJECT / name).exists()
    ]
    for name in ("requirements/app.txt", "requirements/dev.txt"):
        faults += python_faults(name, (PROJECT / name).read_text())
    faults += npm_faults("package-lock.json", (PROJECT / "package-lock.json").read_text())
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
