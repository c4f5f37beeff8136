#!/bin/sh
# Install the browser code's packages as package-lock.json fixes them, with the Node that came as a Python package.
set -eu
cd "$(dirname "$0")/.."
# npm starts `node` by name, so ours must be found before any other.
PATH="$PWD/.venv/bin:$PATH"
export PATH

echo "Installing JavaScript packages…"
npm ci --no-audit --no-fund --loglevel=error
