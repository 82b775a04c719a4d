#!/usr/bin/env bash
# Style, types and import contracts, of Python and JavaScript.
set -euo pipefail
cd "$(dirname "$0")/.."
# mypy takes five times as long as all the others, and has one thread.
.venv/bin/mypy . &
typing=$!
trap 'kill "$typing" 2>/dev/null || true' EXIT
.venv/bin/ruff check .
.venv/bin/ruff format --check --quiet .
.venv/bin/lint-imports
scripts/node.sh npm run --silent lint
wait "$typing"
