#!/usr/bin/env bash
# Serves the site as it is served in production: gunicorn, hashed and compressed static files. Port as argument.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-8000}
# Collecting compresses everything anew: only when a file or a package is newer than the last time.
collected=var/static/staticfiles.json
if [ ! -e "$collected" ] || [ -n "$(find static node_modules/.installed-run .venv/installed-run -newer "$collected" -print -quit)" ]; then
  .venv/bin/python manage.py collectstatic --noinput --verbosity 0
fi
# Links in mails lead to this port, unless the site has an address of its own.
if [ -z "${ALLOWED_HOSTS:-}" ]; then export SITE_URL=${SITE_URL:-http://127.0.0.1:$port}; fi
echo "SOK-Atlas: http://127.0.0.1:$port  (stop with Ctrl+C)"
exec .venv/bin/gunicorn sok_site.wsgi --bind "127.0.0.1:$port" --workers 2 --threads 4 --preload --log-level warning
