"""Stop the embedded PostgreSQL before its files are removed, wherever they lie."""

from __future__ import annotations

import shutil
from pathlib import Path

from server import embedded_postgres

VAR = Path(__file__).resolve().parents[1] / "var"


def main() -> None:
    embedded_postgres.stop(VAR)
    cluster = (VAR / "postgres").resolve()
    # As root the files may lie outside the project, where removing `var` would only cut the link to them.
    if cluster.is_dir():
        shutil.rmtree(cluster)


if __name__ == "__main__":
    main()
