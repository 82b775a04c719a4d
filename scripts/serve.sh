#!/usr/bin/env bash
# Serves the site as it is served in production: gunicorn, hashed and compressed static files. Port as argument.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-8000}
.venv/bin/python manage.py collectstatic --noinput --verbosity 0
echo "SOK-Atlas: http://127.0.0.1:$port  (stop with Ctrl+C)"
exec .venv/bin/gunicorn sok_site.wsgi --bind "127.0.0.1:$port" --workers 2 --threads 4 --preload --log-level warning
