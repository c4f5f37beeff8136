"""`python -m bench [ONLY]`: run every bench/bench_*.py whose name contains ONLY and compare with the bars.

The exit code is 0 when every bar is kept, 1 when one is missed or a benchmark breaks, 2 when nothing has that name.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
import traceback

from rich.console import Console

import bench
from bench.report import Row, show


def main(only: str = "") -> int:
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name.startswith("bench_")]
    chosen = [name for name in sorted(names) if only in name]
    if not chosen:
        known = ", ".join(name.removeprefix("bench_") for name in sorted(names)) or "none yet"
        console.print(f"No benchmark has {only!r} in its name. There are: {known}.", markup=False)
        return 2
    missed: list[str] = []
    for name in chosen:
        started = time.monotonic()
        title = name.removeprefix("bench_")
        try:
            rows: list[Row] = importlib.import_module(f"bench.{name}").run()
        except Exception:
            # The others still have something to say.
            traceback.print_exc()
            missed.append(f"{title}: it broke, see above")
            continue
        show(f"{title}, in {time.monotonic() - started:.0f} s", rows, console)
        missed += [f"{title}: {row.what}" for row in rows if row.ok is False]
        if not rows:
            missed.append(f"{title}: it measured nothing")
    for line in missed:
        console.print(f"MISSED  {line}", markup=False)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
