#!/bin/sh
# Make .venv with exactly the packages that requirements/dev.txt locks, and install this project into it.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or later is needed: install it, or name it with 'make PYTHON=/path/to/python3 …'." >&2
    exit 1
fi
# A folder that was moved, copied or half made does not run; it is made again from nothing.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        echo "The virtual environment could not be made: on Debian, run 'apt install python3-venv'." >&2
        exit 1
    fi
fi

echo "Installing Python packages (a minute or two the first time)…"
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input "$@"; }
# The lock is complete, so nothing is resolved here: what is not locked is not installed. Packages that come as source
# are built with the locked setuptools, so that one is first.
back_end=.venv/setuptools.txt
sed -n '/^setuptools==/,/[^\\]$/p' requirements/dev.txt >"$back_end"
pip install --require-hashes --no-deps -r "$back_end"
pip install --require-hashes --no-deps --use-pep517 --no-build-isolation -r requirements/dev.txt
pip install --no-deps --no-build-isolation --editable .
pip check
