"""Type-check the browser code: as pages, as workers and as tests, since none knows the other's globals.

The configurations name their files by pattern. A pattern that matches nothing is no error to the compiler, so this
script says which of them has something to check, and refuses a script that none covers.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PWA = PROJECT / "pwa"
# Two classic scripts would share their top-level names in one program, hence a configuration for each worker.
CONFIGURATIONS = ("tsconfig.json", "tsconfig.worker.json", "tsconfig.follow-worker.json", "tsconfig.tests.json")


def covered(configuration: str) -> set[Path]:
    """The project's own files that the compiler reads under this configuration."""
    listed = subprocess.run(
        ["tsc", "--project", str(PWA / configuration), "--listFilesOnly"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    # Without any source the compiler says so (TS18003) and fails; that is the one failure to let pass here.
    paths = (PROJECT / line for line in listed.stdout.splitlines() if line.strip() and ": error " not in line)
    return {path.resolve() for path in paths if "node_modules" not in path.parts}


def main() -> None:
    sources = {path for path in PWA.rglob("*.js") if "dist" not in path.relative_to(PWA).parts}
    seen: set[Path] = set()
    failed = False
    for configuration in CONFIGURATIONS:
        files = covered(configuration) & sources
        seen |= files
        print(f"tsc --project pwa/{configuration}: {len(files)} files")
        if files:
            done = subprocess.run(["tsc", "--project", str(PWA / configuration)], cwd=PROJECT, check=False)
            failed |= done.returncode != 0
    for path in sorted(sources - seen):
        failed = True
        print(f"{path.relative_to(PROJECT)}: no tsconfig covers this file", file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
