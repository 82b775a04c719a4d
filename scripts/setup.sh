#!/usr/bin/env bash
# Installs what is needed to run (scripts/setup.sh run) or to test besides (scripts/setup.sh tests). Does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run or tests}
requirements=requirements.txt
[ "$purpose" = tests ] && requirements=requirements-dev.txt

say() { printf '%s\n' "$*" >&2; }

# Packages of Debian, where apt-get and the right to use it are here; whether they are there then is for the caller to see.
install_packages() {
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; } || return 0
  say "Installing $* …"
  [ -n "${apt_updated:-}" ] || { "${root[@]}" apt-get update -qq || true; apt_updated=1; }
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null || true
}

# One system package: is it there (a command that succeeds), what is skipped without it.
need() {
  local package=$1 without=$2; shift 2
  if "$@" >/dev/null 2>&1; then return 0; fi
  install_packages "$package"
  if "$@" >/dev/null 2>&1; then return 0; fi
  say "Cannot install the package $package (it needs root and apt-get). Without it: $without"
  return 1
}

# Everything of Debian's that is missing, in one go beside pip and npm, which wait for the network as it does. What
# fails here is tried again, told and explained by `need`.
fetch_system_packages() {
  local missing=()
  has_spatialite >/dev/null || [ -n "${DATABASE_URL:-}" ] || missing+=(libsqlite3-mod-spatialite)
  if [ "$purpose" = tests ]; then
    has_postgis >/dev/null 2>&1 || missing+=(postgresql-15-postgis-3)
    has_chromium >/dev/null || missing+=(chromium)
    has_nginx >/dev/null || missing+=(nginx-light)
    command -v xgettext >/dev/null || missing+=(gettext)
  fi
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}" || true
}

has_module() { "${PYTHON:-python3}" -c "import $1"; }
has_spatialite() { compgen -G "/usr/lib/*/mod_spatialite.so*" || compgen -G "/usr/l*/mod_spatialite.so*" || compgen -G "/usr/local/lib/mod_spatialite.*"; }
has_postgis() { compgen -G "/usr/lib/postgresql/*/lib/postgis-3.so" || compgen -G "$(pg_config --pkglibdir)/postgis-3.so"; }
has_nginx() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx; }
has_chromium() { command -v chromium || command -v chromium-browser || test -x "${CHROMIUM:-}"; }

if [ ! -x .venv/bin/python ]; then
  need python3 "nothing works." command -v "${PYTHON:-python3}"
  need python3-venv "no virtual environment can be made." has_module ensurepip
  "${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed; set PYTHON=."; exit 1; }
  say "Making .venv …"
  "${PYTHON:-python3}" -m venv .venv
fi

fetch_system_packages &
fetching=$!
trap 'wait "$fetching" || true' EXIT

# A stamp per lock file: what is installed is what it says. Python compiles what is imported, a fraction, when it is.
stamp=.venv/installed-$purpose
if ! cmp -s "$requirements" "$stamp"; then
  say "Installing Python packages ($requirements) …"
  .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r "$requirements" 2> >(grep -v '^WARNING: Location' >&2)
  cp "$requirements" "$stamp"
fi

if ! scripts/node.sh --check; then
  say "Installing Node as a Python wheel (requirements-node.txt) …"
  .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-node.txt 2> >(grep -v '^WARNING: Location' >&2)
fi
npm_options=(--omit=dev)
[ "$purpose" = tests ] && npm_options=()
if ! cmp -s package-lock.json "node_modules/.installed-$purpose"; then
  say "Installing browser libraries (package-lock.json) …"
  scripts/node.sh npm ci --loglevel=error --no-audit --no-fund "${npm_options[@]}"
  cp package-lock.json "node_modules/.installed-$purpose"
  [ "$purpose" = tests ] && cp package-lock.json node_modules/.installed-run
fi

wait "$fetching"
need libsqlite3-mod-spatialite "the embedded database; set DATABASE_URL=postgis://… instead." has_spatialite || [ -n "${DATABASE_URL:-}" ] || exit 1
if [ "$purpose" = tests ]; then
  need postgresql-15-postgis-3 "the tests on PostGIS are skipped." has_postgis || true
  need chromium "the browser tests are skipped." has_chromium || true
  need nginx-light "the tests of nginx in front are skipped." has_nginx || true
  need gettext "the test of the translations is skipped." command -v xgettext || true
fi

# Compiled messages, when a catalogue is newer.
for po in sok_site/locale/*/LC_MESSAGES/*.po; do
  [ -e "$po" ] || continue
  [ "${po%.po}.mo" -nt "$po" ] || .venv/bin/pybabel --quiet compile --input-file "$po" --output-file "${po%.po}.mo" --locale "$(basename "$(dirname "$(dirname "$po")")")"
done
