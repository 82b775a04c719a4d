#!/usr/bin/env bash
# Style, types and import contracts, of Python and JavaScript.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/ruff check .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy .
.venv/bin/lint-imports
scripts/node.sh npm run --silent lint
