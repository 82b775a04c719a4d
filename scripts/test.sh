#!/usr/bin/env bash
# Everything: lint, JavaScript, then pytest on SpatiaLite (with the browser) and on a private PostGIS.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/lint.sh
scripts/node.sh npm test --silent
# Several processes, each with a database of its own (tests/sharing_out.py).
parallel=(-n "${TEST_WORKERS:-2}")
.venv/bin/python -m scripts.collect_static
# The long story is played on PostGIS, below.
.venv/bin/python -m pytest -q "${parallel[@]}" --ignore tests/browser/test_living_inventory.py
if ls /usr/lib/postgresql/*/lib/postgis-3.so >/dev/null 2>&1 || command -v initdb >/dev/null; then
  # What a page looks like and who may see it, headers, files and documents do not depend on the database: of the
  # browser only what writes to it, and none of these.
  alike=()
  for name in account_page api_http catalogue demo_mail embed letters linked method_page network_address openapi \
    opening_hours_calendar pages permissions ranges rate_limits schemathesis second_factor sign_in sitemaps static_atlas; do
    alike+=(--ignore "tests/web/test_$name.py")
  done
  .venv/bin/python -m tests.postgis .venv/bin/python -m pytest -q "${parallel[@]}" tests/database tests/web \
    tests/browser/test_living_inventory.py tests/browser/test_review.py "${alike[@]}"
else
  echo "PostGIS is not installed: its tests are skipped." >&2
  [ -z "${CI:-}" ] || exit 1
fi
