#!/bin/sh
# Renew the lock files: exact versions and hashes, no addresses. `make lock UPGRADE=1` takes the newest versions.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH

for name in app dev; do
    # shellcheck disable=SC2086 # words are meant to be split
    uv pip compile --quiet ${UPGRADE:+--upgrade} --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        "requirements/$name.in" --output-file "requirements/$name.txt"
done
if [ -n "${UPGRADE:-}" ]; then npm update --save; else npm install --package-lock-only; fi
python tools/check_locks.py
