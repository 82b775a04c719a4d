#!/usr/bin/env bash
# Everything: lint, JavaScript, then pytest on SpatiaLite (with the browser) and on a private PostGIS.
set -euo pipefail
cd "$(dirname "$0")/.."
# mypy has one thread: beside it what the browser tests are served is compressed.
scripts/lint.sh &
linting=$!
.venv/bin/python -m scripts.collect_static
scripts/node.sh npm test --silent
wait "$linting"
# Several processes, each with a database of its own (tests/sharing_out.py).
parallel=(-n "${TEST_WORKERS:-2}")
# The long story is played on PostGIS, below.
.venv/bin/python -m pytest -q "${parallel[@]}" --ignore tests/browser/test_living_inventory.py
if ls /usr/lib/postgresql/*/lib/postgis-3.so >/dev/null 2>&1 || command -v initdb >/dev/null; then
  # Of the browser only what writes to the database, and nothing that cannot differ between databases:
  alike=(
    # headers, refusals, limits, addresses and who may do what: decided before or beside the database
    api_http network_address permissions ranges rate_limits second_factor sign_in wsgi
    # documents and files: held against what was read, and the reading is tested on both
    catalogue demo_mail letters linked openapi opening_hours_calendar schemathesis sitemaps static_atlas
    # what a page looks like
    embed method_page pages
    # forms and buttons over verbs that tests/database tries on both
    account_page altered_webhook_pages care_pages report_page stop_digest tokens_page webhook_pages yearly_question_page
    # how many questions are asked is Django's doing; the answers to them are tested on both
    query_counts
  )
  left_out=()
  for name in "${alike[@]}"; do
    [ -e "tests/web/test_$name.py" ] || { echo "scripts/test.sh leaves out test_$name.py, which is not there." >&2; exit 1; }
    left_out+=(--ignore "tests/web/test_$name.py")
  done
  .venv/bin/python -m tests.postgis .venv/bin/python -m pytest -q "${parallel[@]}" tests/database tests/web \
    tests/browser/test_living_inventory.py tests/browser/test_review.py \
    "${left_out[@]}"
else
  echo "PostGIS is not installed: its tests are skipped." >&2
  [ -z "${CI:-}" ] || exit 1
fi
