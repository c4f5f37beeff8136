#!/bin/sh
# Find or fetch Kannel, the text message gateway of some tests: the system's, else apt's when we may.
# Without it those tests are skipped and say so; with CI set that is a failure.
set -eu

# Debian puts daemons where only root's PATH looks.
PATH="$PATH:/usr/sbin"
found() { command -v bearerbox >/dev/null && command -v smsbox >/dev/null; }

if found; then exit 0; fi
if command -v apt-get >/dev/null; then
    as_root=
    if [ "$(id -u)" -eq 0 ]; then as_root=env; elif sudo -n true 2>/dev/null; then as_root="sudo -n env"; fi
    if [ -n "$as_root" ]; then
        echo "Installing through apt: kannel…"
        # shellcheck disable=SC2086 # words are meant to be split
        $as_root apt-get -qq update && $as_root DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends kannel >/dev/null || true
        if found; then exit 0; fi
    fi
fi
if [ -n "${CI:-}" ]; then
    echo "No Kannel, and with CI set none of its tests may be skipped: run 'apt install kannel'." >&2
    exit 1
fi
echo "############ NO kannel: THE TESTS THAT NEED IT ARE SKIPPED. To run them: apt install kannel ############" >&2
