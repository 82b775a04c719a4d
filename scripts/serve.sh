#!/usr/bin/env bash
# Serves the site as it is served in production: gunicorn, hashed and compressed static files. Port as argument.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-8000}
.venv/bin/python -m scripts.collect_static
# Links in mails lead to this port, unless the site has an address of its own.
if [ -z "${ALLOWED_HOSTS:-}" ]; then export SITE_URL=${SITE_URL:-http://127.0.0.1:$port}; fi
echo "SOK-Atlas: http://127.0.0.1:$port  (stop with Ctrl+C)"
exec .venv/bin/gunicorn sok_site.wsgi --bind "127.0.0.1:$port" --workers 2 --threads 2 --preload --log-level warning
